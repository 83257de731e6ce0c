"""`session-deid review`: the review page, in the browser, on this computer alone."""

from __future__ import annotations

import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.shared_options import page_options
from pipeline.cli.study_options import json_option, open_study, show_json, study_options

if TYPE_CHECKING:
    from pipeline.safety.browser import BrowserOpener
    from pipeline.study.study import Study
    from pipeline.web.access import Door
    from pipeline.web.place import Place


@click.command()
@click.argument("recording", metavar="[REC]", default="")
@page_options("End the session")
@click.option("--list", "listing", is_flag=True, help="List what waits for review; open no page.")
@json_option
@study_options
def review(
    recording: str,
    port: int,
    no_browser: bool,
    reviewer: str,
    idle: int,
    listing: bool,
    as_json: bool,
    folder: Path | None,
    key_file: Path | None,
) -> None:
    """Check redactions with the sound at hand, and verify: REC, or choose from the list.

    The page is served on this computer alone, to the browser that opens the link, which works once. Every
    decision is sealed in the study the moment it is made; closing the page loses nothing.
    """
    from pipeline.study.creating import LOCKS
    from pipeline.study.finding import user
    from pipeline.web.access import Door
    from pipeline.web.place import Place

    if as_json and not listing:
        raise click.UsageError("--json is for --list.")
    with open_study(folder, key_file) as study:
        if listing:
            list_waiting(study, as_json)
            return
        chosen = study.find(recording).id if recording else ""
        place = Place.of_study(study, reviewer=reviewer or user())
        door = Door(idle_seconds=idle * 60)
        serve(place, door, port, chosen, folder=study.folder / LOCKS, browser=not no_browser)
    click.echo("Review ended. Every decision is kept.", err=True)


def list_waiting(study: Study, as_json: bool) -> None:
    """The recordings that a person can review now, oldest first."""
    from pipeline.study.review_material import read_heard_well
    from pipeline.study.vault.states import State

    for row in study.recordings(State.REDACTED, State.IN_REVIEW):
        well = read_heard_well(study, row.id)
        badly = well is not None and well.listen_to_all
        if as_json:
            facts = {
                "recording": row.id,
                "name": row.name,
                "state": row.state.value,
                "duration": row.duration,
            }
            show_json(**facts, listen_to_all=badly)
        else:
            told = f"; heard badly ({well.in_words})" if well and badly else ""
            click.echo(f"{row.id:6}  {row.name}: {row.state.value}, {(row.duration or 0) / 60:.1f} min{told}")


def serve(
    place: Place,
    door: Door,
    port: int,
    chosen: str,
    *,
    folder: Path | None,
    browser: bool,
    leave: float | None = None,
) -> None:
    """Serve the page until Ctrl-C, with the browser opened on it through a file in `folder`.

    `leave`: end by itself so many seconds after the last page was closed.
    """
    from pipeline.safety import refuse_network
    from pipeline.safety.browser import BrowserOpener
    from pipeline.web.installer import Installer
    from pipeline.web.opening import opener
    from pipeline.web.server import bind_port, make_server, open_link
    from pipeline.web.warming import warm_up_beside

    with ExitStack() as stack:
        starter = stack.enter_context(BrowserOpener()) if browser else None
        bound = [stack.enter_context(each) for each in bind_port(port)]
        place.installer = stack.enter_context(Installer())
        refuse_network()  # what listens goes on, and what opens the browser is no part of this process
        at = bound[0].getsockname()[1]
        link = open_link(door, at, chosen)
        page = stack.enter_context(opener(folder, link)).absolute().as_uri() if browser else ""
        server = make_server(
            place,
            door,
            port=at,
            when_ready=lambda: invite(door, at, chosen, link, page, starter),
            leave_seconds=leave,
            when_shown=warm_up_beside,
        )
        if chosen:  # the first page is a review: while the browser starts
            warm_up_beside()
        server.run(bound)
        stack.callback(place.close)


def invite(
    door: Door, port: int, recording: str, link: str, page: str, starter: BrowserOpener | None
) -> None:
    """Open the browser, or print the link; Enter in the terminal makes a fresh one."""
    if starter is None or not starter.open(page):
        click.echo(link)
    click.echo("Ctrl-C ends it. The link works once, within ten minutes.", err=True)
    if sys.stdin.isatty():
        click.echo("Enter gives a fresh one.", err=True)
        threading.Thread(target=give_links, args=(door, port, recording), daemon=True).start()


def give_links(door: Door, port: int, recording: str) -> None:
    """A fresh link for every Enter."""
    from pipeline.web.server import open_link

    for _ in sys.stdin:
        click.echo(open_link(door, port, recording))
