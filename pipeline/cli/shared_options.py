"""Options that several commands have, each said once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from pipeline.speakers.diarization.choice import DIARIZER

Command = TypeVar("Command", bound=Callable[..., Any])
IDLE_MINUTES = 15


reviewer_option = click.option(
    "--reviewer", default="", help="Your name, for the record (else your account's)."
)
unasked_option = click.option(
    "--yes", is_flag=True, help="Without asking; study.toml must allow it (unattended_destroy)."
)
speakers_option = click.option(
    "--speakers", type=click.IntRange(1, 50), help="How many people speak, if you know."
)
diarizer_option = click.option(
    "--diarizer",
    default=DIARIZER,
    show_default=True,
    metavar="SEGMENTATION+VOICEPRINTS",
    help="What tells voices apart: two of `models list`.",
)
threads_option = click.option(
    "--threads", type=click.IntRange(1, 512), help="Cores to use; all when not given."
)


def recognition_options(command: Command) -> Command:
    """--engine, --model, --hours-for-an-hour, --language and --device: how words are heard."""
    return _all(
        command,
        click.option(
            "--engine", default="faster-whisper", show_default=True, help="faster-whisper or openai-whisper."
        ),
        click.option(
            "--model",
            default="auto",
            show_default=True,
            help="A model of `models list`; auto: the best installed one that is fast enough.",
        ),
        click.option(
            "--hours-for-an-hour",
            default=6.0,
            show_default=True,
            type=click.FloatRange(0.0, 100.0, min_open=True),
            help="With auto: hours that hearing the words of an hour may take.",
        ),
        click.option("--language", help="en, de, ...; detected when not given."),
        click.option(
            "--device",
            default="auto",
            show_default=True,
            type=click.Choice(["auto", "cpu", "cuda"]),
            help="Where words are heard; auto: a GPU that works, else the processor.",
        ),
    )


def policy_options(command: Command) -> Command:
    """--policy, --sensitivity and --style: what goes, and what stands in its place."""
    return _all(
        command,
        click.option(
            "--policy", default="hipaa-safe-harbor", show_default=True, help="A policy's name or file."
        ),
        click.option(
            "--sensitivity",
            default="balanced",
            show_default=True,
            type=click.Choice(["strict", "balanced", "lenient"]),
            help="How readily something counts as identifying.",
        ),
        click.option(
            "--style",
            default="label",
            show_default=True,
            type=click.Choice(["label", "surrogate"]),
            help="[Person 1], or realistic stand-ins.",
        ),
    )


def page_options(ends: str) -> Callable[[Command], Command]:
    """--port, --no-browser, --reviewer and --idle of a page; `ends` says what becomes of one that nobody uses."""

    def decorate(command: Command) -> Command:
        return _all(
            command,
            click.option(
                "--port",
                type=click.IntRange(0, 65535),
                default=0,
                help="Port on this computer (else a free one).",
            ),
            click.option("--no-browser", is_flag=True, help="Print the link; do not open the browser."),
            reviewer_option,
            click.option(
                "--idle",
                type=click.IntRange(1, 240),
                default=IDLE_MINUTES,
                show_default=True,
                metavar="MINUTES",
                help=f"{ends} after so long without a key, a click or playing sound.",
            ),
        )

    return decorate


def _all(command: Command, *options: Callable[[Command], Command]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command
