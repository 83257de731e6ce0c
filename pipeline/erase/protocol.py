"""Paragraphs for an ethics application, an information sheet, a consent form and a data management plan.

Filled from the study's settings; each claim about the program is one that docs/security.md or docs/study.md makes (the
template names the sentence beside it).
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import __version__
from pipeline.export.xml import repack

if TYPE_CHECKING:
    from pipeline.study.settings import StudySettings

RECORDING, LAST_RECORDING = "the recording", "the last recording"  # what days are counted from


def write_protocol(settings: StudySettings, folder: Path | None = None) -> str:
    """The paragraphs as Markdown; raises PolicyError when the study's policy cannot be read. A policy of one's own lies
    in the study's `folder`."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    from pipeline.deidentify.policy import load
    from pipeline.study.settings import policy_of

    loader = PackageLoader("pipeline.erase")
    environment = Environment(loader=loader, undefined=StrictUndefined, autoescape=False)  # noqa: S701 - not HTML
    template = environment.get_template("protocol.md")
    text = template.render(
        s=settings,
        version=__version__,
        policy=load(policy_of(folder or Path(), settings)).description.rstrip("."),
        ending=_ending(settings),
        for_people=_for_people(settings),
        sound=_until(settings),
        words=_words(settings),
        transcripts=_day(settings.retention.transcripts_until, of=RECORDING),
        roster=_day(settings.retention.roster_until, of=LAST_RECORDING),
        labels=_day(settings.retention.labels_until, of=LAST_RECORDING),
    )
    return text.rstrip("\n") + "\n"


def _kept_and_gone(settings: StudySettings) -> tuple[str, str, str]:
    """Until when the sound is kept, when it is due, and by when it must be gone, each empty when no rule says so."""
    rules, days = settings.retention, settings.destroy_after_days
    after = "" if days is None else f"{days} days after its transcript is verified"
    return _day(rules.sound_not_before), after, _day(rules.sound_not_after)


def _day(rule: object, *, of: str = "it") -> str:
    """A rule in words, empty when it is not set; days are counted from when something was taken in."""
    if rule is None:
        return ""
    return f"{rule} days after {of} was taken in" if isinstance(rule, int) else str(rule)


def _until(settings: StudySettings) -> str:
    first, after, last = _kept_and_gone(settings)
    said = [f"not before {first}" if first else "", f"due {after}" if after else ""]
    said.append(f"gone by {last}" if last else "")
    return (
        "; ".join(each for each in said if each)
        or "until somebody of the team destroys it; no rule sets a day"
    )


def _words(settings: StudySettings) -> str:
    """Until when the raw words are kept: as long as the sound, or as long as a rule says."""
    if settings.destroy_raw_transcript:
        return _until(settings)
    until = _day(settings.retention.words_until, of=RECORDING)
    return f"kept until {until}, then due" if until else "kept (destroy_raw_transcript = false)"


def _ending(settings: StudySettings) -> str:
    first, after, last = _kept_and_gone(settings)
    what = (
        "the sound, its voiceprints and the raw words"
        if settings.destroy_raw_transcript
        else "the sound and its voiceprints (the raw words stay, sealed)"
    )
    said = [f"When a transcript is verified, {what} can be destroyed, with their keys."]
    if first:
        said.append(f"The program refuses to destroy the sound of a recording before {first}.")
    if after:
        said.append(f"It is due to be destroyed {after}.")
    if last:
        said.append(f"It is to be destroyed by {last}, and is shown as overdue afterwards.")
    if not (first or after or last):
        said.append("The study's settings set no day for that: [say when].")
    if words := _day(settings.retention.words_until, of=RECORDING):
        said.append(f"The raw words are kept until {words}, and are due to be destroyed then.")
    if transcripts := _day(settings.retention.transcripts_until, of=RECORDING):
        said.append(f"The transcript is kept until {transcripts}, and is due to be destroyed then.")
    how = "A nightly job may do so without a person" if settings.unattended_destroy else "A person does so"
    said.append(
        f"{how}; the program destroys nothing that nobody verified, unless a named person withdraws it."
    )
    return " ".join(said)


def _for_people(settings: StudySettings) -> str:
    first, after, last = _kept_and_gone(settings)
    said = []
    if first:
        said.append(f"The recording is kept encrypted at least until {first}.")
    if after or last:
        said.append(
            f"It is to be destroyed {after}{' and ' if after and last else ''}{f'by {last}' if last else ''}."
        )
    return " ".join(said) or "The recording is kept encrypted until [when]."


def to_docx(markdown: str) -> bytes:
    """The paragraphs as a Word file, the same bytes for the same text: headings, lists, tables."""
    import docx

    document, rows = docx.Document(), list[list[str]]()
    for block in _blocks(markdown):
        if block.startswith("|"):
            rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in block.split("\n")]
            table = document.add_table(0, len(rows[0]), style="Table Grid")
            for row in (rows[0], *rows[2:]):
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
        elif block.startswith("#"):
            marks, _, title = block.partition(" ")
            document.add_heading(title, len(marks) - 1)
        elif block.startswith("* "):
            for line in block.split("\n"):
                document.add_paragraph(line.removeprefix("* "), style="List Bullet")
        else:
            document.add_paragraph(" ".join(block.split("\n")))
    target = io.BytesIO()
    document.save(target)
    return repack(target.getvalue())


def _blocks(markdown: str) -> list[str]:
    """What stands between empty lines; a heading is a block of its own."""
    spaced = "\n".join(f"\n{line}\n" if line.startswith("#") else line for line in markdown.split("\n"))
    return [block.strip("\n") for block in spaced.split("\n\n") if block.strip()]
