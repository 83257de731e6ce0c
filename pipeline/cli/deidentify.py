"""`session-deid deidentify`: recordings to de-identified transcripts and reports, in one shot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.ending import end_with
from pipeline.cli.shared_options import (
    diarizer_option,
    policy_options,
    recognition_options,
    speakers_option,
)

if TYPE_CHECKING:
    from pipeline.oneshot import Outcome


@click.command()
@click.argument("audio", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="AUDIO...")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder for the results."
)
@click.option(
    "--roster", type=click.Path(path_type=Path, dir_okay=False), help="CSV: code,name,nicknames,role."
)
@speakers_option
@diarizer_option
@recognition_options
@policy_options
@click.option("--json", "as_json", is_flag=True, help="One JSON object a recording.")
def deidentify(
    audio: tuple[Path, ...], out: Path, roster: Path | None, as_json: bool, **choices: object
) -> None:
    """Take recordings to de-identified transcripts and redaction reports. Deletes nothing.

    For each AUDIO it writes NAME.txt, NAME.json, NAME.report.html and NAME.report.json into --out.
    """
    from pipeline.cli.progress import stage_progress
    from pipeline.flow import Choices, Engines, Stages
    from pipeline.oneshot import OneShot, names_a_person
    from pipeline.speakers import roster as rosters

    people = rosters.read(roster) if roster else None
    chosen = Choices(**choices)  # type: ignore[arg-type]
    chosen.check()
    stages = Stages(Engines(chosen), people)
    _ = (
        stages.engines.diarizer
    )  # one that cannot be loaded is told before anything is heard, which may take hours
    for recording in audio:
        if names_a_person(recording, stages):
            click.echo(
                "A file's name holds a participant's name, and the results are named after it.", err=True
            )
    failed = []
    with stage_progress(len(audio)) as progress:
        for outcome in OneShot(stages, out).process(audio, progress.stage):
            progress.done()
            _say(outcome, as_json)
            if outcome.error:
                failed.append(outcome.error)
    end_with(failed, len(audio))


def _say(outcome: Outcome, as_json: bool) -> None:
    """One line a recording: what was written and what needs a look; errors go to stderr."""
    import json

    if as_json:
        click.echo(json.dumps(_row(outcome), ensure_ascii=False))
    elif outcome.error:
        click.echo(f"session-deid: {outcome.error}", err=True)
    else:
        minutes = f"{outcome.duration / 60:.1f} min"
        click.echo(f"{outcome.file}: {minutes}, {outcome.replacements} replacements -> {outcome.written[0]}")
        for note in outcome.notes:
            click.echo(f"  {note}")
        if outcome.questions:
            click.echo(f"  {outcome.questions} places want a look: {outcome.written[2]}")
        if outcome.unsure:
            click.echo(f"  not sure who these are: {', '.join(outcome.unsure)}")


def _row(outcome: Outcome) -> dict[str, object]:
    if outcome.error:
        return {"file": outcome.file, "error": str(outcome.error), "exit_code": outcome.error.exit_code}
    return {
        "file": outcome.file,
        "written": [str(p) for p in outcome.written],
        "duration": outcome.duration,
        "replacements": outcome.replacements,
        "questions": outcome.questions,
        "unsure": list(outcome.unsure),
        "notes": list(outcome.notes),
    }
