"""Who is spoken to, thanked or merely spoken of, and who answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.records import Claim, Person, Turn, Utterance, Word
from pipeline.speakers.claims import find_claims
from pipeline.speakers.namebook import build_namebook
from pipeline.transcribe.hinted import hinted_words, settle
from tests.speakers.conversation import GROUP, say, turns_of, words_of

BOOK = build_namebook(GROUP.people)
ANSWER = ("S2", "It was raining all day.")


def found(*lines: tuple[str, str]) -> list[Claim]:
    """The claims of a conversation of the group."""
    said = say(*lines)
    return list(find_claims(said, turns_of(said), BOOK))


def answered(*lines: tuple[str, str]) -> list[tuple[str, str, float]]:
    """Who answered to which code, with the weight."""
    return [(c.speaker, c.code, c.weight) for c in found(*lines) if c.kind == "answered"]


def thanked(*lines: tuple[str, str]) -> list[tuple[str, str]]:
    """Who spoke before which code was thanked."""
    return [(c.speaker, c.code) for c in found(*lines) if c.kind == "thanked"]


def spoken_of(text: str) -> list[tuple[str, float]]:
    """The codes that the speaker of this text is not, with the weight."""
    return [(c.code, c.weight) for c in found(("S1", text)) if c.kind == "named"]


@pytest.mark.parametrize(
    "text",
    [
        "Dov, it was raining on that day.",
        "Dov can you begin",
        "Dov start.",
        "Okay Dov, it was raining",
        "It rained all day. Dov, we begin.",
        "It rained all day. Okay Dov, we begin.",
        "What do you think Dov?",
        "What do you think Dov",
        "You were there Dov?",
        "What was that for you Dov?",
        "Bring Dov in now.",
        "I want to hear from Dov on this.",
        "Okay everyone, Dov, come back in.",
    ],
)
def test_ways_to_call_somebody(text: str) -> None:
    """A name that opens or closes what is said to one person: who speaks next answered to it."""
    assert answered(("S1", text), ANSWER) == [("S2", "P03", 1.0)]


@pytest.mark.parametrize(
    "text",
    [
        "Dov went home early.",
        "Yesterday Dov, I think, went home.",
        "Yes, yesterday Dov, I think, went home.",
        "And when Dov, I think, went home.",
        "And yesterday Dov, I think, went home.",
        "He told me that Dov went home.",
        "It rained and there was Dov.",
        "You know Dov went home.",
        "Is that Dov's?",
        "Dov's, I think.",
        "Do you have a question for Dov?",
        "You said it was raining on the ward beside Dov.",
        "Dov, everyone, it was raining.",
    ],
)
def test_a_name_that_calls_nobody(text: str) -> None:
    """Somebody is spoken of, or all are spoken to: who speaks next answered to nothing."""
    assert answered(("S1", text), ANSWER) == []


RAIN = "it was raining on the ward and the bus came late again so we went home then and that was all of it for now"


@pytest.mark.parametrize(
    ("behind", "you", "weight"),
    [(6, False, [1.0]), (7, False, []), (7, True, [0.8]), (30, True, [0.8]), (31, True, [])],
)
def test_a_name_called_long_before_the_end(behind: int, you: bool, weight: list[float]) -> None:
    """The longer one goes on after a name, the less the next turn is an answer: none without a "you", or too late."""
    words = [*("you" for _ in range(you)), *RAIN.split(), *RAIN.split()][:behind]
    text = f"Dov, {' '.join(words)}."
    assert [w for _, _, w in answered(("S1", text), ANSWER)] == weight


def test_thanks_point_back_while_they_are_all_that_is_said() -> None:
    """A word or two more may follow; with more the one thanked may also go on, which counts half."""
    before, after = ("S2", "And that was all of it."), ("S3", "I wonder about that.")
    for text in (
        "Thank you, Keziah, so much.",
        "Lovely, really, thank you, Keziah.",
        "Thanks so much, Keziah.",
        "Thank you very much, Keziah.",
        "Thanks a lot for that, Keziah.",
        "That was lovely. Thank you, Keziah.",
    ):
        assert thanked(before, ("S1", text), after) == [("S2", "P02")]
        assert answered(before, ("S1", text), after) == []
    going_on = (before, ("S1", "Thank you, Keziah, that was moving."), after)
    assert thanked(*going_on) == []
    assert answered(*going_on) == [("S3", "P02", 0.5)]


def test_a_name_before_an_ellipsis_is_spoken_of() -> None:
    """Only a point inside what is said together is part of an address ("dov.wren@example.org")."""
    assert spoken_of("Dov... was there too.") == spoken_of("Dov, was there too.") != []
    assert spoken_of("write to dov.wren@example.org today") == []


def test_thanks_that_point_at_nobody() -> None:
    """With nobody before, two people called, or at the end of a long turn of one's own."""
    before = ("S2", "And that was all of it.")
    assert thanked(("S1", "Thank you, Keziah.")) == []
    assert thanked(before, ("S1", "Dov, hello. Thank you, Keziah.")) == []
    assert thanked(before, ("S1", "And I was glad to hear all that, thank you, Keziah.")) == []
    own = "It rained on that day and the harbour was grey and nobody came to us."
    assert thanked(before, ("S1", f"{own} Thank you, Keziah.")) == []


