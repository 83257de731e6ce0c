"""Labels that stand in a transcript as it comes stay as they are, and nobody else gets them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.cli.main import main
from pipeline.deidentify import redact as deidentifiers
from pipeline.deidentify.given_labels import places_of_labels, without_labels
from pipeline.records import LabelMap, Utterance
from tests.deidentify.fakes import FakeDetector, NoSecondLook

LABELS = (
    "[Person 2]", "[place 7]", "[P02 or P03]", "[Person 2 or 5]", "[Person 2 or P03]", "[Address]", "[Age 30-39]", "[Age 90+]",
    "[Date 1978]", "[Date 17 March 1979]", "[ID]", "[withdrawn]", "[P02 withdrew]", "[NAME]", "[Hospital 3]", "[redacted]",
)  # fmt: skip
OTHERS = ("[Zorlina laughs]", "[Quexley Road]", "[Zorlina 2]", "[]", "[P02 and Zorlina]")


@pytest.mark.parametrize("label", LABELS)
def test_what_is_a_label(label: str) -> None:
    """Ours in every form, and what people write by hand; a text without it is as long as before."""
    text = f"So {label}, then"
    assert places_of_labels(text) == [(3, 3 + len(label))]
    assert without_labels(text) == f"So {'*' * len(label)}, then"


@pytest.mark.parametrize("label", OTHERS)
def test_what_is_none(label: str) -> None:
    """A remark, or a name somebody put in brackets, is looked through like any words."""
    assert places_of_labels(f"So {label}, then") == []


@given(
    st.lists(
        st.one_of(st.sampled_from(LABELS), st.sampled_from(("Zorlina", "Quexley", "left", "at", "2", "7,"))), max_size=14
    )
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_every_label_stays_whatever_is_found(words: list[str]) -> None:
    """Also where a detector takes label words and all between two names for one find."""
    text = " ".join(words)
    finds = {
        text: "PERSON",
        "Zorlina": "PERSON",
        "Person 2": "PERSON",
        "Quexley": "LOCATION",
        "Person": "ORG",
        "2": "ID",
    }
    detector = FakeDetector({k: v for k, v in finds.items() if k})
    engine = deidentifiers.load(detector=detector, second_look=NoSecondLook())
    said = Utterance("P01", 0.0, 1.0, text)
    (done,) = engine.redact([said]).utterances
    left = iter(re.findall(r"\[[^\[\]]*\]", done.text))
    assert all(label in left for label in (w for w in words if w in LABELS))  # in their order
    assert "Zorlina" not in done.text
    assert "Quexley" not in done.text


def test_a_number_that_stands_in_the_text_is_nobody_elses_in_the_study() -> None:
    """Neither in this transcript nor in those that follow; what the study gave itself stays given."""
    engine = deidentifiers.load(
        detector=FakeDetector({"Zorlina": "PERSON", "Brogan": "PERSON"}), second_look=NoSecondLook()
    )
    first = engine.redact([Utterance("P01", 0, 1, "[Person 4] met Zorlina and [P07].")])
    assert first.utterances[0].text == "[Person 4] met [Person 5] and [P07]."
    assert first.labels.retired == ("Person 4",)
    second = engine.redact([Utterance("P01", 0, 1, "Zorlina, [Person 5] and Brogan.")], labels=first.labels)
    assert second.utterances[0].text == "[Person 5], [Person 5] and [Person 6]."
    assert second.labels.retired == ("Person 4",)
    assert engine.redact([Utterance("P01", 0, 1, "Brogan")], labels=LabelMap()).labels.retired == ()


HALF_DONE = """P01 00:00:01
[Person 2] left [Place 7] at 12 Quexley Road yesterday with [P02 or P03] and Zorlina Quexley.

P02 00:00:09
And [Person 2] lives at [Address 1] in [Place 7] and I told [Organisation 3], not [Person 4] 7.
"""


def test_a_transcript_that_is_half_done_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the command, with every recognizer: they read addresses and numbers across labels."""
    monkeypatch.setattr(deidentifiers, "load", cache(deidentifiers.load))
    half, other = tmp_path / "half.txt", tmp_path / "another.txt"
    half.write_text(HALF_DONE, encoding="utf-8")
    other.write_text("P01: Perpetua Oyelaran rang.\nP02: Did she?\n", encoding="utf-8")
    out = tmp_path / "out"
    result = CliRunner().invoke(main, ["redact", str(other), str(half), "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert (out / "half.txt").read_text(encoding="utf-8") == HALF_DONE.replace(
        "12 Quexley Road", "[Address]"
    ).replace("Zorlina Quexley", "[Person 6]")
    assert "[Person 5] rang" in (out / "another.txt").read_text(encoding="utf-8")
