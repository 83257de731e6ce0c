"""Names of the hints that were heard as other words: which places are asked about, and what is marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Word
from pipeline.transcribe import names_heard
from pipeline.transcribe.names_heard import Question, names_written, single_names
from pipeline.transcribe.vad import Region
from pipeline.transcribe.windows import Window

WINDOW = Window((Region(0.0, 30.0),))


class Decoder:
    """A rescorer to which a text that holds a given phrase is likelier than the written one, by so many nats."""

    parallel = 1

    def __init__(self, gains: dict[str, float]) -> None:
        self.gains = gains
        self.asked: list[str] = []
        self.priors_asked = 0

    def rescore(self, window: Window | None, questions: Sequence[Question]) -> list[list[float]]:
        """Scores by the phrases a text holds."""
        if window is None:
            self.priors_asked += 1
            return [[0.0] * len(q.texts) for q in questions]
        self.asked += [q.texts[0] for q in questions]
        return [[self._score(text, q.texts[0]) for text in q.texts] for q in questions]

    def _score(self, text: str, written: str) -> float:
        if text == written:
            return -20.0
        return -20.0 + max((g for phrase, g in self.gains.items() if phrase in text), default=-50.0)


def said(text: str, probability: float = 0.5) -> list[Word]:
    """Half a second a word."""
    return [Word(n / 2, n / 2 + 0.4, word, probability) for n, word in enumerate(text.split())]


def mark_names(
    decoder: Decoder, words: Sequence[Word], hints: Sequence[str], language: str = "en"
) -> list[Word]:
    """All words in one window."""
    return names_heard.mark_names(decoder, [WINDOW], words, hints, language)


def marked(words: Sequence[Word]) -> list[tuple[str, str]]:
    """Words with the names they may be."""
    return [(w.text, w.alternative) for w in words if w.alternative]


@pytest.mark.parametrize(
    ("text", "name", "likelier", "found"),
    [
        ("Okay sit back away. Let the group", "Wei", "back Wei. Let", [("away.", "Wei")]),
        ("Nobody has said on her. She made", "Ona", "said Ona. She", [("on", "Ona"), ("her.", "Ona")]),
        ("a young woman, dess dess and she", "Tess", "Tess, Tess and", [("dess", "Tess"), ("dess", "Tess")]),
    ],
)
def test_a_name_that_explains_the_sound_is_marked(
    text: str, name: str, likelier: str, found: list[tuple[str, str]]
) -> None:
    """One word, two words for one name, and a name said twice; the words themselves stay."""
    before = said(text)
    after = mark_names(Decoder({likelier: 1.0}), before, [f"{name} Testley"])
    assert marked(after) == found
    assert [replace(w, alternative="") for w in after] == before


def test_a_name_that_explains_it_worse_is_not() -> None:
    """A place that was asked about stays as it is."""
    decoder = Decoder({"Wei": -20.0})
    assert marked(mark_names(decoder, said("sit back away. Let"), ["Wei"])) == []
    assert decoder.asked


def test_the_likelier_name_wins() -> None:
    """Of two names that both come near, the one the sound speaks for."""
    decoder = Decoder({"Mia": 0.5, "Mei": 2.0})
    assert marked(mark_names(decoder, said("the granddaughter may. And"), ["Mia", "Mei"])) == [
        ("may.", "Mei")
    ]


def test_nothing_is_asked_where_nothing_sounds_alike() -> None:
    """The engine's time is spent on doubtful places alone; a name as it is spelt is not doubtful."""
    decoder = Decoder({"Wei": 5.0})
    assert marked(mark_names(decoder, said("the tablets stopped, Wei, in June"), ["Wei"])) == []
    assert decoder.asked == []


def test_silence_is_asked_about_near_places_alone() -> None:
    """The decoder's prior is measured where it can decide, not where the sound has."""
    decoder = Decoder({"Wei": -20.0})
    mark_names(decoder, said("sit back away. Let"), ["Wei"])
    assert decoder.priors_asked == 0


