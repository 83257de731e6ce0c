"""Making .venv: which Pythons and systems do, what a failure says, where PyTorch comes from."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from setup import check_python, install
from tests.conftest import ROOT


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 9), (3, 13, 1), (3, 14, 0)])
def test_pythons_that_do(version: tuple[int, int, int]) -> None:
    """All that the pinned packages have wheels for."""
    assert check_python.python_problem(version) == ""


@pytest.mark.parametrize(
    ("version", "said"),
    [((3, 10, 4), "3.10 is too old"), ((2, 7, 18), "too old"), ((3, 15, 0), "3.15 is too new")],
)
def test_pythons_that_do_not_are_told_by_their_version(version: tuple[int, int, int], said: str) -> None:
    """With the versions that do."""
    problem = check_python.python_problem(version)
    assert said in problem
    assert "3.11 to 3.14" in problem


@pytest.mark.parametrize(
    ("system", "machine", "bits", "libc", "said"),
    [
        ("Linux", "x86_64", 64, "glibc", ""),
        ("Linux", "aarch64", 64, "glibc", ""),
        ("Windows", "AMD64", 64, "", ""),
        ("Darwin", "arm64", 64, "", ""),
        ("Linux", "x86_64", 64, "", "Alpine"),
        ("Linux", "riscv64", 64, "glibc", "riscv64"),
        ("Darwin", "x86_64", 64, "", "Intel"),
        ("Windows", "ARM64", 64, "", "Windows on ARM"),
        ("Windows", "AMD64", 32, "", "32-bit"),
    ],
)
def test_systems(system: str, machine: str, bits: int, libc: str, said: str) -> None:
    """Those of README's table; the others are told why not."""
    problem = check_python.system_problem(system, machine, bits, libc)
    assert said in problem if said else problem == ""


def test_the_range_of_pythons_stands_in_one_place() -> None:
    """pyproject.toml, README and the Makefile say what the check says."""
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    (low, newest) = check_python.OLDEST, check_python.NEWEST
    assert asked == f">={low[0]}.{low[1]},<{newest[0]}.{newest[1] + 1}"
    for page in ("README.md", "Makefile"):
        assert f"{low[0]}.{low[1]} to {newest[0]}.{newest[1]}" in (ROOT / page).read_text(encoding="utf-8"), (
            page
        )


def test_the_check_can_be_read_by_an_old_python() -> None:
    """No syntax newer than the oldest Python anybody may call it with."""
    source = Path(check_python.__file__).read_text(encoding="utf-8")
    assert not re.search(r"\bf\"|:=|->|__future__|: str", source)


def fake_python(place: Path, script: str) -> Path:
    """A program that answers as a Python would."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"#!/bin/sh\n{script}\n")
    place.chmod(place.stat().st_mode | stat.S_IXUSR)
    return place


def make(*arguments: str, checkout: Path) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", *arguments], cwd=checkout, env=clean, capture_output=True, text=True, check=False
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The files that make reads, in a folder of their own."""
    place = tmp_path / "checkout"
    (place / "setup").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, place / name)
    for name in ("check_python.py", "install.py"):
        shutil.copy(ROOT / "setup" / name, place / "setup" / name)
    return place


needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="needs make")


@needs_make
def test_make_says_first_that_the_python_does_not_do(checkout: Path) -> None:
    """The version and where it lies, before anything is made."""
    wrong = fake_python(
        checkout / "python3.10",
        f"exec {sys.executable} -c 'import sys; sys.version_info = (3, 10, 4); sys.argv = sys.argv[1:];"
        ' exec(compile(open(sys.argv[0]).read(), sys.argv[0], "exec"))\' "$@"',
    )
    done = make("install", f"PYTHON={wrong}", checkout=checkout)
    assert done.returncode != 0
    assert done.stderr.startswith("Python 3.10 is too old. session-deid needs Python 3.11 to 3.14.")
    assert not (checkout / ".venv").exists()


