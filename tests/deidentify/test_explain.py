"""Why something is gone, and why something stands: from the recognizer to the span, in words for people."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.deidentify import redact
from pipeline.deidentify.explain import explain, words_for
from pipeline.deidentify.passes import ORDER
from pipeline.models import store
from pipeline.records import Evidence, Person, Redaction, Roster, Utterance
from tests.conftest import ROOT

needs_models = pytest.mark.skipif(
    not (store.installed("en_core_web_md") and store.installed("en_core_web_sm")), reason="needs the models"
)
REGISTRY = (ROOT / "config" / "recognizers.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", re.findall(r"name: (\w+),", REGISTRY))
def test_every_recognizer_is_explained(rule: str) -> None:
    """In words, not by its name in the code."""
    assert rule not in words_for(rule)
    assert "recognizer found it" not in words_for(rule)


def test_what_nobody_described_is_named() -> None:
    """A recognizer a user switched on in the registry."""
    assert words_for("UkNhsRecognizer") == "the uk nhs recognizer found it"


def test_a_phrase_has_rule_note_and_score() -> None:
    """Each piece once, in the order given."""
    seen = Evidence("PostcodeRecognizer", 0.8, "half of one")
    assert explain((seen, Evidence("mentions"), seen)) == (
        "it has the form of a postcode (half of one), score 0.80",
        "the same name, place or number was found elsewhere in this talk",
    )


def test_the_passes_stand_in_one_file_in_the_order_of_the_docs() -> None:
    """What passes.py says first, and the architecture's page, is what is run."""
    said = (ROOT / "pipeline" / "deidentify" / "passes.py").read_text(encoding="utf-8")
    line = next(x for x in said.splitlines() if " -> " in x)
    named = [name.strip() for name in line.split("->")]
    assert [name for name in ORDER if name in named] == named
    docs = Path(ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert line.strip() in docs


@pytest.fixture(scope="module")
def done() -> Redaction:
    """Three turns, the real detector."""
    said = (
        "Hi, I'm Brigitta Abernathy and I take Levothyroxine.",
        "Thanks Brigitta. He has Parkinson's disease, is forty six, and lives in Wellington.",
        "It is like Bell's palsy, says Doctor Parkinson.",
    )
    utterances = [Utterance("P01", float(n), n + 1.0, text) for n, text in enumerate(said)]
    return redact.load().redact(utterances, roster=Roster((Person("P01", "Brigitta Abernathy"),)))


@needs_models
def test_a_span_tells_all_that_spoke_for_it(done: Redaction) -> None:
    """The roster, the other mentions, and that it was taken whole."""
    name = next(s for s in done.spans if s.text == "Brigitta Abernathy")
    rules = [e.rule for e in name.evidence]
    assert rules[0] == name.found_by
    assert {"RosterRecognizer", "mentions"} <= set(rules)
    assert all(0 <= e.score <= 1 for e in name.evidence)
    assert not any(w in " ".join(explain(name.evidence)) for w in ("Brigitta", "Abernathy"))


@needs_models
def test_what_stands_says_why(done: Redaction) -> None:
    """A disease's name looks like a person's, and is kept on purpose."""
    left = {s.text: (s.action, s.reason) for s in done.left}
    places = {(s.utterance, at) for s in done.spans for at in range(s.start_char, s.end_char)}
    assert left["Parkinson"] == ("keep", "a drug, a disease, a test, or the name one of them bears")
    assert not any((s.utterance, s.start_char) in places for s in done.left)
