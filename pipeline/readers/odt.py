"""OpenDocument texts: words are replaced in place, formatting, tables, headers, footers and notes stay.

What may stay is listed in config/readers/odt.toml; attributes are held to the rule of Word's (docx_rules.is_safe);
styles get new names. Gone: properties, comments, tracked changes (accepted), pictures, fields' names, links.
"""

from __future__ import annotations

import re
import tomllib
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from pipeline.errors import EncryptedFileError, TranscriptFormatError
from pipeline.readers.base import Replacements, Segment
from pipeline.readers.docx_rules import is_safe
from pipeline.readers.leaving_out import UnknownTextError, left_out, refusing_unknown_text
from pipeline.readers.leftovers import Replaced
from pipeline.readers.lines import Line, Script, Slot
from pipeline.readers.own_line import looks_like_name
from pipeline.readers.rows import read_row

_NS = "urn:oasis:names:tc:opendocument:xmlns:"
_PREFIXES = {
    f"{_NS}{name}:1.0": prefix
    for name, prefix in [
        ("office", "office"), ("text", "text"), ("table", "table"), ("drawing", "draw"), ("style", "style"),
        ("svg-compatible", "svg"), ("xsl-fo-compatible", "fo"), ("meta", "meta"), ("manifest", "manifest"),
    ]
}  # fmt: skip
_TEXT = f"{{{_NS}text:1.0}}"
_PARAGRAPHS = (f"{_TEXT}p", f"{_TEXT}h")
_MIME = b"application/vnd.oasis.opendocument.text"
_MOST_BYTES = 1 << 30
_CHARACTERS = {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
_TOLD = {
    "office:annotation": "comments",
    "text:tracked-changes": "lists of tracked changes (taken as accepted)",
    "draw:image": "pictures",
    "draw:object": "embedded files",
    "draw:object-ole": "embedded files",
}
_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<manifest:manifest xmlns:manifest="{_NS}manifest:1.0" manifest:version="1.2">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_MIME.decode()}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    '<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>\n"
).encode()


