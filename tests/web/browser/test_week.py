"""A whole week in real browsers over a real server process: from nothing to destroyed and given out, and killed on
the way. The engines are the real ones, the sound a sample of the study."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from pipeline.study.study import Study
from pipeline.study.vault.keys import Passphrase
from pipeline.study.vault.states import State
from tests.conftest import ROOT, SAMPLES
from tests.web.browsing import PATIENCE_MS, PATIENCE_SECONDS, seen, until, until_true, watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PASSPHRASE = "correct horse battery"
READ_A_LITTLE = """((counts) => counts.includes('% read') && !counts.includes(' 0 % read'))
(document.getElementById('counts').textContent)"""


@dataclass
class Opened:
    """`session-deid open` in a process of its own."""

    process: subprocess.Popen[str]
    link: str

    def kill(self) -> None:
        """As a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def opened(*arguments: str) -> Iterator[Opened]:
    """The server, and its one-time link; it ends with the block."""
    command = [
        sys.executable,
        "-m",
        "pipeline",
        "open",
        "--no-browser",
        "--reviewer",
        "Sam Example",
        *arguments,
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        command,
        cwd=Path.home(),
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield Opened(process, process.stdout.readline().strip())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def enter(browser: Browser, link: str, wrong: list[str] | None = None) -> Page:
    """A page let in by the link."""
    page: Page = browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-GB").new_page()
    page.set_default_timeout(PATIENCE_MS)
    if wrong is not None:
        watch(page, wrong)
    page.goto(link)
    page.wait_for_selector("body[data-ready]")
    return page


def ready(page: Page, name: str) -> None:
    """Until the page of this name stands, and not the one that leads to it."""
    page.wait_for_selector(f"body[data-page={name}][data-ready]")


def ready_to_review(page: Page) -> None:
    """Until the review of a recording stands."""
    page.wait_for_selector("body[data-recording][data-ready]")


def short_sound(folder: Path, seconds: int = 25) -> Path:
    """The beginning of a sample session as a WAV file: real speech, soon transcribed."""
    import wave

    import numpy as np

    from pipeline.audio.decode import decode

    with (SAMPLES / "session-s3.m4a").open("rb") as source:
        samples = decode(source, name="session-s3").samples[: seconds * 16_000]
    path = folder / "week one.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def the_study() -> Study:
    """The study the page made, opened beside it."""
    return Study.open(Path.home() / "Balint group", Passphrase(PASSPHRASE))


def state_of(recording: str = "R0001") -> State:
    """Where the recording stands."""
    with the_study() as study:
        return study.recording(recording).state


def set_up(page: Page, press: Callable[[str], None], fill: Callable[[str, str], None]) -> None:
    """The five steps."""
    press("#new-study")
    fill("#study-name", "Balint group")
    press("#go-on")
    page.wait_for_selector("#passphrase-first")
    fill("#passphrase-first", PASSPHRASE)
    fill("#passphrase-second", PASSPHRASE)
    press("#go-on")
    page.wait_for_selector("text=Show the sheet")
    press("#go-on")
    page.wait_for_selector("#person-name")
    press("#go-on")
    page.wait_for_selector("#set-policy")
    press("#go-on")
    ready(page, "take-in")


def review_and_end(page: Page, press: Callable[[str], None]) -> None:
    """From ready for review to given out."""
    page.wait_for_selector("#R0001 >> text=Ready for review", timeout=300_000)
    press("#R0001 >> text=Review >> nth=-1")
    ready_to_review(page)
    end = time.monotonic() + PATIENCE_SECONDS
    while page.locator("#queue [data-question]").count():
        asked = page.inner_text("#counts")
        press("#card .main")
        until(page, f"document.getElementById('counts').innerText !== {json.dumps(asked)}")
        assert time.monotonic() < end
    press("#verify")
    page.wait_for_selector("#accept")
    press("#accept")
    if page.locator("#accept-open").count():
        press("#accept-open")
    with page.expect_navigation():  # the page opens itself anew, as the verified recording's
        press("dialog .dialog-foot .main")
    assert state_of() is State.VERIFIED
    ready_to_review(page)
    press(".back")
    ready(page, "week")
    page.wait_for_selector("#R0001 >> text=Destroy the sound")
    press("#R0001 >> text=Destroy the sound")
    page.wait_for_selector("#accept")
    press("#accept")
    press("#confirm")
    until(page, "document.getElementById('said').textContent.length > 0")
    assert "Destroyed" in page.inner_text("#said"), page.inner_text("#said")
    page.wait_for_selector("#group-finished")
    until_true(page, lambda: state_of() is State.DESTROYED)


def give_out(page: Page, press: Callable[[str], None], to: Path) -> bytes:
    """The transcript as a Word file, in the downloads."""
    press("nav a[href='/out']")
    ready(page, "out")
    with page.expect_download() as download:
        press("#go")
    target = to / download.value.suggested_filename
    download.value.save_as(target)
    return target.read_bytes()


def test_a_week_by_mouse(browser: Browser, tmp_path: Path) -> None:
    """From nothing to destroyed and given out, clicking; ten clicks at most until the first recording is worked on."""
    wrong: list[str] = []
    sound = short_sound(tmp_path)
    clicks = 0
    with opened() as server:
        page = enter(browser, server.link, wrong)

        def press(what: str) -> None:
            nonlocal clicks
            clicks += 1
            page.click(what)

        set_up(page, press, lambda what, text: page.fill(what, text))
        page.set_input_files("#pick", sound)
        page.wait_for_selector("text=Sealed as R0001")
        press("#start")
        ready(page, "week")
        page.wait_for_selector(".run >> text=/transcribing|getting ready/")
        assert clicks <= 10
        page.wait_for_selector(".run >> text=/transcribing/")
        review_and_end(page, press)
        data = give_out(page, press, tmp_path)
        assert data[:2] == b"PK"
        page.goto(page.url.replace("/out", "/read/R0001"))
        page.wait_for_selector(".said-line")
        page.context.close()
    assert wrong == []


def test_a_week_by_keyboard(browser: Browser, tmp_path: Path) -> None:
    """The same without a mouse: every control is reached with Tab and worked with Enter or Space."""
    sound = short_sound(tmp_path)
    with opened() as server:
        page = enter(browser, server.link)
        page.on("filechooser", lambda _: None)  # listened for only at the key, it may be missed

        def press(what: str) -> None:
            page.wait_for_selector(what)
            reach(page, what)
            page.keyboard.press("Space" if is_box(page) else "Enter")

        def fill(what: str, text: str) -> None:
            reach(page, what)
            page.keyboard.type(text)

        set_up(page, press, fill)
        reach(page, "#pick-button")
        with page.expect_file_chooser() as chooser:
            page.keyboard.press("Enter")
        chooser.value.set_files(sound)
        page.wait_for_selector("text=Sealed as R0001")
        press("#start")
        ready(page, "week")
        review_and_end(page, press)
        assert give_out(page, press, tmp_path)[:2] == b"PK"
        page.context.close()


def reach(page: Page, what: str) -> None:
    """Go to a control with Tab alone; fails when it cannot be reached so."""
    target = page.locator(what).first
    for _ in range(120):
        if seen(target, "(element) => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {what}")


def is_box(page: Page) -> bool:
    return bool(page.evaluate("document.activeElement.matches('input[type=checkbox], input[type=radio]')"))


def make_study() -> Path:
    """A study with a passphrase, made at the terminal's side."""
    folder = Path.home() / "Balint group"
    Study.create(folder, passphrase=PASSPHRASE, name="Balint group").close()
    return folder


def unlock(page: Page) -> None:
    """The passphrase typed into the page."""
    page.fill("#passphrase", PASSPHRASE)
    page.keyboard.press("Enter")
    page.wait_for_selector("#next-title")


def test_killed_at_every_turn_nothing_is_lost(browser: Browser, tmp_path: Path) -> None:
    """The server in the middle of sealing, the run in the middle of transcribing, the browser in the middle of a
    review: each time it goes on from there."""
    folder, sound = make_study(), short_sound(tmp_path, 60)
    with opened(str(folder)) as server:
        page = enter(browser, server.link)
        unlock(page)
        page.goto(page.url + "take-in")
        ready(page, "take-in")
        page.set_input_files("#pick", sound)
        page.wait_for_timeout(150)
        server.kill()
        page.context.close()
    with opened(str(folder)) as server:
        page = enter(browser, server.link)
        unlock(page)
        page.goto(page.url + "take-in")
        ready(page, "take-in")
        page.set_input_files("#pick", sound)
        page.wait_for_selector("text=/Sealed as R0001|In the study already/")
        page.goto(page.url.replace("take-in", ""))
        page.click("#next")
        page.wait_for_selector(".run >> text=/transcribing/")
        run = runs_of(folder)
        run[0].kill()
        page.wait_for_selector("text=Start working")
        page.click("#next")
        page.wait_for_selector(".run")
        server.kill()  # the run goes on without it
        page.context.close()
    end = time.monotonic() + 300
    while state_of() is not State.REDACTED:
        assert time.monotonic() < end
        time.sleep(0.5)
    with opened(str(folder)) as server:
        page = enter(browser, server.link)
        unlock(page)
        page.click("#R0001 >> text=Review >> nth=-1")
        ready_to_review(page)
        page.wait_for_selector("#card")
        page.keyboard.press("g")
        with page.expect_response(lambda answer: "/decisions" in answer.url):  # what was read is kept
            page.keyboard.press("j")
        until(page, READ_A_LITTLE)
        page.context.close()  # the browser goes without a word
        server.kill()
    with opened(str(folder)) as server:
        page = enter(browser, server.link)
        unlock(page)
        page.click("#R0001 >> text=Review >> nth=-1")
        ready_to_review(page)
        until(page, READ_A_LITTLE)
        page.context.close()


def runs_of(folder: Path) -> list[psutil.Process]:
    """The processes that work on the study."""
    found = [
        process
        for process in psutil.process_iter(["cmdline"])
        if "pipeline.batch.apart" in (process.info["cmdline"] or [])
        and str(folder) in process.info["cmdline"]
    ]
    assert found
    return found


def test_locked_by_idle_time(browser: Browser, tmp_path: Path) -> None:
    """Nothing of the study stays in the page; the passphrase opens it again where one was."""
    folder = make_study()
    with opened(str(folder), "--idle", "1") as server:
        page = enter(browser, server.link)
        unlock(page)
        page.wait_for_selector("#passphrase", timeout=150_000)
        assert "This week" not in page.content()
        unlock(page)
        page.context.close()
