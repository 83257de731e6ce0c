"""The whole way of a study by Windows' rules, as far as they can be made to hold elsewhere: `python -m tests.whole.windows`.

* no module that Windows lacks (fcntl, resource, pwd, grp, termios), and no variable with the account's name;
* a file that is open is not renamed, replaced or removed (WinError 32, a PermissionError);
* a scanner has each new file open for a moment: its first rename fails;
* no name that Windows refuses is made (reserved devices, `<>:"|?*`, a dot or space at the end).

The rules are kept by an audit hook, which sees what Python code does; SQLite's own files it does not see.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

MISSING = ("fcntl", "resource", "pwd", "grp", "termios")
REFUSED_NAME = re.compile(r'[<>:"|?*\x00-\x1f]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)', re.IGNORECASE)
ASKS_FOR_THE_SYSTEM = (
    "pipeline.files",
    "pipeline.study.intake.settling",
    "pipeline.erase.medium",
    "pipeline.study.locking",
)
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Windows:
    """The rules, for files below one folder."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.scanned: set[str] = set()
        self.waited = 0

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if event == "os.rename":
            self._free(arguments[0], arguments[1])
            self._scan(arguments[0])
            self._name(arguments[1])
        elif event == "os.remove":
            self._free(arguments[0])
        elif event == "os.mkdir" or (event == "open" and self._makes(arguments)):
            self._name(arguments[0])

    def _makes(self, arguments: tuple[object, ...]) -> bool:
        flags = arguments[2]
        return isinstance(flags, int) and bool(flags & WRITES)

    def _ours(self, path: object) -> bool:
        return isinstance(path, (str, os.PathLike)) and Path(path).absolute().is_relative_to(self.folder)

    def _free(self, *paths: object) -> None:
        for path in paths:
            if self._ours(path) and os.path.realpath(str(path)) in open_files():
                raise PermissionError(
                    13, "The process cannot access the file because it is being used", str(path)
                )

    def _scan(self, path: object) -> None:
        if self._ours(path) and str(path) not in self.scanned:
            self.scanned.add(str(path))
            self.waited += 1
            raise PermissionError(
                13, "The process cannot access the file because it is being used", str(path)
            )

    def _name(self, path: object) -> None:
        if self._ours(path) and REFUSED_NAME.search(Path(str(path)).name):
            raise OSError(22, "The filename, directory name, or volume label syntax is incorrect", str(path))


def open_files() -> set[str]:
    """What this process has open (its real paths)."""
    found = set()
    for number in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.add(str(number.readlink()))
    return found


def be_windows(folder: Path) -> Windows:
    """From here on the rules hold in this process."""
    import filelock  # noqa: F401  it locks by msvcrt on Windows, and here by fcntl
    import psutil  # noqa: F401  as psutil, which asks each system in its own way

    for name in MISSING:
        sys.modules[name] = None  # type: ignore[assignment]
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        os.environ.pop(name, None)
    for name in ASKS_FOR_THE_SYSTEM:
        importlib.import_module(name).sys = SimpleNamespace(platform="win32")
    rules = Windows(folder)
    sys.addaudithook(rules)
    return rules


def main(folder: Path) -> None:
    """A recording from the inbox to its certificate, and an export of everything."""
    import click.testing  # pytest's and click's own imports come before the rules

    from pipeline.cli.main import main as command
    from tests.batch.fakes import FakeRecipe

    rules = be_windows(folder)
    import pipeline.batch.executor
    import pipeline.cli.destroy
    import pipeline.study.intake.importing

    pipeline.batch.executor.recipe_of = lambda _: FakeRecipe()  # type: ignore[assignment, return-value]
    pipeline.cli.destroy.at_terminal = lambda: True
    pipeline.study.intake.importing.refuse_unusable = lambda _: None  # any bytes are sound here
    os.chdir(folder)
    (folder / "con-versation 1.wav").write_bytes(b"a sound" * 5000)
    (folder / "roster.csv").write_text("code,name,nicknames,role\nP01,Wilhelmina Quill,,student\n")
    key = ("--key-file", "study.key")
    study = ("--study", "study", *key)
    for arguments, typed in (
        (("init", "study", *key), ""),
        (("roster", "import", "roster.csv", "--destroy", *study), ""),
        (("import", "con-versation 1.wav", *study), ""),
        (("run", "--log", "run.log", "--metrics", "run.prom", *study), ""),
        (("verify", "R0001", "--reviewer", "Rev Iewer", "--accept", *study), ""),
        (("export", "--all", "--format", "docx", "--to", "out", *study), ""),
        (("destroy", "R0001", *study), "R0001\n"),
        (("audit", "verify", *study), ""),
    ):
        result = click.testing.CliRunner().invoke(command, [str(a) for a in arguments], input=typed)
        assert result.exit_code == 0, (arguments, result.output, result.exception)
    assert not (folder / "con-versation 1.wav").exists()
    assert list((folder / "out").glob("*.docx"))
    assert list((folder / "study" / "certificates").glob("*.html"))
    print(rules.waited)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
