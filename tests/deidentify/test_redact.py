"""De-identification of a transcript, with a fake detector: decide, label, replace, fail closed."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.deidentify import redact as deidentifiers
from pipeline.deidentify.redact import Deidentifier
from pipeline.errors import ModelMissingError
from pipeline.records import LabelMap, Person, Roster, Span, Utterance, Word, to_json
from pipeline.transcribe.hinted import hinted_words, settle
from tests.deidentify.fakes import FakeDetector, NoSecondLook

ROSTER = Roster((Person("P01", "Ximena Quillfeather", ("Mena",)),))


def load(detector: object, **choices: object) -> Deidentifier:
    return deidentifiers.load(detector=detector, second_look=NoSecondLook(), **choices)  # type: ignore[arg-type]


def talk(*texts: str) -> tuple[Utterance, ...]:
    return tuple(Utterance(f"P{i % 3:02}", i, i + 1, text) for i, text in enumerate(texts))


def test_participants_by_code_others_by_number() -> None:
    """Names, places and numbers are replaced each in its way; speakers' codes stay."""
    detector = FakeDetector(
        {"Ximena": "PERSON", "Brogan": "PERSON", "Zelkirk": "LOCATION", "021 555": "PHONE"}
    )
    result = load(detector).redact(
        talk("Ximena, this is Brogan.", "Brogan's from Zelkirk, 021 555."), roster=ROSTER
    )
    assert [u.text for u in result.utterances] == [
        "[P01], this is [Person 1].",
        "[Person 1]'s from [Place 1], [Phone].",
    ]
    assert [u.participant for u in result.utterances] == ["P00", "P01"]
    assert [s.replacement for s in result.spans] == [
        "[P01]",
        "[Person 1]",
        "[Person 1]",
        "[Place 1]",
        "[Phone]",
    ]


def test_words_that_may_be_a_name_get_its_label_and_take_the_name_with_them() -> None:
    """The label is the person's whom the sound speaks for; neither the words heard nor the name are in the result."""
    words = (
        Word(0.0, 0.4, "Thanks,"),
        Word(0.5, 0.9, "meaner.", 0.4, "Mena"),
        Word(1.0, 1.4, "Sit", 0.9, "Mena"),
    )
    utterance = Utterance("P02", 0.0, 1.4, "Thanks, meaner. Sit", words)
    result = load(FakeDetector({"meaner": "PERSON"})).redact((utterance,), roster=ROSTER)
    assert [u.text for u in result.utterances] == ["Thanks, [P01]. Sit"]
    assert not {"Mena", "meaner"} & set(str(to_json(result.utterances[0])).replace('"', " ").split())


def test_spans_point_into_the_original() -> None:
    """Each span's offsets cut its text out of the utterance that was given."""
    utterances = talk("So Brogan's mum met Brogan.")
    result = load(FakeDetector({"Brogan's": "PERSON", "Brogan": "PERSON"})).redact(utterances)
    assert [utterances[s.utterance].text[s.start_char : s.end_char] for s in result.spans] == [
        "Brogan",
        "Brogan",
    ]


def test_ages_become_bands_and_nationality_is_flagged() -> None:
    """The default policy generalises ages and leaves nationality in, flagged for a person."""
    detector = FakeDetector({"forty six": "AGE", "Tongan": "NRP"}, tier="quasi")
    result = load(detector).redact(talk("A Tongan man, forty six."))
    assert result.utterances[0].text == "A Tongan man, [Age 40-49]."
    assert [(s.action, s.uncertain) for s in result.spans] == [("flag", True), ("generalise", False)]


def test_labels_grow_over_a_study() -> None:
    """The map that comes back makes the next session use the same labels."""
    engine = load(FakeDetector({"Brogan": "PERSON", "Zahra": "PERSON"}))
    first = engine.redact(talk("Brogan left."))
    second = engine.redact(talk("Zahra saw Brogan."), labels=first.labels)
    assert second.utterances[0].text == "[Person 2] saw [Person 1]."


def test_no_raw_word_survives_in_words() -> None:
    """Words with times lose what the text loses."""
    words = tuple(Word(i, i + 1, w) for i, w in enumerate(["Then", "Brogan", "Oxley,", "left."]))
    result = load(FakeDetector({"Brogan Oxley": "PERSON"})).redact(
        (Utterance("P01", 0, 4, "Then Brogan Oxley, left.", words),)
    )
    assert [w.text for w in result.utterances[0].words] == ["Then", "[Person 1],", "left."]
    assert "Brogan" not in repr(result)


class Breaks:
    """A detector that breaks on one word, and misreads another's place."""

    def find(self, utterances: Sequence[Utterance], roster: Roster | None = None) -> tuple[Span, ...]:
        if any("crash" in u.text for u in utterances):
            raise RuntimeError("the words are in this message")
        return tuple(
            Span(i, 0, 3, "PERSON", "direct", 0.9, "fake", "???")
            for i, u in enumerate(utterances)
            if "misread" in u.text
        )


