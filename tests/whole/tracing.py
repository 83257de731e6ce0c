"""A program watched from outside while it runs: which sockets it and its children ask for, which files they write.

By strace where it can be had; else by looking into /proc and at the folders, which sees less (what lasts a moment
is missed) but needs nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

CALLS = (
    "network,open,openat,openat2,creat,rename,renameat,renameat2,mkdir,mkdirat,truncate,link,linkat,symlink,"
    "symlinkat,mknod,mknodat"
)
_CALL = re.compile(r"^(?P<pid>\d+) +(?P<name>\w+)\((?P<arguments>.*)\) += (?P<result>-?\d+|\?)")
_PATH = re.compile(r'(?:<([^>]*)>, )?"((?:[^"\\]|\\.)*)"')  # with the folder it starts from, which -y shows
_ADDRESSES = ("connect", "sendto", "sendmsg", "sendmmsg", "bind")
_OPENS = ("open", "openat", "openat2")
_MAKES = (
    "creat",
    "mkdir",
    "mkdirat",
    "mknod",
    "mknodat",
    "truncate",
    "rename",
    "renameat",
    "renameat2",
    "link",
)
_MAKES += ("linkat", "symlink", "symlinkat")
_TO_WRITE = re.compile("O_WRONLY|O_RDWR|O_CREAT")
_LOOPBACK = re.compile(r'inet_addr\("127\.|inet_pton\(AF_INET6, "::1"')


@dataclass
class Seen:
    """What a program did: internet sockets that opened or were asked for, addresses, files it wrote."""

    opened: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    addressed: list[str] = field(default_factory=list)
    local: list[str] = field(default_factory=list)
    written: list[Path] = field(default_factory=list)

    def outside(self, *allowed: Path) -> list[Path]:
        """Files written elsewhere than in the folders allowed; devices and Python's own caches do not count."""
        return [
            path
            for path in self.written
            if not any(path.is_relative_to(folder) for folder in allowed)
            and not path.is_relative_to("/dev")
            and "__pycache__" not in path.parts
        ]


def has_strace() -> bool:
    """Whether strace is there and may trace (containers may forbid it)."""
    if not shutil.which("strace"):
        return False
    return subprocess.run(["strace", "-qq", "-o", os.devnull, "true"], check=False).returncode == 0


def traced(command: list[str], trace: Path) -> list[str]:
    """The command, traced into a file."""
    options = ["-f", "-y", "-qq", "-s", "4096", "-e", f"trace={CALLS}", "-e", "signal=none", "-o", str(trace)]
    return ["strace", *options, *command]


def read_trace(trace: Path, started_in: Path) -> Seen:
    """What a trace tells."""
    seen = Seen()
    for line in _whole_lines(trace.read_text(encoding="utf-8", errors="replace")):
        if found := _CALL.match(line):
            _note(
                seen, found["name"], found["arguments"], int(found["result"].replace("?", "-1")), started_in
            )
    return seen


def _whole_lines(text: str) -> Iterator[str]:
    """Calls that another thread's broke into are put together again."""
    begun: dict[str, str] = {}
    for line in text.splitlines():
        pid, _, rest = line.partition(" ")
        if line.endswith("<unfinished ...>"):
            begun[pid] = line.removesuffix("<unfinished ...>")
        elif resumed := re.match(r" *<\.\.\. \w+ resumed>(.*)", rest):
            yield begun.pop(pid, f"{pid} unknown(") + resumed[1]
        else:
            yield line


def _note(seen: Seen, name: str, arguments: str, result: int, started_in: Path) -> None:
    internet = "AF_INET" in arguments
    if name == "socket" and internet:
        (seen.opened if result >= 0 else seen.refused).append(arguments)
    elif name in _ADDRESSES:
        if internet and not _LOOPBACK.search(arguments):
            seen.addressed.append(arguments)
        if "AF_UNIX" in arguments and name == "connect":
            seen.local.append(arguments)
    elif result >= 0 and (name in _MAKES or (name in _OPENS and _TO_WRITE.search(arguments))):
        base, path = _PATH.findall(arguments)[-1]
        seen.written.append(Path(os.path.normpath(started_in / base / path)))


def watch_by_proc(command: list[str], folders: tuple[Path, ...], **options: object) -> tuple[int, Seen]:
    """Run a command and look every 50 ms at its processes' internet sockets; new files in `folders` count as written."""
    before = {path for folder in folders for path in folder.rglob("*")}
    seen = Seen()
    process = subprocess.Popen(command, **options)  # type: ignore[call-overload]
    while process.poll() is None:
        seen.opened += sorted(_sockets_of(process.pid) - set(seen.opened))
        time.sleep(0.05)
    seen.written = [p for folder in folders for p in folder.rglob("*") if p not in before]
    return process.returncode, seen


def _sockets_of(pid: int) -> set[str]:
    """Internet sockets of a process and its children, as /proc/net's lines."""
    import psutil

    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        return {str(c) for p in family for c in p.net_connections("inet") if not _is_local(c)}
    except psutil.Error:
        return set()


def _is_local(connection: object) -> bool:
    remote = getattr(connection, "raddr", None)
    return bool(remote) and remote.ip in ("127.0.0.1", "::1")