@dataclass(frozen=True, slots=True)
class OdtLayout:
    """The document's content and styles, and its lines."""

    parts: Mapping[str, Any] = field(repr=False)
    script: Script = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def segments(self) -> tuple[Segment, ...]:
        return self.script.segments

    def write(self, speakers: Mapping[str, str], puts: Replacements) -> bytes:
        from lxml import etree

        gone = [s.text[a:b] for i, s in enumerate(self.segments) for a, b, _ in puts.of(i)]
        replaced = Replaced([*gone, *(old for old, new in speakers.items() if old != new)])
        self.script.put(speakers, puts)
        for slot in (slot for line in self.script.lines for slot in line.slots):
            if slot.new is not None:
                _store(slot)
        for root in self.parts.values():
            for element in root.iter():
                for key, value in list(element.attrib.items()):
                    if replaced.stands_in(value):
                        del element.attrib[key]
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(zipfile.ZipInfo("mimetype"), _MIME, zipfile.ZIP_STORED)
            archive.writestr("META-INF/manifest.xml", _MANIFEST)
            for name, root in self.parts.items():
                archive.writestr(name, etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
        return out.getvalue()


def read(data: bytes, path: Path) -> OdtLayout:
    """Read an OpenDocument text; raises EncryptedFileError, or TranscriptFormatError when it is none."""
    parts = _open(data, path)
    taken: Counter[str] = Counter()
    names = _speaker_styles(parts)
    with refusing_unknown_text(path, "save it as .docx or .odt anew"):
        for root in parts.values():
            taken += _clean(root)
    lines = [line for root in parts.values() for line in _lines(root, names)]
    _rename_styles(list(parts.values()))
    return OdtLayout(parts, Script(lines), left_out(taken))


def _open(data: bytes, path: Path) -> dict[str, Any]:
    from lxml import etree

    parts: dict[str, Any]
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            if sum(info.file_size for info in archive.infolist()) > _MOST_BYTES:
                raise zipfile.BadZipFile
            names = archive.namelist()
            if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read(
                "META-INF/manifest.xml"
            ):
                raise EncryptedFileError(file=path)
            parts = {
                n: etree.fromstring(archive.read(n), parser)
                for n in ("content.xml", "styles.xml")
                if n in names
            }
    except (
        zipfile.BadZipFile,
        zlib.error,
        etree.XMLSyntaxError,
        RuntimeError,
        NotImplementedError,
        EOFError,
        ValueError,
    ):
        parts = {}
    if "content.xml" not in parts:
        raise TranscriptFormatError(file=path, why="it is not an OpenDocument text (.odt)")
    return parts


@cache
def _rules() -> tuple[frozenset[str], frozenset[str]]:
    from pipeline.resources import config_path

    with config_path("readers", "odt.toml").open("rb") as file:
        table = tomllib.load(file)
    return frozenset(table["elements"].split()), frozenset(table["dropped"].split())


def _name(tag: str) -> str:
    """An element's name with the usual prefix of its namespace."""
    space, _, local = tag[1:].partition("}")
    return f"{_PREFIXES.get(space, '?')}:{local}"


# --- what may stay ---------------------------------------------------------------------------------


def _clean(root: Any) -> Counter[str]:
    elements, dropped = _rules()
    taken: Counter[str] = Counter()
    for element in list(root.iter()):
        if element is not root and element.getparent() is None:
            continue
        name = _name(element.tag)
        if name in dropped:
            if name in _TOLD:
                taken[_TOLD[name]] += 1
            _remove(element)
        elif name not in elements:
            _pass_over(element, name)
    for element in root.iter():
        for key, value in list(element.attrib.items()):
            local = key.rsplit("}", 1)[-1]
            font = "font" in local and re.fullmatch(r"[\w ',.-]{1,60}", value)
            if not (_is_style_name(element, local) or font or is_safe(local, value)):
                del element.attrib[key]
    return taken


def _pass_over(element: Any, name: str) -> None:
    """An element that is not known: in a paragraph its text stays, elsewhere text is refused."""
    if any(ancestor.tag in _PARAGRAPHS for ancestor in element.iterancestors()):
        _unwrap(element)
    elif any((e.text or "").strip() for e in element.iter(*_PARAGRAPHS, f"{_TEXT}span")):
        raise UnknownTextError(name)
    else:
        _remove(element)


def _remove(element: Any) -> None:
    """Remove an element and keep the text behind it, which is its parent's."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if element.tail:
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _unwrap(element: Any) -> None:
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if element.text:
        if before is not None:
            before.tail = (before.tail or "") + element.text
        else:
            parent.text = (parent.text or "") + element.text
    at = parent.index(element)
    for child in reversed(list(element)):
        parent.insert(at, child)
    _remove(element)


# --- styles ----------------------------------------------------------------------------------------

_DEFINED = ("style:style", "style:page-layout", "style:master-page", "style:font-face", "text:list-style")


def _is_style_name(element: Any, local: str) -> bool:
    return local.endswith(("style-name", "page-name", "layout-name", "font-name")) or (
        local == "name" and _name(element.tag) in _DEFINED
    )


def _speaker_styles(parts: Mapping[str, Any]) -> dict[str, str]:
    """Styles that are called like a person: they say who speaks."""
    found: dict[str, str] = {}
    style = f"{{{_NS}style:1.0}}"
    for root in parts.values():
        for each in root.iter(f"{style}style"):
            own = each.get(f"{style}name", "")
            for name in (each.get(f"{style}display-name"), own, each.get(f"{style}parent-style-name")):
                said = (name or "").replace("_20_", " ")
                if (
                    " " in said
                    and looks_like_name(said)
                    and not re.search(r"\d", said)
                    and not _is_built_in(said)
                ):
                    found.setdefault(own, said)
    return found


def _is_built_in(name: str) -> bool:
    words = "Text Body Heading Table List Contents Header Footer Index Caption Standard Numbering Footnote Endnote Frame Quotations Preformatted Internet Link Visited Bullet Symbols Source Default Drawing Style Page Paragraph Font Title Subtitle First Left Right Line"
    return any(word in words.split() for word in name.title().split())


def _rename_styles(roots: list[Any]) -> None:
    """New names for all styles; a reference to one that is not there goes."""
    elements = [element for root in roots for element in root.iter()]
    defined = [e for e in elements if _name(e.tag) in _DEFINED]
    old = [value for e in defined for key, value in e.attrib.items() if key.endswith("}name")]
    ids = {name: f"N{number}" for number, name in enumerate(dict.fromkeys(old), 1)}
    for element in elements:
        for key, value in list(element.attrib.items()):
            if not _is_style_name(element, key.rsplit("}", 1)[-1]):
                continue
            if value in ids:
                element.set(key, ids[value])
            else:
                del element.attrib[key]


# --- lines -----------------------------------------------------------------------------------------


def _lines(root: Any, names: Mapping[str, str]) -> list[Line]:
    by_paragraph: dict[Any, list[Line]] = {}
    for paragraph in root.iter(*_PARAGRAPHS):
        style = names.get(paragraph.get(f"{_TEXT}style-name", ""))
        lines = [Line([], speaker=style)]
        for slot in _slots(paragraph, paragraph):
            if slot.text == "\n":
                lines.append(Line([], speaker=style))
            else:
                lines[-1].slots.append(slot)
        by_paragraph[paragraph] = lines
    table = f"{{{_NS}table:1.0}}"
    for row in root.iter(f"{table}table-row"):
        cells = [
            [x for p in cell.iter(*_PARAGRAPHS) for x in by_paragraph[p]]
            for cell in row.iter(f"{table}table-cell")
        ]
        read_row(cells)
    return [line for lines in by_paragraph.values() for line in lines]


def _slots(element: Any, paragraph: Any) -> Iterator[Slot]:
    """Texts of a paragraph in order; those of a paragraph inside it (a note, a text box) are its own."""
    if element.text:
        yield Slot(element.text, (element, "text"))
    for child in element:
        if child.tag in _CHARACTERS:
            yield Slot(_CHARACTERS[child.tag])
        elif child.tag == f"{_TEXT}s":
            count = child.get(f"{_TEXT}c", "1")
            yield Slot(" " * (int(count) if count.isdigit() else 1))
        elif child.tag not in _PARAGRAPHS:
            yield from _slots(child, paragraph)
        if child.tail and (element is paragraph or element.tag not in _PARAGRAPHS):
            yield Slot(child.tail, (child, "tail"))


def _store(slot: Slot) -> None:
    element, where = slot.place
    setattr(element, where, slot.new)
