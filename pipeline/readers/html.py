"""HTML pages with a transcript, noScribe's own among them: text is replaced in place, simple formatting stays.

noScribe keeps a stretch's times and speaker in an anchor, <a name="ts_START_END_SPEAKER">: times stay, a named
speaker goes. Scripts, style sheets, pictures, forms, links' targets, comments, titles and what the head says go.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.errors import TranscriptFormatError
from pipeline.readers.base import Replacements, Segment
from pipeline.readers.leaving_out import left_out
from pipeline.readers.leftovers import Replaced
from pipeline.readers.lines import Line, Script, Slot
from pipeline.resources import config_path

_ANCHOR = re.compile(r"ts_(?P<start>\d+)_(?P<end>\d+)(?:_(?P<speaker>.*))?")
_STYLE = re.compile(r"(?:\s*[a-z-]+\s*:\s*[a-z0-9#.,%()' -]+;?)*\s*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # no page may hold these
_REFERENCE = re.compile(r"&#([xX][0-9a-fA-F]{1,8}|\d{1,10});?")
_LONE = "\N{REPLACEMENT CHARACTER}"
_VALUE = re.compile(r"[a-z]+|-?[\d.]+(?:px|em|pt|%)?|[a-z]{2,3}(?:-[A-Za-z0-9]+)?")


@dataclass(frozen=True, slots=True)
class HtmlLayout:
    """The page, and its lines."""

    root: Any = field(repr=False)
    script: Script = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def segments(self) -> tuple[Segment, ...]:
        return self.script.segments

    def write(self, speakers: Mapping[str, str], puts: Replacements) -> bytes:
        from lxml import html

        gone = [s.text[a:b] for i, s in enumerate(self.segments) for a, b, _ in puts.of(i)]
        replaced = Replaced([*gone, *(old for old, new in speakers.items() if old != new)])
        self.script.put(speakers, puts)
        for line in self.script.lines:
            for slot in line.slots:
                if slot.new is not None:
                    element, where = slot.place
                    setattr(element, where, slot.new)
        for element in self.root.iter():
            for key, value in list(element.attrib.items()):
                if replaced.stands_in(value):
                    del element.attrib[key]
        page: str = html.tostring(self.root, encoding="unicode", doctype="<!DOCTYPE html>")
        return page.encode() + b"\n"


def read(text: str, path: Path, notes: Sequence[str] = ()) -> HtmlLayout:
    """Read a page; raises TranscriptFormatError when it is none."""
    from lxml import etree, html

    text = _REFERENCE.sub(_referred, _CONTROL.sub(_LONE, text))
    try:
        parser = html.HTMLParser(remove_comments=True, remove_pis=True, no_network=True, encoding="utf-8")
        root = html.document_fromstring(text.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise TranscriptFormatError(file=path, why="it is no HTML page") from None
    if "<" not in text:
        raise TranscriptFormatError(file=path, why="it is no HTML page")
    times: dict[Any, tuple[float, float]] = {}
    taken = _clean(root, times)
    told = left_out({f"elements of the kind {name}": count for name, count in taken.items()})
    return HtmlLayout(root, Script(_Walk(times).lines(root)), (*notes, *told))


def _referred(m: re.Match[str]) -> str:
    """A reference to a character, without those that no page may hold."""
    digits = m[1]
    number = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    legal = number <= 0x10FFFF and not 0xD800 <= number < 0xE000 and not _CONTROL.match(chr(number))
    return m[0] if legal else _LONE


@cache
def _rules() -> dict[str, frozenset[str]]:
    with config_path("readers", "html.toml").open("rb") as file:
        table = tomllib.load(file)
    return {k: frozenset(v.split() if isinstance(v, str) else v) for k, v in table.items()}


def _clean(root: Any, times: dict[Any, tuple[float, float]]) -> Counter[str]:
    rules, taken = _rules(), Counter[str]()
    for element in list(root.iter()):
        if element is not root and element.getparent() is None:
            continue
        if element.tag == "head":
            _clean_head(element)
        elif element.tag in rules["dropped"]:
            taken[element.tag] += 1
            element.drop_tree()
        elif element.tag not in rules["blocks"] | rules["inline"] and element.tag not in ("meta", "title"):
            element.drop_tag()
        else:
            _clean_attributes(element, times)
    return taken


def _clean_head(head: Any) -> None:
    """Only what says how the page is written."""
    for child in list(head):
        head.remove(child)
    head.text = None
    meta = head.makeelement("meta", {"charset": "utf-8"})
    head.append(meta)


def _clean_attributes(element: Any, times: dict[Any, tuple[float, float]]) -> None:
    anchor = _ANCHOR.fullmatch(element.get("name") or "") if element.tag == "a" else None
    for key, value in list(element.attrib.items()):
        safe = _STYLE if key == "style" else _VALUE
        if element.tag != "meta" and (key not in _rules()["attributes"] or not safe.fullmatch(value)):
            del element.attrib[key]
    if anchor:
        start, end = int(anchor["start"]), int(anchor["end"])
        times[element] = (start / 1000, end / 1000)
        element.set("name", f"ts_{start}_{end}")


class _Walk:
    """Text nodes in order, a line for each block and each <br>."""

    def __init__(self, times: Mapping[Any, tuple[float, float]]) -> None:
        self._times = times
        self._lines: list[Line] = [Line([])]

    def lines(self, root: Any) -> list[Line]:
        """The lines of a page."""
        body = root.find("body")
        self._walk(body if body is not None else root)
        return [line for line in self._lines if line.slots]

    def _walk(self, element: Any) -> None:
        waiting: list[tuple[Any, bool]] = [(element, False)]
        while waiting:  # pages may be nested deeper than Python's stack
            node, done = waiting.pop()
            block = node.tag in _rules()["blocks"] or node.tag == "br"
            if done:
                if block:
                    self._break()
                if node is not element and node.tail:
                    self._add(node, "tail")
                continue
            if block:
                self._break()
            if node in self._times:
                self._lines[-1].start, self._lines[-1].end = self._merged(node)
            if node.text:
                self._add(node, "text")
            waiting.append((node, True))
            waiting.extend((child, False) for child in reversed(node))

    def _merged(self, node: Any) -> tuple[float, float]:
        start, end = self._times[node]
        line = self._lines[-1]
        return (start if line.start is None else line.start), end

    def _break(self) -> None:
        if self._lines[-1].slots or self._lines[-1].start is not None:
            self._lines.append(Line([]))

    def _add(self, node: Any, where: str) -> None:
        self._lines[-1].slots.append(Slot(getattr(node, where), (node, where)))
