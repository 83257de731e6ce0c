"""One small talk in every format that is read, made by independent programs where there are some."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence

Turn = tuple[str, float, float, str]
TALK: tuple[Turn, ...] = (
    ("Ruth Haldane", 1.0, 4.0, "Good morning Tom."),
    ("Tom Whitcombe", 4.0, 8.5, "Morning, did Gregor ring from Wellford?"),
    ("Ruth Haldane", 8.5, 10.0, "He did."),
)


def as_txt(talk: Sequence[Turn]) -> bytes:
    return "".join(f"{who}: {said}\n" for who, _, _, said in talk).encode()


def as_docx(talk: Sequence[Turn]) -> bytes:
    import docx

    document = docx.Document()
    for who, _, _, said in talk:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{who}: ").bold = True
        paragraph.add_run(said)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def as_srt(talk: Sequence[Turn]) -> bytes:
    return _subtitles(talk).to_string("srt").encode()


def as_vtt(talk: Sequence[Turn]) -> bytes:
    return _subtitles(talk).to_string("vtt").encode()


def _subtitles(talk: Sequence[Turn]):  # type: ignore[no-untyped-def]
    import pysubs2

    events = [
        pysubs2.SSAEvent(start=round(1000 * start), end=round(1000 * end), text=f"{who}: {said}")
        for who, start, end, said in talk
    ]
    found = pysubs2.SSAFile()
    found.events = events
    return found


def as_csv(talk: Sequence[Turn]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Speaker", "Start", "End", "Text"])
    writer.writerows([who, start, end, said] for who, start, end, said in talk)
    return out.getvalue().encode()


def as_odt(talk: Sequence[Turn]) -> bytes:
    from odf.opendocument import OpenDocumentText
    from odf.style import Style, TextProperties
    from odf.text import P, Span

    document = OpenDocumentText()
    bold = Style(name="Strong", family="text")
    bold.addElement(TextProperties(fontweight="bold"))
    document.automaticstyles.addElement(bold)
    for who, _, _, said in talk:
        paragraph = P()
        paragraph.addElement(Span(stylename=bold, text=f"{who}: "))
        paragraph.addText(said)
        document.text.addElement(paragraph)
    out = io.BytesIO()
    document.write(out)
    return out.getvalue()


def as_rtf(talk: Sequence[Turn]) -> bytes:
    def escaped(text: str) -> str:
        return "".join(
            f"\\{c}"
            if c in "\\{}"
            else c
            if ord(c) < 128
            else "".join(f"\\u{u - 65536 if u > 32767 else u}?" for u in _units(c))
            for c in text
        )

    body = "".join(f"\\pard\\b {escaped(who)}: \\b0 {escaped(said)}\\par\n" for who, _, _, said in talk)
    return ("{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0\\fcharset0 Arial;}}" + body + "}").encode("ascii")


def _units(char: str) -> list[int]:
    data = char.encode("utf-16-le")
    return [int.from_bytes(data[at : at + 2], "little") for at in range(0, len(data), 2)]


def as_html(talk: Sequence[Turn]) -> bytes:
    """As noScribe writes it."""
    import html

    rows = "".join(
        f'<p style="-qt-paragraph-type:empty;"><a name="ts_{round(1000 * start)}_{round(1000 * end)}_{who}"></a>'
        f"{html.escape(who)}: {html.escape(said)}</p>\n"
        for who, start, end, said in talk
    )
    head = '<title>Ruth Haldane</title><meta name="audio_source" content="/home/ruth/Haldane.mp3">'
    return f"<!DOCTYPE html><html><head>{head}</head><body>{rows}</body></html>".encode()


def _words(
    said: str, start: float, end: float, key: str = "word", space: str = ""
) -> list[dict[str, object]]:
    words = said.split()
    step = (end - start) / max(1, len(words))
    return [
        {
            key: space + word,
            "start": round(start + n * step, 2),
            "end": round(start + (n + 1) * step, 2),
            "score": 0.9,
        }
        for n, word in enumerate(words)
    ]


def as_own_json(talk: Sequence[Turn]) -> bytes:
    rows = [{"speaker": who, "start": start, "end": end, "text": said} for who, start, end, said in talk]
    return json.dumps({"utterances": rows}).encode()


def as_whisperx(talk: Sequence[Turn]) -> bytes:
    """As WhisperX and aTrain write it; Whisper's own has the same rows and the whole text."""
    rows = [
        {
            "start": start,
            "end": end,
            "text": f" {said}",
            "speaker": who,
            "words": _words(said, start, end, space=" "),
        }
        for who, start, end, said in talk
    ]
    words = [word for row in rows for word in row["words"]]  # type: ignore[attr-defined]
    whole = "".join(f" {said}" for _, _, _, said in talk)
    return json.dumps({"text": whole, "segments": rows, "word_segments": words, "language": "en"}).encode()


