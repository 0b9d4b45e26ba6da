"""The server without a browser: who may ask, what, how long, how many at once; what goes back when it fails."""

import http.client
import json
import socket
import threading
from contextlib import contextmanager

import pytest

from kgpt.errors import CheckpointError, ConfigError
from kgpt.report.desk import Desk
from kgpt.report.explorer_server import ExplorerServer

JSON = {"Content-Type": "application/json"}


class Echo:
    """Stands in for a run: says what it was asked, waits or fails where it is told."""

    def __init__(self):
        self.asked, self.may_go, self.error = [], threading.Event(), None
        self.may_go.set()

    def page(self):
        return b"<!doctype html>"

    def read(self, text):
        self.asked.append(text)
        assert self.may_go.wait(30)
        if self.error is not None:
            raise self.error
        return text.encode()

    def ask_graph(self, question):
        return self.read(question)

    def ask_arm(self, question, arm, seed):
        return self.read(f"{question} {arm} {seed}")


@contextmanager
def serving(explorer, **settings):
    with ExplorerServer(explorer, host="127.0.0.1", port=0, **settings) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def explorer():
    return Echo()


@pytest.fixture
def server(explorer):
    with serving(explorer, desk=Desk(max_waiting=1)) as found:
        yield found


def ask(server, method, path, body=None, headers=None):
    """The reply with its headers, and what its body says."""
    line = http.client.HTTPConnection(*server.server_address[:2], timeout=30)
    try:
        line.request(method, path, body, headers or {})
        reply = line.getresponse()
        return reply, reply.read()
    finally:
        line.close()


def post(server, path, given, **headers):
    return ask(server, "POST", path, json.dumps(given), JSON | headers)


def refusal(answer):
    reply, body = answer
    return reply.status, json.loads(body)["error"]


def test_pages_come_with_headers_that_let_nothing_else_in(server):
    for path, kind in (("/", "html"), ("/page.css", "css"), ("/explorer.js", "javascript"), ("/?a=b", "html")):
        reply, body = ask(server, "GET", path)

        assert (reply.status, bool(body)) == (200, True)
        assert kind in reply.headers["Content-Type"]
        policy = reply.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self';")
        assert "frame-ancestors 'none'" in policy
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in reply.headers


def test_head_gives_headers_alone(server):
    reply, body = ask(server, "HEAD", "/")

    assert (reply.status, body) == (200, b"")


@pytest.mark.parametrize("path", ["/etc/passwd", "/../page.css", "/%2e%2e/page.css", "/explorer.py", "/x.jinja"])
def test_no_other_path_leads_anywhere(server, path):
    assert refusal(ask(server, "GET", path)) == (404, "There is nothing here; the page is at /.")
    assert refusal(post(server, path, {"text": "x"}))[0] == 404


def test_a_computation_is_posted_and_a_page_is_not(server, explorer):
    assert refusal(ask(server, "GET", "/read"))[0] == 405
    assert refusal(post(server, "/", {"text": "x"}))[0] == 405
    assert refusal(ask(server, "PUT", "/read"))[0] == 501
    assert explorer.asked == []


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "", "localhost.evil.example", "[", "127.0.0.1.nip.io"]
)
def test_a_foreign_name_is_refused(server, explorer, host):
    assert refusal(ask(server, "GET", "/", headers={"Host": host}))[0] == 403
    assert refusal(post(server, "/read", {"text": "x"}, Host=host))[0] == 403
    assert explorer.asked == []


@pytest.mark.parametrize("host", ["localhost:9999", "127.0.0.1", "[::1]:8765"])
def test_names_of_this_machine_pass(server, host):
    assert ask(server, "GET", "/", headers={"Host": host})[0].status == 200


def test_another_page_may_not_ask(server, explorer):
    own = f"http://127.0.0.1:{server.server_address[1]}"

    assert refusal(post(server, "/read", {"text": "x"}, Origin="http://evil.example"))[0] == 403
    assert refusal(post(server, "/read", {"text": "x"}, Origin="null"))[0] == 403
    assert refusal(post(server, "/read", {"text": "x"}, **{"Sec-Fetch-Site": "cross-site"}))[0] == 403
    assert explorer.asked == []
    assert post(server, "/read", {"text": "x"}, Origin=own)[0].status == 200


