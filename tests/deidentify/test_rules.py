"""The cases of tests/data/rules, each file one kind of thing: what goes, what stays, under which label.

Every case goes the way `session-deid redact` goes: margins, detection, policy, labels, second look. A case gives
`turns` ("A: words"), maybe a `roster` (rows of code, name, nicknames), and of the outcome any of

    gone      words that stand nowhere in the result
    kept      passages that stand in it unchanged
    labels    {words: the label's beginning}, for the first find over those words
    apart     pairs of words whose labels differ
    together  pairs of words whose labels are the same
    asked     words about which a person is asked
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.deidentify import redact
from pipeline.deidentify.speakers_named import name_speakers
from pipeline.models import store
from pipeline.records import Person, Redaction, Roster, Utterance

RULES = Path(__file__).parents[1] / "data" / "rules"
CASES = [
    pytest.param(case, id=f"{file.stem}-{number}")
    for file in sorted(RULES.glob("*.json"))
    for number, case in enumerate(json.loads(file.read_text(encoding="utf-8")), 1)
]
needs_models = pytest.mark.skipif(
    not (store.installed("en_core_web_md") and store.installed("en_core_web_sm")), reason="needs the models"
)


@pytest.fixture(scope="module")
def deidentifier() -> redact.Deidentifier:
    """Loaded once for all cases."""
    return redact.load()


@needs_models
@pytest.mark.parametrize("case", CASES)
def test_the_case_comes_out_as_its_file_says(case: dict[str, Any], deidentifier: redact.Deidentifier) -> None:
    done = run(case, deidentifier)
    text = "\n".join(u.text for u in done.utterances)
    for words in case.get("gone", ()):
        assert words not in text, f"{words!r} is left in {text!r}"
    for words in case.get("kept", ()):
        assert words in text, f"{words!r} is not kept in {text!r}"
    for words, label in case.get("labels", {}).items():
        assert label_of(done, words).startswith(label), f"{words!r} is {label_of(done, words)!r}: {text!r}"
    for one, other in case.get("apart", ()):
        assert label_of(done, one) != label_of(done, other), f"{one!r} and {other!r} are one: {text!r}"
    for one, other in case.get("together", ()):
        assert label_of(done, one) == label_of(done, other), f"{one!r} and {other!r} are two: {text!r}"
    for words in case.get("asked", ()):
        assert any(words in s.text and s.uncertain for s in done.spans), (
            f"nobody is asked about {words!r}: {text!r}"
        )


def run(case: dict[str, Any], deidentifier: redact.Deidentifier) -> Redaction:
    """The case's talk, redacted."""
    people = tuple(
        Person(code, name, tuple(n for n in "".join(nicknames).split(";") if n))
        for code, name, *nicknames in case.get("roster", ())
    )
    roster = Roster(people, sites=tuple(case.get("sites", ())), staff=tuple(case.get("staff", ())))
    said = [turn.split(": ", 1) for turn in case["turns"]]
    named = name_speakers([speaker for speaker, _ in said], roster)
    utterances = [Utterance(s, float(n), n + 1.0, text) for n, (s, text) in enumerate(said)]
    return deidentifier.redact(named.rename(utterances), roster=named.roster, labels=named.labels)


def label_of(done: Redaction, words: str) -> str:
    """What stands for the first find that holds these words."""
    found = [s for s in done.spans if words in s.text and s.replacement]
    assert found, f"{words!r} was not replaced"
    return found[0].replacement.strip("[]")
