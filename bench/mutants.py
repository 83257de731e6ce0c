"""`make mutants`: how many deliberate mistakes in some modules the tests notice.

    python -m bench.mutants [--tests PATH]... [--sample N [--seed N] | --only NAME...] [--children N] [--keep DIR]
                            [--list] MODULE...

MODULE is a file or a folder of pipeline/. mutmut (https://mutmut.readthedocs.io) changes one expression of a function
at a time in a copy of the checkout, and runs the tests that reach that function; a change that no test notices
survives. A survivor that only words a message differently (inside a string, or in what an error names) is told apart
as "wording": the exact words of a message are no promise. Functions with decorators and what is outside functions are
not changed. Printed are the shares of those that were run, and each survivor as a diff with --list. With --sample only
N of the changes are tried, drawn by chance from --seed; with --only those of these names (the survivors of an earlier
run, with other tests). Tests marked `slow` or `browser` are left out. With --keep the
copy stays in DIR, and a second run there takes up only what changed.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("pipeline", "tests", "config", "samples", "docs", "bench", "pyproject.toml", "README.md")
MODELS = ("manifest.toml", "LICENSES.md", "talk", "store")
# Tests of a module that lie elsewhere than in its room's folder, by the longest beginning of its path.
TESTS_OF = {
    "pipeline/erase": ("tests/erase", "tests/web/test_destroyed.py"),
    "pipeline/verify/gate.py": (
        "tests/verify",
        "tests/study/test_study.py",
        "tests/study/test_review_store.py",
    ),
}
MEMORY = Path("/dev/shm")  # where there is one, tests write there: thousands of syncs to a disk take hours
STRING = re.compile(r"""f?"[^"]*"|f?'[^']*'""")


def main() -> int:
    """Run mutmut in a copy; returns 1 when it could not be run, else 0, whatever survived."""
    chosen = _arguments()
    with tempfile.TemporaryDirectory(prefix="mutants-") as temporary:
        folder = chosen.keep or Path(temporary)
        modules = [file for name in chosen.modules for file in modules_of(name)]
        tests = chosen.tests or sorted({test for module in modules for test in _tests_of(module)})
        copy_checkout(folder)
        _write_settings(folder, modules, tests)
        drawn = _draw(folder, chosen.sample, chosen.seed) if chosen.sample else chosen.only
        done = _mutmut(folder, "run", "--max-children", str(chosen.children), *drawn, stdout=None)
        if done.returncode:
            return 1
        _show(folder, modules, chosen.list)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--tests", action="append", default=[], help="tests that may notice (else the room's)"
    )
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="try N changes, drawn by chance")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="try this change again")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--children", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("modules", nargs="+")
    return parser.parse_args()


def modules_of(name: str) -> list[str]:
    """The modules below a name, as paths from the checkout's root."""
    place = ROOT / name
    found = sorted(place.rglob("*.py")) if place.is_dir() else [place]
    return [file.relative_to(ROOT).as_posix() for file in found if file.name != "__init__.py"]


def _tests_of(module: str) -> tuple[str, ...]:
    """The tests of a module: those named for it, or its room's."""
    named = [start for start in TESTS_OF if module.startswith(start)]
    return TESTS_OF[max(named, key=len)] if named else (f"tests/{module.split('/')[1].removesuffix('.py')}",)


def copy_checkout(folder: Path) -> None:
    """Copy what the tests read; models are linked, since they are large and only read."""
    (folder / "models").mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        source, target = ROOT / name, folder / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.pyc", "out")
            shutil.copytree(source, target, dirs_exist_ok=True, ignore=ignored)
        else:
            shutil.copy2(source, target)
    for name in MODELS:
        link = folder / "models" / name
        if (ROOT / "models" / name).exists() and not link.is_symlink():
            link.symlink_to(ROOT / "models" / name)


def _write_settings(folder: Path, modules: list[str], tests: list[str]) -> None:
    """Append mutmut's settings to the copy's pyproject.toml."""
    copied = [name for name in COPIED if name not in ("pipeline", "tests", "pyproject.toml")]
    lines = [
        "[tool.mutmut]",
        'source_paths = ["pipeline"]',
        f"only_mutate = {modules}",
        f"also_copy = {copied}",
        f"pytest_add_cli_args_test_selection = {tests}",
        "pytest_add_cli_args = ['-m', 'not slow and not browser', '-p', 'no:cacheprovider']",
    ]
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("\n" + "\n".join(lines) + "\n")
    inner = folder / "mutants" / "models"
    inner.parent.mkdir(exist_ok=True)
    if not inner.exists():
        inner.symlink_to(folder / "models")


