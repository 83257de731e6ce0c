"""How many changes of numbers that stand outside functions the tests notice: sizes, counts, limits.

    python -m bench.constants [--tests PATH]... [--seconds S] MODULE...

`make mutants` (bench/mutants.py) changes what is inside functions alone. Here each number of a module's constants, and
of its classes' defaults, is once a little more than doubled and once halved, in a copy of the checkout; then the tests
named run until the first that fails. Printed is each change that no test notices, and the share of those that one does.
Tests marked `slow` or `browser` are left out; a run of more than S seconds counts as noticed.
"""

from __future__ import annotations

import argparse
import ast
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.mutants import MEMORY, copy_checkout, modules_of


@dataclass(frozen=True, slots=True)
class Change:
    """A number of a line (counted from 1), from one column up to another, and what takes its place."""

    line: int
    start: int
    end: int
    number: str

    def made_in(self, text: str) -> str:
        """The module's text with the change."""
        lines = text.splitlines(keepends=True)
        line = lines[self.line - 1].encode()
        lines[self.line - 1] = (line[: self.start] + self.number.encode() + line[self.end :]).decode()
        return "".join(lines)


def main() -> int:
    """Try every change; returns 1 when the tests fail without any, else 0, whatever survived."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tests", action="append", default=[])
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("modules", nargs="+")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="constants-") as temporary:
        folder = Path(temporary)
        copy_checkout(folder)
        if _is_noticed(folder, chosen.tests, chosen.seconds):
            print("the tests fail without a change")
            return 1
        made = noticed = 0
        for module in (module for name in chosen.modules for module in modules_of(name)):
            text = (folder / module).read_text(encoding="utf-8")
            for change in changes_of(text):
                (folder / module).write_text(change.made_in(text), encoding="utf-8")
                found = _is_noticed(folder, chosen.tests, chosen.seconds)
                made, noticed = made + 1, noticed + found
                if not found:
                    line = change.made_in(text).splitlines()[change.line - 1]
                    print(f"{module}:{change.line}: survived: {line.strip()}", flush=True)
            (folder / module).write_text(text, encoding="utf-8")
        print(f"{noticed} of {made} killed")
    return 0


def changes_of(text: str) -> Iterator[Change]:
    """Each number outside functions, in the order of the text: doubled and one more, and halved where it is over 1.

    Of `1 << 20` the 1 is changed alone: by another shift nothing would end, or the machine's memory.
    """
    for node in _outside_functions(ast.parse(text)):
        if not isinstance(node, ast.Constant) or type(node.value) not in (int, float):
            continue
        value = node.value
        halved = [value // 2 if isinstance(value, int) else value / 2] if value > 1 else []
        for number in (value * 2 + 1, *halved):
            if node.end_col_offset is not None:
                yield Change(node.lineno, node.col_offset, node.end_col_offset, repr(number))


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        return
    yield node
    shifted = isinstance(node, ast.BinOp) and isinstance(node.op, (ast.LShift, ast.RShift))
    for child in [node.left] if shifted else ast.iter_child_nodes(node):
        yield from _outside_functions(child)


def _is_noticed(folder: Path, tests: list[str], seconds: float) -> bool:
    """Whether a test fails in the copy as it is now."""
    command = [sys.executable, "-P", "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONPATH": str(folder.resolve()), "PYTHONDONTWRITEBYTECODE": "1"}
    if os.access(MEMORY, os.W_OK):
        environment["TMPDIR"] = str(MEMORY)
    try:
        done = subprocess.run(
            [*command, "-m", "not slow and not browser", *tests],
            cwd=folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


if __name__ == "__main__":
    sys.exit(main())
