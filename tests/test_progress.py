from tqdm import tqdm

from kgpt.progress import QUIET_VARIABLE, say, track


def test_track_gives_the_items_and_prints_no_bar_without_a_terminal(capsys):
    assert list(track("abc", what="letters")) == ["a", "b", "c"]
    assert capsys.readouterr() == ("", "")


def test_a_bar_counts_what_the_items_hold(monkeypatch):
    bars = []

    class Bar(tqdm):
        def close(self):
            bars.append(self.n)
            super().close()

    monkeypatch.setattr("kgpt.progress.is_quiet", lambda: False)
    monkeypatch.setattr("tqdm.tqdm", Bar)

    assert list(track(["ab", "cde"], what="letters", size=len)) == ["ab", "cde"]
    assert list(track("abc", what="letters")) == ["a", "b", "c"]
    assert bars[0] == 5 and bars[-1] == 3


def test_the_log_goes_to_stderr(capsys, monkeypatch):
    monkeypatch.delenv(QUIET_VARIABLE, raising=False)

    say("graph: 3 -> 3")

    assert capsys.readouterr() == ("", "graph: 3 -> 3\n")


def test_quiet_silences_the_log(capsys, monkeypatch):
    monkeypatch.setenv(QUIET_VARIABLE, "1")

    say("graph: 3 -> 3")

    assert capsys.readouterr().err == ""
