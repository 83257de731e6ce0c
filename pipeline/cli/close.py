"""`session-deid close`: the end of a study."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.shared_options import unasked_option
from pipeline.cli.study_options import at_terminal, open_study, study_options


@click.command()
@click.option(
    "--roster",
    "with_roster",
    is_flag=True,
    help="Destroy the roster, the label map and the notes to withdrawals too.",
)
@unasked_option
@study_options
def close(with_roster: bool, yes: bool, folder: Path | None, key_file: Path | None) -> None:
    """End a study: destroy the participants' voiceprints; with --roster who is behind each code as well.

    Refused while a recording is neither destroyed nor withdrawn. Transcripts, reports, certificates and the audit chain stay.
    """
    from pipeline.erase.close import check_closable, close_study
    from pipeline.errors import ConsentError, DeclinedError

    with open_study(folder, key_file) as study:
        check_closable(study)  # before anybody is asked
        if not (yes and study.settings.unattended_destroy):
            what = "voiceprints, roster, label map and notes to withdrawals" if with_roster else "voiceprints"
            if not at_terminal():
                raise ConsentError()
            if not click.confirm(f"Destroy the {what} for good?", err=True):
                raise DeclinedError()
        gone = close_study(study, with_roster=with_roster)
    click.echo(f"Closed. Destroyed: {', '.join(gone) or 'nothing was left'}.")
