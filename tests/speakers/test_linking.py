"""Names to voices: what counts as evidence, and that a doubtful link is not made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.language.similarity import sound_similarity
from pipeline.records import Claim, Person, Utterance, Word
from pipeline.speakers.claims import find_claims
from pipeline.speakers.linking import Candidate, link, link_last
from pipeline.speakers.namebook import build_namebook
from pipeline.transcribe.hinted import hinted_words, settle
from tests.speakers.conversation import GROUP, say, turns_of

BOOK = build_namebook(GROUP.people)
CODES = BOOK.codes


def claims(*lines: tuple[str, str]) -> list[tuple[str, str, str]]:
    """Positive claims of a conversation as (speaker, code, kind)."""
    said = say(*lines)
    return [(c.speaker, c.code, c.kind) for c in find_claims(said, turns_of(said), BOOK) if c.weight > 0]


def linked(*lines: tuple[str, str]) -> dict[str, str]:
    """Codes surely linked by a conversation."""
    said = say(*lines)
    found = find_claims(said, turns_of(said), BOOK)
    speakers = sorted({u.participant for u in said})
    candidates = [Candidate(s, tuple(c for c in found if c.speaker == s)) for s in speakers]
    return {s: result.code for s, result in link(candidates, CODES).items()}


@pytest.mark.parametrize(
    "text",
    [
        "I'm Keziah.",
        "Hi, I'm Keziah Obuya and I'm in second year.",
        "my name is keziah obuya",
        "Kez here, sorry I'm late.".replace("here, sorry", "here. Sorry"),
        "Um, Keziah. Keziah Obuya. Most people call me Kez.",
        "Keziah Obuya. I'm on nights this month.",
        "Hello, this is Keziah.",
        "I am, um, Keziah.",
        "Shoal hi and Keziah. Keziah Obuya. I am on nights.",  # a garbled opening
        "Will I start? I'll start. Kez Obuya. Keziah on the form. I mind my father.",
        "We're one short, but I'll begin anyway. Keziah Obuya. Keziah, please, not Doctor.",
        "I am called Keziah.",
    ],
)
def test_ways_to_say_ones_own_name(text: str) -> None:
    """Each links the voice at once."""
    assert linked(("S1", text), ("S2", "Nice to meet you all of you here.")) == {"S1": "P02"}


@pytest.mark.parametrize(
    "text",
    ["I'm Kezia.", "I'm Kesiah O'Buya, second year.", "I'm Cassia Obooya.", "my name is Keziya Abuya."],
)
def test_a_misheard_name_where_a_name_is_due(text: str) -> None:
    """Recognisers spell names as they sound; in an introduction that is enough."""
    assert linked(("S1", text), ("S2", "Nice to meet you all of you here.")) == {"S1": "P02"}


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, I'm really tired.",
        "I'm Keziah's supervisor.",
        "I said to Keziah that we would come.",
        "I'm not Keziah.",
        "This is a story about Keziah.",
        "I'm over here, Dov is over there.",
        "He told me, call Mateo.",
        "The matter here is closed.",
        "Keziah Obuya, what do you think?",
        "Thanks, Keziah Obuya. That was moving.",
        "Keziah Obuya?",
    ],
)
def test_what_is_no_introduction(text: str) -> None:
    """Speaking of somebody, or of oneself without a name, links nobody."""
    assert not [c for c in claims(("S1", text)) if c[2] == "introduced"]


@pytest.mark.parametrize(
    "text",
    [
        "Well, we can begin. Keziah Obuya. Dov Lerner. All here.",  # a roll-call
        "Who is missing? Keziah Obuya. Keziah said she was ill.",
        "And the one we spoke of? Keziah Obuya. Keziah's at home.",
        "Hello. Keziah. How are you today?",
        "Hello. Keziah.",
    ],
)
def test_a_name_that_stands_alone_may_be_anothers(text: str) -> None:
    """Without more it links nobody, even when that voice answers to nothing else."""
    assert linked(("S1", text), ("S2", "It rained all day on the ward.")) == {}


@pytest.mark.parametrize(
    "text",
    [
        "Hello. Keziah. I look after my father.",
        "Hi, hi. Obuya is the surname, first name Keziah. I'm at home.",
    ],
)
def test_a_hint_and_an_answer_are_a_link(text: str) -> None:
    """A name given in passing counts once the voice also answers to it."""
    said = (("S1", text), ("S2", "It rained all day on the ward."))
    assert linked(*said) == {}
    assert linked(*said, ("S2", "Were you scared, Keziah?"), ("S1", "I was tired, most of all.")) == {
        "S1": "P02"
    }


def test_who_introduced_herself_may_quote_her_name() -> None:
    """People tell how others call them; that is no sign of somebody else."""
    said = (("S1", "I'm Keziah Obuya."), ("S2", "And I sit here."))
    quoting = (("S1", "He'd be calling, Kez, Kez, are you there, and Kez again."),) * 2
    assert linked(*said, *quoting) == {"S1": "P02"}


def test_who_answers_when_addressed() -> None:
    """One answer is a hint, two are a link."""
    first = (("S1", "What do you think, Mateo?"), ("S2", "I think it was the waiting."))
    again = (("S1", "Mateo, come back in."), ("S2", "Thanks. It was hard to listen."))
    assert linked(*first) == {}
    assert linked(*first, *again) == {"S2": "P01"}


def test_a_listeners_noise_is_no_answer() -> None:
    """The next full turn answers, not who murmurs before it."""
    said = (("S1", "Dov, what did you feel?"), ("S2", "Mm."), ("S3", "Mostly tired, to be honest."))
    assert ("S3", "P03", "answered") in claims(*said)
    assert not [c for c in claims(*said) if c[0] == "S2"]


def test_a_word_that_sounds_like_the_name_called() -> None:
    """Recognisers write "Way, you ..." for Wei: it counts half; a plain "Right, ..." calls nobody named Wright."""
    book = build_namebook((Person("P01", "Wei Zhao"), Person("P02", "Ida Wright")))
    said = say(("S1", "Way, I can see you want to come in."), ("S2", "Yes, it is true for me."))
    (claim,) = find_claims(said, turns_of(said), book)
    assert (claim.speaker, claim.code, claim.weight) == ("S2", "P01", 0.4)
    said = say(("S1", "Right, you can all come in."), ("S2", "Yes, it is true for me."))
    assert find_claims(said, turns_of(said), book) == ()


def test_a_request_to_all_is_nobodys() -> None:
    """ "Mateo, sit back, over to everyone" is not answered by Mateo."""
    assert claims(("S1", "Right Mateo sit back, over to the group."), ("S2", "I was moved by that.")) == []


def test_the_one_thanked_spoke_before() -> None:
    """Thanks point back."""
    said = (("S2", "And that was all of it."), ("S1", "Thank you, Keziah."), ("S3", "I wonder about that."))
    assert claims(*said) == [("S2", "P02", "thanked")]


def test_who_says_a_name_is_somebody_else() -> None:
    """A voice that keeps naming Dov is not Dov, whatever else speaks for it."""
    against = (("S1", "Dov said so. And Dov was there."), ("S2", "Yes, he was there all day."))
    pointing = (("S3", "What now, Dov?"), ("S1", "I went home early.")) * 2
    assert "S1" not in linked(*against, *pointing)


def test_a_name_two_people_share_links_nobody() -> None:
    """A first name of two members is no evidence; the full name is."""
    book = build_namebook((Person("P01", "Dov Lerner"), Person("P02", "Dov Katz")))
    said = say(("S1", "I'm Dov."), ("S2", "I'm Dov Katz."))
    found = [(c.speaker, c.code) for c in find_claims(said, turns_of(said), book) if c.weight > 2]
    assert found == [("S2", "P02")]


def test_two_voices_claiming_one_name_get_none() -> None:
    """When the recogniser or the diarizer must be wrong, nobody is linked."""
    assert linked(("S1", "I'm Dov."), ("S2", "I'm Dov."), ("S3", "Who is who?")) == {}


def test_an_introduction_under_another_voice_counts_half() -> None:
    """Words in overlap may be somebody else's: not enough alone."""
    said = say(("S1", "I'm Dov."))
    over = (*turns_of(said), *turns_of((Utterance("S2", said[0].start, said[0].end, ""),)))
    (claim,) = find_claims(said, over, BOOK)
    assert claim.weight == 2.0


