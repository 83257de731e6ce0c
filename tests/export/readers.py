"""What programs that are not ours read out of each format: a list of (code, start, end, text).

Times are seconds, or None where the format carries none to the millisecond.
"""

from __future__ import annotations

import csv
import html
import io
import itertools
import json
import re
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lxml import etree

from pipeline.export.csv import unguard
from tests.conftest import ROOT

Row = tuple[str, float | None, float | None, str]
SCHEMA = ROOT / "tests" / "data" / "refi-qda" / "Project.xsd"
QDA = "{urn:QDA-XML:project:1.0}"


def read_txt(data: bytes) -> list[Row]:
    """By line, after the header's blank line."""
    text = data.decode("utf-8")
    body = [line for line in text.split("\n") if re.match(r"[A-Z]\d+  \[\d\d:\d\d:\d\d\]", line)]
    cut = [re.fullmatch(r"(\S+)  \[[\d:]+\](?:  (.*))?", line) for line in body]
    return [(m[1], None, None, m[2] or "") for m in cut if m]


def read_md(data: bytes) -> list[Row]:
    """With markdown-it-py, a CommonMark parser."""
    from markdown_it import MarkdownIt

    rows: list[Row] = []
    tokens = MarkdownIt("commonmark").parse(data.decode("utf-8"))
    paragraphs = [b for a, b in itertools.pairwise(tokens) if a.type == "paragraph_open" and a.level == 0]
    for inline in paragraphs:
        parts = [child.content for child in inline.children or [] if child.type in ("text", "softbreak")]
        assert all(c.type in ("text", "strong_open", "strong_close") for c in inline.children or [])
        code, rest = parts[0] or parts[1], "".join(parts[1:] if parts[0] else parts[2:])
        if m := re.fullmatch(r" \[\d\d:\d\d:\d\d\](?: (.*))?", rest):
            rows.append((code, None, None, m[1] or ""))
    return rows


def read_docx(data: bytes) -> list[Row]:
    """With python-docx."""
    import docx

    paragraphs = docx.Document(io.BytesIO(data)).paragraphs
    turns = [
        p.text.split("\t", 2)
        for p in paragraphs
        if p.style is not None and p.style.name == "Transcript Utterance"
    ]
    return [(code, None, None, text) for code, _, text in turns]


def read_vtt(data: bytes) -> list[Row]:
    """With webvtt-py, which leaves entities as they are written."""
    import webvtt

    cues = webvtt.from_string(data.decode("utf-8"))
    return [
        (c.voice or "", c.start_in_seconds_exact, c.end_in_seconds_exact, html.unescape(c.text))
        for c in _timed(cues)
    ]


def read_srt(data: bytes) -> list[Row]:
    """With webvtt-py's SubRip parser."""
    import webvtt

    if not data:
        return []
    cues = webvtt.from_buffer(io.StringIO(data.decode("utf-8")), format="srt")
    rows = [(c.raw_text.partition(": "), c) for c in _timed(cues)]
    return [
        (p[0], c.start_in_seconds_exact, c.end_in_seconds_exact, p[2]) for p, c in rows if p[0] != "DRAFT"
    ]


class _Cue:
    def __init__(self, caption: Any) -> None:
        self.voice, self.text, self.raw_text = caption.voice, caption.text, caption.raw_text
        self.start_in_seconds_exact = _seconds(caption.start)
        self.end_in_seconds_exact = _seconds(caption.end)


def _timed(cues: Any) -> list[_Cue]:
    return [_Cue(c) for c in cues]


def _seconds(stamp: str) -> float:
    hours, minutes, seconds = stamp.split(":")
    return round(int(hours) * 3600 + int(minutes) * 60 + float(seconds), 3)


def read_csv(data: bytes) -> list[Row]:
    """With Python's csv, as a spreadsheet reads it, the guard taken off as documented."""
    rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    return [(r["participant"], float(r["start"]), float(r["end"]), unguard(r["text"])) for r in rows]


def read_json(data: bytes) -> list[Row]:
    """With Python's json."""
    return [(u["participant"], u["start"], u["end"], u["text"]) for u in json.loads(data)["utterances"]]


