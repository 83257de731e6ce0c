"""Transcripts of other tools, de-identified one after another with one label map; a bad one costs itself alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import FileUnreadableError, SessionDeidError
from pipeline.records import LabelMap, Redaction, Roster, Span

if TYPE_CHECKING:
    from pipeline.deidentify.redact import Deidentifier
    from pipeline.readers import Source


@dataclass(frozen=True, slots=True)
class RedactedTranscript:
    """A transcript in its own format, de-identified, with what was found in it."""

    content: bytes = field(repr=False)
    source: Source = field(repr=False)
    redaction: Redaction = field(repr=False)
    finds: tuple[tuple[Span, bool], ...] = field(repr=False)

    @property
    def replaced(self) -> int:
        """How many places were replaced."""
        return sum(1 for span in self.redaction.spans if span.replacement)

    @property
    def questions(self) -> tuple[Span, ...]:
        """The places a person should look at."""
        return tuple(span for span in self.redaction.spans if span.uncertain)

    def rows(self) -> list[dict[str, Any]]:
        """Every identifier, by its place in the file (segments: rows, lines, cues), without its words.

        `identifier` is False for a faint doubt that was left in and is only a question to a person.
        """
        return [
            {
                "utterance": segment,
                "start_char": start,
                "end_char": end,
                "type": span.type,
                "tier": span.tier,
                "action": span.action if is_identifier else "flag",
                "replacement": span.replacement,
                "uncertain": span.uncertain,
                "reason": span.reason,
                "score": round(span.score, 3),
                "found_by": span.found_by,
                "evidence": [asdict(each) for each in span.evidence],
            }
            for span, is_identifier in self.finds
            for segment, start, end in self.source.places(span.utterance, span.start_char, span.end_char)
        ]


class Redacting:
    """De-identifies transcripts with the roster, and labels that hold from one to the next."""

    def __init__(
        self, deidentifier: Deidentifier, roster: Roster | None = None, labels: LabelMap | None = None
    ) -> None:
        self._deidentifier = deidentifier
        self._roster = roster
        self.labels = labels or LabelMap()

    def reserve(self, paths: Iterable[Path]) -> None:
        """Take the labels that stand in these transcripts already, so that nobody gets one of them in another. What cannot
        be read is told when its turn comes."""
        from pipeline import readers
        from pipeline.deidentify.given_labels import with_given

        for path in paths:
            with suppress(SessionDeidError):
                self.labels = with_given(self.labels, (u.text for u in readers.read(path).utterances))

    def redact(self, path: Path) -> RedactedTranscript:
        """One transcript; raises the InputError or TranscriptFormatError that fits. `labels` grow with it."""
        from pipeline import readers
        from pipeline.deidentify.speakers_named import name_speakers

        source = readers.read(path)
        named = name_speakers([u.participant for u in source.utterances], self._roster, self.labels)
        redaction = self._deidentifier.redact(
            named.rename(source.utterances), roster=named.roster, labels=named.labels
        )
        shown = named.shown_after(redaction.labels)
        content = source.render(shown, readers.replacements_of(redaction))
        self.labels = redaction.labels
        finds = tuple((span, self._deidentifier.is_identifier(span)) for span in redaction.spans)
        return RedactedTranscript(content, source, redaction, finds)


def gather(paths: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """The transcripts meant: each file that is named, and in folders those with an ending that is read; with
    why a file of a folder is left, else "". Hidden files are passed over."""
    from pipeline.readers import FORMATS

    for path in paths:
        if not path.is_dir():
            yield path, ""
            continue
        try:
            inside = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
        except OSError as error:
            raise FileUnreadableError(file=path, why=error.strerror or "the system refused") from None
        for file in inside:
            known = file.suffix.lower() in FORMATS
            yield file, "" if known else f"its ending is {file.suffix or 'missing'}"


@dataclass(frozen=True, slots=True)
class Files:
    """A transcript and what is to be written of it."""

    source: Path = field(repr=False)
    out: Path = field(repr=False)
    spans: Path | None = field(default=None, repr=False)
    report: Path | None = field(default=None, repr=False)


def plan(
    transcripts: Sequence[Path], out: Path, spans: Path | None, report: Path | None
) -> tuple[list[Files], list[tuple[Path, str]]]:
    """What to write for each transcript, and what is left with the reason. For one transcript they are files,
    for several (or a folder, or when `out` is one) they are folders; two of one name become NAME and NAME-2."""
    found = list(gather(transcripts))
    files = [path for path, why in found if not why]
    left = [(path, why) for path, why in found if why]
    if len(transcripts) == 1 and not transcripts[0].is_dir() and not out.is_dir():
        return [Files(path, out, spans, report) for path in files], left
    from pipeline.oneshot import named_apart

    made = []
    for path, name in named_apart(files):
        suffix = path.suffix.lower()
        made.append(
            Files(
                path,
                out / f"{name}{suffix}",
                spans / f"{name}.spans.json" if spans else None,
                report / f"{name}.report.html" if report else None,
            )
        )
    return made, left


def report_of(name: str, done: RedactedTranscript, language: str, *, as_json: bool) -> bytes:
    """The redaction report of one transcript; it holds no words."""
    from pipeline import __version__
    from pipeline.deidentify.detect import models_of
    from pipeline.verify import report as reports

    versions = {"session-deid": __version__, "identifiers": ", ".join(models_of(language))}
    report = reports.build(name, done.redaction, versions=versions)
    return (reports.to_json(report) if as_json else reports.to_html(report)).encode()
