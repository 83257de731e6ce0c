"""The wheel works where there is no checkout: an empty venv, models installed by our command, one file done."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT


def call(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command outside the checkout, without the test's own Python path."""
    clean = {
        k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV", "SESSION_DEID_MODELS")
    }
    return subprocess.run(
        [str(c) for c in command],
        cwd=cwd,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    built = call(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, ROOT, cwd=folder)
    assert built.returncode == 0, built.stderr
    return next(folder.glob("session_deid-*.whl"))


@pytest.mark.slow
def test_the_wheel_carries_its_data_files(wheel: Path) -> None:
    """Manifest, policies, recognizers, samples and pages are inside; tests are not."""
    names = zipfile.ZipFile(wheel).namelist()
    for needed in (
        "pipeline/_data/models/manifest.toml",
        "pipeline/_data/config/policies/hipaa-safe-harbor.toml",
        "pipeline/_data/config/recognizers.yaml",
        "pipeline/_data/models/vad/silero_vad_v6.onnx",
        "pipeline/_data/samples/session-s1.m4a",
        "pipeline/_data/docs/study.md",
        "pipeline/_data/README.md",
    ):
        assert needed in names
    assert not [n for n in names if n.startswith(("tests/", "samples/", "bench/"))]


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_installed_from_the_wheel_it_does_its_work(wheel: Path, clip: Path, tmp_path: Path) -> None:
    """pip install, models install, deidentify: in a venv that has never seen the checkout."""
    place = tmp_path / "venv"
    venv.create(place, with_pip=True)
    python = place / "bin" / "python"
    constraints = ROOT / "constraints.txt"
    installed = call(python, "-m", "pip", "install", "--quiet", "-c", constraints, wheel, cwd=tmp_path)
    assert installed.returncode == 0, installed.stderr
    home = tmp_path / "home"
    home.mkdir()
    program = place / "bin" / "session-deid"
    models = call(program, "models", "install", cwd=tmp_path, HOME=str(home))
    assert models.returncode == 0, models.stdout + models.stderr
    done = call(program, "deidentify", clip, "--out", "out", "--language", "en", cwd=tmp_path, HOME=str(home))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "week-1.report.html").is_file()