def test_only_short_json_is_read(server, explorer):
    text = '{"text": "x"}'

    assert refusal(ask(server, "POST", "/read", text, {"Content-Type": "text/plain"}))[0] == 415
    assert refusal(ask(server, "POST", "/read", "x" * 40_000, JSON))[0] == 413
    assert refusal(ask(server, "POST", "/read", text, JSON | {"Content-Length": "-1"}))[0] == 411
    for body in ("", "[]", "{", "[" * 20_000, "\xff"):
        assert refusal(ask(server, "POST", "/read", body.encode("latin-1"), JSON)) == (
            400,
            "The request is not a JSON object.",
        )
    assert explorer.asked == []


def test_texts_and_questions_have_limits(server, explorer):
    assert post(server, "/read", {"text": "ß" * 2_000})[0].status == 200
    assert refusal(post(server, "/read", {"text": "x" * 2_001})) == (
        400,
        "A text has at most 2,000 characters, this one 2,001; shorten it.",
    )
    assert refusal(post(server, "/ask/graph", {"question": "x" * 301}))[0] == 400
    for given in ({}, {"text": ""}, {"text": " \n"}, {"text": 3}, {"text": ["x"]}):
        assert refusal(post(server, "/read", given)) == (400, "Type a text first.")
    assert len(explorer.asked) == 1


def test_an_arm_is_asked_by_name_and_number(server, explorer):
    for arm, seed in ((None, 0), ("a", "0"), ("a", True), ("a", None)):
        assert refusal(post(server, "/ask/arm", {"question": "x", "arm": arm, "seed": seed}))[0] == 400

    assert post(server, "/ask/arm", {"question": "x\ny", "arm": "a", "seed": 1})[0].status == 200
    assert explorer.asked == ["x y a 1"]


def test_control_characters_and_half_pairs_are_replaced(server, explorer):
    ask(server, "POST", "/read", b'{"text": "a\\u0000b\\u001b[0m \\ud800 \\n\\r\\n c"}', JSON)

    assert explorer.asked == ["a b [0m ? \n\n c"]


def test_one_is_served_one_waits_the_next_is_sent_away(server, explorer):
    explorer.may_go.clear()
    replies, places = [], threading.Semaphore(0)

    def one():
        answer = post(server, "/read", {"text": "x"})
        replies.append((answer[0].status, answer[0].headers["Retry-After"]))
        places.release()

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert places.acquire(timeout=30)
    assert replies == [(429, "2")]
    assert ask(server, "GET", "/")[0].status == 200
    explorer.may_go.set()
    for thread in threads:
        thread.join()

    assert sorted(status for status, _ in replies) == [200, 200, 429]


def test_errors_are_one_sentence_and_the_server_stays(server, explorer, capfd):
    explorer.error = CheckpointError("two\nlines")
    assert refusal(post(server, "/read", {"text": "x"})) == (422, "two lines")
    explorer.error = RuntimeError("a secret of the program")
    assert refusal(post(server, "/read", {"text": "x"})) == (500, "This failed; the server's log says why.")
    explorer.error = None

    assert post(server, "/read", {"text": "x"})[0].status == 200
    assert "a secret of the program" in capfd.readouterr().err


def test_what_is_no_http_is_refused_without_markup(server):
    with socket.create_connection(server.server_address[:2], timeout=30) as line:
        line.sendall(b"<script>alert(1)</script>\r\n\r\n")
        said = line.makefile("rb").read()

    assert b"text/html" not in said


def test_quiet_is_quiet(server, capfd, monkeypatch):
    monkeypatch.setenv("KGPT_QUIET", "1")
    ask(server, "GET", "/")

    assert capfd.readouterr().err == ""


def test_a_taken_port_is_said(server):
    with pytest.raises(ConfigError, match="cannot listen there"):
        ExplorerServer(Echo(), host="127.0.0.1", port=server.server_address[1])
