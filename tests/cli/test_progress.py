"""Progress says how long a run still takes, and nothing about the recordings themselves."""

from __future__ import annotations

import io

import pytest

from pipeline.cli.progress import _Lines, in_words, remaining, stage_progress


class Terminal(io.StringIO):
    """A stream that calls itself a terminal."""

    def isatty(self) -> bool:
        return True


class Clock:
    """Time as the test sets it."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_lines_come_now_and_then_with_the_time_left() -> None:
    """A line after each 30 s, none for a short stage, none at the end."""
    out, clock = io.StringIO(), Clock()
    progress = _Lines(3, out, clock)
    show = progress.stage("transcribing")
    for clock.now, share in ((10.0, 0.1), (40.0, 0.25), (50.0, 0.3), (160.0, 1.0)):
        show(share)
    progress.done()
    assert out.getvalue() == "recording 1 of 3, transcribing: 25%, about 2 min left\n"


def test_a_terminal_gets_a_bar_that_goes_away() -> None:
    """The bar shows stage and count and leaves the screen clean."""
    out = Terminal()
    with stage_progress(2, out) as progress:
        progress.stage("transcribing")(0.5)
        progress.done()
        progress.stage("finding speakers")(1.0)
    assert "finding speakers (2 of 2)" in out.getvalue()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (89, "89 s"), (240, "4 min"), (3600, "1 h 0 min"), (4800, "1 h 20 min")],
)
def test_times_are_said_as_people_say_them(seconds: float, words: str) -> None:
    """Seconds, minutes, hours."""
    assert in_words(seconds) == words


def test_no_guess_is_made_from_nothing() -> None:
    """The first seconds say too little about the rest."""
    assert remaining(1.0, 0.5) == ""
    assert remaining(60.0, 0.0) == ""
