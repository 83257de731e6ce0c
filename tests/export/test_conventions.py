"""Wording, pauses, marks, times and replacement styles."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SettingsError
from pipeline.export import ExportDocument, ExportOptions, options_from_table, write
from pipeline.export.conventions import Sheet, prepare
from pipeline.export.document import Participant, clean, clock
from pipeline.export.smoothing import Smoother
from pipeline.export.styles import Pseudonyms
from pipeline.export.tokens import join, tokens_of
from pipeline.records import Utterance, Word
from tests.export.strategies import example, texts


def sheet(*spoken: Utterance, marks: str = "all", **choices: object) -> Sheet:
    """The passages of some utterances under some conventions."""
    document = ExportDocument("s", 100.0, spoken, verified_by="R1")
    return prepare(document, ExportOptions(**choices), marks=marks)  # type: ignore[arg-type]


def shown(*spoken: Utterance, marks: str = "all", **choices: object) -> list[str]:
    """Their texts."""
    return [p.text for p in sheet(*spoken, marks=marks, **choices).passages]


def spoken(text: str, *times: float, probability: float = 1.0) -> Utterance:
    """An utterance whose words start at the times given, half a second each."""
    words = tuple(Word(t, t + 0.5, w, probability) for t, w in zip(times, text.split(), strict=True))
    return Utterance("P01", times[0], times[-1] + 0.5, text, words)


def smooth(text: str) -> str:
    """A text in clean wording."""
    return join(Smoother.load().smooth(tokens_of(text)))


@pytest.mark.parametrize(
    ("said", "smoothed"),
    [
        ("shall we, um, shall we begin?", "shall we begin?"),
        ("I think, um.", "I think."),
        ("Um, so we left.", "So we left."),
        ("the the patient", "the patient"),
        ("I I I went", "I went"),
        ("and then and then he left", "and then he left"),
        ("The hosp- the hospital", "The hospital"),
        ("I w- I was there", "I was there"),
        ("I'd like to, uh, talk", "I'd like to talk"),
    ],
)
def test_clean_wording_takes_out_fillers_cut_offs_and_repetitions(said: str, smoothed: str) -> None:
    """Each rule on its own; sentences keep their capital and their stop."""
    assert smooth(said) == smoothed


@pytest.mark.parametrize(
    "said",
    [
        "very very tired",
        "No no, go on.",
        "He had had enough",
        "I know that that is so",
        "two two seven nine",
        "20 20 vision",
        "[Person 2] [Person 2] came",
        "It ended. It ended.",
        "Mm.",
        "Um, uh.",
        "Mm-hmm.",
        "co-codamol - twice",
        "a long-term thing",
        "S S R I",
    ],
)
def test_clean_wording_leaves_alone_what_may_mean_something(said: str) -> None:
    """Emphasis, grammar, numbers, replacements, answers and hyphens stay."""
    assert smooth(said) == said


@given(texts)
def test_clean_wording_adds_no_word(said: str) -> None:
    """Smoothing only takes away, and never the last word of a turn."""
    text = clean(said)
    before, after = text.casefold(), smooth(text).casefold()
    words = before.split(" ")
    for word in after.split(" "):
        assert any(word.rstrip(".?!…") == w.rstrip(".?!…,;:") or word == w for w in words)
    assert bool(after) == bool(before)


@given(texts)
def test_clean_text_is_stable_and_keeps_what_can_be_seen(said: str) -> None:
    """Cleaning twice changes nothing more, and every printable character is kept."""
    text = clean(said)
    assert clean(text) == text
    assert [c for c in text if c.isprintable() and c not in " \ufffd"] == [
        c for c in said if c.isprintable() and c not in " \ufffd"
    ]


def test_pauses_are_marked_by_their_length() -> None:
    """A second is (..), three and more are counted; less is none."""
    said = spoken("one two three four", 1.0, 1.9, 4.0, 16.5)
    assert shown(said, pauses=True) == ["one two (..) three (12 s) four"]
    assert shown(said) == ["one two three four"]


def test_silence_between_utterances_is_marked_when_long() -> None:
    """Nobody speaks for twelve seconds: it stands before the next words, whoever says them."""
    first, second = Utterance("P01", 0.0, 5.0, "yes"), Utterance("P02", 17.0, 18.0, "no")
    assert shown(first, second, pauses=True) == ["yes", "(12 s) no"]


def test_no_pause_is_shown_beside_a_replacement() -> None:
    """How long a replaced name took is not known, so no silence is claimed there."""
    words = tuple(Word(t, t + 0.5, w) for t, w in [(1.0, "then"), (1.6, "Zebulon"), (9.0, "left")])
    said = Utterance("P01", 1.0, 9.5, "then [Person 1] left", words)
    assert shown(said, pauses=True) == ["then [Person 1] left"]


def test_speech_without_words_is_inaudible_at_its_time() -> None:
    """[inaudible 00:12:03]; a data format leaves its text empty."""
    said = Utterance("P01", 723.4, 725.0, " ")
    assert shown(said) == ["[inaudible 00:12:03]"]
    assert shown(said, marks="inaudible") == ["[inaudible 00:12:03]"]
    assert shown(said, marks="none") == [""]


def test_words_the_recogniser_was_unsure_of_become_inaudible() -> None:
    """A run of them is one mark; the default leaves them."""
    said = spoken("something mumbled here", 1.0, 2.0, 3.0, probability=0.2)
    sure = Word(4.0, 4.5, "clear", 0.9)
    said = Utterance("P01", 1.0, 4.5, said.text + " clear", (*said.words, sure))
    assert shown(said, inaudible_below=0.5) == ["[inaudible 00:00:01] clear"]
    assert shown(said) == ["something mumbled here clear"]


def test_overlap_is_marked_unless_unwanted() -> None:
    """[overlap] before what is spoken while another speaks."""
    said = Utterance("P01", 1.0, 2.0, "mm", overlap=True)
    assert shown(said) == ["[overlap] mm"]
    assert shown(said, overlap=False) == ["mm"]
    assert shown(said, marks="none") == ["mm"]


def test_times_stand_at_each_utterance_every_so_often_or_not_at_all() -> None:
    """With a number, the first utterance after each step carries its time."""
    turns = [Utterance("P01", t, t + 1, "x") for t in (0.0, 5.0, 31.0, 40.0, 95.0)]
    assert [p.time for p in sheet(*turns).passages] == [
        "00:00:00",
        "00:00:05",
        "00:00:31",
        "00:00:40",
        "00:01:35",
    ]
    assert [p.time for p in sheet(*turns, times=30).passages] == ["00:00:00", "", "00:00:31", "", "00:01:35"]
    assert [p.time for p in sheet(*turns, times=False).passages] == [""] * 5


def test_times_every_so_often_stand_inside_long_turns() -> None:
    """A minute-long turn shows the time where a step is passed."""
    said = spoken("a b c d", 1.0, 10.0, 31.0, 61.0)
    assert shown(said, times=30) == ["a b [00:00:31] c [00:01:01] d"]


def test_utterances_are_shown_in_order_of_time() -> None:
    """Whatever order they come in."""
    assert shown(Utterance("P01", 5.0, 6.0, "later"), Utterance("P02", 1.0, 2.0, "sooner")) == [
        "sooner",
        "later",
    ]


def test_pseudonyms_stand_for_people_alone() -> None:
    """People get a pseudonym in brackets, the same everywhere; places keep their label."""
    said = Utterance("P01", 0.0, 1.0, "[Person 2] met [P03] at [Place 1], [Person 2]'s home, [Date]")
    (text,) = shown(said, replacements="pseudonyms")
    names = Pseudonyms.load(ExportOptions(replacements="pseudonyms"))
    second, third = names.of("Person 2"), names.of("P03")
    assert text == f"[{second}] met [{third}] at [Place 1], [{second}]'s home, [Date]"
    assert "P03" not in text


def test_no_two_people_share_a_pseudonym() -> None:
    """Over more people than the list has names, each has one of their own."""
    names = Pseudonyms.load(
        ExportOptions(replacements="pseudonyms", pseudonyms=(("P02", "Plover"), ("F01", "Ana")))
    )
    labels = [f"{kind}{n:02d}" for kind in "PF" for n in range(1, 60)] + [
        f"Person {n}" for n in range(1, 200)
    ]
    given_names = [names.of(label) for label in labels]
    assert len(set(given_names)) == len(labels)
    assert names.of("P02") == "Plover"
    assert names.of("F01") == "Ana"
    assert names.of("Place 1") == ""


def test_the_header_tells_whose_pseudonym_it_is() -> None:
    """A reader of [Plover] can see which code speaks under it."""
    text = write(
        example(), "txt", options=ExportOptions(replacements="pseudonyms", pseudonyms=(("P01", "Plover"),))
    )
    assert "P01 (Plover; student)" in text.decode()


def test_header_shows_what_is_known_and_nothing_else() -> None:
    """No line for a date that policy keeps in; who verified and when."""
    text = write(example(), "txt").decode()
    assert "Date" not in text
    assert "Verified      R1, 2026-03-04 10:00 UTC" in text
    assert "Participants  F01 (facilitator), P01 (student), P02 (student)" in text


def test_a_speaker_who_is_not_listed_is_still_in_the_header() -> None:
    """S1, a voice not linked to anybody, is a participant of the transcript."""
    document = ExportDocument(
        "s", 1.0, (Utterance("S1", 0.0, 1.0, "x"),), (Participant("P01"),), verified_by="R1"
    )
    assert [p.code for p in document.speakers] == ["P01", "S1"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "00:00:00"), (59.9996, "00:01:00"), (723.4, "00:12:03"), (360_000.0, "100:00:00")],
)
def test_clock(seconds: float, text: str) -> None:
    """Times are cut to the second, hours grow past two digits."""
    assert clock(seconds) == text


def test_settings_are_read_from_study_toml() -> None:
    """The [export] table, as TOML gives it."""
    table = {"wording": "clean", "times": 30, "pauses": True, "pseudonyms": {"P01": "Ana", "Person 2": "Ben"}}
    options = options_from_table(table)
    assert options == ExportOptions(
        wording="clean", times=30, pauses=True, pseudonyms=(("P01", "Ana"), ("Person 2", "Ben"))
    )


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ({"wordng": "clean"}, "unknown key: wordng"),
        ({"draft": True}, "unknown key: draft"),
        ({"wording": "tidy"}, "verbatim"),
        ({"times": "often"}, "times has a value of the wrong kind"),
        ({"times": 0}, "1 or more"),
        ({"pauses": 1}, "pauses has a value of the wrong kind"),
        ({"short_pause": 5.0}, "short_pause"),
        ({"inaudible_below": 2}, "inaudible_below"),
        ({"replacements": "stars"}, "labels"),
        ({"pseudonyms": "Ana"}, "must be a table"),
        ({"pseudonyms": {"P01": "Ana", "P02": "ana"}}, "two people have one pseudonym"),
        ({"pseudonyms": {"P01": "[Ana]"}}, "without brackets"),
        ({"pseudonyms": {"über die": "Ana"}}, "by code"),
    ],
)
def test_wrong_settings_stop_by_name(table: dict[str, object], why: str) -> None:
    """An unknown key or an impossible value is a SettingsError that says which."""
    with pytest.raises(SettingsError, match=why) as wrong:
        options_from_table(table)
    assert wrong.value.exit_code == 30


@given(st.lists(st.sampled_from(["a", "b", "[P01]", "um", "the"]), max_size=30))
def test_tokens_join_to_the_text_they_came_from(words: list[str]) -> None:
    """Splitting and joining loses nothing."""
    text = " ".join(words)
    assert join(tokens_of(text)) == text


@given(texts)
def test_tokens_lose_nothing_but_doubled_spaces(said: str) -> None:
    """However brackets stand, what was split comes back."""
    text = clean(said)
    assert join(tokens_of(text)).replace(" ", "") == text.replace(" ", "")


def test_times_are_found_again_after_a_replacement() -> None:
    """Three words became one label: the words after it still have their times."""
    heard = ["my", "friend", "Ana", "Bea", "Cee", "was", "was", "here"]
    words = [Word(float(t), t + 0.5, w) for t, w in enumerate(heard)]
    tokens = tokens_of("my friend [Person 1], was was here", words)
    assert [t.start for t in tokens] == [0.0, 1.0, None, 5.0, 6.0, 7.0]


def test_a_very_long_turn_is_aligned_in_time() -> None:
    """An hour without a break, mostly one word said over and over, takes no minute."""
    words = [Word(float(t), t + 0.5, "yes" if t % 7 else f"w{t}") for t in range(12_000)]
    text = " ".join("[Person 1]" if t % 20 == 0 else w.text for t, w in enumerate(words))
    began = time.process_time()
    tokens = tokens_of(text, words)
    assert time.process_time() - began < 60  # far from the hours of comparing each with each
    assert all(t.start == n for n, t in enumerate(tokens) if t.start is not None)
    assert sum(t.start is not None for t in tokens) == 11_400