def test_an_utterance_the_detector_breaks_on_is_taken_out_whole() -> None:
    """The others go through; the broken one is [Redacted] and asked about, never let through."""
    result = load(Breaks()).redact(talk("fine", "Brogan made it crash", "fine too", "misread this"))
    assert [u.text for u in result.utterances] == ["fine", "[Redacted]", "fine too", "[Redacted]"]
    assert [(s.utterance, s.uncertain) for s in result.spans] == [(1, True), (3, True)]


def test_a_replacement_that_breaks_takes_the_utterance_out() -> None:
    """When replacing fails, the whole utterance is redacted."""
    engine = load(FakeDetector({"Brogan": "PERSON"}))

    class Failing:
        def replace(self, text: str, edits: object) -> object:
            raise RuntimeError

    object.__setattr__(engine, "replacer", Failing())
    assert engine.redact(talk("Brogan left.")).utterances[0].text == "[Redacted]"


def test_a_missing_model_is_said_not_hidden() -> None:
    """An error that does not come from the words is the caller's, not a page of [Redacted]."""

    class Missing:
        def find(self, utterances: object, roster: object = None) -> tuple[Span, ...]:
            raise ModelMissingError(model="m")

    with pytest.raises(ModelMissingError):
        load(Missing()).redact(talk("a"))


class SomeDetector:
    """Gives the spans it was made with, overlapping or not."""

    def __init__(self, spans: Sequence[tuple[int, int, str, float]]) -> None:
        self.spans = spans

    def find(self, utterances: Sequence[Utterance], roster: object = None) -> tuple[Span, ...]:
        text = utterances[0].text
        return tuple(Span(0, s, e, t, "direct", p, "fake", text[s:e]) for s, e, t, p in self.spans)


places = st.tuples(
    st.integers(0, 20), st.integers(1, 12), st.sampled_from(["PERSON", "LOCATION", "PHONE", "NRP", "XYZ"]),
    st.sampled_from([0.3, 0.5, 0.6, 0.9]),
)  # fmt: skip


@given(st.lists(places, max_size=6))
@settings(max_examples=200, deadline=None)
def test_every_letter_found_for_removal_is_gone(raw: list[tuple[int, int, str, float]]) -> None:
    """However finds overlap, each letter the policy removes is covered, and no two spans overlap."""
    text = "αβγδε ζηθικ λμνξο πρστυ φχψω, ΑΒΓΔΕ"
    spans = [(s, min(s + n, len(text)), t, p) for s, n, t, p in raw]
    result = load(SomeDetector(spans)).redact((Utterance("P01", 0, 1, text),))
    gone = {
        text[i] for s, e, t, p in spans if t != "NRP" and p >= 0.55 for i in range(s, e) if text[i].isalpha()
    }
    assert not gone & set(result.utterances[0].text)
    ordered = result.spans
    assert all(a.end_char <= b.start_char for a, b in itertools.pairwise(ordered))


def test_dates_shift_by_a_constant_of_the_study(tmp_path: Path) -> None:
    """With dates = "shift" every date of the study moves by the same whole weeks, kept in the map."""
    text = deidentifiers.policies.config_path("policies", "hipaa-safe-harbor.toml").read_text()
    (tmp_path / "own.toml").write_text(text.replace('dates = "label"', 'dates = "shift"'))
    engine = load(FakeDetector({"3 May 2001": "DATE", "4 May 2001": "DATE"}), policy=tmp_path / "own.toml")
    labels = LabelMap(date_shift=14)
    assert engine.redact(talk("On 3 May 2001."), labels=labels).utterances[0].text == "On [Date 17 May 2001]."
    first = engine.redact(talk("On 3 May 2001."))
    assert first.labels.date_shift % 7 == 0
    assert first.labels.date_shift != 0


def test_progress_ends_at_one() -> None:
    """Progress rises to 1."""
    said: list[float] = []
    load(FakeDetector({})).redact(talk("a"), progress=said.append)
    assert said == sorted(said)
    assert said[-1] == 1.0


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> object:
    """The command with a fake detector in place of the models."""
    from pipeline.cli.redact import redact

    engine = load(FakeDetector({"Ximena": "PERSON", "Brogan": "PERSON", "Tongan": "NRP"}))
    monkeypatch.setattr(deidentifiers, "load", lambda *a, **k: engine)
    return lambda *args: CliRunner().invoke(redact, [str(a) for a in args])


