"""Make .venv and install session-deid into it, with everything that tests and benchmarks need.

    python setup/install.py [--into .venv] [--without-dev]

What `make` calls, and the same where there is no make. A .venv whose Python is gone or does not fit is made anew. On Linux
without an NVIDIA card PyTorch comes from PyTorch's own index of builds for processors alone, where that answers: the
ordinary build brings 4.6 GB of CUDA libraries that nothing here would use. All of pip's output is kept in
.venv/install.log; when pip fails, its reason is shown.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import deque
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import check_python

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "constraints.txt"
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
CPU_INDEX_PATIENCE_S = 5
NVIDIA = ("/proc/driver/nvidia/version", "/dev/nvidiactl", "/usr/lib/wsl/lib/nvidia-smi")
LARGE = re.compile(r"^\s*Downloading (\S+) \((\d+(?:\.\d+)?) (MB|GB)\)")
LARGE_MB = 50.0
REASON_LINES = 40
STAMP, LOG = ".installed", "install.log"


def main() -> int:
    """The whole way; returns the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--into", type=Path, default=ROOT / ".venv", help="The environment to make.")
    parser.add_argument("--without-dev", action="store_true", help="Without what tests and benchmarks need.")
    chosen = parser.parse_args()
    if found := check_python.problem():
        print(f"{found}\nThe one asked is {sys.executable}.", file=sys.stderr)
        return 1
    began = time.monotonic()
    python = make_environment(chosen.into)
    if python is None:
        return 1
    log = chosen.into / LOG
    log.write_text("", encoding="utf-8")
    print(f"Installing pinned packages into {chosen.into} (some minutes the first time) ...", flush=True)
    if wants_cpu_torch(python):
        install_cpu_torch(python, log)
    what = str(ROOT) if chosen.without_dev else f"{ROOT}[dev]"
    if not pip(python, log, "-c", str(CONSTRAINTS), "-e", what):
        print(reason(log), file=sys.stderr)
        print(f"\npip could not install it; the lines above say why. All it said: {log}", file=sys.stderr)
        return 1
    (chosen.into / STAMP).touch()
    print(f"Installed in {(time.monotonic() - began) / 60:.1f} min, {size_gb(chosen.into):.1f} GB.")
    return 0


# --- the environment ------------------------------------------------------------------------------


def make_environment(place: Path) -> Path | None:
    """The Python of the environment at `place`, made (anew) where there is none that fits; None when that fails."""
    python = place / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if place.exists() and not fits(python):
        print(f"{place}: its Python is gone or does not fit; it is made anew.")
        shutil.rmtree(place)
    if (
        not place.exists()
        and subprocess.run([sys.executable, "-m", "venv", str(place)], check=False).returncode
    ):
        print("On Debian and Ubuntu: sudo apt install python3-venv", file=sys.stderr)
        return None
    if subprocess.run([str(python), "-m", "pip", "--version"], capture_output=True, check=False).returncode:
        subprocess.run([str(python), "-m", "ensurepip"], capture_output=True, check=False)
    return python


def fits(python: Path) -> bool:
    """Whether an environment's Python runs, and is one that session-deid can be installed with."""
    check = [str(python), str(Path(check_python.__file__))]
    try:
        return subprocess.run(check, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


# --- PyTorch --------------------------------------------------------------------------------------


def wants_cpu_torch(python: Path) -> bool:
    """On Linux without an NVIDIA card, unless the pinned PyTorch is there already."""
    if sys.platform != "linux" or has_nvidia():
        return False
    asked = [str(python), "-c", "import importlib.metadata as m; print(m.version('torch'))"]
    there = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    return there.split("+")[0] != pinned("torch")


def has_nvidia() -> bool:
    """Whether this computer has an NVIDIA card with its driver."""
    return shutil.which("nvidia-smi") is not None or any(Path(sign).exists() for sign in NVIDIA)


def pinned(name: str) -> str:
    """The version constraints.txt names."""
    found = re.search(rf"^{re.escape(name)}==(\S+)", CONSTRAINTS.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise LookupError(f"constraints.txt pins no {name}")
    return found[1]


def install_cpu_torch(python: Path, log: Path) -> None:
    """PyTorch alone, from its own index; what it needs comes with the rest. Where that fails the ordinary build comes."""
    if not answers(CPU_INDEX):
        return
    wanted = f"torch=={pinned('torch')}+cpu"
    if not pip(python, log, "--no-deps", "--index-url", CPU_INDEX, wanted):
        print("PyTorch's index of builds without CUDA did not deliver; the ordinary build is taken.")


def answers(index: str) -> bool:
    """Whether an index can be reached within some seconds."""
    try:
        with urllib.request.urlopen(f"{index}/torch/", timeout=CPU_INDEX_PATIENCE_S) as answer:
            return bool(answer.status == 200)
    except (OSError, ValueError, urllib.error.URLError):
        return False


# --- pip ------------------------------------------------------------------------------------------


def pip(python: Path, log: Path, *arguments: str) -> bool:
    """pip install with these arguments, all it says appended to `log`, large downloads told; whether it went well."""
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"]
    with log.open("a", encoding="utf-8", errors="replace") as kept:
        process = subprocess.Popen(
            [*command, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        assert process.stdout is not None
        for line in process.stdout:
            kept.write(line)
            if told := large(line):
                print(told, flush=True)
        return process.wait() == 0


def large(line: str) -> str:
    """What to tell of a line of pip's: a download that takes its time."""
    found = LARGE.match(line)
    if not found or float(found[2]) * (1000 if found[3] == "GB" else 1) < LARGE_MB:
        return ""
    return f"  {found[1].rsplit('/', 1)[-1]} ({found[2]} {found[3]})"


def reason(log: Path) -> str:
    """The last lines of the log, from its first error on where there is one."""
    with log.open(encoding="utf-8", errors="replace") as lines:
        last = list(deque(lines, REASON_LINES))
    first = next((n for n, line in enumerate(last) if "ERROR" in line or "error:" in line), 0)
    return "".join(last[max(0, first - 1) :]).rstrip()


def size_gb(folder: Path) -> float:
    """What a folder takes on the disk."""
    return sum(f.lstat().st_size for f in folder.rglob("*") if f.is_file() and not f.is_symlink()) / 1e9


if __name__ == "__main__":
    sys.exit(main())
