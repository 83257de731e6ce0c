"""`session-deid participants`: whose voice has which code, and repairs after the fact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.study_options import json_option, open_study, show_json, study_options

if TYPE_CHECKING:
    from pipeline.records import Voiceprint
    from pipeline.speakers.codes import KnownVoices

FOLLOWS = "Recordings not yet verified follow with the next: session-deid run"


@click.group()
def participants() -> None:
    """Voices and their codes over the whole study. Repairs are followed by every unverified recording."""


@participants.command("list")
@json_option
@study_options
def list_voices(as_json: bool, folder: Path | None, key_file: Path | None) -> None:
    """List the codes, how much was heard of each, and where; no names."""
    from pipeline.records import from_json
    from pipeline.speakers.codes import KnownVoices
    from pipeline.speakers.participants import list_participants

    with open_study(folder, key_file) as study:
        data = study.voices.read()
    for person in list_participants(from_json(KnownVoices, data)) if data else ():
        if as_json:
            show_json(**asdict(person))
        else:
            known = "confirmed" if person.confirmed else ("linked" if person.named else "not linked")
            heard = f"{person.seconds / 60:.1f} min in {', '.join(person.recordings)}"
            click.echo(
                f"{person.code:5}  {known:10}  {heard}{'' if person.voiceprint else '  (no voiceprint)'}"
            )


def change_voices(
    folder: Path | None, key_file: Path | None, event: str, change: Callable[[KnownVoices], KnownVoices]
) -> None:
    """Read the study's voices, change them, keep them: one transaction, noted in the audit chain."""
    from pipeline.records import from_json, to_json
    from pipeline.speakers.codes import KnownVoices

    with open_study(folder, key_file) as study, study.ledger.transaction():
        data = study.voices.read()
        known = from_json(KnownVoices, data) if data else KnownVoices()
        study.voices.write(to_json(change(known)), event=event)
    click.echo(f"Done. {FOLLOWS}")


@participants.command()
@click.argument("code")
@click.argument("new")
@study_options
def rename(code: str, new: str, folder: Path | None, key_file: Path | None) -> None:
    """Give the voice CODE the code NEW: how you say who S1 is."""
    from pipeline.speakers import participants as repairs

    old, fresh = code.upper(), new.upper()
    change_voices(folder, key_file, f"voice {old} renamed {fresh}", lambda k: repairs.rename(k, old, fresh))


@participants.command()
@click.argument("code")
@click.argument("into")
@study_options
def merge(code: str, into: str, folder: Path | None, key_file: Path | None) -> None:
    """The voices CODE and INTO are one person."""
    from pipeline.speakers import participants as repairs

    gone, kept = code.upper(), into.upper()
    change_voices(
        folder, key_file, f"voice {gone} merged into {kept}", lambda k: repairs.merge(k, gone, kept)
    )


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
    from pipeline.speakers import participants as repairs

    old = code.upper()
    change_voices(
        folder,
        key_file,
        f"voice {old} split in {recording.upper()}",
        lambda k: repairs.split(k, old, recording.upper(), speaker=speaker.upper(), new=new.upper()),
    )


@participants.command()
@click.argument("code")
@study_options
def forget(code: str, folder: Path | None, key_file: Path | None) -> None:
    """Delete the voiceprints of CODE: past recordings keep the code, later ones cannot be matched."""
    from pipeline.speakers import participants as repairs

    old = code.upper()
    change_voices(folder, key_file, f"voice {old} forgotten", lambda k: repairs.forget(k, old))


@participants.command()
@click.argument("code")
@click.argument("clip", type=click.Path(path_type=Path, dir_okay=False))
@study_options
def enrol(code: str, clip: Path, folder: Path | None, key_file: Path | None) -> None:
    """Learn the voice of CODE from CLIP, a recording of that person alone (20 s is plenty)."""
    from pipeline.speakers import participants as repairs

    print_, wanted = voice_of(clip), code.upper()
    change_voices(folder, key_file, f"voice {wanted} enrolled", lambda k: repairs.enrol(k, wanted, print_))


def voice_of(clip: Path) -> Voiceprint:
    """The voiceprint of the only speaker of a clip; raises SilentAudioError when nobody speaks."""
    from pipeline.errors import SilentAudioError
    from pipeline.flow import Choices, Engines, Stages

    stages = Stages(Engines(Choices(speakers=1)))
    found = stages.diarize(stages.decode(clip, name=clip.name)).voiceprints
    if not found:
        raise SilentAudioError(file=clip, peak="?")
    return max(found, key=lambda each: each.seconds)