def _draw(folder: Path, count: int, seed: int) -> list[str]:
    """Names of some of the changes, by chance: mutmut makes all, and is asked for one that is not there."""
    _mutmut(folder, "run", "--max-children", "1", "none.such", stderr=subprocess.DEVNULL)
    made = sorted(mutant for mutant, _ in _results(folder))
    drawn = random.Random(seed).sample(made, min(count, len(made)))
    print(f"{len(drawn)} of {len(made)}, drawn with --seed {seed}", flush=True)
    return drawn


def _mutmut(
    folder: Path, *arguments: str, stdout: int | None = subprocess.PIPE, stderr: int | None = None
) -> subprocess.CompletedProcess[str]:
    """mutmut in the copy, where the changed modules come first on the path, for child processes of tests too."""
    command = [sys.executable, "-P", "-c", "from mutmut.__main__ import cli; cli()", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(folder.resolve() / "mutants")}
    if os.access(MEMORY, os.W_OK):
        environment["TMPDIR"] = str(MEMORY)
    return subprocess.run(
        command, cwd=folder, env=environment, stdout=stdout, stderr=stderr, text=True, check=False
    )


def _show(folder: Path, modules: list[str], listed: bool) -> None:
    """The share of killed mutants of each module and of all, and the survivors."""
    counts: dict[str, Counter[str]] = {module: Counter() for module in modules}
    survivors = []
    for mutant, status in _results(folder):
        verdict = _verdict(status)
        diff = "" if verdict in ("killed", "not checked") else _mutmut(folder, "show", mutant).stdout
        if verdict == "survived" and _is_wording(diff):
            verdict = "wording"
        counts[mutant.rpartition(".")[0].replace(".", "/") + ".py"][verdict] += 1
        survivors += [] if verdict in ("killed", "wording", "not checked") else [(mutant, verdict, diff)]
    for mutant, verdict, diff in survivors if listed else ():
        print(f"\n== {mutant}: {verdict}\n{diff}")
    for module, count in counts.items():
        print(_line(module, count))
    print(_line("all", sum(counts.values(), Counter())))


def _results(folder: Path) -> list[tuple[str, str]]:
    """Every mutant with its outcome, as mutmut tells it."""
    told = _mutmut(folder, "results", "--all", "true").stdout
    pairs = (line.strip().rpartition(": ") for line in told.splitlines() if ": " in line)
    return [(mutant, status) for mutant, _, status in pairs]


def _is_wording(diff: str) -> bool:
    """Whether a change is inside string literals, or in the facts an error is raised with."""
    lines = diff.splitlines()
    was = [line[1:].strip() for line in lines if line.startswith("-") and not line.startswith("---")]
    now = [line[1:].strip() for line in lines if line.startswith("+") and not line.startswith("+++")]
    if all(line.startswith("raise ") for line in was + now):
        return [line.split("(")[0] for line in was] == [line.split("(")[0] for line in now]
    spoken = ("why", "said", "problem", "message", "click.echo")
    only_words = [_without_strings(line) for line in was] == [_without_strings(line) for line in now]
    return only_words and all(" " in line and line.startswith(spoken) for line in was)


def _without_strings(line: str) -> str:
    return STRING.sub("''", line)


def _verdict(status: str) -> str:
    """A mutant that makes a test hang is noticed as one that makes it fail."""
    return "killed" if status in ("killed", "timeout", "segfault", "caught by type check") else status


def _line(name: str, count: Counter[str]) -> str:
    made = sum(count.values())
    run = made - count["not checked"]
    share = f"{count['killed'] / run:.1%}" if run else "-"
    rest = ", ".join(f"{number} {what}" for what, number in sorted(count.items()) if what != "killed")
    return f"{name}: {count['killed']} of {run} killed ({share}), {made} made{'; ' + rest if rest else ''}"


if __name__ == "__main__":
    sys.exit(main())