def test_no_roster_no_claims() -> None:
    """An empty name book finds nothing."""
    assert find_claims(say(("S1", "I'm Dov.")), (), build_namebook(())) == ()


def test_the_last_voice_takes_the_last_name_only_to_be_confirmed() -> None:
    """Elimination needs everybody else linked, ten seconds of speech, two recordings; and it stays unsure."""
    sure = link(
        [Candidate(f"S{i}", (Claim(f"S{i}", c, "introduced", 1, 4),)) for i, c in enumerate(CODES[:3])], CODES
    )
    last = Candidate("S9", seconds=40, recordings=2)
    found = link_last([last], CODES, sure)
    assert (found["S9"].code, found["S9"].sure) == (CODES[3], False)
    assert link_last([Candidate("S9", seconds=40, recordings=1)], CODES, sure) == {}
    assert link_last([Candidate("S9", seconds=4, recordings=2)], CODES, sure) == {}
    assert link_last([last, Candidate("S8", seconds=40, recordings=2)], CODES, sure) == {}
    guest = Candidate("S9", (Claim("S9", CODES[3], "named", 1, -1),), seconds=40, recordings=2)
    assert link_last([guest], CODES, sure) == {}


def test_a_link_a_person_confirmed_is_never_changed() -> None:
    """What speaks against it is reported instead; a link nobody confirmed is open again."""
    against = (Claim("S1", "P02", "introduced", 1, 4),)
    (kept,) = link([Candidate("S1", against, "P01", confirmed=True)], CODES).values()
    assert (kept.code, kept.sure) == ("P01", False)
    (moved,) = link([Candidate("S1", against, "P01")], CODES).values()
    assert moved.code == "P02"


