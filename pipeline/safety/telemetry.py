"""What ONNX Runtime's telemetry leaves in an account, and its removal.

A session-deid that did not switch it off left a lasting device id, a queue of reports that were never sent (with the
path of the Python that ran) and a session file. All programs of an account share these places; another program's own
telemetry makes them anew.

Sources: onnxruntime 1.32's core/platform/{posix,windows}/telemetry_1ds.cc and device_id.cc for the folder and the
registry's value; the session file's name and content as found after a run on Linux.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from contextlib import suppress
from pathlib import Path

FOLDER = Path("Microsoft", "DeveloperTools", ".onnxruntime")
NAMES = (
    "deviceid",
    "deviceid.lock",
    "onnxruntime.db",
    "onnxruntime.db-journal",
    "onnxruntime.db-wal",
    "onnxruntime.db-shm",
)
REGISTRY_KEY, REGISTRY_VALUE = r"SOFTWARE\Microsoft\DeveloperTools\.onnxruntime", "deviceid"
SESSION_FILES = (".ses", ":memory:.ses")
_SESSION = re.compile(rb"\d{10,16}\s+[0-9a-fA-F-]{36}\s*")


def leftovers() -> list[Path]:
    """The files of it that lie in this account, in the temporary folder and in the folder one stands in."""
    found = [path for name in NAMES if _is_ours(path := _folder() / name)]
    return found + [path for path in _session_places() if _is_ours(path) and _is_session(path)]


def remove_leftovers() -> None:
    """Take them away, and the folders they alone were in; what cannot be removed stays, and `doctor` names it."""
    for path in leftovers():
        with suppress(OSError):
            path.unlink()
    if sys.platform == "win32":
        _forget_device_id()
    folder = _folder()
    with suppress(OSError):  # not empty, or not there
        for each in (folder, folder.parent, folder.parent.parent):
            each.rmdir()


def _folder() -> Path:
    return _base() / FOLDER


def _base() -> Path:
    """Where programs of this account keep such data; nowhere real when the account has no home."""
    if sys.platform == "win32":
        given = os.environ.get("LOCALAPPDATA") or os.environ.get("APPDATA")
        return Path(given) if given else Path(os.path.expanduser("~"), "AppData", "Local")  # noqa: PTH111
    home = Path(os.path.expanduser("~"))  # noqa: PTH111  Path.home() raises where there is none
    if sys.platform == "darwin":
        return home / "Library" / "Application Support"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")


def _session_places() -> list[Path]:
    temporary = next((t for n in ("TMPDIR", "TEMP", "TMP") if (t := os.environ.get(n))), "/tmp")  # noqa: S108
    return [Path(temporary, SESSION_FILES[0]), Path(SESSION_FILES[1])]


def _is_ours(path: Path) -> bool:
    """A plain file of this account."""
    try:
        found = path.lstat()
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(found.st_mode) and (not hasattr(os, "getuid") or found.st_uid == os.getuid())


def _is_session(path: Path) -> bool:
    """A time and a random id on two lines; anything else of that name is somebody else's."""
    try:
        return path.stat().st_size < 100 and _SESSION.fullmatch(path.read_bytes()) is not None
    except OSError:
        return False


def _forget_device_id() -> None:
    if sys.platform == "win32":
        import winreg

        access = winreg.KEY_SET_VALUE | winreg.KEY_WOW64_64KEY
        with suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, REGISTRY_KEY, 0, access) as key:
            winreg.DeleteValue(key, REGISTRY_VALUE)
