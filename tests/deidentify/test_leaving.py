"""What stands in a transcript when somebody has left it, whatever stood there before."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deidentify.leaving import (
    MENTION,
    Place,
    count_left,
    cut_out,
    find_mentions,
    is_left,
    leave_utterances,
    name_forms,
    names,
    settle,
    shift_span,
    turn_text,
    without_labels,
)
from pipeline.records import Label, LabelMap, Redaction, Span, Surrogate, Utterance, Word

CODE = "P03"
LABELS = ("[P03]", "[P02 or P03]", "[P03 or P01]", "[[ID] or P03]", "[P03 or [Person 2]]")
OTHERS = ("[P02]", "[P031]", "[P03 withdrew]", "[Person 3]", "P03", "[XP03]", "[note: well]")


def say(text: str, who: str = "P01", at: float = 0.0) -> Utterance:
    """A turn with a word a second."""
    words = tuple(Word(at + n, at + n + 0.5, word, 0.7) for n, word in enumerate(text.split()))
    return Utterance(who, at, at + max(1, len(words)), text, words)


def put(text: str, what: str, label: str, number: int = 0) -> Span:
    """What the pipeline put in the place of some words."""
    start = text.index(what)
    return Span(
        number, start, start + len(what), "PERSON", "direct", 0.9, "x", what, "remove", label, evidence=()
    )


def words_of(said: Utterance) -> list[str]:
    return [word.text for word in said.words]


@pytest.mark.parametrize("label", LABELS)
def test_a_label_of_theirs_goes_from_text_and_words(label: str) -> None:
    """Also one that means one of two, and one that holds another label; what stands around it stays."""
    before = say(f"I think ({label}, yes) said so to [P02]")
    (after,) = leave_utterances((before,), CODE)
    assert after.text == f"I think ({MENTION}, yes) said so to [P02]"
    assert words_of(after) == ["I", "think", f"({MENTION},", "yes)", "said", "so", "to", "[P02]"]
    count = len(label.split())
    assert (after.words[2].start, after.words[2].end) == (2.0, 2.0 + count - 0.5)
    assert after.words[2].probability == 0.7
    assert replace(after, text="", words=()) == replace(before, text="", words=())


@pytest.mark.parametrize("label", OTHERS)
def test_what_means_somebody_else_stays(label: str) -> None:
    before = say(f"I think {label} said so")
    assert leave_utterances((before,), CODE) == (before,)
    assert find_mentions(before.text, (), CODE) == ()


def test_a_label_inside_other_brackets_goes_alone() -> None:
    (after,) = leave_utterances((say("[note: [P03] laughs] yes"),), CODE)
    assert after.text == f"[note: {MENTION} laughs] yes"


def test_their_turns_keep_their_times_alone() -> None:
    before = (say("nothing of mine", CODE, 3.0), replace(say("nor this", CODE, 9.0), words=()))
    first, second = leave_utterances(before, CODE)
    assert (first.text, first.start, first.end) == ("[P03 withdrew]", 3.0, 6.0)
    assert first.words == (Word(3.0, 6.0, "[P03 withdrew]"),)
    assert (second.text, second.words) == ("[P03 withdrew]", ())
    assert is_left(f" {first.text} ")
    assert not is_left(f"{first.text} and more")


def test_turns_and_mentions_are_counted_as_they_stand() -> None:
    """A turn that was left before counts no more, nor does a mention of somebody who left before."""
    before = (
        say(turn_text(CODE), CODE),
        say("mine", CODE),
        say(f"{MENTION} and [P03] and [P03]"),
        say("P03 or [P02]"),
        say("[P02 or P03]"),
    )
    after = leave_utterances(before, CODE)
    assert count_left(before, after, CODE) == (1, 3)
    assert count_left(after, leave_utterances(after, CODE), CODE) == (0, 0)
    assert count_left(after, before, CODE)[1] == 0


# --- raw words ----------------------------------------------------------------------------------------


def test_raw_words_go_behind_their_spans_and_where_labels_stood_as_given() -> None:
    """Both in one line, in whatever order; of a name and a label that overlap one mark stays."""
    text = "[P03] met Zeffa and Fenwick [Zeffa or P03] there"
    spans = (
        put(text, "Fenwick", "[P02]"),
        put(text, "Zeffa", "[P01 or P03]"),
        Span(0, 29, 34, "PERSON", "direct", 0.9, "x", "Zeffa", "remove", "[P03]"),
    )
    places = find_mentions(text, spans, CODE)
    assert [text[start:end] for start, end in places] == ["[P03]", "Zeffa", "[Zeffa or P03]"]
    after, times = cut_out(say(text), places, MENTION)
    assert after.text == f"{MENTION} met {MENTION} and Fenwick {MENTION} there"
    assert words_of(after) == after.text.split()
    assert times == ((0.0, 0.5), (2.0, 2.5), (5.0, 5.5), (6.0, 6.5), (7.0, 7.5))


def test_what_stands_for_nobody_or_is_kept_is_no_mention() -> None:
    """A replacement without brackets is a stand-in, which participants have none of."""
    text = "Zeffa said so"
    for label in ("", "P03", "[P02]", "[Person 3]"):
        assert find_mentions(text, (put(text, "Zeffa", label),), CODE) == ()


PIECES = st.lists(st.sampled_from("abcdefgh ,."), min_size=1, max_size=30).map("".join)


@given(PIECES, st.lists(st.integers(0, 30), max_size=8, unique=True))
def test_words_say_what_the_text_says(text: str, ends: list[int]) -> None:
    """Whatever is cut out wherever: the words are the text's, in order; what was touched is silent, what was not stays."""
    ends = sorted(end for end in ends if end <= len(text))
    places: list[Place] = [
        (start, end) for start, end in zip(ends[::2], ends[1::2], strict=False) if text[start:end].strip()
    ]
    before = say(text)
    after, times = cut_out(before, places, "#")
    kept, at = "", 0
    for start, end in places:
        kept, at = f"{kept}{text[at:start]}#", end
    assert after.text == kept + text[at:]
    assert "".join(words_of(after)) == "".join(after.text.split())
    untouched = [word for word in before.words if (word.start, word.end) not in times]
    assert untouched == [word for word in after.words if "#" not in word.text]
    assert all(word.end >= word.start for word in after.words)


