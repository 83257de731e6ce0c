"""`session-deid import`: recordings into the vault."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.study_options import json_option, open_study, show_json, study_options
from pipeline.errors import printable

if TYPE_CHECKING:
    from pipeline.study.intake.gathering import Taken
    from pipeline.study.study import Study


@click.command("import")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option(
    "--sound",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The recording of a transcript: its words get their times from it.",
)
@click.option("--keep", is_flag=True, help="Leave the files where they are.")
@click.option(
    "--from-vault",
    is_flag=True,
    help="After an older ledger was put back: take in again what lies sealed in the vault unknown to it.",
)
@json_option
@study_options
def import_recordings(
    paths: tuple[Path, ...],
    sound: Path | None,
    keep: bool,
    from_vault: bool,
    as_json: bool,
    folder: Path | None,
    key_file: Path | None,
) -> None:
    """Seal recordings (files, or the sound files of folders; without PATH the inbox) and remove them.

    A transcript made elsewhere (.docx, .vtt, .srt, .txt ... named, not in a folder) is taken in like a recording, with
    its --sound where there is one. What holds no sound, or is no transcript, is refused and stays where it is.

    A file is removed only when the vault's copy was read back and compared. Straight from a recorder's
    drive no plain copy ever touches this computer's disk.
    """
    from pipeline.errors import SomeFailedError
    from pipeline.study.creating import INBOX
    from pipeline.study.intake.taking_again import take_in_again
    from pipeline.study.intake.transcripts import import_all, is_transcript

    if from_vault and (paths or keep):
        raise click.UsageError("--from-vault takes neither PATH nor --keep.")
    if sound is not None and (len(paths) != 1 or not is_transcript(paths[0])):
        raise click.UsageError("--sound belongs to one transcript: give that alone.")
    failed = total = 0
    with open_study(folder, key_file) as study:
        inbox = [study.folder / INBOX]
        for taken in (
            take_in_again(study) if from_vault else import_all(study, paths or inbox, sound, keep=keep)
        ):
            show_taken(study, taken, as_json)
            total += 1
            failed += taken.wants_a_person
        if total:
            warn_of_left(study, as_json)
    if failed:
        raise SomeFailedError(failed=failed, total=total)


def warn_of_left(study: Study, as_json: bool) -> None:
    """Who left and must not be in what was taken in: a line each, beside the listing."""
    from pipeline.study.left import who_left

    for each in who_left(study):
        if as_json:
            show_json(left=each.participant, asked=each.asked)
        else:
            click.echo(f"{each}.", err=True)


def show_taken(study: Study, taken: Taken, as_json: bool) -> None:
    """One line about a file, without a name that stands in the roster."""
    shown = printable(taken.file.name)
    if study.names.names_someone(taken.file.name):
        shown = "(a file whose name holds a name)"
    if as_json:
        facts = {"file": shown, "outcome": taken.outcome, "recording": taken.recording or None}
        show_json(**facts, removed=taken.removed, why=taken.why or None)
        return
    words = {"sealed": "sealed", "known": "in the study already", "waits": "waits", "left": "left"}
    parts = [f"{taken.recording:6}  {shown}: {words.get(taken.outcome, 'failed')}"]
    parts += [taken.why] if taken.why else []
    parts += ["removed"] if taken.removed else []
    click.echo(", ".join(parts))
