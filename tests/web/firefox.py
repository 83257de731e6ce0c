"""Firefox driven over Marionette, its own remote control: a few commands, and nothing to install beside it.

A message is its length in ASCII, a colon, and JSON: [0, number, command, facts] there,
[1, number, error or null, result] back.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.web.browsing import PATIENCE_SECONDS

STILL = 4  # looks, a tenth of a second apart
KEYS = {
    "Enter": "\ue007",
    "Escape": "\ue00c",
    "Tab": "\ue004",
    "Backspace": "\ue003",
    "ArrowRight": "\ue014",
    "Space": " ",
    "Shift": "\ue008",
}
# Where a page stands, for whoever reads that a test waited in vain.
WHERE = """return [location.pathname, document.readyState, {...document.body?.dataset, csrf: ''}, scrollY,
[...document.querySelectorAll(':hover')].at(-1)?.outerHTML.slice(0, 200), document.body?.innerText.slice(0, 1000)];"""
# An input method, as Firefox hears of it from the system (nsITextInputProcessor); asked to end it, it keeps the letters.
INPUT_METHOD = """const [how, text] = arguments;
const tip = window.testedInput ??= Cc["@mozilla.org/text-input-processor;1"].createInstance(Ci.nsITextInputProcessor);
const told = (_, what) => {
  if (what.type === "request-to-commit") tip.commitComposition();
  if (what.type === "request-to-cancel") tip.cancelComposition();
  return true;
};
if (!tip.hasComposition && !tip.beginInputTransactionForTests(window, told)) return false;
if (how === "done") { tip.commitCompositionWith(text); return true; }
if (!text) { tip.cancelComposition(); return true; }
tip.setPendingCompositionString(text);
tip.appendClauseToPendingComposition(text.length, tip.ATTR_RAW_CLAUSE);
tip.setCaretInPendingComposition(text.length);
return tip.flushPendingComposition();"""
GONE = ("document.body is null", "unloaded", "aborted by navigation", "no such window")


class PageGoneError(AssertionError):
    """The page a script was meant for went away, or does not stand yet."""


def _says_gone(error: Mapping[str, Any]) -> bool:
    return any(word in f"{error.get('error')} {error.get('message')}" for word in GONE)


class Firefox:
    """One window of a running Firefox."""

    def __init__(self, wire: socket.socket, downloads: Path) -> None:
        self._wire = wire
        self.downloads = downloads
        self._number = 0
        self._read()  # its greeting
        self.send("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {"acceptInsecureCerts": False}}})
        self.send("WebDriver:SetTimeouts", {"script": 20_000, "pageLoad": 30_000})

    def send(self, command: str, facts: Mapping[str, Any]) -> Any:
        """One command; raises AssertionError with Firefox's word for what went wrong."""
        self._number += 1
        data = json.dumps([0, self._number, command, facts]).encode()
        self._wire.sendall(b"%d:%b" % (len(data), data))
        _, _, error, result = self._read()
        if error is not None:
            raise (PageGoneError if _says_gone(error) else AssertionError)(f"{command}: {error}")
        return result.get("value") if isinstance(result, dict) else result

    def _read(self) -> Any:
        length = b""
        while (byte := self._take(1)) != b":":
            length += byte
        return json.loads(self._take(int(length)))

    def _take(self, count: int) -> bytes:
        taken = b""
        while len(taken) < count:
            piece = self._wire.recv(count - len(taken))
            assert piece, "Firefox went away"
            taken += piece
        return taken

    def goto(self, url: str) -> None:
        """Open an address and wait until it is loaded."""
        self.send("WebDriver:Navigate", {"url": url})

    def run(self, script: str, *given: object) -> Any:
        """The value of a script's `return`, run in the page's own world."""
        return self.send("WebDriver:ExecuteScript", {"script": script, "args": list(given), "sandbox": None})

    def wait(self, script: str, *given: object) -> Any:
        """The value a script hands to the callback in its last argument."""
        facts = {"script": script, "args": list(given), "sandbox": None}
        return self.send("WebDriver:ExecuteAsyncScript", facts)

    def press(self, *keys: str) -> None:
        """Keys, one after another; "Shift+X" holds Shift."""
        self._type([step for key in keys for step in _steps(key)])

    def compose(self, *texts: str) -> None:
        """What an input method has composed so far, one after the other; an empty text takes all of it away again."""
        for text in texts:
            self._input_method("so_far", text)

    def composed(self, text: str) -> None:
        """These letters have come of it."""
        self._input_method("done", text)

    def _input_method(self, how: str, text: str) -> None:
        """Through Firefox's own way in for input methods, which lies outside the page."""
        self.send("Marionette:SetContext", {"value": "chrome"})
        try:
            assert self.run(INPUT_METHOD, how, text), f"not composed: {how} {text!r}"
        finally:
            self.send("Marionette:SetContext", {"value": "content"})
        # A key pressed while the letters are still on their way to the page would be lost before it gets there.
        self.wait("const [done] = arguments; requestAnimationFrame(() => setTimeout(done));")

    def hold(self, key: str) -> None:
        """Press a key and keep it down."""
        self._type([{"type": "keyDown", "value": key}])

    def let_go(self, key: str) -> None:
        """Let a held key go."""
        self._type([{"type": "keyUp", "value": key}])

    def _type(self, steps: list[dict[str, str]]) -> None:
        self.send("WebDriver:PerformActions", {"actions": [{"type": "key", "id": "keys", "actions": steps}]})

    def click(self, x: float, y: float) -> None:
        """A click at a place of the window."""
        self.move(x, y)
        self._point([{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}])

    def move(self, x: float, y: float) -> None:
        """The mouse's pointer put at a place of the window."""
        self._point(
            [{"type": "pointerMove", "x": round(x), "y": round(y), "origin": "viewport", "duration": 0}]
        )

    def _point(self, steps: list[dict[str, Any]]) -> None:
        self.send(
            "WebDriver:PerformActions",
            {"actions": [{"type": "pointer", "id": "mouse", "actions": steps}]},
        )

    def place(self, script: str, *given: object) -> tuple[float, float]:
        """Where a script sees something, once it stays there: what comes into view is laid out and moves the rest."""
        seen: list[Any] = []
        end = time.monotonic() + PATIENCE_SECONDS
        while len(seen) < STILL or any(each != seen[-1] for each in seen[-STILL:]):
            assert time.monotonic() < end, f"it never came to rest: {seen[-STILL:]}"
            time.sleep(0.1)
            seen.append(self.run(script, *given))
        x, y = seen[-1]
        return x, y

    def until(self, expression: str) -> None:
        """Wait until a JavaScript expression is true. Between one page and the next nothing is."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not self._holds(expression):
            assert time.monotonic() < end, f"never came true: {expression}; the page: {self.run(WHERE)}"
            time.sleep(0.03)

    def _holds(self, expression: str) -> bool:
        try:
            return bool(self.run(f"return Boolean({expression})"))
        except PageGoneError:
            return False


def _steps(key: str) -> list[dict[str, str]]:
    shift, _, name = key.rpartition("+") if len(key) > 1 else ("", "", key)
    value = KEYS.get(name, name)
    held = [{"type": "keyDown", "value": KEYS["Shift"]}] if shift else []
    let_go = [{"type": "keyUp", "value": KEYS["Shift"]}] if shift else []
    return [*held, {"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}, *let_go]


@contextmanager
def firefox() -> Iterator[Firefox]:
    """Headless Firefox with a fresh profile; the test is skipped where none is installed."""
    path = shutil.which("firefox-esr") or shutil.which("firefox")
    if path is None:
        pytest.skip("no Firefox on this machine: install firefox-esr to run this test")
    with tempfile.TemporaryDirectory() as profile:
        port = _free_port()
        Path(profile, "user.js").write_text(_settings(port, Path(profile, "downloads")), encoding="utf-8")
        command = [path, "--headless", "--marionette", "--no-remote", "--profile", profile]
        command.append("--remote-allow-system-access")  # for what an input method does
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_environment(profile)
        ) as process:
            try:
                with _connect(port) as wire:
                    yield Firefox(wire, Path(profile, "downloads"))
            finally:
                process.terminate()


def _environment(home: str) -> dict[str, str]:
    return {**os.environ, "HOME": home, "MOZ_CRASHREPORTER_DISABLE": "1", "MOZ_DISABLE_CONTENT_SANDBOX": "1"}


def _settings(port: int, downloads: Path) -> str:
    """Nothing fetched, sound allowed without a click, what is given out put into a folder without asking."""
    wanted: dict[str, object] = {
        "marionette.port": port,
        "media.autoplay.default": 0,
        "app.update.enabled": False,
        "browser.shell.checkDefaultBrowser": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "network.captive-portal-service.enabled": False,
        "network.connectivity-service.enabled": False,
        "services.settings.server": "",
        "toolkit.telemetry.enabled": False,
        "browser.download.folderList": 2,
        "browser.download.dir": str(downloads),
        "browser.download.alwaysOpenPanel": False,
        "browser.helperApps.neverAsk.saveToDisk": "application/octet-stream",
    }
    return "".join(f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in wanted.items())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _connect(port: int) -> socket.socket:
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=60)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
