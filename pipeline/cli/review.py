"""`session-deid review`: the review page, in the browser, on this computer alone."""

from __future__ import annotations

import sys
import threading
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.study_options import open_study, study_options

if TYPE_CHECKING:
    from pipeline.safety.browser import BrowserOpener
    from pipeline.web.access import Door

IDLE_MINUTES = 15


@click.command()
@click.argument("recording", metavar="[REC]", default="")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on 127.0.0.1 (else a free one).")
@click.option("--no-browser", is_flag=True, help="Print the link; do not open the browser.")
@click.option("--reviewer", default="", help="Your name, for the record (else your account's).")
@click.option(
    "--idle",
    type=click.IntRange(1, 240),
    default=IDLE_MINUTES,
    show_default=True,
    metavar="MINUTES",
    help="End the session after so long without a key, a click or playing sound.",
)
@study_options
def review(
    recording: str,
    port: int,
    no_browser: bool,
    reviewer: str,
    idle: int,
    folder: Path | None,
    key_file: Path | None,
) -> None:
    """Check redactions with the sound at hand, and verify: REC, or choose from the list.

    The page is served on 127.0.0.1 alone, to the browser that opens the link, which works once. Every
    decision is sealed in the study the moment it is made; closing the page loses nothing.
    """
    from pipeline.audio.decode import decode
    from pipeline.safety import refuse_network
    from pipeline.safety.browser import BrowserOpener
    from pipeline.study.finding import user
    from pipeline.study.review_store import StudyReviewStore
    from pipeline.web.access import Door
    from pipeline.web.server import bind_port, make_server

    with open_study(folder, key_file) as study:
        chosen = study.find(recording).id if recording else ""
        store = StudyReviewStore(study, lambda source, named: decode(source, name=named))
        door = Door(idle_seconds=idle * 60)
        with bind_port(port) as bound, nullcontext() if no_browser else BrowserOpener() as opener:
            refuse_network()  # what listens goes on, and the browser's opener is no part of this process
            at = bound.getsockname()[1]
            server = make_server(
                store,
                door,
                port=at,
                reviewer=reviewer or user(),
                when_ready=lambda: invite(door, at, chosen, opener),
            )
            server.run([bound])
    click.echo("Review ended. Every decision is kept.", err=True)


def invite(door: Door, port: int, recording: str, opener: BrowserOpener | None) -> None:
    """Open the browser, or print the link; Enter in the terminal makes a fresh one."""
    from pipeline.web.server import open_link

    link = open_link(door, port, recording)
    if opener is None or not opener.open(link):
        click.echo(link)
    click.echo("Ctrl-C ends the review. The link works once, within ten minutes.", err=True)
    if sys.stdin.isatty():
        click.echo("Enter gives a fresh one.", err=True)
        threading.Thread(target=give_links, args=(door, port, recording), daemon=True).start()


def give_links(door: Door, port: int, recording: str) -> None:
    """A fresh link for every Enter."""
    from pipeline.web.server import open_link

    for _ in sys.stdin:
        click.echo(open_link(door, port, recording))