@pytest.mark.parametrize(
    ("heard", "name"),
    [
        ("kate", "Cait"),
        ("row", "Ro"),
        ("way", "Wei"),
        ("cione", "Sione"),
        ("jon", "John"),
        ("katherine", "Catharine"),
    ],
)
def test_names_that_sound_the_same(heard: str, name: str) -> None:
    """Spellings of one sound are one name."""
    assert sound_similarity(heard, name) >= 0.95


@pytest.mark.parametrize(
    ("one", "other"), [("dov", "mateo"), ("anna", "hannah"), ("keziah", "cassidy"), ("", "")]
)
def test_names_that_sound_different(one: str, other: str) -> None:
    """Different names stay apart."""
    assert sound_similarity(one, other) < 0.9


def test_a_name_that_only_a_hint_explains_says_little_of_who_is_who() -> None:
    """Such a name, as the recogniser's room settles it, credits nobody with a line; as one's own it counts half."""

    def said(text: str, without: str) -> tuple[Utterance, ...]:
        first, second = say(("S1", text), ("S2", "Yes, I can begin with that one."))
        sound = [replace(w, probability=0.01) if w.text == "Dov," else w for w in first.words]
        heard = [Word(w.start, w.end, t, 0.7) for w, t in zip(first.words, without.split(), strict=True)]
        settled = settle(sound, heard, hinted_words(["Dov"]), lambda _a, _b: 1.0)
        return (replace(first, words=tuple(settled)), second)

    called = say(("S1", "Dov, can you begin?"), ("S2", "Yes, I can begin with that one."))
    assert [c.kind for c in find_claims(called, turns_of(called), BOOK)] == ["named", "answered"]
    hinted = said("Dov, can you begin?", "Dove can you begin?")
    assert [c.kind for c in find_claims(hinted, turns_of(hinted), BOOK)] == []
    own, hinted_own = say(("S1", "I'm Dov, hello.")), said("I'm Dov, hello.", "I'm Dove hello.")
    (sure,), (weak,) = (
        [c for c in find_claims(u, turns_of(u), BOOK) if c.kind == "introduced"] for u in (own, hinted_own)
    )
    assert weak.weight == sure.weight / 2
