"""`session-deid open`: the whole week in the browser, on this computer alone."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.review import serve
from pipeline.cli.shared_options import page_options
from pipeline.cli.study_options import STUDY_VARIABLE
from pipeline.errors import StudyMissingError

LEAVE_SECONDS = 600.0


@click.command("open")
@click.argument("folder", metavar="[STUDY]", required=False, type=click.Path(path_type=Path, file_okay=False))
@page_options("Lock the study")
@click.option("--leave", is_flag=True, help="End by itself ten minutes after the last page was closed.")
def open_page(
    folder: Path | None, port: int, no_browser: bool, reviewer: str, idle: int, leave: bool
) -> None:
    """Open the study's page: take in, work, review, verify, destroy, give out. Without STUDY: the one used last.

    The passphrase is typed into the page. The page is served on this computer alone, to the browser that opens the
    link, which works once.
    """
    import os

    from pipeline.study.creating import LOCKS
    from pipeline.study.finding import find_study, user
    from pipeline.web.access import Door
    from pipeline.web.known import known_studies
    from pipeline.web.place import Place

    if folder is None and (named := os.environ.get(STUDY_VARIABLE)):
        folder = Path(named)
    if folder is None:
        try:
            folder = find_study(Path.cwd())
        except StudyMissingError:
            folder = next(iter(known_studies()), None)
    else:
        folder = find_study(folder)
    place = Place(folder, reviewer=reviewer or user(), may_unlock=True)
    door = Door(idle_seconds=idle * 60, lasting=True)
    beside = folder / LOCKS if folder is not None and (folder / LOCKS).is_dir() else None
    serve(
        place, door, port, "", folder=beside, browser=not no_browser, leave=LEAVE_SECONDS if leave else None
    )
    click.echo("Ended. Everything is kept.", err=True)