def test_other_languages_are_left_alone() -> None:
    """How alike letters sound is written for English."""
    decoder = Decoder({"Wei": 5.0})
    assert marked(mark_names(decoder, said("sit back away. Let"), ["Wei"], "de")) == []
    assert decoder.asked == []


@pytest.mark.parametrize("text", ["", "the tablets stopped in June", "4 8 15", "..."])
@pytest.mark.parametrize("hints", [(), ("House Hospital",)])
def test_where_nothing_looks_like_a_name_nothing_is_asked(text: str, hints: tuple[str, ...]) -> None:
    """No name in the hints and none in the words: the words come back as they are."""
    decoder, words = Decoder({"Wei": 5.0}), said(text)
    assert mark_names(decoder, words, hints) == words
    assert decoder.asked == []


def test_a_name_written_once_is_listened_for_elsewhere() -> None:
    """Without hints too: "Tess" in one sentence, "des" in another."""
    words = said("she is called Tess now. Oh yeah, des. I told her")
    assert marked(mark_names(Decoder({"Tess": 1.0}), words, ())) == [("des.", "Tess")]


def test_which_words_of_hints_are_names() -> None:
    """Ordinary words of sites and teams are not listened for."""
    assert single_names(["Wei Zhao", "Rimu House", "Samplewood Hospital"]) == (
        "Wei",
        "Zhao",
        "Rimu",
        "Samplewood",
    )


def test_which_written_words_are_names() -> None:
    """A given name with a capital inside a sentence; neither its first word nor an ordinary word."""
    assert names_written(said("Tess said that Anna May left. May was cold on Monday")) == ("Anna",)


def test_written_words_that_are_ordinary_too_need_an_introduction_or_a_call() -> None:
    """ "Hope" in "thanks, Hope."; not the North, nor a Sunday."""
    assert names_written(said("She said thanks, Hope. We went North on Sunday with some Grace")) == ("Hope",)


def test_a_name_that_was_spelt_is_listened_for() -> None:
    """ "B-A-O" is Bao; an abbreviation of two letters is nobody."""
    words = said("Um, hello. I'm Bal. B-A-O. I work at A-E")
    assert names_written(words) == ("Bao",)
    assert marked(mark_names(Decoder({"I'm Bao. ": 0.5}), words, ())) == [("Bal.", "Bao")]


def test_the_place_counts() -> None:
    """The same sound at a phrase's end is a name, among everyday words none."""
    assert marked(mark_names(Decoder({"Wei": -4.5}), said("so sit back way. Let"), ["Wei"])) == [
        ("way.", "Wei")
    ]
    assert marked(mark_names(Decoder({"Wei": -4.5}), said("it was way back then"), ["Wei"])) == []


SPOKEN = st.sampled_from(["way", "may", "test", "on", "her", "Tess", "and", "no."])


@given(
    st.lists(st.tuples(SPOKEN | st.text(max_size=6), st.floats(0.0, 1.0)), max_size=20),
    st.lists(st.sampled_from(["Wei", "Mei", "Ona"]) | st.text(max_size=12), max_size=3),
)
def test_words_are_never_changed(heard: list[tuple[str, float]], hints: list[str]) -> None:
    """Whatever is heard, in any script, and whatever the hints are: the same words, times and probabilities."""
    before = [Word(n / 2, n / 2 + 0.4, text, sure) for n, (text, sure) in enumerate(heard)]
    after = mark_names(Decoder({"Wei": 1.0, "Ona": 1.0}), before, hints)
    assert [replace(w, alternative="") for w in after] == before


def test_names_never_show() -> None:
    """Neither a question's texts nor a word's alternative are in its repr."""
    assert "Wei" not in repr(Question(0.0, 1.0, ("sit back Wei",)))
    assert "Wei" not in repr(Word(0.0, 1.0, "way", 0.5, "Wei"))