def read_jsonl(data: bytes) -> list[Row]:
    """A line at a time."""
    rows = [json.loads(line) for line in data.decode("utf-8").splitlines()]
    return [(u["participant"], u["start"], u["end"], u["text"]) for u in rows]


def read_rttm(data: bytes) -> list[Row]:
    """With pyannote.database."""
    from pyannote.database.util import load_rttm

    if not data:
        return []
    (annotation,) = _through_file(data, ".rttm", load_rttm).values()
    tracks = annotation.itertracks(yield_label=True)
    return [(label, round(turn.start, 3), round(turn.end, 3), "") for turn, _, label in tracks]


def read_textgrid(data: bytes) -> list[Row]:
    """With praatio."""
    from praatio import textgrid

    grid = _through_file(
        data, ".TextGrid", lambda path: textgrid.openTextgrid(path, includeEmptyIntervals=False)
    )
    tiers = [(name.partition("-")[0], grid.getTier(name)) for name in grid.tierNames if name != "DRAFT"]
    return [(code, round(e.start, 3), round(e.end, 3), e.label) for code, tier in tiers for e in tier.entries]


def read_eaf(data: bytes) -> list[Row]:
    """With pympi-ling."""
    from pympi import Eaf

    eaf = _through_file(data, ".eaf", Eaf)
    names = [name for name in eaf.get_tier_names() if name != "DRAFT"]
    rows = [
        (eaf.get_parameters_for_tier(n)["PARTICIPANT"], a)
        for n in names
        for a in eaf.get_annotation_data_for_tier(n)
    ]
    return [(code, a[0] / 1000, a[1] / 1000, a[2]) for code, a in rows]


def read_qdpx(data: bytes) -> list[Row]:
    """With lxml: valid against the published schema, and every selection where its code says."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        root = etree.fromstring(archive.read("project.qde"))
        etree.XMLSchema(etree.parse(str(SCHEMA))).assertValid(root)
        codes = {c.get("guid"): c.get("name") for c in root.iter(f"{QDA}Code")}
        rows: list[Row] = []
        for source in root.iter(f"{QDA}TextSource"):
            path = source.get("plainTextPath").replace("internal://", "sources/")
            text = archive.read(path).decode("utf-8")
            for turn in source.iter(f"{QDA}PlainTextSelection"):
                code = codes[turn.find(f"{QDA}Coding/{QDA}CodeRef").get("targetGUID")]
                rows.append(
                    (code, None, None, text[int(turn.get("startPosition")) : int(turn.get("endPosition"))])
                )
    return rows


def read_nvivo(data: bytes) -> list[Row]:
    """Tab-delimited rows."""
    rows = csv.reader(
        io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter="\t", quoting=csv.QUOTE_NONE
    )
    return [(speaker, None, None, text) for _, text, speaker in list(rows)[1:] if speaker != "DRAFT"]


def read_maxqda(data: bytes) -> list[Row]:
    """Paragraphs that begin with a name and a colon; all before the first is no contribution."""
    return _speaker_paragraphs(data, "")


def read_atlasti(data: bytes) -> list[Row]:
    """Paragraphs that begin with @name:."""
    return _speaker_paragraphs(data, "@")


def _speaker_paragraphs(data: bytes, sign: str) -> list[Row]:
    paragraphs = data.decode("utf-8-sig").removesuffix("\n").split("\n\n")
    found = [re.fullmatch(sign + r"([^:]{1,63}): (.*) #\d\d:\d\d:\d\d-\d#", p) for p in paragraphs]
    return [(m[1], None, None, m[2]) for m in found if m]


def _through_file(data: bytes, suffix: str, read: Callable[[str], Any]) -> Any:
    """For libraries that read paths alone; the text is made up by the test."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"x{suffix}"
        path.write_bytes(data)
        return read(str(path))


READERS: dict[str, Callable[[bytes], list[Row]]] = {
    name.removeprefix("read_"): function
    for name, function in list(globals().items())
    if name.startswith("read_")
}