def test_command_writes_transcript_and_spans(run: object, tmp_path: Path) -> None:
    """JSON in, JSON out with known keys alone, spans with places and no words; files are private."""
    source = tmp_path / "a.json"
    row = {
        "speaker": "Ximena Q",
        "start": 1,
        "end": 2.5,
        "text": "Ximena met Brogan, a Tongan.",
        "note": "Ximena",
    }
    source.write_text(json.dumps({"author": "Ximena", "utterances": [row]}))
    result = run(source, "--out", tmp_path / "b.json", "--spans", tmp_path / "s.json")  # type: ignore[operator]
    assert result.exit_code == 0, result.output
    written = json.loads((tmp_path / "b.json").read_text())
    text = "[Person 1] met [Person 2], a Tongan."
    assert written == {"utterances": [{"speaker": "[Person 1]", "start": 1.0, "end": 2.5, "text": text}]}
    spans = json.loads((tmp_path / "s.json").read_text())["spans"]
    assert [(s["start_char"], s["end_char"], s["type"], s["replacement"]) for s in spans] == [
        (0, 6, "PERSON", "[Person 1]"), (11, 17, "PERSON", "[Person 2]"), (21, 27, "NRP", ""),
    ]  # fmt: skip
    assert (tmp_path / "b.json").stat().st_mode & 0o777 == 0o600
    assert "Ximena" not in (tmp_path / "s.json").read_text() + result.output


def test_command_takes_dev_null(run: object, tmp_path: Path) -> None:
    """The transcript may be thrown away when only the spans are wanted."""
    (tmp_path / "a.json").write_text('{"utterances": [{"text": "Brogan"}]}')
    result = run(tmp_path / "a.json", "--out", "/dev/null", "--spans", tmp_path / "s.json")  # type: ignore[operator]
    assert result.exit_code == 0
    assert len(json.loads((tmp_path / "s.json").read_text())["spans"]) == 1


def test_command_refuses_to_overwrite_its_input(run: object, tmp_path: Path) -> None:
    """The original is never overwritten, and an output of another format is refused."""
    (tmp_path / "a.txt").write_text("Brogan left.")
    assert run(tmp_path / "a.txt", "--out", tmp_path / "a.txt").exit_code == 2  # type: ignore[operator]
    assert run(tmp_path / "a.txt", "--out", tmp_path / "b.docx").exit_code == 2  # type: ignore[operator]
    assert (tmp_path / "a.txt").read_text() == "Brogan left."


class Remembers:
    """A detector that notes which names it was given."""

    def __init__(self) -> None:
        self.roster: Roster | None = None

    def find(self, utterances: Sequence[Utterance], roster: Roster | None = None) -> tuple[Span, ...]:
        self.roster = roster
        return ()


def test_names_of_earlier_sessions_are_looked_for() -> None:
    """What one session named, the detector is told in the next, beside the roster and with no codes for it."""
    first = load(FakeDetector({"Brogan Oxley": "PERSON", "Zelkirk": "LOCATION"}))
    labels = first.redact(talk("Brogan Oxley of Zelkirk")).labels
    detector = Remembers()
    load(detector).redact(talk("hello"), roster=ROSTER, labels=labels)
    assert detector.roster == replace(ROSTER, known=(("PERSON", "brogan oxley"), ("LOCATION", "zelkirk")))


def test_words_that_were_names_by_their_place_alone_are_not_looked_for() -> None:
    """ "Sit back, away" once for Wei makes no name of every later "away"; a given name is looked for."""
    first = load(FakeDetector({"away": "PERSON", "may": "PERSON", "Faith": "PERSON"}))
    labels = first.redact(talk("away, may, Faith")).labels
    detector = Remembers()
    load(detector).redact(talk("hello"), roster=ROSTER, labels=labels)
    assert detector.roster is not None
    assert detector.roster.known == (("PERSON", "faith"),)


@pytest.mark.slow
def test_a_participant_heard_only_through_a_hint_is_a_question() -> None:
    """The code stands in the name's place, but never in silence: a person is asked to listen."""
    said = talk("I was on with Zorblatt and we shared the list.")[0]
    written = "I was on with sour plot and we shared the list.".split()
    times = [Word(n * 0.4, n * 0.4 + 0.3, text, 0.4) for n, text in enumerate(written)]
    named = [
        Word(n * 0.4, n * 0.4 + 0.3, text, 0.01 if text == "Zorblatt" else 0.9)
        for n, text in enumerate(said.text.split())
    ]
    hinted = hinted_words(["Zorblatt Quix"])
    settled = settle(named, times, hinted, lambda _a, _b: 0.0)
    roster = Roster((Person("P04", "Zorblatt Quix", (), "nurse"),))
    redact = deidentifiers.load().redact
    (asked,) = redact([replace(said, words=tuple(settled))], roster=roster).spans
    assert (asked.replacement, asked.uncertain) == ("[P04]", True)
    assert "listen" in asked.reason
    (sure,) = redact([said], roster=roster).spans
    assert (sure.replacement, sure.uncertain) == ("[P04]", False)
