"""What ONNX Runtime's telemetry leaves, made by ONNX Runtime itself, and its removal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.safety import telemetry
from tests.conftest import ROOT

IMPORTS = (
    "import os; {switch}; import onnxruntime, time; onnxruntime.get_available_providers(); time.sleep(1)"
)


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An account's places, empty; ONNX Runtime keeps quiet by itself where CI is set."""
    for name in ("home", "cache", "tmp", "work"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.chdir(tmp_path / "work")
    for name in ("CI", "GITHUB_ACTIONS", "ORT_DISABLE_TELEMETRY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def files(account: Path) -> list[str]:
    return sorted(p.name for p in account.rglob("*") if p.is_file())


def run(switch: str) -> None:
    """A program that imports onnxruntime, held off the network by the kernel as any test should be."""
    code = "from pipeline.safety.kernel import refuse; refuse(local_services=False);" + IMPORTS.format(
        switch=switch
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=120)


@pytest.mark.skipif(sys.platform == "win32", reason="looks for the files of Linux and macOS")
def test_what_onnxruntime_leaves_is_found_and_taken_away(account: Path) -> None:
    """Left by ONNX Runtime as an earlier version ran it; all of it goes, with the folders it was alone in."""
    run("del os.environ['ORT_DISABLE_TELEMETRY']")
    left = files(account)
    if not left:
        pytest.skip("this onnxruntime leaves nothing")
    assert sorted(path.name for path in telemetry.leftovers()) == left
    telemetry.remove_leftovers()
    assert files(account) == []
    assert list((account / "cache").iterdir()) == []


def test_switched_off_it_leaves_nothing(account: Path) -> None:
    """As our processes run it."""
    run("pass")
    assert files(account) == []


def test_other_programs_files_stay(account: Path) -> None:
    """A file of theirs beside ours, a link, and a session file that is none."""
    folder = account / "cache" / telemetry.FOLDER
    folder.mkdir(parents=True)
    (folder / "onnxruntime-genai.db").write_bytes(b"another program's")
    (folder / "deviceid").write_text("2e8a4c52-1111-4222-8333-444455556666")
    (account / "tmp" / ".ses").write_text("somebody's notes")
    (account / "work" / "kept").write_text("x")
    (folder / "onnxruntime.db").symlink_to(account / "work" / "kept")
    telemetry.remove_leftovers()
    assert files(account) == [".ses", "kept", "onnxruntime-genai.db", "onnxruntime.db"]


@pytest.mark.parametrize(
    ("system", "below"),
    [("win32", "local"), ("darwin", "home/Library/Application Support"), ("linux", "cache")],
)
def test_each_system_keeps_it_elsewhere(
    account: Path, monkeypatch: pytest.MonkeyPatch, system: str, below: str
) -> None:
    """The folder's place on each system, as ONNX Runtime's source has it."""
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setenv("LOCALAPPDATA", str(account / "local"))
    folder = account / below / "Microsoft" / "DeveloperTools" / ".onnxruntime"
    folder.mkdir(parents=True)
    (folder / "deviceid").write_text("x")
    assert telemetry.leftovers() == [folder / "deviceid"]