def test_thanks_pass_over_ones_own_words() -> None:
    """Who thanks may have said something in between."""
    said = (("S2", "And that was all of it."), ("S1", "It rained all day."), ("S1", "Thank you, Keziah."))
    assert thanked(*said) == [("S2", "P02")]


def test_a_misheard_name_counts_as_much_as_it_is_alike() -> None:
    """Less than one heard right, in thanks as in mentions."""
    (claim,) = (
        c
        for c in found(("S2", "And that was all of it."), ("S1", "Thank you, Kezia."))
        if c.kind == "thanked"
    )
    assert 0.5 < claim.weight < 0.6
    assert spoken_of("Keziah was there.") == [("P02", -1.0)]
    assert spoken_of("Kezia was there.") == [("P02", -0.5)]


@pytest.mark.parametrize(
    "text", ["Look beside me, Dov.", "Look at me, Dov.", "Dov was at home.", "And that was Dov there."]
)
def test_who_speaks_a_name_is_somebody_else(text: str) -> None:
    """Wherever it stands; an "at" further off makes no address of it."""
    assert spoken_of(text) == [("P03", -1.0)]


@pytest.mark.parametrize(
    "text",
    [
        "Find me under keziah dot obuya, all small.",
        "At Kez, all in one word.",
        "Find me under kez at clinic, all small.",
        "It goes to Keziah.Obuya there.",
        "It goes to @kez there.",
    ],
)
def test_an_electronic_address_is_no_mention(text: str) -> None:
    """People spell their own; a name after it counts as ever."""
    assert spoken_of(text) == []
    assert spoken_of(f"{text} And Dov was there.") == [("P03", -1.0)]


@pytest.mark.parametrize(
    "text",
    [
        "Dov said so, and I'm Keziah Obuya.",
        "I'm Keziah Obuya. Dov, can we begin?",
        "I'm Keziah Obuya. Kez is what they say, and Dov says it too.",
        "And that was Dov. Keziah Obuya. Keziah on the form.",
    ],
)
def test_ones_own_name_beside_anothers(text: str) -> None:
    """The own name is an introduction, however often said; the other is somebody else's."""
    claims = {(c.code, c.kind) for c in found(("S1", text))}
    assert claims == {("P02", "introduced"), ("P03", "named")}


def test_a_name_beside_one_that_only_a_hint_explains() -> None:
    """The recogniser heard "Mateo" by itself; that the next word is doubtful takes nothing from it."""
    (said,) = say(("S1", "Mateo, Dov was there."))
    sound = [replace(w, probability=0.01) if w.text == "Dov" else w for w in said.words]
    texts = "Mateo, Dove was there.".split()
    without = [Word(w.start, w.end, text, 0.7) for w, text in zip(said.words, texts, strict=True)]
    settled = replace(said, words=tuple(settle(sound, without, hinted_words(["Dov"]), lambda _a, _b: 1.0)))
    assert [w.without_hint for w in settled.words] == [None, "Dove", None, None]
    assert [c.code for c in find_claims((settled,), turns_of((settled,)), BOOK)] == ["P01"]


