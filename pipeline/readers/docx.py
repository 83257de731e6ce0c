"""Word documents: words are replaced run by run, so formatting, tables, headers and footers stay.

Paragraphs are read wherever they stand (body, tables, text boxes, headers, footers, foot- and endnotes).
What is not text on the page is not carried over: see docx_clean.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from pipeline.errors import EncryptedFileError, TranscriptFormatError
from pipeline.readers.base import Put, Replacements
from pipeline.readers.margins import Margin, find_margins
from pipeline.records import Utterance

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT_PARTS = ("document", "header", "footer", "footnotes", "endnotes")
_OLE = b"\xd0\xcf\x11\xe0"  # an encrypted .docx is an OLE container, as is an old .doc
_LONGEST_NAME = 40


@dataclass(slots=True)
class _Paragraph:
    """A paragraph's text pieces: (w:t element or None for a tab or break, its characters)."""

    pieces: list[tuple[Any, str]] = field(repr=False)
    margin: Margin | None = None
    is_name: bool = False
    utterance: int | None = None

    @property
    def text(self) -> str:
        return "".join(text for _, text in self.pieces)


@dataclass(frozen=True, slots=True)
class DocxSource:
    """The document, and its paragraphs in reading order."""

    document: Any = field(repr=False)
    roots: tuple[tuple[Any, Any], ...] = field(repr=False)
    paragraphs: tuple[_Paragraph, ...] = field(repr=False)
    utterances: tuple[Utterance, ...] = field(repr=False)

    def render(self, speakers: Mapping[str, str], replacements: Replacements) -> bytes:
        """Note: this writes into the document that was read; render once."""
        for paragraph in self.paragraphs:
            _write(paragraph, _puts(paragraph, speakers, replacements))
        for part, root in self.roots:
            _store(part, root)
        out = BytesIO()
        self.document.save(out)
        return out.getvalue()


def read(data: bytes, path: Path) -> DocxSource:
    """Read a Word document; raises EncryptedFileError, or TranscriptFormatError when it is none."""
    import docx
    from docx.opc.exceptions import OpcError

    from pipeline.readers.docx_clean import clean

    if data.startswith(_OLE):
        raise EncryptedFileError(file=path)
    try:
        document = docx.Document(BytesIO(data))
    except (zipfile.BadZipFile, OpcError, KeyError, ValueError, SyntaxError):
        raise TranscriptFormatError(file=path, why="it is not a Word document (.docx)") from None
    clean(document)
    roots = tuple((part, _root(part)) for part in _text_parts(document))
    paragraphs = [p for _, root in roots for p in _paragraphs(root)]
    _find_speakers(paragraphs, [root for _, root in roots])
    return DocxSource(document, roots, tuple(paragraphs), tuple(_utterances(paragraphs)))


def _text_parts(document: Any) -> list[Any]:
    """Parts with text on the page, the body first."""
    parts = {str(p.partname): p for p in document.part.package.iter_parts()}
    wanted = [n for n in parts if n.startswith("/word/") and n.removeprefix("/word/").startswith(_TEXT_PARTS)]
    return [parts[name] for name in sorted(wanted, key=lambda n: ("document" not in n, n))]


def _root(part: Any) -> Any:
    """The part's XML; some parts python-docx keeps as bytes."""
    if hasattr(part, "element"):
        return part.element
    from docx.oxml import parse_xml

    return parse_xml(part.blob)


def _store(part: Any, root: Any) -> None:
    if not hasattr(part, "element"):
        from lxml import etree

        part._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _paragraphs(root: Any) -> Iterator[_Paragraph]:
    for element in root.iter(f"{_W}p"):
        yield _Paragraph(list(_pieces(element)))


def _pieces(element: Any) -> Iterator[tuple[Any, str]]:
    """Texts of a paragraph in order; those of a paragraph inside it (a text box) are its own."""
    for child in element:
        if child.tag == f"{_W}p":
            continue
        if child.tag == f"{_W}t":
            yield child, child.text or ""
        elif child.tag == f"{_W}noBreakHyphen":
            yield None, "-"
        elif child.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
            if element.tag == f"{_W}r":  # elsewhere w:tab is a tab stop
                yield None, "\t" if child.tag == f"{_W}tab" else " "
        else:
            yield from _pieces(child)


def _find_speakers(paragraphs: list[_Paragraph], roots: list[Any]) -> None:
    """Margins in paragraphs ("Tom: ..."), and first columns of tables that hold names."""
    for paragraph, margin in zip(paragraphs, find_margins([p.text for p in paragraphs]), strict=True):
        paragraph.margin = margin
    by_element = {id(e): p for p in paragraphs for e, _ in p.pieces if e is not None}
    for root in roots:
        for row in root.iter(f"{_W}tr"):
            _read_row(row, by_element)


def _read_row(row: Any, by_element: dict[int, _Paragraph]) -> None:
    """A row of two cells or more whose first is short and whose others are long: the first is a speaker."""
    cells = [
        [by_element[id(t)] for t in cell.iter(f"{_W}t") if id(t) in by_element]
        for cell in row.findall(f"{_W}tc")
    ]
    cells = [list({id(p): p for p in cell}.values()) for cell in cells]
    if len(cells) < 2 or len(cells[0]) != 1:
        return
    name = cells[0][0]
    said = name.text.strip().rstrip(":").strip()
    rest = [p for cell in cells[1:] for p in cell]
    longest = max((len(p.text.split()) for p in rest), default=0)
    if (
        not said
        or len(said) > _LONGEST_NAME
        or len(said.split()) > 4
        or longest <= 4
        or not said[0].isalpha()
    ):
        return
    start = name.text.index(said)
    name.margin = Margin(said, start, start + len(said), len(name.text))
    name.is_name = True
    for paragraph in rest:
        paragraph.margin = paragraph.margin or Margin(said, 0, 0, 0)


def _utterances(paragraphs: list[_Paragraph]) -> Iterator[Utterance]:
    number, speaker = 0, ""
    for paragraph in paragraphs:
        margin = paragraph.margin
        speaker = margin.name if margin else speaker
        said = paragraph.text[margin.text_at if margin else 0 :]
        if said.strip() and not paragraph.is_name:
            paragraph.utterance = number
            number += 1
            seconds = (margin.seconds if margin else None) or 0.0
            yield Utterance(speaker, seconds, seconds, said)


def _puts(paragraph: _Paragraph, speakers: Mapping[str, str], replacements: Replacements) -> list[Put]:
    puts = list(replacements.of(paragraph.utterance)) if paragraph.utterance is not None else []
    if margin := paragraph.margin:
        puts = [(s + margin.text_at, e + margin.text_at, t) for s, e, t in puts]
        if margin.end:
            puts.insert(0, (margin.start, margin.end, speakers.get(margin.name, margin.name)))
    return puts


def _write(paragraph: _Paragraph, puts: list[Put]) -> None:
    """Each replacement stands in the run its first character stood in; the others lose theirs."""
    if not puts:
        return
    starts = {start: text for start, _, text in puts}
    gone = {at for start, end, _ in puts for at in range(start, end)}
    at, pending = 0, ""
    for element, text in paragraph.pieces:
        kept = []
        for offset, char in enumerate(text, at):
            pending += starts.get(offset, "")
            if element is None:
                continue
            kept.append(pending + ("" if offset in gone else char))
            pending = ""
        at += len(text)
        if element is not None:
            element.text = "".join(kept)
            element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
