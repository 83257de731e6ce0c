"""Rich Text Format taken apart: groups, control words, runs of characters (Word 2007 RTF Specification 1.9.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pipeline.readers.lines import Slot

_TOKEN = re.compile(
    r"(?P<open>\{)|(?P<close>\})|\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})?[ ]?|\\'(?P<hex>[0-9a-fA-F]{2})"
    r"|\\(?P<symbol>[^a-zA-Z'])|(?P<end>[\r\n]+)|(?P<text>[^\\{}\r\n]+)"
)
# Character sets of fonts, as code pages.
CHARSETS = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "big5", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
CHARACTERS = {
    "tab": "\t", "emdash": "—", "endash": "–", "emspace": "\u2003", "enspace": "\u2002", "lquote": "‘", "rquote": "’",
    "ldblquote": "“", "rdblquote": "”", "bullet": "•", "zwj": "\u200d", "zwnj": "\u200c", "ltrmark": "\u200e",
    "rtlmark": "\u200f",
}  # fmt: skip
SYMBOLS = {
    "~": "\N{NO-BREAK SPACE}",
    "_": "\N{NON-BREAKING HYPHEN}",
    "-": "\N{SOFT HYPHEN}",
    "\\": "\\",
    "{": "{",
    "}": "}",
}
PARAGRAPH_ENDS = frozenset("par line row cell nestcell nestrow page sect column".split())
# Groups that may stay, with what is in them; of others that begin so, nothing stays.
KEPT_TABLES = frozenset(["fonttbl", "colortbl"])
DROPPED = frozenset(
    "info pict object annotation atnid atnauthor atndate atnref atrfstart atrfend atntime atnparent atnicn xe tc stylesheet "
    "bkmkstart bkmkend fldinst template filetbl listtable listoverridetable revtbl rsidtbl userprops docvar themedata "
    "colorschememapping datastore latentstyles generator pnseclvl private xmlnstbl password mmathPr".split()
)
# Control words that tell who changed what, and of styles whose table is dropped.
_LEFT_OUT = frozenset("revised revauth revdttm revauthdel revdttmdel cs s ds ts".split())
TOLD = {"pict": "pictures", "object": "embedded files", "annotation": "comments"}


def _first_word(behind: list[re.Match[str]]) -> tuple[bool, str | None]:
    """Whether a group begins with a star (what may be dropped unread), and its first control word."""
    starred = bool(behind) and behind[0]["symbol"] == "*"
    first = next(iter(behind[1:] or behind if starred else behind), None)
    return starred, first["word"] if first is not None else None


@dataclass(slots=True)
class State:
    """What holds inside a group."""

    skip: int = 1  # characters behind \\u that stand for it
    codec: str = "cp1252"
    deleted: bool = False


@dataclass(slots=True)
class Tokens:
    """The tokens of a file that stay: strings of mark-up, slots of text, None for a paragraph's end."""

    items: list[str | Slot | None] = field(default_factory=list, repr=False)
    taken: dict[str, int] = field(default_factory=dict)
    boxes: int = 0
    deleted: int = 0


