"""What a Word document holds besides the text on its pages, and who knows what that says: taken out.

What may stay is listed (docx_rules): elements, attributes by what they hold, styles, parts by their relationship.
Gone: comments, authors and other properties, tracked changes (accepted), pictures and embedded files, targets of
links, custom XML, document variables, alternative texts, bookmarks, hidden field codes, form fields' settings.
Text where none is known is refused by name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from pipeline.readers.docx_rules import MC, M, W, is_safe, level_text, rules
from pipeline.readers.leaving_out import UnknownTextError

_VML_TEXT = "{urn:schemas-microsoft-com:vml}textbox"
_EMBEDDED = (f"{W}altChunk", f"{W}subDoc")
_PAGE_FIELD = re.compile(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES)(?:\s+\\[*#@]?\s*\w+)*\s*")
_TOLD = {
    f"{W}commentReference": "comments",
    f"{W}object": "embedded files",
    f"{W}del": "tracked changes (taken as accepted)",
    f"{W}drawing": "pictures or charts",
    f"{W}pict": "pictures or charts",
}
_TEXT_TAGS = (f"{W}t", f"{M}t", f"{W}instrText", "{http://schemas.openxmlformats.org/drawingml/2006/main}t")
_STRICT = "http://purl.oclc.org/ooxml/"


def clean_package(document: Any) -> None:
    """Take out of an open python-docx document all that is not text on its pages."""
    package = document.part.package
    for part in [package, *package.iter_parts()]:
        for key in [k for k, rel in part.rels.items() if kind_of(rel) not in rules().relations]:
            del part.rels[key]
    _clean_properties(document)


def kind_of(relation: Any) -> str:
    """The last part of a relationship's type: "header", "styles"."""
    return str(relation.reltype).rsplit("/", 1)[-1]


def clean_root(root: Any) -> Counter[str]:
    """Take out of one part's XML what may not stay; what was taken, counted. Raises UnknownTextError."""
    taken: Counter[str] = Counter()
    if _STRICT in str(root.tag):
        raise UnknownTextError("Strict Open XML")
    if (inside := next(root.iter(*_EMBEDDED), None)) is not None:
        raise UnknownTextError(_local(inside))
    _choose_alternatives(root)
    for box in list(root.iter(_VML_TEXT)):
        _lift_text_box(box)
    _show_choices(root)
    _drop_fields(root)
    for element in list(root.iter()):
        if element is root or element.getparent() is not None:
            _clean_element(element, taken)
    for element in root.iter():
        _clean_attributes(element)
        if element.tag not in _TEXT_TAGS:
            element.text = None
        element.tail = None
    return taken


def _local(element: Any) -> str:
    return str(element.tag).rsplit("}", 1)[-1]


def _clean_element(element: Any, taken: Counter[str]) -> None:
    tag = element.tag
    if not isinstance(tag, str):  # comments and processing instructions
        drop(element)
    elif tag in rules().unwrapped:
        _unwrap(element)
    elif tag in rules().dropped or tag == f"{W}drawing" and not _has_text(element):
        _count(element, taken)
        drop(element)
    elif tag not in rules().elements and tag[1:].split("}")[0] not in rules().namespaces:
        if _has_text(element):
            raise UnknownTextError(_local(element))
        _count(element, taken)
        drop(element)


def _count(element: Any, taken: Counter[str]) -> None:
    if element.tag in _TOLD and not (element.tag == f"{W}del" and element.getparent().tag.endswith("Pr")):
        taken[_TOLD[element.tag]] += 1


def _has_text(element: Any) -> bool:
    return any((e.text or "").strip() for e in element.iter(*_TEXT_TAGS) if e.tag != f"{W}instrText")


def _choose_alternatives(root: Any) -> None:
    """Of a drawing that is there twice (for newer and older programs) the first with text stays, else the first."""
    for both in list(root.iter(f"{MC}AlternateContent")):
        choices = [c for c in both if c.tag in (f"{MC}Choice", f"{MC}Fallback")]
        chosen = next((c for c in choices if _has_text(c)), choices[0] if choices else None)
        parent = both.getparent()
        if parent is None:
            continue
        at = parent.index(both)
        for child in reversed(list(chosen) if chosen is not None else []):
            parent.insert(at, child)
        parent.remove(both)


def _lift_text_box(box: Any) -> None:
    """The paragraphs of an old text box come behind the paragraph it hangs on."""
    home = box.getparent()
    while home is not None and home.tag != f"{W}p":
        home = home.getparent()
    if home is None:
        return
    for paragraph in reversed([p for content in box.iter(f"{W}txbxContent") for p in content]):
        home.addnext(paragraph)


def _show_choices(root: Any) -> None:
    """What a form's list shows is text on the page, though the file keeps it apart."""
    for field in list(root.iter(f"{W}ddList")):
        entries = [e.get(f"{W}val", "") for e in field.iter(f"{W}listEntry")]
        chosen = next((e.get(f"{W}val", "0") for e in field.iter(f"{W}result", f"{W}default")), "0")
        at = int(chosen) if chosen.isdigit() else 0
        run = field.getparent()
        while run is not None and run.tag != f"{W}r":
            run = run.getparent()
        if run is not None and at < len(entries):
            shown = run.makeelement(f"{W}t", {})
            shown.text = entries[at]
            run.append(shown)


def _drop_fields(root: Any) -> None:
    """Field codes may say anything; page numbers stay fields, of the others the text they show stays."""
    for paragraph in root.iter(f"{W}p"):
        codes = list(paragraph.iter(f"{W}instrText"))
        if codes and _PAGE_FIELD.fullmatch("".join(c.text or "" for c in codes)):
            continue
        for element in [*codes, *paragraph.iter(f"{W}fldChar")]:
            drop(element)


def drop(element: Any) -> None:
    """Remove an element; text behind it is no part of it."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _unwrap(element: Any) -> None:
    """Put an element's children in its place; its own properties go."""
    parent = element.getparent()
    if parent is None:
        return
    at = parent.index(element)
    for child in reversed(list(element)):
        parent.insert(at, child)
    parent.remove(element)


def _clean_attributes(element: Any) -> None:
    if not isinstance(element.tag, str):
        return
    for key, value in list(element.attrib.items()):
        name = key.rsplit("}", 1)[-1]
        if element.tag == f"{W}lvlText" and name == "val":
            element.set(key, level_text(value))
        elif name.startswith("rsid") or (not is_safe(name, value) and not _is_style(element, name)):
            if name in rules().emptied:
                element.set(key, "")
            else:
                del element.attrib[key]


def _is_style(element: Any, name: str) -> bool:
    """Names and references of styles are given new values later (docx_styles)."""
    return (name == "styleId" and element.tag == f"{W}style") or (name == "val" and element.tag in STYLE_TAGS)


STYLE_TAGS = frozenset(
    f"{W}{name}" for name in "pStyle rStyle tblStyle basedOn next link styleLink numStyleLink name".split()
)


def clean_settings(root: Any) -> None:
    """Of the settings only what changes the look."""
    for child in list(root):
        if child.tag not in rules().elements:
            drop(child)


def _clean_properties(document: Any) -> None:
    """Empty every core property; dates say when somebody worked on it."""
    from datetime import datetime

    properties = document.core_properties
    for name in _text_properties():
        setattr(properties, name, "")
    properties.revision = 1
    for name in ("created", "modified", "last_printed"):
        setattr(properties, name, datetime(2000, 1, 1))


def _text_properties() -> Iterator[str]:
    yield from (
        "author category comments content_status identifier keywords language last_modified_by subject title version"
    ).split()
