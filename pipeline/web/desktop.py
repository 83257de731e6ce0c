"""The entry in a computer's menu: a file on Linux, a script on Windows, a small application folder on macOS.

Linux: Desktop Entry Specification (freedesktop.org), in ~/.local/share/applications. Windows: a .vbs in the Start
Menu's folder, which starts a program without a console window. macOS: an application bundle (Info.plist and an
executable) in ~/Applications.
"""

from __future__ import annotations

import os
import plistlib
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.errors import OutputError

System = Literal["linux", "windows", "macos"]
NAME = "session-deid"
ABOUT = "Recordings to transcripts without names, on this computer alone"
ICON = Path(__file__).parent / "static" / "mark.svg"
ARGUMENTS = ("-m", "pipeline", "open", "--leave")


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """The files of an entry: path, content, and whether it is executed."""

    root: Path
    files: tuple[tuple[Path, bytes, bool], ...]


def this_system() -> System:
    """The system we are on."""
    return "windows" if sys.platform == "win32" else "macos" if sys.platform == "darwin" else "linux"


def entry_for(system: str, python: Path, to: Path | None = None) -> MenuEntry:
    """The entry that opens the page with this Python."""
    makers = {"linux": _linux, "windows": _windows, "macos": _macos}
    return makers[system](python, to)


def write_entry(entry: MenuEntry) -> list[Path]:
    """Write the entry's files; raises OutputError."""
    written = []
    for path, content, executed in entry.files:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            path.chmod(0o755 if executed else 0o644)
        except OSError as error:
            raise OutputError(file=path, why=error.strerror or "the system refused") from None
        written.append(path)
    return written


def remove_entry(entry: MenuEntry) -> bool:
    """Remove what `write_entry` wrote; False when it was not there."""
    there = [path for path, _, _ in entry.files if path.exists()]
    if entry.root.is_dir() and entry.root.suffix == ".app":
        shutil.rmtree(entry.root)
    for path in there:
        path.unlink(missing_ok=True)
    return bool(there)


def _linux(python: Path, to: Path | None) -> MenuEntry:
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    folder = to or data / "applications"
    icon = (to or data / "icons" / "hicolor" / "scalable" / "apps") / f"{NAME}.svg"
    lines = [
        "[Desktop Entry]",
        "Type=Application",
        "Version=1.5",
        f"Name={NAME}",
        f"Comment={ABOUT}",
        f"Exec={' '.join(map(_quote_exec, (str(python), *ARGUMENTS)))}",
        f"Icon={icon if to else NAME}",
        "Terminal=false",
        "Categories=Office;AudioVideo;",
        "StartupNotify=false",
    ]
    path = folder / f"{NAME}.desktop"
    return MenuEntry(
        path, ((path, ("\n".join(lines) + "\n").encode(), True), (icon, ICON.read_bytes(), False))
    )


def _quote_exec(argument: str) -> str:
    """An argument of an Exec line: quoted, with what the specification reserves escaped, and %% for %."""
    escaped = "".join("\\" + c if c in '"`$\\' else c for c in argument)
    return '"' + escaped.replace("\\", "\\\\").replace("%", "%%") + '"'


def _windows(python: Path, to: Path | None) -> MenuEntry:
    roaming = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    folder = to or roaming / "Microsoft" / "Windows" / "Start Menu" / "Programs"
    quiet = python.with_name("pythonw.exe") if python.name.lower() == "python.exe" else python
    command = " ".join(f'"{part}"' for part in (str(quiet), *ARGUMENTS))
    literal = command.replace('"', '""')
    script = f'CreateObject("WScript.Shell").Run "{literal}", 0, False\r\n'
    path = folder / f"{NAME}.vbs"
    return MenuEntry(path, ((path, script.encode("utf-16"), False),))


def _macos(python: Path, to: Path | None) -> MenuEntry:
    root = (to or Path.home() / "Applications") / f"{NAME}.app"
    facts = {
        "CFBundleName": NAME,
        "CFBundleDisplayName": NAME,
        "CFBundleIdentifier": "local.session-deid",
        "CFBundleExecutable": NAME,
        "CFBundlePackageType": "APPL",
        "CFBundleInfoDictionaryVersion": "6.0",
        "LSUIElement": True,
    }
    quoted = " ".join("'" + part.replace("'", "'\\''") + "'" for part in (str(python), *ARGUMENTS))
    script = f"#!/bin/sh\nexec {quoted}\n"
    contents = root / "Contents"
    return MenuEntry(
        root,
        (
            (contents / "Info.plist", plistlib.dumps(facts), False),
            (contents / "MacOS" / NAME, script.encode(), True),
        ),
    )
