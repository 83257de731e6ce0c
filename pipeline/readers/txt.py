"""Plain text: lines with a speaker in the margin, or paragraphs without. Layout stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.readers.base import Replacements, put_into
from pipeline.readers.margins import Margin, find_margins, is_clock
from pipeline.records import Utterance


@dataclass(slots=True)
class _Block:
    """Lines that belong together: a margin, and the words behind and below it."""

    lead: str = field(repr=False)
    margin: Margin | None
    text: str = field(repr=False)
    tail: str = ""
    utterance: int | None = None


@dataclass(frozen=True, slots=True)
class TextSource:
    """The blocks of a text, those with words numbered as utterances."""

    utterances: tuple[Utterance, ...] = field(repr=False)
    blocks: tuple[_Block, ...] = field(repr=False)

    def render(self, speakers: Mapping[str, str], replacements: Replacements) -> bytes:
        out = []
        for block in self.blocks:
            lead, margin = block.lead, block.margin
            if margin:
                lead = lead[: margin.start] + speakers.get(margin.name, margin.name) + lead[margin.end :]
            puts = replacements.of(block.utterance) if block.utterance is not None else ()
            out.append(lead + put_into(block.text, puts) + block.tail)
        return "".join(out).encode()


def read(text: str) -> TextSource:
    """Read plain text. Wrapped lines of one paragraph are one utterance, so that a name over a line's end
    is seen whole; a line with a margin begins a new one."""
    lines = text.split("\n")
    blocks = _blocks(lines, find_margins(lines))
    utterances: list[Utterance] = []
    speaker, seconds = "", 0.0
    for block in blocks:
        if block.margin:
            speaker, seconds = block.margin.name, block.margin.seconds or seconds
        if block.text.strip():
            block.utterance = len(utterances)
            utterances.append(Utterance(speaker, seconds, seconds, block.text.replace("\n", " ")))
    return TextSource(tuple(utterances), tuple(blocks))


def _blocks(lines: list[str], margins: list[Margin | None]) -> list[_Block]:
    blocks: list[_Block] = []
    for number, (line, margin) in enumerate(zip(lines, margins, strict=True)):
        end = "\n" if number < len(lines) - 1 else ""
        if margin:
            blocks.append(_Block(line[: margin.text_at], margin, line[margin.text_at :], end))
        elif not line.strip() or is_clock(line):
            blocks.append(_Block(line, None, "", end))
        elif blocks and blocks[-1].text.strip() and blocks[-1].tail == "\n":
            blocks[-1].text += "\n" + line
            blocks[-1].tail = end
        else:
            blocks.append(_Block("", None, line, end))
    return blocks
