"""`kgpt serve`: a finished run to explore in the browser."""

from ipaddress import ip_address
from pathlib import Path

import click

from kgpt.cli.example import examples


@click.command(
    epilog=examples(
        "kgpt serve runs/demo --open",
        "kgpt serve runs/demo --port 0",
    )
)
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one."
)
@click.option("--allow-remote", is_flag=True, help="Needed for a --host that other machines can reach.")
@click.option("--open", "open_browser", is_flag=True, help="Open the page in the browser.")
def serve(run: Path, host: str, port: int, allow_remote: bool, open_browser: bool) -> None:
    """Serve a page to explore a finished RUN: link a text, draw its graph, ask every arm and the graph.

    Nothing is written into the run. Ctrl and C ends it.
    """
    if not is_loopback(host):
        if not allow_remote:
            raise click.UsageError(f"--host {host}: other machines could reach the page; say --allow-remote, too")
        click.echo(
            f"warning: whoever reaches {host} can read the run's graph and ask its models; there is no password "
            "and no encryption",
            err=True,
        )
    from kgpt.report.explorer_server import ExplorerServer
    from kgpt.report.exploring import Explorer

    with ExplorerServer(Explorer.open(run), host=host, port=port) as server:
        click.echo(server.address)
        if open_browser:
            click.launch(server.address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("stopped", err=True)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine alone.

    >>> [is_loopback(one) for one in ("127.0.0.1", "localhost", "::1", "0.0.0.0", "example.org")]
    [True, True, True, False, False]
    """
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
