"""`session-deid redact`: de-identify a transcript made by any tool."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

if TYPE_CHECKING:
    from pipeline.records import Redaction


@click.command()
@click.argument("transcript", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="The de-identified transcript, in the same format.",
)
@click.option(
    "--spans", type=click.Path(path_type=Path), help="JSON of what was found: places and classes, no words."
)
@click.option(
    "--roster", type=click.Path(path_type=Path, dir_okay=False), help="CSV: code,name,nicknames,role."
)
@click.option("--language", default="en", show_default=True, help="The transcript's language.")
@click.option("--policy", default="hipaa-safe-harbor", show_default=True, help="A policy's name or file.")
@click.option(
    "--sensitivity",
    default="balanced",
    show_default=True,
    type=click.Choice(["strict", "balanced", "lenient"]),
)
@click.option(
    "--style",
    default="label",
    show_default=True,
    type=click.Choice(["label", "surrogate"]),
    help="[Person 1], or realistic stand-ins.",
)
def redact(
    transcript: Path,
    out: Path,
    spans: Path | None,
    roster: Path | None,
    language: str,
    policy: str,
    sensitivity: Literal["strict", "balanced", "lenient"],
    style: Literal["label", "surrogate"],
) -> None:
    """De-identify TRANSCRIPT (.json, .txt, .vtt or .docx) into --out. TRANSCRIPT itself is not changed.

    What is uncertain is listed at the end; look at it before you share the result.
    """
    from pipeline import readers
    from pipeline.deidentify import redact as deidentifiers
    from pipeline.deidentify.speakers_named import name_speakers
    from pipeline.files import check_writable, write_atomically

    _check_output(transcript, out)
    for target in (out, spans):
        if target is not None:
            check_writable(target)
    source = readers.read(transcript)
    people = None
    if roster:
        from pipeline.speakers import roster as rosters

        people = rosters.read(roster)
    named = name_speakers([u.participant for u in source.utterances], people)
    deidentifier = deidentifiers.load(policy, sensitivity, language, style)
    redaction = deidentifier.redact(named.rename(source.utterances), roster=named.roster, labels=named.labels)
    write_atomically(
        out, source.render(named.shown_after(redaction.labels), readers.replacements_of(redaction))
    )
    if spans:
        write_atomically(spans, _spans_json(redaction, deidentifier))
    _say(redaction, style)


def _check_output(transcript: Path, out: Path) -> None:
    """The output has the input's format, and is not the input."""
    if out.exists() and transcript.exists() and out.samefile(transcript):
        raise click.BadParameter("this is TRANSCRIPT itself; give another file.", param_hint="--out")
    is_device = out.exists() and not out.is_file()
    if out.suffix and out.suffix.lower() != transcript.suffix.lower() and not is_device:
        raise click.BadParameter(
            f"its ending must be {transcript.suffix}, as TRANSCRIPT's.", param_hint="--out"
        )


def _spans_json(redaction: Redaction, deidentifier: Any) -> bytes:
    """What was found and replaced or flagged by the policy; faint doubts are for the risk queue, not here."""
    rows = [
        {
            "utterance": s.utterance,
            "start_char": s.start_char,
            "end_char": s.end_char,
            "type": s.type,
            "tier": s.tier,
            "replacement": s.replacement,
            "score": round(s.score, 3),
            "found_by": s.found_by,
        }
        for s in redaction.spans
        if deidentifier.is_identifier(s)
    ]
    return (json.dumps({"spans": rows}, indent=1) + "\n").encode()


def _say(redaction: Redaction, style: str) -> None:
    replaced = sum(1 for s in redaction.spans if s.replacement)
    questions = sum(1 for s in redaction.spans if s.uncertain)
    kind = "stand-ins" if style == "surrogate" else "labels"
    click.echo(
        f"{replaced} identifiers replaced by {kind}; {questions} places to look at by a person.", err=True
    )
