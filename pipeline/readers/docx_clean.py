"""What a Word document holds besides the text on its pages, and who knows what that says: taken out.

Kept: the body, headers, footers, foot- and endnotes, styles, numbering, fonts and the theme. Gone: comments,
authors and other properties, tracked changes (accepted), pictures and embedded files, targets of links,
custom XML, document variables, alternative texts, bookmarks' names, hidden field codes.
"""

from __future__ import annotations

from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_KEPT_RELATIONS = frozenset(
    [
        "officeDocument",
        "styles",
        "numbering",
        "fontTable",
        "theme",
        "header",
        "footer",
        "footnotes",
        "endnotes",
        "settings",
        "core-properties",
    ]
)
_GONE = tuple(
    f"{_W}{name}"
    for name in [
        "del",
        "moveFrom",
        "commentRangeStart",
        "commentRangeEnd",
        "commentReference",
        "bookmarkStart",
        "bookmarkEnd",
        "instrText",
        "object",
        "pict",
        "fldData",
        "rPrChange",
        "pPrChange",
        "sectPrChange",
        "tblPrChange",
        "trPrChange",
        "tcPrChange",
        "tblGridChange",
        "numberingChange",
        "permStart",
        "permEnd",
        "proofErr",
        "moveFromRangeStart",
        "moveFromRangeEnd",
        "moveToRangeStart",
        "moveToRangeEnd",
        "docPartObj",
        "sdtPr",
        "altChunk",
        "subDoc",
    ]
)
_UNWRAPPED = tuple(
    f"{_W}{name}" for name in ["ins", "moveTo", "smartTag", "customXml", "fldSimple", "hyperlink"]
)
_PICTURES = (
    "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic",
    "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart",
)
_SETTINGS_KEPT = frozenset(
    [
        "zoom",
        "defaultTabStop",
        "characterSpacingControl",
        "footnotePr",
        "endnotePr",
        "compat",
        "themeFontLang",
        "clrSchemeMapping",
        "decimalSymbol",
        "listSeparator",
        "evenAndOddHeaders",
        "mirrorMargins",
    ]
)
_TELLING_ATTRIBUTES = frozenset(
    ["author", "initials", "date", "descr", "title", "alt", "name", "tooltip", "anchor"]
)
_NAMED_BY_DRAWING = ("docPr", "cNvPr")


def clean(document: Any) -> None:
    """Take out of an open python-docx document all that is not text on its pages."""
    from docx.oxml import parse_xml
    from lxml import etree

    package = document.part.package
    for part in [package, *package.iter_parts()]:
        for key in [
            k for k, rel in part.rels.items() if rel.reltype.rsplit("/", 1)[-1] not in _KEPT_RELATIONS
        ]:
            del part.rels[key]
    for part in package.iter_parts():
        name = str(part.partname)
        if not name.startswith("/word/"):
            continue
        root = part.element if hasattr(part, "element") else parse_xml(part.blob)
        if "settings" in name:
            _clean_settings(root)
        else:
            _clean_text(root)
        if not hasattr(part, "element"):
            part._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    _clean_properties(document)


def _clean_text(root: Any) -> None:
    for element in list(root.iter(*_GONE)):
        if element.tag == f"{_W}del" and element.getparent().tag in (f"{_W}rPr", f"{_W}trPr"):
            element.getparent().remove(element)
            continue
        _drop(element)
    for element in list(root.iter(*_PICTURES)):
        _drop_drawing(element)
    for element in list(root.iter(*_UNWRAPPED)):
        _unwrap(element)
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        local = element.tag.rsplit("}", 1)[-1]
        for key in list(element.attrib):
            plain = key.rsplit("}", 1)[-1]
            if plain.startswith("rsid") or (
                plain in _TELLING_ATTRIBUTES and local in (*_NAMED_BY_DRAWING, "ins")
            ):
                _clear(element, key)


def _clear(element: Any, key: str) -> None:
    """An attribute the format asks for is emptied rather than removed."""
    if key == "name":
        element.set(key, "")
    else:
        del element.attrib[key]


def _drop_drawing(element: Any) -> None:
    """A picture goes with its frame; a text box stays, since its text is on the page."""
    while element is not None and element.tag != f"{_W}drawing":
        element = element.getparent()
    if element is not None and element.getparent() is not None:
        _drop(element)


def _drop(element: Any) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _unwrap(element: Any) -> None:
    """Put an element's children in its place; its own properties go."""
    parent = element.getparent()
    if parent is None:
        return
    at = parent.index(element)
    for child in reversed([c for c in element if not str(c.tag).endswith("Pr")]):
        parent.insert(at, child)
    parent.remove(element)


def _clean_settings(root: Any) -> None:
    for child in list(root):
        if str(child.tag).rsplit("}", 1)[-1] not in _SETTINGS_KEPT:
            root.remove(child)


def _clean_properties(document: Any) -> None:
    """Empty every core property; dates say when somebody worked on it."""
    from datetime import datetime

    properties = document.core_properties
    for name in [
        "author",
        "category",
        "comments",
        "content_status",
        "identifier",
        "keywords",
        "language",
        "last_modified_by",
        "subject",
        "title",
        "version",
    ]:
        setattr(properties, name, "")
    properties.revision = 1
    for name in ("created", "modified", "last_printed"):
        setattr(properties, name, datetime(2000, 1, 1))
