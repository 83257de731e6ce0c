"""Texts for people that are written into the page's scripts and templates instead of into its catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser

from pipeline.web.pages import HERE
from pipeline.web.texts import catalogue

_WORDS = re.compile(r"[A-Za-zÀ-ž]{2,}")
_CODE = re.compile(
    r"[a-z0-9_.,:*/=@+&?\\-]*|[a-z]+(?:[A-Z][a-z]+)+"
)  # a key, a class, an address; a name in the code
# The browser's own names of keys, events and things, and what is said alike in every language.
_OWN = re.compile(
    r"Arrow(?:Up|Down|Left|Right)|Escape|Esc|Enter|Space|Home|End|Page(?:Up|Down)|Tab|Ctrl|AbortError|[A-Z]{2,}|use strict|SHA-256|"
    r"session-deid|(?:[kMG]?B)"
)
# What stands before a string that is no text for people: a selector, a style, another module.
_INNER = re.compile(
    r"(?:(?:querySelector|querySelectorAll|closest|matches|matchMedia|getPropertyValue)(?:\?\.)?\(|font = |style\.\w+ = |class: |from |import )$"
)
_BEFORE_REGULAR = re.compile(r"(?:[(,=:!&|?{};\[]|^|\breturn)\s*$")
_ATTRIBUTES = {"aria-label", "title", "alt", "placeholder", "aria-description", "aria-roledescription"}


def untold_in_script(source: str) -> list[str]:
    """Strings of a script that are text for people and no key of the catalogue; a hole of a template is "…"."""
    return [
        text
        for before, text in _Script(source).strings()
        if _is_for_people(text) and not _INNER.search(before)
    ]


def _is_for_people(text: str) -> bool:
    plain = text.replace("…", " ").strip()
    if text in catalogue("en") or text.startswith(("/", "./", "#", ".", "[")) or not _WORDS.search(plain):
        return False
    words = plain.split()
    if all(_OWN.fullmatch(word) for word in words) or set(words) <= _classes():
        return False
    return _CODE.fullmatch(text.replace("…", "")) is None


@cache
def _classes() -> frozenset[str]:
    """The names of the style sheets' classes: strings of them are no text."""
    sheets = "".join(path.read_text(encoding="utf-8") for path in (HERE / "static").glob("*.css"))
    return (
        frozenset(re.findall(r"\.([a-zA-Z][\w-]*)", sheets)) | {f"p{n}" for n in range(10)} | {"p", "quiet"}
    )


class _Script:
    """Reads JavaScript as far as needed to tell strings, templates, comments and regular expressions apart."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0

    def strings(self, end: str = "") -> Iterator[tuple[str, str]]:
        """Each string with the code before it, up to `end` at this depth."""
        depth = 0
        while self.at < len(self.source):
            here, two = self.source[self.at], self.source[self.at : self.at + 2]
            if here == end and depth == 0:
                self.at += 1
                return
            depth += (here == "{") - (here == "}")
            if two == "//":
                self._skip_to("\n")
            elif two == "/*":
                self._skip_to("*/")
            elif here in "\"'":
                before = self.source[max(0, self.at - 40) : self.at]
                yield before, self._quoted(here)
            elif here == "`":
                yield from self._template()
            elif here == "/" and _BEFORE_REGULAR.search(self.source[: self.at]):
                self._regular()
            else:
                self.at += 1

    def _skip_to(self, end: str) -> None:
        found = self.source.find(end, self.at)
        self.at = len(self.source) if found < 0 else found + len(end)

    def _quoted(self, mark: str) -> str:
        start = self.at + 1
        self.at = start
        while self.source[self.at] != mark:
            self.at += 2 if self.source[self.at] == "\\" else 1
        self.at += 1
        return self.source[start : self.at - 1]

    def _template(self) -> Iterator[tuple[str, str]]:
        before, text = self.source[max(0, self.at - 40) : self.at], ""
        self.at += 1
        while self.source[self.at] != "`":
            if self.source.startswith("${", self.at):
                self.at += 2
                yield from self.strings(end="}")
                text += "…"
            else:
                step = 2 if self.source[self.at] == "\\" else 1
                text += self.source[self.at : self.at + step]
                self.at += step
        self.at += 1
        yield before, text

    def _regular(self) -> None:
        inside = False
        self.at += 1
        while self.source[self.at] != "/" or inside:
            inside = {"[": True, "]": False}.get(self.source[self.at], inside)
            self.at += 2 if self.source[self.at] == "\\" else 1
        self.at += 1


class _Template(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside.append(tag)
        self.found += [value for name, value in attrs if name in _ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            del self.inside[len(self.inside) - 1 - self.inside[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        if self.inside[-1:] != ["kbd"]:  # the name of a key
            self.found.append(data.strip())


def untold_in_template(source: str) -> list[str]:
    """Text and described attributes of a template that do not come from `say`."""
    reader = _Template()
    reader.feed(re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", "", source, flags=re.DOTALL))
    return [text for text in reader.found if _WORDS.search(text.replace("session-deid", ""))]
