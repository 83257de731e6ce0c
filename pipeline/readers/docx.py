"""Word documents: words are replaced run by run, so formatting, tables, headers and footers stay.

Paragraphs are read wherever they stand (body, tables, text boxes, headers, footers, foot- and endnotes).
What is not text on the page is not carried over: see docx_clean.
"""

from __future__ import annotations

import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from pipeline.errors import EncryptedFileError, TranscriptFormatError
from pipeline.readers.base import Replacements, Segment
from pipeline.readers.docx_clean import (
    clean_package,
    clean_root,
    clean_settings,
    drop,
    kind_of,
)
from pipeline.readers.docx_rules import M, W
from pipeline.readers.docx_styles import VAL, rename_styles, style_names
from pipeline.readers.leaving_out import left_out, refusing_unknown_text
from pipeline.readers.leftovers import Replaced
from pipeline.readers.lines import Line, Script, Slot
from pipeline.readers.own_line import looks_like_name
from pipeline.readers.rows import read_row

_TEXT_PARTS = ("officeDocument", "header", "footer", "footnotes", "endnotes")
_OLE = b"\xd0\xcf\x11\xe0"  # an encrypted .docx is an OLE container, as is an old .doc
_MOST_BYTES = 1 << 30
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


@dataclass(frozen=True, slots=True)
class _Part:
    """A part with its XML and what it is for."""

    part: Any = field(repr=False)
    kind: str
    root: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class DocxLayout:
    """The document, and its lines in reading order."""

    document: Any = field(repr=False)
    parts: tuple[_Part, ...] = field(repr=False)
    styles: Mapping[str, str] = field(repr=False)
    script: Script = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def segments(self) -> tuple[Segment, ...]:
        return self.script.segments

    def write(self, speakers: Mapping[str, str], puts: Replacements) -> bytes:
        gone = [s.text[a:b] for i, s in enumerate(self.segments) for a, b, _ in puts.of(i)]
        renamed = [old for old, new in speakers.items() if old != new]
        self.script.put(speakers, puts)
        for line in self.script.lines:
            for slot in line.slots:
                _store_slot(slot)
        roots = [p.root for p in self.parts]
        rename_styles(roots, self.styles, speakers)
        _search(roots, Replaced([*gone, *renamed]))
        for number, each in enumerate(self.parts, 1):
            _store(each, number)
        out = BytesIO()
        self.document.save(out)
        return out.getvalue()


def read(data: bytes, path: Path) -> DocxLayout:
    """Read a Word document; raises EncryptedFileError, or TranscriptFormatError when it is none, or holds text
    where none is known."""
    document = _open(data, path)
    clean_package(document)
    parts = tuple(_parts(document))
    styles = style_names(next((p.root for p in parts if p.kind == "styles"), None))
    taken: Counter[str] = Counter()
    with refusing_unknown_text(path, "open it in a word processor and save it as .docx anew"):
        for each in parts:
            taken += _clean(each)
    lines: list[Line] = []
    for each in parts:
        if each.kind in _TEXT_PARTS:
            lines += _lines(each.root, styles)
    return DocxLayout(document, parts, styles, Script(lines), left_out(taken))


def _open(data: bytes, path: Path) -> Any:
    import docx
    from docx.opc.exceptions import OpcError

    if data.startswith(_OLE):
        raise EncryptedFileError(file=path)
    try:
        return docx.Document(BytesIO(_with_slashes(data)))
    except (
        zipfile.BadZipFile,
        zlib.error,
        OpcError,
        KeyError,
        ValueError,
        SyntaxError,
        NotImplementedError,
        RuntimeError,
        EOFError,
    ):
        raise TranscriptFormatError(
            file=path,
            why="it is not a Word document (.docx); open it in a word processor and save it as .docx",
        ) from None