def test_a_name_spoken_partly_under_another_voice() -> None:
    """While most of it was heard alone, it counts whole."""
    (said,) = say(("S1", "I'm Dov."))
    name = said.words[-1]
    under = Turn(name.start, name.start + 0.4 * (name.end - name.start), "S2")
    (claim,) = find_claims((said,), (*turns_of((said,)), under), BOOK)
    assert (claim.kind, claim.weight) == ("introduced", 4.0)


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("Way, I can see that.", True),
        ("It rained all day. Way, I can see that.", True),
        ("That way, I can see that.", False),
        ("Yes, that way, I can see that.", False),
        ("It goes on that way, I can see.", False),
        ("Way out there I can see.", False),
    ],
)
def test_an_everyday_word_calls_only_where_a_name_would(text: str, calls: bool) -> None:
    """ "Way" for Wei between two marks; "that way" is a way."""
    said = say(("S1", text), ANSWER)
    book = build_namebook((Person("P01", "Wei Zhao"),))
    assert bool(find_claims(said, turns_of(said), book)) is calls


def test_an_opening_word_is_no_name_that_sounds_like_it() -> None:
    """ "Well, ..." opens what is said, also where somebody is called Welle."""
    book = build_namebook((Person("P01", "Ida Welle"),))
    said = say(("S1", "Well, it was late."), ANSWER)
    assert find_claims(said, turns_of(said), book) == ()


def spoken(speaker: str, start: float, end: float, text: str) -> Utterance:
    """An utterance at exact times."""
    return Utterance(speaker, start, end, text, words_of(text, start, (end - start) / len(text.split())))


def who_answers(*later: Utterance) -> list[str]:
    """Who answers "Dov, can you begin?", said from 1 to 5 s."""
    said = (spoken("S1", 1.0, 5.0, "Dov, can you begin?"), *later)
    return [c.speaker for c in find_claims(said, turns_of(said), BOOK) if c.kind == "answered"]


def test_the_answer_comes_within_eight_seconds() -> None:
    """Later it is no answer, and the same goes for thanks."""
    assert who_answers(spoken("S2", 13.0, 15.0, "It was late.")) == ["S2"]
    assert who_answers(spoken("S2", 13.1, 15.0, "It was late.")) == []
    for start, speakers in ((10.0, ["S2"]), (10.1, [])):
        said = (spoken("S2", 1.0, 2.0, "It was late."), spoken("S1", start, 12.0, "Thank you, Keziah."))
        claims = find_claims(said, turns_of(said), BOOK)
        assert [c.speaker for c in claims if c.kind == "thanked"] == speakers


def test_a_short_answer_counts() -> None:
    """Half a second is enough to say it."""
    assert who_answers(spoken("S2", 5.1, 5.6, "I can."), spoken("S3", 6.0, 9.0, "It was late.")) == ["S2"]


def test_what_was_said_before_the_address_ended_is_no_answer() -> None:
    """Who spoke in between, and stopped, did not answer; who came in at the very end did."""
    answer = spoken("S3", 5.5, 9.0, "It was late.")
    assert who_answers(spoken("S2", 3.0, 3.5, "It rained."), answer) == ["S3"]
    assert who_answers(spoken("S2", 3.0, 4.0, "It rained."), answer) == ["S2"]


def test_a_murmur_answers_when_nobody_says_more() -> None:
    """The first who murmured, before a silence or before the same speaker goes on."""
    murmurs = (spoken("S2", 5.5, 6.0, "Mm."), spoken("S3", 6.2, 6.6, "Yeah."))
    assert who_answers(*murmurs) == ["S2"]
    assert who_answers(*murmurs, spoken("S3", 30.0, 33.0, "It was late.")) == ["S2"]
    assert who_answers(*murmurs, spoken("S1", 7.0, 9.0, "It was late.")) == ["S2"]


def test_a_claims_place_is_told_to_a_hundredth_of_a_second() -> None:
    """And its weight to a thousandth: what is remembered has no false exactness."""
    said = tuple(replace(u, words=words_of(u.text, 1.2345)) for u in say(("S1", "Kezia was there.")))
    (claim,) = find_claims(said, turns_of(said), BOOK)
    assert claim.at == 1.23
    claims = found(("S2", "And that was all of it."), ("S1", "Thank you, Solvank."))
    assert [c.weight for c in claims if c.kind == "thanked"] == [0.557]
