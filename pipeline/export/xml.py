"""A thin layer over lxml, and what reproducible files share: fixed times, fixed zip entries."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree

Element = Any  # lxml's element class is private

# The earliest date a zip entry can carry. Files say when a person verified them, or this.
NO_DATE = "1980-01-01T00:00:00Z"
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(?:\.\d+)?(Z|[+-]\d\d:\d\d)?)?")


def new_root(tag: str, attributes: Mapping[str, str], namespaces: Mapping[Any, str]) -> Element:
    """A document's root element."""
    return etree.Element(tag, dict(attributes), nsmap=dict(namespaces))


def sub(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    """Add a child in the parent's namespace."""
    namespace = etree.QName(parent).namespace
    child = etree.SubElement(parent, f"{{{namespace}}}{tag}" if namespace else tag, attributes)
    child.text = text
    return child


def to_bytes(root: Element) -> bytes:
    """The document as UTF-8 XML, one element a line where no text is."""
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return data


def when(date: str) -> str:
    """A date as xsd:dateTime; NO_DATE for what is none, so that a file's bytes never depend on the clock."""
    m = _DATE.fullmatch(date)
    return f"{m[1]}T{m[2] or '00:00'}{m[3] or ':00'}{m[4] or 'Z'}" if m else NO_DATE


def zip_bytes(entries: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip whose bytes depend on names and contents alone."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, data in entries:
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            entry.create_system = 3
            archive.writestr(entry, data)
    return target.getvalue()


def repack(data: bytes) -> bytes:
    """A zip made by a library, with its dates taken out."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return zip_bytes((info.filename, archive.read(info)) for info in archive.infolist())