@pytest.mark.parametrize("heard", ["other", ""])
def test_words_that_do_not_follow_the_text_all_go(heard: str) -> None:
    """A reviewer wrote the line anew: what was heard where is not known, so all of the turn is silent."""
    before = replace(say("Zeffa said so"), words=(Word(0.0, 1.0, "Zeffa"), Word(1.0, 2.0, heard)))
    after, times = cut_out(before, ((0, 5),), MENTION)
    assert (after.text, after.words, times) == (f"{MENTION} said so", (), ((0.0, 3.0),))


def test_what_else_was_replaced_in_the_line_is_found_where_it_stands_now() -> None:
    text = "Zeffa met Otti and Fenwick"
    mentions = find_mentions(text, (put(text, "Zeffa", "[P03]"), put(text, "Fenwick", "[P03]")), CODE)
    after, _ = cut_out(say(text), mentions, MENTION)
    span = put(text, "Otti", "[P01]")
    moved = shift_span(span, mentions)
    assert moved is not None
    assert after.text[moved.start_char : moved.end_char] == "Otti"
    assert replace(moved, start_char=span.start_char, end_char=span.end_char) == span
    for touching in ("Zeffa", "a met", "and F"):
        assert shift_span(put(text, touching, "[X]"), mentions) is None
    for beside in (" met", " and "):
        assert shift_span(put(text, beside, "[X]"), mentions) is not None


# --- what a study remembers ---------------------------------------------------------------------------


def test_the_label_map_loses_their_rows_and_their_name_s() -> None:
    """By label and by name; what has the name's words without being a name stays, and no number is given again."""
    forms = name_forms(("Zephyrine  Quorn", "Z", "Zeffa"))
    assert forms == {"zephyrine quorn", "zephyrine", "quorn", "z", "zeffa"}
    gone = (
        Label("name", "somebody", CODE),
        Label("name", "both", "P02 or P03"),
        Label("name", "quorn", "Person 4"),
    )
    stay = (Label("name", "fenwick", "P02"), Label("place", "quorn", "Place 1"))
    stand_ins = (Surrogate(CODE, "Fergus Zimmermann"), Surrogate("oh two", "021", "phone"))
    labels = LabelMap(labels=(*gone, *stay), surrogates=stand_ins)
    after = without_labels(labels, CODE, forms)
    assert after.labels == stay
    assert after.surrogates == stand_ins[1:]
    assert after.retired == ("P02 or P03", "Person 4")
    assert without_labels(after, CODE, forms) is after
    alone = LabelMap(surrogates=stand_ins)
    assert without_labels(alone, CODE, forms).surrogates == stand_ins[1:]
    called = LabelMap(surrogates=(Surrogate(CODE, "021", "phone"),))
    assert without_labels(called, CODE, forms) is called


def test_what_stands_for_their_turns_raises_no_question() -> None:
    """Made anew after they left: nothing in their turns was replaced or is in doubt; of others everything stands."""
    turns = (say(turn_text(CODE), CODE), say("Otti said so"))
    found = put(turns[0].text, "P03", "[ID]"), put(turns[1].text, "Otti", "[P01]", number=1)
    redaction = Redaction(turns, found, LabelMap(), left=found)
    settled = settle(redaction)
    assert (settled.spans, settled.left) == (found[1:], found[1:])
    assert settled.utterances == turns
    only = replace(redaction, utterances=turns[1:])
    assert settle(only) is only


def test_a_code_is_theirs_whole() -> None:
    assert names("P02 or P03", CODE)
    assert not names("P02 or P031", CODE)
    assert not names("P03 withdrew", CODE)
