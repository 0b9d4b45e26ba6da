"""`kgpt dataset` and `kgpt push`: what was made, in the form and at the place where others look for it."""

from dataclasses import asdict
from pathlib import Path

import click

from kgpt.cli.example import examples
from kgpt.cli.main import echo_json
from kgpt.text import table

_PATH = click.Path(path_type=Path)
_PARTS = ("corpus", "sequences", "questions")


@click.command(
    epilog=examples(
        "kgpt dataset runs/demo --out demo-data",
        "kgpt dataset corpus --out my-corpus --title 'My corpus'",
        "kgpt dataset runs/demo --part sequences --out demo-sequences",
    )
)
@click.argument("source", type=_PATH)
@click.option("--out", required=True, type=_PATH, help="Folder of the dataset.")
@click.option("--part", "parts", multiple=True, type=click.Choice(_PARTS), help="Only this; may be given again.")
@click.option("--title", default="", help="Of the card; the source's name where nobody says.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def dataset(source: Path, out: Path, parts: tuple[str, ...], title: str, as_json: bool) -> None:
    """Write a curated corpus or a run (SOURCE) as a dataset: Parquet and a card, for `datasets.load_dataset`."""
    from kgpt.pipeline.dataset import write_dataset

    rows = write_dataset(source, out, parts=parts, title=title)
    if as_json:
        echo_json({"rows": rows})
        return
    click.echo(table([str(out), "rows"], [[name, f"{count:,}"] for name, count in rows.items()]))


@click.command(
    epilog=examples(
        "kgpt push runs/demo/6-arms/kg_t5/0/model --repo me/demo-kg-t5 --dry-run",
        "kgpt push runs/demo/6-arms/kg_t5/0/model --repo me/demo-kg-t5 --private",
        "kgpt push demo-data --repo me/demo-data --yes",
    )
)
@click.argument("folder", type=_PATH)
@click.option("--repo", required=True, metavar="OWNER/NAME", help="Repository on the Hub; made where there is none.")
@click.option("--dry-run", is_flag=True, help="Only list what would be uploaded.")
@click.option("--private", is_flag=True, help="Make a new repository private.")
@click.option("--yes", is_flag=True, help="Do not ask before uploading.")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON; needs --yes or --dry-run.")
def push(folder: Path, repo: str, dry_run: bool, private: bool, yes: bool, as_json: bool) -> None:
    """Upload a model of a run, or what `kgpt dataset` wrote, to the Hugging Face Hub.

    Everything that goes is listed first, and nothing else goes. The token comes from `hf auth login` or HF_TOKEN.
    """
    from kgpt.pipeline.pushing import list_folder
    from kgpt.pipeline.pushing import push as upload

    if as_json and not (yes or dry_run):
        raise click.UsageError("--json asks nothing; give --yes or --dry-run, too")
    listing = list_folder(folder)
    if not as_json:
        rows = [[one.path, f"{one.num_bytes:,}", one.sha256[:12]] for one in listing.files]
        click.echo(table([f"{listing.kind} {repo}", "bytes", "sha256"], rows))
        for name in listing.left_out:
            click.echo(f"stays here: {name}", err=True)
    address = ""
    if not dry_run:
        if not yes:
            click.confirm(f"Upload these {len(listing.files)} files to {repo}?", abort=True, err=True)
        address = upload(listing, repo, private=private)
    if as_json:
        files = [asdict(one) for one in listing.files]
        echo_json({"kind": listing.kind, "files": files, "left_out": list(listing.left_out), "commit": address})
    elif address:
        click.echo(address)
