"""A short clip of the sample recording, and the command run as a user runs it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT, SAMPLES

CLIP_SECONDS = 45.0
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first 45 seconds of the sample recording as a WAV file: introductions of several people."""
    from pipeline.audio.decode import decode
    from pipeline.audio.snippets import cut

    path = tmp_path_factory.mktemp("clip") / "week-1.wav"
    audio = decode(SAMPLES / "session-s1.m4a", name="session-s1.m4a")
    path.write_bytes(cut(audio, 0.0, CLIP_SECONDS))
    return path


@pytest.fixture(scope="session")
def planted() -> list[str]:
    """Every participant's name words and the planted identifiers said in the clip."""
    truth = json.loads((SAMPLES / "truth" / "session-s1.json").read_text(encoding="utf-8"))
    names = {w for s in truth["speakers"] for n in (s["name"], *s["nicknames"]) for w in n.split()}
    said = {
        i["text"]
        for u in truth["utterances"]
        if u["start"] < CLIP_SECONDS
        for i in u.get("identifiers", [])
        if i["tier"] == "direct"
    }
    return sorted(n for n in names | said if len(n) > 2)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run session-deid in a process of its own, with temp and home folders that can be searched after."""

    def call(*arguments: str | Path, offline: bool = False) -> subprocess.CompletedProcess[str]:
        (tmp_path / "tmp").mkdir(exist_ok=True)
        (tmp_path / "home").mkdir(exist_ok=True)
        environment = {
            **os.environ,
            "HOME": str(tmp_path / "home"),
            "TMPDIR": str(tmp_path / "tmp"),
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-m", "pipeline", *map(str, arguments)]
        if offline:
            if not can_unshare():
                pytest.skip("this system lets nobody make a network namespace")
            command = ["unshare", "-r", "-n", *command]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=800
        )

    return call


def can_unshare() -> bool:
    """True when a network namespace without interfaces can be made here."""
    if not shutil.which("unshare"):
        return False
    return subprocess.run(["unshare", "-r", "-n", "true"], capture_output=True, check=False).returncode == 0
