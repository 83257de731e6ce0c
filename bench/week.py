"""How soon a new user's first recording is being transcribed: from `session-deid open` to the words "transcribing".

    python -m bench.week [--minutes 60]

The real command and server, headless Chromium, a new home folder, the real engines. The clock starts when the command
does; a person's reading and typing take no time here, so the figure is what the program adds. Clicks are counted.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
import wave
from pathlib import Path

import numpy as np

from tests.web.browser.test_week import enter, opened, ready, set_up
from tests.web.browsing import chromium

SMALL_MINUTES = 1


def make_sound(folder: Path, minutes: int) -> Path:
    """A sample session over and over, as a WAV file of some length."""
    from pipeline.audio.decode import decode
    from tests.conftest import SAMPLES

    with (SAMPLES / "session-s1.m4a").open("rb") as source:
        samples = decode(source, name="session-s1").samples
    wanted = np.resize(samples, minutes * 60 * 16_000)
    path = folder / "week one.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes((np.clip(wanted, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def measure(folder: Path, minutes: int) -> dict[str, float]:
    """Seconds from the command to each turn, and the clicks."""
    sound, clicks, marks = make_sound(folder, minutes), 0, {}
    began = time.monotonic()

    def mark(name: str) -> None:
        marks[name] = time.monotonic() - began

    with chromium() as browser, opened() as server:
        page = enter(browser, server.link)
        mark("page shown")

        def press(what: str) -> None:
            nonlocal clicks
            clicks += 1
            page.click(what)

        set_up(page, press, lambda what, text: page.fill(what, text))
        mark("study made")
        page.set_input_files("#pick", sound)
        clicks += 1  # the file is dropped, or chosen
        page.wait_for_selector("text=Sealed as R0001", timeout=600_000)
        mark("recording sealed")
        press("#start")
        ready(page, "week")
        page.wait_for_selector(".run >> text=/transcribing/", timeout=120_000)
        mark("transcribing")
        page.click(".run button")
    return {**marks, "clicks": clicks}


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=int, default=60, help="Length of the recording.")
    parser.add_argument("--small", action="store_true", help="Only see that it runs.")
    options = parser.parse_args()
    minutes = SMALL_MINUTES if options.small else options.minutes
    with tempfile.TemporaryDirectory(prefix="bench-week-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        os.environ["HOME"] = str(home)
        os.environ.pop("XDG_CONFIG_HOME", None)
        found = measure(Path(folder), minutes)
    print(f"a recording of {minutes} min, {found.pop('clicks'):.0f} clicks")
    for name, seconds in found.items():
        print(f"{seconds:6.1f} s  {name}")


if __name__ == "__main__":
    main()