def as_assemblyai(talk: Sequence[Turn]) -> bytes:
    rows = [
        {
            "speaker": who,
            "start": round(1000 * start),
            "end": round(1000 * end),
            "text": said,
            "confidence": 0.9,
            "words": _words(said, round(1000 * start), round(1000 * end), key="text"),
        }
        for who, start, end, said in talk
    ]
    text = " ".join(said for _, _, _, said in talk)
    return json.dumps(
        {
            "id": "x",
            "audio_url": "https://ruth",
            "audio_duration": 10,
            "text": text,
            "utterances": rows,
            "words": [],
        }
    ).encode()


def as_teams(talk: Sequence[Turn]) -> bytes:
    rows = [
        {
            "text": said,
            "speakerId": f"{who}@example.org",
            "speakerDisplayName": who,
            "startOffset": f"00:00:{start:09.6f}",
            "endOffset": f"00:00:{end:09.6f}",
        }
        for who, start, end, said in talk
    ]
    return json.dumps({"version": "1.0.0", "type": "Transcript", "entries": rows}).encode()


def as_otter(talk: Sequence[Turn]) -> bytes:
    rows = [
        {
            "transcript": said,
            "speaker_name": who,
            "start_offset": round(16_000 * start),
            "end_offset": round(16_000 * end),
            "uuid": "x",
        }
        for who, start, end, said in talk
    ]
    return json.dumps({"speech": {"title": "Ruth Haldane", "transcripts": rows}}).encode()


def as_aws(talk: Sequence[Turn]) -> bytes:
    items: list[dict[str, object]] = []
    for who, start, end, said in talk:
        for word in _words(said, start, end):
            text = str(word["word"])
            bare = text.rstrip(".,?!")
            times = {"start_time": str(word["start"]), "end_time": str(word["end"]), "speaker_label": who}
            if bare:
                items.append(
                    {
                        "type": "pronunciation",
                        "alternatives": [{"content": bare, "confidence": "0.9"}],
                        **times,
                    }
                )
            items += [
                {"type": "punctuation", "alternatives": [{"content": mark}]} for mark in text[len(bare) :]
            ]
    whole = " ".join(said for _, _, _, said in talk)
    results = {"transcripts": [{"transcript": whole}], "items": items}
    return json.dumps(
        {"jobName": "Ruth", "accountId": "1", "results": results, "status": "COMPLETED"}
    ).encode()


FORMATS: dict[str, tuple[str, Callable[[Sequence[Turn]], bytes]]] = {
    "plain text": ("a.txt", as_txt),
    "Word": ("a.docx", as_docx),
    "WebVTT": ("a.vtt", as_vtt),
    "SubRip": ("a.srt", as_srt),
    "CSV": ("a.csv", as_csv),
    "OpenDocument": ("a.odt", as_odt),
    "RTF": ("a.rtf", as_rtf),
    "HTML of noScribe": ("a.html", as_html),
    "JSON of our own": ("a.json", as_own_json),
    "JSON of WhisperX": ("a.json", as_whisperx),
    "JSON of AssemblyAI": ("a.json", as_assemblyai),
    "JSON of Teams": ("a.json", as_teams),
    "JSON of Otter": ("a.json", as_otter),
    "JSON of AWS Transcribe": ("a.json", as_aws),
}
TIMED = frozenset(FORMATS) - {"plain text", "Word", "OpenDocument", "RTF"}
