"""The helper that opens links for a process that is held off the network."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.safety.browser import BrowserOpener
from tests.conftest import ROOT

HELD = """
import sys
from pipeline import safety
from pipeline.safety.browser import BrowserOpener
with BrowserOpener() as opener:
    safety.refuse_network()
    print(opener.open("http://127.0.0.1:1/open?token=once"))
"""


def browser(folder: Path, code: str) -> str:
    """A program that stands for a browser: notes its link and whether it may open a socket."""
    program = folder / "browser.py"
    program.write_text(code)
    return f"{sys.executable} {program} %s"


@pytest.mark.skipif(sys.platform == "win32", reason="$BROWSER is for Unix")
def test_a_browser_keeps_its_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Started by the helper, it may open sockets although the process that asked may not."""
    note = tmp_path / "note"
    code = f"import socket, sys; socket.socket(); open({str(note)!r}, 'w').write(sys.argv[1]); print('noise')"
    monkeypatch.setenv("BROWSER", browser(tmp_path, code))
    done = subprocess.run(
        [sys.executable, "-c", HELD], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split()[-1] == "True"
    assert note.read_text() == "http://127.0.0.1:1/open?token=once"


def test_without_a_browser_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The link is then printed; a helper that died is no browser either."""
    monkeypatch.setenv("BROWSER", str(tmp_path / "no-such-browser %s"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("DISPLAY", raising=False)
    with BrowserOpener() as opener:
        assert opener.open("http://127.0.0.1:1/") is False
        opener._helper.kill()
        opener._helper.wait()
        assert opener.open("http://127.0.0.1:1/") is False
    began = time.monotonic()
    with BrowserOpener():
        pass
    assert time.monotonic() - began < 10