@needs_make
def test_make_says_that_there_is_no_python(checkout: Path) -> None:
    """And which to install."""
    done = make("install", "PYTHON=python-that-is-not-there", checkout=checkout)
    assert done.returncode != 0
    assert "There is no python-that-is-not-there" in done.stderr


@needs_make
def test_a_venv_of_a_python_that_does_not_fit_is_made_anew_and_pips_reason_is_shown(checkout: Path) -> None:
    """An old .venv with its stamp does not stay; where pip cannot install, it says why on the screen."""
    fake_python(checkout / ".venv" / "bin" / "python", "exit 1")
    (checkout / ".venv" / ".installed").touch()
    (checkout / ".venv" / "old").touch()
    text = (checkout / "pyproject.toml").read_text(encoding="utf-8")
    wrong = re.sub(
        r"dependencies = \[", 'dependencies = [\n    "no-such-package-of-session-deid==1",', text, count=1
    )
    (checkout / "pyproject.toml").write_text(wrong, encoding="utf-8")
    environment = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(checkout)}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        done = make("install", f"PYTHON={sys.executable}", checkout=checkout)
    assert done.returncode != 0
    assert "does not fit; it is made anew" in done.stdout
    assert not (checkout / ".venv" / "old").exists()
    assert (checkout / ".venv" / "pyvenv.cfg").is_file()
    assert "ERROR" in done.stderr
    assert "install.log" in done.stderr
    assert not (checkout / ".venv" / ".installed").exists()


def test_pytorch_without_cuda_is_asked_for_where_it_helps(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """On Linux without an NVIDIA card and without the pinned PyTorch; nowhere else."""
    python = fake_python(tmp_path / "python", "echo 1.0.0")
    monkeypatch.setattr(install, "has_nvidia", lambda: False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert install.wants_cpu_torch(python)
    pinned = install.pinned("torch")
    assert not install.wants_cpu_torch(fake_python(tmp_path / "has-it", f"echo {pinned}+cpu"))
    monkeypatch.setattr(install, "has_nvidia", lambda: True)
    assert not install.wants_cpu_torch(python)
    monkeypatch.setattr(install, "has_nvidia", lambda: False)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not install.wants_cpu_torch(python)


@pytest.mark.parametrize(("reached", "delivers"), [(False, True), (True, True), (True, False)])
def test_an_index_that_does_not_answer_or_deliver_costs_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, reached: bool, delivers: bool
) -> None:
    """The ordinary build is installed with the rest."""
    asked: list[tuple[str, ...]] = []

    def pip(_python: Path, _log: Path, *arguments: str) -> bool:
        asked.append(arguments)
        return delivers

    monkeypatch.setattr(install, "answers", lambda _: reached)
    monkeypatch.setattr(install, "pip", pip)
    install.install_cpu_torch(tmp_path / "python", tmp_path / "log")
    assert bool(asked) is reached
    if asked:
        assert asked[0][:3] == ("--no-deps", "--index-url", install.CPU_INDEX)
        assert asked[0][3] == f"torch=={install.pinned('torch')}+cpu"


def test_an_index_that_is_not_there_does_not_answer() -> None:
    """No error, no long wait."""
    assert not install.answers("http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "  Downloading torch-2.13.0-cp311-manylinux.whl (2.6 GB)\n",
            "  torch-2.13.0-cp311-manylinux.whl (2.6 GB)",
        ),
        (
            "Downloading https://index.invalid/a/b-1-py3-none-any.whl (88.5 MB)",
            "  b-1-py3-none-any.whl (88.5 MB)",
        ),
        ("  Downloading click-8.whl (105 kB)", ""),
        ("  Downloading x.whl (1.2 MB)", ""),
        ("Collecting click", ""),
    ],
)
def test_what_takes_its_time_is_told(line: str, told: str) -> None:
    """Nobody watches a silent screen for three gigabytes."""
    assert install.large(line) == told
