"""`kgpt push` against a Hub of our own on this machine: what is listed goes, and nothing else."""

import base64
import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

TOKEN = "hf_" + "x" * 34


@dataclass
class FakeHub:
    """What was asked of the server, and the files of every commit by repository."""

    asked: list = field(default_factory=list)
    tokens: set = field(default_factory=set)
    repositories: dict = field(default_factory=dict)
    files: dict = field(default_factory=dict)
    is_closed: bool = False
    address: str = ""

    def answer(self, path, body):
        """The status and JSON for a request."""
        self.asked.append(path)
        if self.is_closed:
            return 401, {"error": "Invalid username or password."}
        if path == "/api/repos/create":
            told = json.loads(body)
            name = f"{told['organization']}/{told['name']}" if told.get("organization") else told["name"]
            self.repositories[name] = told
            return 200, {"url": f"{self.address}/{name}"}
        if "/preupload/" in path:
            files = json.loads(body)["files"]
            return 200, {
                "files": [{"path": one["path"], "uploadMode": "regular", "shouldIgnore": False} for one in files]
            }
        if "/commit/" in path:
            for line in body.decode().splitlines():
                told = json.loads(line)
                if told["key"] == "file":
                    self.files[told["value"]["path"]] = base64.b64decode(told["value"]["content"])
            return 200, {"commitUrl": f"{self.address}/me/it/commit/abc", "commitOid": "abc", "success": True}
        if path == "/api/validate-yaml":
            return 200, {"errors": [], "warnings": []}
        return 404, {"error": f"the test's Hub has no {path}"}


@pytest.fixture
def hub():
    told = FakeHub()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            told.tokens.add(self.headers.get("authorization", ""))
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            status, value = told.answer(self.path.partition("?")[0], body)
            content = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments):
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def push(hub, tmp_path):
    """Runs `kgpt push` in a process of its own, whose Hub is ours."""

    def call(*arguments, told=""):
        environment = {**os.environ, "HF_ENDPOINT": hub.address, "HF_TOKEN": TOKEN, "HF_HOME": str(tmp_path / "home")}
        environment |= {"HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_XET": "1", "NO_PROXY": "*"}
        return subprocess.run(
            [sys.executable, "-c", "from kgpt.cli.main import main; main()", "push", *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            env=environment,
            input=told,
        )

    return call


@pytest.fixture
def model(tmp_path):
    """A model folder, with things beside it that are nobody's business."""
    folder = tmp_path / "model"
    (folder / "graph").mkdir(parents=True)
    (folder / ".cache").mkdir()
    wanted = {
        "README.md": "---\nlibrary_name: transformers\n---\n# A model\n",
        "config.json": "{}",
        "model.safetensors": "weights",
        "tokenizer.json": "{}",
        "kgpt.json": "{}",
        "graph/config.json": "{}",
        "graph/entities.txt": "Q1\n",
    }
    others = {"notes.txt": "mine", "optimizer.pt": "pickle", ".env": "secret", ".cache/config.json": "{}"}
    for name, text in (wanted | others).items():
        (folder / name).write_text(text)
    return folder, wanted, set(others)


def test_a_dry_run_lists_and_asks_nothing(push, hub, model):
    folder, wanted, others = model

    told = push(folder, "--repo", "me/it", "--dry-run", "--json")

    listed = json.loads(told.stdout)
    assert told.returncode == 0 and hub.asked == []
    assert {one["path"] for one in listed["files"]} == wanted.keys()
    assert set(listed["left_out"]) == others
    assert {one["path"]: one["sha256"] for one in listed["files"]} == {
        name: hashlib.sha256(text.encode()).hexdigest() for name, text in wanted.items()
    }


def test_what_is_listed_is_uploaded_and_nothing_else(push, hub, model):
    folder, wanted, _ = model

    told = push(folder, "--repo", "me/it", "--private", "--yes")

    assert told.returncode == 0, told.stderr
    assert hub.files == {name: text.encode() for name, text in wanted.items()}
    assert hub.repositories["me/it"]["visibility"] == "private"
    assert all(name in told.stdout for name in wanted) and told.stdout.splitlines()[-1].endswith("/commit/abc")
    assert hub.tokens == {f"Bearer {TOKEN}"}
    assert TOKEN not in told.stdout + told.stderr
    assert not any(TOKEN in path.read_text() for path in folder.rglob("*") if path.is_file())


def test_a_dataset_goes_to_a_dataset_repository(push, hub, tmp_path):
    folder = tmp_path / "data"
    (folder / "corpus").mkdir(parents=True)
    for name in ("README.md", "corpus/train-00000.parquet", "corpus/train.jsonl"):
        (folder / name).write_text("x")

    assert push(folder, "--repo", "me/data", "--yes").returncode == 0

    assert hub.files.keys() == {"README.md", "corpus/train-00000.parquet"}
    assert hub.repositories["me/data"]["type"] == "dataset"
    assert any(path.startswith("/api/datasets/me/data/commit/") for path in hub.asked)


def test_without_yes_it_asks(push, hub, model):
    told = push(model[0], "--repo", "me/it", told="n\n")

    assert told.returncode == 1 and "Upload these 7 files to me/it?" in told.stderr
    assert hub.asked == []


def test_a_hub_that_refuses_is_told_in_one_line(push, hub, model):
    hub.is_closed = True

    told = push(model[0], "--repo", "me/it", "--yes")

    assert told.returncode == 2
    assert told.stderr.splitlines()[-1].startswith("kgpt: me/it: the Hub refuses") and "HF_TOKEN" in told.stderr
    assert TOKEN not in told.stderr and "Traceback" not in told.stderr


def test_a_file_that_holds_a_token_is_refused(kgpt, model):
    (model[0] / "kgpt.json").write_text(json.dumps({"token": TOKEN}))

    told = kgpt("push", model[0], "--repo", "me/it", "--dry-run")

    assert told.status == 2 and "kgpt.json: holds what looks like an access token" in told.err
    assert TOKEN not in told.err


def test_a_link_out_of_the_folder_is_refused(kgpt, model, tmp_path):
    (tmp_path / "elsewhere.json").write_text("{}")
    (model[0] / "tokenizer_config.json").symlink_to(tmp_path / "elsewhere.json")

    told = kgpt("push", model[0], "--repo", "me/it", "--dry-run")

    assert told.status == 2 and "leads out of" in told.err


@pytest.mark.parametrize(
    ("missing", "said"), [("README.md", "no card (README.md) there"), ("model.safetensors", "nothing to push")]
)
def test_a_folder_without_card_or_weights_is_refused(kgpt, model, missing, said):
    (model[0] / missing).unlink()

    told = kgpt("push", model[0], "--repo", "me/it", "--dry-run")

    assert told.status == 2 and said in told.err


@pytest.mark.parametrize("repository", ["it", "a/b/c", "../it", "me/it/"])
def test_what_is_no_repository_is_refused(kgpt, model, repository):
    told = kgpt("push", model[0], "--repo", repository, "--yes")

    assert told.status == 2 and "expected OWNER/NAME" in told.err


def test_a_dataset_is_written_and_listed(kgpt, tmp_path):
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "documents.jsonl").write_text('{"id": "a", "text": "A text."}\n')

    told = kgpt("dataset", tmp_path / "corpus", "--out", tmp_path / "data", "--json")

    assert told.json == {"rows": {"corpus": 1}}
    listed = kgpt("push", tmp_path / "data", "--repo", "me/data", "--dry-run", "--json").json
    paths = [one["path"] for one in listed["files"]]
    assert paths == ["README.md", "corpus/train-00000.parquet", "kgpt-dataset.json"]