def _with_slashes(data: bytes) -> bytes:
    """Some programs write the names of parts with backslashes."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        infos = archive.infolist()
        if sum(info.file_size for info in infos) > _MOST_BYTES or len({i.filename for i in infos}) < len(
            infos
        ):
            raise zipfile.BadZipFile
        if not any("\\" in info.orig_filename for info in infos):
            return data
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
            for info in infos:
                target.writestr(info.orig_filename.replace("\\", "/"), archive.read(info))
    return out.getvalue()


def _parts(document: Any) -> Iterator[_Part]:
    """The parts by how they are related, the body first."""
    package = document.part.package
    kinds = {
        id(rel.target_part): kind_of(rel)
        for source in [package, *package.iter_parts()]
        for rel in source.rels.values()
        if not rel.is_external
    }
    parts = sorted(
        package.iter_parts(), key=lambda p: (kinds.get(id(p)) != "officeDocument", str(p.partname))
    )
    for part in parts:
        kind = kinds.get(id(part), "")
        if kind != "core-properties":
            yield _Part(part, kind, _root(part))


def _clean(each: _Part) -> Counter[str]:
    if each.kind == "settings":
        clean_settings(each.root)
    return clean_root(each.root)


def _root(part: Any) -> Any:
    """The part's XML, as plain elements (python-docx's own classes have other ideas of what text is)."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    return etree.fromstring(part.blob, parser)


def _store(each: _Part, number: int) -> None:
    from docx.opc.packuri import PackURI
    from lxml import etree

    if hasattr(each.part, "element"):
        each.part._element = each.root
    else:
        each.part._blob = etree.tostring(each.root, xml_declaration=True, encoding="UTF-8", standalone=True)
    name = "document" if each.kind == "officeDocument" else each.kind
    each.part.partname = PackURI(f"/word/{name}{number if number > 1 else ''}.xml")
    for relation in each.part.rels.values():  # they are written as seen from the part's folder
        relation._baseURI = each.part.partname.baseURI


def _search(roots: list[Any], replaced: Replaced) -> None:
    """Empty what names somebody outside the text on the page."""
    texts = (f"{W}t", f"{M}t")
    for root in roots:
        for element in root.iter():
            if element.text and element.tag not in texts and replaced.stands_in(element.text):
                element.text = None
            for key, value in list(element.attrib.items()):
                if replaced.stands_in(value):
                    element.set(key, "")


# --- lines ------------------------------------------------------------------------------------------


def _lines(root: Any, styles: Mapping[str, str]) -> list[Line]:
    by_paragraph: dict[Any, list[Line]] = {}
    for paragraph in root.iter(f"{W}p"):
        by_paragraph[paragraph] = _paragraph_lines(paragraph, styles)
    for row in root.iter(f"{W}tr"):
        cells = row.findall(f"{W}tc")
        read_row([[x for p in cell.iter(f"{W}p") for x in by_paragraph[p]] for cell in cells])
    return [line for lines in by_paragraph.values() for line in lines]


def _paragraph_lines(paragraph: Any, styles: Mapping[str, str]) -> list[Line]:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    named = styles.get(style.get(VAL, ""), "") if style is not None else ""
    lines = [Line([])]
    for slot in _slots(paragraph):
        if slot.text == "\n":
            lines.append(Line([]))
        else:
            lines[-1].slots.append(slot)
    if named and looks_like_name(named):
        for line in lines:
            line.speaker = named
    return lines


def _slots(element: Any) -> Iterator[Slot]:
    """Texts of a paragraph in order; those of a paragraph inside it (a text box) are its own."""
    for child in element:
        if child.tag == f"{W}p":
            continue
        if child.tag in (f"{W}t", f"{M}t"):
            yield Slot(child.text or "", child)
        elif child.tag in _CHARACTERS and element.tag == f"{W}r":  # elsewhere w:tab is a tab stop
            yield Slot(_CHARACTERS[child.tag], child)
        else:
            yield from _slots(child)


_CHARACTERS = {
    f"{W}noBreakHyphen": "-",
    f"{W}softHyphen": "\N{SOFT HYPHEN}",
    f"{W}tab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
}


def _store_slot(slot: Slot) -> None:
    if slot.new is None or slot.new == slot.text:
        return
    element = slot.place
    if element.tag in (f"{W}t", f"{M}t"):
        element.text = slot.new
        element.set(_SPACE, "preserve")
    elif not slot.new:
        drop(element)
    else:
        text = element.makeelement(f"{W}t", {_SPACE: "preserve"})
        text.text = slot.new
        element.getparent().replace(element, text)
