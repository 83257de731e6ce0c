"""Windows' rules, simulated: see tests/whole/windows.py for which, and for what a simulation cannot show."""

from __future__ import annotations

import getpass
import sqlite3
import subprocess
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import SimpleNamespace

import pytest

from pipeline import files
from pipeline.erase import medium
from pipeline.study.finding import user
from pipeline.study.vault.ledger import database_uri
from tests.conftest import ROOT

LINUX = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="the simulation reads /proc")


@LINUX
def test_a_study_goes_its_whole_way(tmp_path: Path) -> None:
    """From the inbox to the certificate: nothing open is renamed, scanners are waited for, no module is missed."""
    command = [sys.executable, "-m", "tests.whole.windows", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) > 5


@LINUX
@pytest.mark.parametrize(
    "breach",
    [
        "open('x', 'w').close(); f = open('x'); os.replace('x', 'y')",
        "f = open('x', 'w'); os.remove('x')",
        "open('what?.txt', 'w')",
        "os.mkdir('aux.d')",
        "open('x', 'w').close(); os.replace('x', 'y')",
        "import fcntl",
    ],
)
def test_the_rules_refuse_what_windows_would(tmp_path: Path, breach: str) -> None:
    """Each rule of the simulation, by code that breaks it."""
    code = (
        "import os, sys; from pathlib import Path; from tests.whole.windows import be_windows\n"
        f"be_windows(Path({str(tmp_path)!r})); os.chdir({str(tmp_path)!r})\n{breach}"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert any(
        word in done.stderr for word in ("being used", "syntax is incorrect", "import of fcntl halted")
    )


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        (
            PureWindowsPath(r"\\server\share\my study\ledger.sqlite3"),
            "file:////server/share/my%20study/ledger.sqlite3",
        ),
        (PureWindowsPath(r"C:\Users\a#b\ledger.sqlite3"), "file:///C:/Users/a%23b/ledger.sqlite3"),
        (PurePosixPath("/srv/study?/100%/ledger.sqlite3"), "file:///srv/study%3F/100%25/ledger.sqlite3"),
    ],
)
def test_a_ledger_s_address(path: PureWindowsPath | PurePosixPath, uri: str) -> None:
    """A share stays in the path: SQLite takes no host."""
    assert database_uri(path, "rw") == f"{uri}?mode=rw"


def test_sqlite_takes_such_an_address(tmp_path: Path) -> None:
    """The form of a share's address (four slashes) opens a file; the one with a host does not."""
    place = tmp_path / "a?b#c%20 d"
    place.mkdir()
    sqlite3.connect(place / "x.sqlite3").execute("CREATE TABLE t (a)").connection.close()
    address = database_uri(place / "x.sqlite3", "ro")
    for each in (address, address.replace("file:///", "file:////")):
        opened = sqlite3.connect(each, uri=True)
        assert opened.execute("SELECT count(*) FROM t").fetchone() == (0,)
        opened.close()
    with pytest.raises(sqlite3.OperationalError):
        sqlite3.connect("file://server/share/x.sqlite3?mode=rw", uri=True)


@pytest.mark.parametrize("times", [1, 3])
def test_a_scanner_is_waited_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, times: int) -> None:
    """A rename that is refused for a moment is done; on other systems a refusal is one at once."""
    monkeypatch.setattr(files, "WAITS_S", (0.0,) * 4)
    left = [times]

    def rename() -> str:
        if left[0]:
            left[0] -= 1
            raise PermissionError(13, "being used")
        return "done"

    with pytest.raises(PermissionError):
        files.patiently(rename)
    left[0] = times
    monkeypatch.setattr(files, "sys", SimpleNamespace(platform="win32"))
    assert files.patiently(rename) == "done"
    left[0] = 99
    with pytest.raises(PermissionError):
        files.patiently(rename)


def test_an_account_without_a_name_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without USERNAME, Windows' Python looks for a module it lacks."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setitem(sys.modules, "pwd", None)
    with pytest.raises((ImportError, OSError)):
        getpass.getuser()
    assert user() == "unknown"


@pytest.mark.parametrize(
    ("folder", "found", "network", "copies"),
    [
        (r"C:\Users\a\study", medium.Medium("C:\\", file_system="NTFS"), False, False),
        (r"d:\study", medium.Medium("D:\\", file_system="ReFS"), False, True),
        (r"Z:\study", medium.Medium("Z:\\", file_system="network drive (NTFS)"), True, False),
        (r"\\server\share\study", medium.Medium(r"\\server\share", file_system="network drive"), True, False),
        (r"Q:\study", medium.Medium("Q:\\"), None, None),
    ],
)
def test_certificates_know_the_drive(
    monkeypatch: pytest.MonkeyPatch,
    folder: str,
    found: medium.Medium,
    network: bool | None,
    copies: bool | None,
) -> None:
    """Its letter and file system, and whether it is another computer's."""
    import psutil

    drives = [
        SimpleNamespace(device="C:\\", mountpoint="C:\\", fstype="NTFS", opts="rw,fixed"),
        SimpleNamespace(device="D:\\", mountpoint="D:\\", fstype="ReFS", opts="rw,fixed"),
        SimpleNamespace(device="Z:\\", mountpoint="Z:\\", fstype="NTFS", opts="rw,remote"),
    ]
    monkeypatch.setattr(psutil, "disk_partitions", lambda **_: drives)
    known = medium._from_drives(PureWindowsPath(folder))
    assert known == found
    assert (known.network, known.copy_on_write) == (network, copies)
    assert known.overwrites_in_place in (None, False)
