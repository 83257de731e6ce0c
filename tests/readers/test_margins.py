"""Where programs and people put who speaks: every layout gives the same speakers, and the words without them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import readers
from pipeline.readers import Replacements

LAYOUTS = {
    "Otter": "Ruth Haldane  0:03  \nThank you.\n\nTom Whitcombe  0:09  \nMorning Ruth.\n\nRuth Haldane  0:12  \nYes.\n",
    "Zoom": "[Ruth Haldane] 12:01:02\nThank you.\n\n[Tom Whitcombe] 12:01:09\nMorning Ruth.\n\n[Ruth Haldane] 12:01:12\nYes.\n",
    "names on their lines": "Ruth Haldane\nThank you.\n\nTom Whitcombe\nMorning Ruth.\n\nRuth Haldane\nYes.\n",
    "Word Transcribe": "00:00:03 Ruth Haldane\nThank you.\n00:00:09 Tom Whitcombe\nMorning Ruth.\n00:00:12 Ruth Haldane\nYes.\n",
    "live captions": ">> Ruth Haldane: Thank you.\n>>Tom Whitcombe: Morning Ruth.\n>>> Ruth Haldane: Yes.\n",
    "tabs": "Ruth Haldane\tThank you.\nTom Whitcombe\tMorning Ruth.\nRuth Haldane\tYes.\n",
    "times and tabs": "00:03\tRuth Haldane\tThank you.\n00:09\tTom Whitcombe\tMorning Ruth.\n00:12\tRuth Haldane\tYes.\n",
    "MAXQDA": "[0:00:12.3] Ruth Haldane: Thank you. [0:00:14.3]\n[0:00:15.3] Tom Whitcombe: Morning Ruth.\n[0:00:16.0] Ruth Haldane: Yes.\n",
    "f4": "Ruth Haldane: Thank you. #00:00:04-1#\nTom Whitcombe: Morning Ruth. #00:00:09-3#\nRuth Haldane: Yes. #00:00:12-7#\n",
    "Rev": "Ruth Haldane (00:12):\nThank you.\nTom Whitcombe (00:15):\nMorning Ruth.\nRuth Haldane (00:17):\nYes.\n",
    "frames": "00:00:01:12 Ruth Haldane: Thank you.\n00:00:05:03 Tom Whitcombe: Morning Ruth.\n00:00:07:01 Ruth Haldane: Yes.\n",
    "Sonix": "Ruth Haldane: [00:00:03] Thank you.\nTom Whitcombe: [00:00:05] Morning Ruth.\nRuth Haldane: [00:00:09] Yes.\n",
    "numbered lines": "1 Ruth Haldane: Thank you.\n2 Tom Whitcombe: Morning Ruth.\n3 Ruth Haldane: Yes.\n",
    "no-break spaces": "Ruth\u00a0Haldane:\u00a0Thank you.\nTom\u00a0Whitcombe: Morning Ruth.\nRuth\u00a0Haldane: Yes.\n",
    "zero-width marks": "\u200bRuth Haldane: Thank you.\n\u200eTom Whitcombe: Morning Ruth.\nRuth Haldane: Yes.\n",
    "initials behind": "Ruth Haldane (RH): Thank you.\nTom Whitcombe (TW): Morning Ruth.\nRuth Haldane (RH): Yes.\n",
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_speakers_and_words_are_told_apart(layout: str) -> None:
    """Three turns of two people, and nothing of a margin or a time stamp among the words."""
    source = readers.read_bytes(LAYOUTS[layout].encode(), Path("a.txt"))
    assert [(u.participant, u.text.strip()) for u in source.utterances] == [
        ("Ruth Haldane", "Thank you."), ("Tom Whitcombe", "Morning Ruth."), ("Ruth Haldane", "Yes."),
    ]  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_comes_back_with_codes(layout: str) -> None:
    """Unchanged where nobody is renamed; with codes, nothing else is different and no initial stays."""
    data = LAYOUTS[layout].encode()
    assert readers.read_bytes(data, Path("a.txt")).render({}, Replacements({})) == data
    codes = {"Ruth Haldane": "P01", "Tom Whitcombe": "P02"}
    out = readers.read_bytes(data, Path("a.txt")).render(codes, Replacements({})).decode()
    assert out.count("P01") == 2
    assert not any(word in out for word in ("Haldane", "Whitcombe", "RH", "TW"))


def test_a_heading_swallows_no_word() -> None:
    """A name at the end of a heading and an ordinary word below it are two things."""
    text = (
        "Interview with Ruth Haldane\nGood morning everybody, it is nice to see you all here again today.\n"
    )
    source = readers.read_bytes(text.encode(), Path("a.txt"))
    assert next(u.text for u in source.utterances) == "Interview with Ruth Haldane"


def test_a_time_inside_a_name_stays_and_the_name_goes() -> None:
    """The stamp is passed over by whoever looks, and is there afterwards."""
    source = readers.read_bytes(b"P01: So Mr Ambrose [00:00:12] Thistlewood came.\n", Path("a.txt"))
    (utterance,) = source.utterances
    at = utterance.text.index("Ambrose")
    out = source.render({}, Replacements({0: [(at, at + len("Ambrose Thistlewood"), "[Person 1]")]}))
    assert out == b"P01: So Mr [Person 1] [00:00:12] came.\n"