class Taker:
    """Takes a file apart."""

    def __init__(self, text: str) -> None:
        self.found = Tokens()
        self._text = text
        self._states = [State()]
        self._fonts: dict[int, str] = {}
        self._font = 0
        self._pending = bytearray()
        self._to_skip = 0

    def take(self) -> Tokens:
        """All of it; raises ValueError when its groups do not close."""
        matches = list(_TOKEN.finditer(self._text))
        at = 0
        while at < len(matches):
            m = matches[at]
            if m["open"]:
                end = self._group(matches, at)
                if end:
                    at = end
                    continue
                self._put("{")
                self._states.append(replace(self._states[-1]))
            elif m["close"]:
                if len(self._states) == 1:
                    raise ValueError
                self._put("}")
                self._states.pop()
            else:
                self._one(m)
            at += 1
        if len(self._states) != 1:
            raise ValueError
        self._flush()
        for item in self.found.items:
            if isinstance(item, Slot):  # a letter beyond the first plane is written as two halves
                item.text = item.text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return self.found

    def _group(self, matches: list[re.Match[str]], at: int) -> int:
        """The place behind a group that is kept whole or dropped; 0 for one that is read."""
        starred, word = _first_word([m for m in matches[at + 1 : at + 4] if not m["end"]])
        if word is None or not (starred or word in DROPPED or word in KEPT_TABLES):
            return 0
        end = _end_of(matches, at)
        if word in KEPT_TABLES and not starred:
            whole = self._text[matches[at].start() : matches[end - 1].end()]
            self._read_fonts(whole)
            self._put(whole if word == "colortbl" else _fonts_without_names(whole))
        else:
            self.found.taken[word] = self.found.taken.get(word, 0) + (word in TOLD)
            self.found.boxes += any(m["word"] == "shptxt" for m in matches[at:end])
        return end

    def _read_fonts(self, table: str) -> None:
        for number, charset in re.findall(r"\\f(\d+)\b[^{};]*?\\fcharset(\d+)", table):
            self._fonts[int(number)] = CHARSETS.get(int(charset), "cp1252")

    def _one(self, m: re.Match[str]) -> None:
        if m["hex"] is not None:
            if not self._skipped():
                self._pending.append(int(m["hex"], 16))
        elif m["text"] is not None:
            text = m["text"]
            while text and self._skipped():
                text = text[1:]
            self._add(text)
        elif m["symbol"] is not None:
            self._symbol(m["symbol"])
        elif m["word"] is not None:
            self._word(m)

    def _symbol(self, symbol: str) -> None:
        if symbol in "\r\n":
            self._end_paragraph("\\par ")
        elif symbol in SYMBOLS and not self._skipped():
            self._add(SYMBOLS[symbol])

    def _word(self, m: re.Match[str]) -> None:
        word, number = m["word"], int(m["number"]) if m["number"] is not None else None
        state = self._states[-1]
        if word == "u" and number is not None:
            self._add(chr(number % 0x10000))
            self._to_skip = state.skip
        elif word == "uc":
            state.skip = number or 0
        elif word in CHARACTERS:
            if not self._skipped():
                self._add(CHARACTERS[word])
        elif word in PARAGRAPH_ENDS:
            self._end_paragraph(m[0])
        elif word == "deleted":
            state.deleted = number != 0
        else:
            self._flush()
            state.codec = self._codec_of(word, number, state.codec)
            if word not in _LEFT_OUT:
                self._put(m[0] if m[0].endswith(" ") else f"{m[0]} ")

    def _codec_of(self, word: str, number: int | None, before: str) -> str:
        """How letters are written from here on."""
        if word == "f":
            return self._fonts.get(number or 0, before)
        return f"cp{number}" if word == "ansicpg" and number else before

    def _skipped(self) -> bool:
        """True for a character that only stands for a Unicode one before it."""
        if self._to_skip:
            self._to_skip -= 1
            return True
        return False

    def _add(self, text: str) -> None:
        if not text:
            return
        self._flush()
        if self._states[-1].deleted:
            self.found.deleted += 1
            return
        last = self.found.items[-1] if self.found.items else None
        if isinstance(last, Slot):
            last.text += text
        else:
            self.found.items.append(Slot(text, place=True))

    def _flush(self) -> None:
        """Bytes of a code page, which may take two for a letter, become characters."""
        if self._pending:
            data, self._pending = bytes(self._pending), bytearray()
            try:
                text = data.decode(self._states[-1].codec)
            except (UnicodeDecodeError, LookupError):
                text = data.decode("cp1252", errors="replace")
            self._add(text)

    def _put(self, markup: str) -> None:
        self._flush()
        self.found.items.append(markup)

    def _end_paragraph(self, markup: str) -> None:
        self._put(markup if markup.endswith(" ") else f"{markup} ")
        self.found.items.append(None)


def _end_of(matches: list[re.Match[str]], at: int) -> int:
    """The place behind the group that opens here."""
    depth = 0
    for number in range(at, len(matches)):
        depth += bool(matches[number]["open"]) - bool(matches[number]["close"])
        if not depth:
            return number + 1
    raise ValueError


def _fonts_without_names(table: str) -> str:
    """Fonts keep their plain names alone (alternatives and comments may say anything)."""
    inner = re.sub(r"\{\\\*[^{}]*\}", "", table)
    return re.sub(r" ([^\\{};]{1,60})(?=;)", lambda m: f" {re.sub(r'[^A-Za-z0-9 -]', '', m[1])}", inner)


def written(text: str) -> Iterator[str]:
    """Characters as RTF writes them."""
    for char in text:
        if char in "\\{}":
            yield f"\\{char}"
        elif char == "\t":
            yield "\\tab "
        elif ord(char) < 128:
            yield char
        else:
            units = char.encode("utf-16-le")
            for at in range(0, len(units), 2):
                unit = int.from_bytes(units[at : at + 2], "little")
                yield f"\\u{unit - 0x10000 if unit > 0x7FFF else unit}?"
