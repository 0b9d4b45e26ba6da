import signal
import subprocess
import sys
import urllib.request

import pytest

from kgpt.cli.serving import is_loopback

START = """import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs are started without it
from kgpt.cli.main import main; main()"""


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.org", "::"])
def test_a_host_that_others_reach_needs_a_flag(kgpt, finished_run, host):
    told = kgpt("serve", finished_run, "--host", host)

    assert told.status == 2
    assert "--allow-remote" in told.err


def test_loopback_is_told_by_address():
    assert [is_loopback(one) for one in ("127.0.0.1", "127.1.2.3", "::1", "localhost")] == [True] * 4


def test_a_folder_that_is_no_run_is_one_line(kgpt, tmp_path):
    told = kgpt("serve", tmp_path)

    assert told.status == 2
    assert told.err.startswith("kgpt: ")
    assert told.err.count("\n") == 1


@pytest.mark.parametrize(("more", "warns"), [((), False), (("--host", "0.0.0.0", "--allow-remote"), True)])
def test_serve_prints_its_address_and_ends_when_interrupted(finished_run, more, warns):
    command = [sys.executable, "-c", START, "--quiet", "serve", str(finished_run), "--port", "0", *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            with urllib.request.urlopen(address, timeout=60) as reply:
                assert b"kgpt serve" in reply.read()
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=60)
        finally:
            process.kill()

    assert process.returncode == 0
    assert ("warning: whoever reaches 0.0.0.0" in said) == warns
    assert said.splitlines()[-1] == "stopped"
