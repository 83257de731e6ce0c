"""Write constraints.txt anew, or check it: every package that any of the systems and Pythons needs, at one version.

    python setup/pins.py [--check] [--upgrade]

uv resolves pyproject.toml for each of them without installing anything. --check changes nothing and says what is
unpinned, stale or cannot be resolved; --upgrade takes the newest versions that pyproject.toml allows.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from check_python import NEWEST, OLDEST

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "constraints.txt"
SYSTEMS = (
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "x86_64-pc-windows-msvc",
    "aarch64-apple-darwin",
)
PYTHONS = tuple(f"{OLDEST[0]}.{minor}" for minor in range(OLDEST[1], NEWEST[1] + 1))
FROM_SOURCE = ("openai-whisper", "bagit", "odfpy")  # pure Python, published without wheels
OLDEST_MACOS = "14.0"  # what PyTorch's and PyAV's wheels are built for
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;]+)", re.MULTILINE)
_UNREACHABLE = ("Failed to fetch", "error sending request", "dns error", "Could not connect")
_OF_THE_MACHINE = (
    "UV_FIND_LINKS",
    "UV_NO_INDEX",
    "UV_OFFLINE",
    "UV_CONSTRAINT",
    "UV_OVERRIDE",
    "UV_CONFIG_FILE",
)


class UnreachableError(Exception):
    """The package index cannot be reached."""


class UnresolvableError(Exception):
    """The pins do not fit together; the message is uv's reason."""


def resolve(system: str, python: str, constraints: Path | None = CONSTRAINTS) -> dict[str, str]:
    """Package to version for one system and Python, from the public index alone (no links, no configuration of this
    computer). Raises UnreachableError, UnresolvableError."""
    command = [find_uv(), "pip", "compile", "--quiet", "--no-config", "--no-header", "--no-annotate"]
    command += ["--only-binary", ":all:", *(word for name in FROM_SOURCE for word in ("--no-binary", name))]
    command += ["--python-platform", system, "--python-version", python, "--extra", "dev"]
    command += ["-c", str(constraints)] if constraints else []
    environment = {k: v for k, v in os.environ.items() if k not in _OF_THE_MACHINE}
    environment["MACOSX_DEPLOYMENT_TARGET"] = OLDEST_MACOS
    done = subprocess.run(
        [*command, str(ROOT / "pyproject.toml")], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        kind = UnreachableError if any(sign in done.stderr for sign in _UNREACHABLE) else UnresolvableError
        raise kind(f"{system}, Python {python}: {done.stderr.strip()}")
    return pins(done.stdout)


def find_uv() -> str:
    """The uv of this environment, or on the path; raises FileNotFoundError."""
    try:
        from uv import find_uv_bin
    except ImportError:
        found = shutil.which("uv")
        if found is None:
            raise FileNotFoundError("uv is not installed: pip install uv") from None
        return found
    return str(find_uv_bin())


def pins(text: str) -> dict[str, str]:
    """Package (as the index writes names) to version."""
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in _PIN.findall(text)}


def problems(resolved: Sequence[dict[str, str]], standing: dict[str, str]) -> list[str]:
    """What is unpinned, stale, or needed at two versions."""
    versions: dict[str, set[str]] = {}
    for one in resolved:
        for name, version in one.items():
            versions.setdefault(name, set()).add(version)
    found = [f"{name}: needed at {sorted(v)}" for name, v in versions.items() if len(v) > 1]
    found += [f"{name}: not pinned" for name in versions if name not in standing]
    return found + [f"{name}: nothing needs it" for name in standing if name not in versions]


def main() -> int:
    """Check, or write; returns how many problems there are."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--upgrade", action="store_true")
    chosen = parser.parse_args()
    base = None if chosen.upgrade else CONSTRAINTS
    resolved = [resolve(system, python, base) for system in SYSTEMS for python in PYTHONS]
    standing = pins(CONSTRAINTS.read_text(encoding="utf-8"))
    wanted = {name: version for one in resolved for name, version in one.items()}
    found = problems(resolved, standing if chosen.check else wanted)
    print("\n".join(found) or f"{len(wanted)} packages, {len(SYSTEMS)} systems, Python {', '.join(PYTHONS)}")
    if not chosen.check and not found:
        CONSTRAINTS.write_text("".join(f"{n}=={v}\n" for n, v in sorted(wanted.items())), encoding="utf-8")
    return len(found)


if __name__ == "__main__":
    sys.exit(main())
