"""The cases of tests/data/rules, each file one kind of thing: what goes, what stays, under which label.

Every case goes the way `session-deid redact` goes: margins, detection, policy, labels, second look. A case gives
`turns` ("A: words"), maybe a `roster` (rows of code, name, nicknames), and of the outcome any of

    gone      words that stand nowhere in the result
    kept      passages that stand in it unchanged
    labels    {words: the label's beginning}, for the first find over those words
    apart     pairs of words whose labels differ
    together  pairs of words whose labels are the same
    asked     words about which a person is asked
    unasked   words about which nobody is asked
    by        {words: a recognizer or pass that speaks for the find over them}

`rule` names the recognizer or pass the case stands for: each has at least one. With `decides` the case must go wrong
without that rule, even if its words are not asked for by name: so it is known what the rule is for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.deidentify import redact
from pipeline.deidentify.detect import Detector
from pipeline.deidentify.findings import Findings
from pipeline.deidentify.passes import ORDER
from pipeline.deidentify.speakers_named import name_speakers
from pipeline.models import store
from pipeline.records import Person, Redaction, Roster, Span, Utterance
from tests.conftest import ROOT

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

    for words in case.get("unasked", ()):
        assert not any(words in s.text for s in done.spans), f"{words!r} is found or asked about: {text!r}"
    for words, rule in case.get("by", {}).items():
        assert rule in rules_for(done, words), f"{rule} is silent about {words!r}: {rules_for(done, words)}"


def rules_for(done: Redaction, words: str) -> set[str]:
    """Everything that spoke for the finds over these words."""
    return {e.rule for s in done.spans if words in s.text for e in s.evidence}


# A word's sound is needed where a name was heard as another word: tests/deidentify/recognizers/test_heard_names.py.
# A number heard faintly is told of in test_detect.py.
OF_SOUND = {"HeardNameRecognizer", "doubt faint numbers"}
# These leave no trace of their own in a transcript, or have their cases under what they do.
WITHOUT_CASES = {"read", "recognise", "replace", "judge classes", "doubt faint numbers"}


@needs_models
@pytest.mark.parametrize("case", [c for c in CASES if c.values[0].get("decides")])
def test_without_its_rule_the_case_goes_wrong(
    case: dict[str, Any], deidentifier: redact.Deidentifier
) -> None:
    """A rule that decides nothing has no worth."""
    detector = deidentifier.detector
    assert isinstance(detector, Detector)
    without = replace(deidentifier, detector=Without(detector, case["rule"]))
    outcome = {key: value for key, value in case.items() if key != "by"}
    with pytest.raises(AssertionError):
        test_the_case_comes_out_as_its_file_says(outcome, without)


@dataclass
class Without:
    """The detector without one rule."""

    detector: Detector
    rule: str

    def find(self, utterances: Sequence[Utterance], roster: Roster | None = None) -> tuple[Span, ...]:
        return self.examine(utterances, roster).spans

    def examine(self, utterances: Sequence[Utterance], roster: Roster | None = None) -> Findings:
        found, view = self.detector.recognise(utterances, roster)
        return self.detector.settle(found, view, {self.rule}) if view else Findings(())


def test_every_recognizer_and_pass_has_a_case() -> None:
    """As data, so that what a rule is for can be read."""
    registry = (ROOT / "config" / "recognizers.yaml").read_text(encoding="utf-8")
    rules = {*re.findall(r"name: (\w+),", registry), *ORDER} - OF_SOUND - WITHOUT_CASES
    assert rules - {case.values[0].get("rule") for case in CASES} == set()


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
