"""`session-deid participants`: whose voice has which code, and repairs after the fact."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.study_options import json_option, open_study, show_json, study_options

if TYPE_CHECKING:
    from pipeline.records import Voiceprint

FOLLOWS = "Recordings not yet verified follow with the next: session-deid run"


@click.group()
def participants() -> None:
    """Voices and their codes over the whole study. Repairs are followed by every unverified recording."""


@participants.command("list")
@json_option
@study_options
def list_voices(as_json: bool, folder: Path | None, key_file: Path | None) -> None:
    """List the codes, how much was heard of each, and where; no names."""
    from pipeline.speakers.participants import list_participants
    from pipeline.study.left import who_left
    from pipeline.study.who import load_voices

    with open_study(folder, key_file) as study:
        known, gone = load_voices(study), who_left(study)
    for person in list_participants(known):
        if as_json:
            show_json(**asdict(person))
        else:
            standing = "confirmed" if person.confirmed else ("linked" if person.named else "not linked")
            heard = f"{person.seconds / 60:.1f} min in {', '.join(person.recordings)}"
            click.echo(
                f"{person.code:5}  {standing:10}  {heard}{'' if person.voiceprint else '  (no voiceprint)'}"
            )
    for each in gone:
        if as_json:
            show_json(left=each.participant, asked=each.asked, heard=each.heard)
            continue
        click.echo(f"{each}.")
        for recording in each.heard:
            click.echo(f"        {recording}: {each.say_of(recording)}")


@participants.command()
@click.argument("code")
@click.argument("new")
@study_options
def rename(code: str, new: str, folder: Path | None, key_file: Path | None) -> None:
    """Give the voice CODE the code NEW: how you say who S1 is."""
    from pipeline.study import who

    with open_study(folder, key_file) as study:
        who.rename(study, code.upper(), new.upper())
    click.echo(f"Done. {FOLLOWS}")


@participants.command()
@click.argument("code")
@click.argument("into")
@study_options
def merge(code: str, into: str, folder: Path | None, key_file: Path | None) -> None:
    """The voices CODE and INTO are one person."""
    from pipeline.study import who

    with open_study(folder, key_file) as study:
        who.merge(study, code.upper(), into.upper())
    click.echo(f"Done. {FOLLOWS}")


@participants.command()
@click.argument("code")
@click.argument("recording", metavar="REC")
@click.option("--speaker", default="", help="Only this local speaker of the recording (S1, S2 ...).")
@click.option("--new", default="", help="The code the other person gets (else the next free one).")
@study_options
def split(
    code: str, recording: str, speaker: str, new: str, folder: Path | None, key_file: Path | None
) -> None:
    """In the recording REC the voice CODE was somebody else."""
    from pipeline.study import who

    with open_study(folder, key_file) as study:
        who.split(study, code.upper(), recording.upper(), speaker=speaker.upper(), new=new.upper())
    click.echo(f"Done. {FOLLOWS}")


@participants.command()
@click.argument("code")
@study_options
def forget(code: str, folder: Path | None, key_file: Path | None) -> None:
    """Delete the voiceprints of CODE: past recordings keep the code, later ones cannot be matched."""
    from pipeline.study import who

    with open_study(folder, key_file) as study:
        who.forget(study, code.upper())
    click.echo(f"Done. {FOLLOWS}")


@participants.command()
@click.argument("code")
@click.argument("clip", type=click.Path(path_type=Path, dir_okay=False))
@study_options
def enrol(code: str, clip: Path, folder: Path | None, key_file: Path | None) -> None:
    """Learn the voice of CODE from CLIP, a recording of that person alone (20 s is plenty)."""
    from pipeline.speakers.diarization.choice import voiceprint_model
    from pipeline.study import who
    from pipeline.study.finding import find_study
    from pipeline.study.settings import read_settings

    diarizer = read_settings(folder if folder is not None else find_study(Path.cwd())).diarizer
    print_ = voice_of(clip, diarizer)
    with open_study(folder, key_file) as study:
        who.enrol(study, code.upper(), print_, model=voiceprint_model(diarizer))
    click.echo(f"Done. {FOLLOWS}")


def voice_of(clip: Path, diarizer: str) -> Voiceprint:
    """The voiceprint of the only speaker of a clip, by a study's diarizer; raises SilentAudioError when nobody speaks."""
    from pipeline.errors import SilentAudioError
    from pipeline.flow import Choices, Engines, Stages

    stages = Stages(Engines(Choices(speakers=1, diarizer=diarizer)))
    found = stages.diarize(stages.decode(clip, name=clip.name)).voiceprints
    if not found:
        raise SilentAudioError(file=clip, peak="?")
    return max(found, key=lambda each: each.seconds)
