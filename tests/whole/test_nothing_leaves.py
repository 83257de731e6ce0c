"""The promise that nothing goes over the network and nothing lies about, kept by native code as well.

Real engines, real sound, the commands as a person types them, watched from outside. A library that reports to its
makers (ONNX Runtime does, unless it is told not to before its import) fails these tests by its first try.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.conftest import ROOT, SAMPLES
from tests.whole.tracing import Seen, has_strace, read_trace, traced, watch_by_proc

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="watches by strace or /proc"),
]
# urllib3, which spaCy imports, asks whether there is IPv6 at all, by a socket that it binds to ::1.
# And a process of ours asks whether it is held, for a kind of socket that nobody could use.
HARMLESS = re.compile(
    r"^AF_INET6, SOCK_STREAM\|SOCK_CLOEXEC, IPPROTO_IP$|^AF_INET, SOCK_SEQPACKET, IPPROTO_IP$"
)
TINY = ("--model", "whisper-tiny.en", "--language", "en")


class Computer:
    """A home, a temporary folder and a working folder of their own, and a way to run commands that are watched."""

    def __init__(self, folder: Path):
        self.folder, self.work = folder, folder / "work"
        for name in ("home", "tmp", "work"):
            (folder / name).mkdir()
        # ONNX Runtime keeps quiet by itself where CI is set: this must hold without.
        left_out = ("CI", "GITHUB_ACTIONS", "ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME")
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in left_out},
            "HOME": str(folder / "home"),
            "TMPDIR": str(folder / "tmp"),
            "PYTHONPATH": str(ROOT),
        }

    def run(self, *arguments: str | Path) -> Seen:
        """A command, watched to its end; it must succeed, and leave home and temporary folder empty."""
        seen = self.watch([sys.executable, "-m", "pipeline", *map(str, arguments)])
        left = [p for name in ("home", "tmp") for p in (self.folder / name).rglob("*")]
        assert left == []
        return seen

    def watch(self, command: list[str]) -> Seen:
        """Any command, watched to its end."""
        options = {"cwd": self.work, "env": self.environment, "stdout": subprocess.DEVNULL}
        if not has_strace():
            code, seen = watch_by_proc(command, (self.folder / "home", self.folder / "tmp"), **options)
        else:
            trace = self.folder / "trace"
            code = subprocess.run(traced(command, trace), check=False, **options).returncode  # type: ignore[call-overload]
            seen = read_trace(trace, self.work)
        assert code == 0, command
        return seen


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    return Computer(tmp_path)


def check(seen: Seen, *allowed: Path) -> None:
    """No internet socket, no name asked for, nothing written elsewhere."""
    assert [each for each in seen.refused if not HARMLESS.match(each)] == []
    assert [each for each in seen.opened if not HARMLESS.match(each)] == []
    assert seen.addressed == []
    assert [each for each in seen.local if "/nscd/" not in each] == []
    assert seen.outside(*allowed) == []


def test_deidentify_asks_nobody_and_writes_where_it_was_told(computer: Computer, clip: Path) -> None:
    """The one-shot way, with the roster."""
    out = computer.work / "out"
    seen = computer.run("deidentify", clip, "--out", out, "--roster", SAMPLES / "roster.csv", *TINY)
    assert (out / "week-1.txt").is_file()
    check(seen, out)


def test_a_study_asks_nobody_and_writes_into_itself(computer: Computer, clip: Path) -> None:
    """From the key to an export, and with two workers."""
    study, keys, out = computer.work / "study", computer.work / "keys", computer.work / "out"
    keys.mkdir()
    key = keys / "key"  # a key file is written beside its place first, and there whole or not at all
    this = ("--study", study, "--key-file", key)
    check(computer.run("init", study, "--key-file", key), study, keys)
    settings = study / "study.toml"
    settings.write_text(settings.read_text().replace('model = "auto"', 'model = "whisper-tiny.en"'))
    check(computer.run("roster", "import", SAMPLES / "roster.csv", "--keep", *this), study)
    check(computer.run("import", clip, "--keep", *this), study)
    check(computer.run("run", *this), study)
    (computer.work / "more").mkdir()
    for name in ("week-2", "week-3"):
        (computer.work / "more" / f"{name}.wav").write_bytes(clip.read_bytes() + name.encode())
    check(computer.run("import", computer.work / "more", "--keep", *this), study)
    check(computer.run("run", "--workers", "2", *this), study)
    check(computer.run("export", "--all", "--draft", "--format", "docx", "--to", out, *this), study, out)
    assert list(out.iterdir())


@pytest.mark.parametrize("page_of", ["review", "open"])
def test_the_page_listens_on_the_loopback_alone(computer: Computer, page_of: str) -> None:
    """Sockets that are bound to 127.0.0.1 and ::1 before anything else; a person's browser reaches them."""
    if not has_strace():
        pytest.skip("needs strace")
    study, key = computer.work / "study", computer.work / "key"
    this = ("--study", study, "--key-file", key)
    computer.run("init", study, "--key-file", key)
    of_study = [str(study)] if page_of == "open" else list(map(str, this))
    command = [sys.executable, "-m", "pipeline", page_of, "--no-browser", *of_study]
    trace = computer.folder / "trace"
    with subprocess.Popen(
        traced(command, trace),
        cwd=computer.work,
        env=computer.environment,
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as page:
        assert page.stdout is not None
        try:
            base, _, entry = page.stdout.readline().strip().partition("/open")
            name, _, port = base.removeprefix("http://").partition(":")
            # The name is the browser's to resolve; every name below localhost is this computer (RFC 6761).
            answer = httpx.get(
                f"http://127.0.0.1:{port}/open{entry}", headers={"host": f"{name}:{port}"}, timeout=60
            )
            assert answer.status_code in (200, 303)
        finally:
            os.killpg(page.pid, signal.SIGTERM)
            page.communicate(timeout=60)
    seen = read_trace(trace, computer.work)
    stream = ", SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP"
    assert {f"AF_INET{stream}"} <= set(seen.opened) <= {f"AF_INET{stream}", f"AF_INET6{stream}"}
    seen.opened.clear()
    check(seen, study)


@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        ("import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)", "SOCK_DGRAM"),
        ("from pathlib import Path; Path.home().joinpath('left').touch()", "left"),
        ("import os; os.mkdir(os.environ['TMPDIR'] + '/left')", "left"),
        (
            "import os, pipeline; del os.environ['ORT_DISABLE_TELEMETRY'];"
            "import onnxruntime, time; onnxruntime.get_available_providers(); time.sleep(2)",
            "cache",
        ),
    ],
)
def test_the_watch_sees_what_it_should(computer: Computer, code: str, complaint: str) -> None:
    """Each kind of breach, by a program that commits it, fails the check."""
    if not has_strace():
        pytest.skip("needs strace")
    seen = computer.watch([sys.executable, "-c", code])
    with pytest.raises(AssertionError, match=complaint):
        check(seen)
