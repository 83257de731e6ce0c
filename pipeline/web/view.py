"""The review's state as the page gets it. Words that a replacement hides are not in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from pipeline.deidentify.explain import explain, words_for
from pipeline.records import in_brackets
from pipeline.verify.classes import class_titles, word_of
from pipeline.verify.final import changed_lines, line_pieces
from pipeline.verify.labels import offered_labels
from pipeline.verify.lines import is_voice
from pipeline.verify.mentions import Mention
from pipeline.verify.notes import LineNote, line_of
from pipeline.verify.progress import Progress, speech_shares
from pipeline.verify.queue import Question, open_questions
from pipeline.verify.reading import skimmed_lines
from pipeline.verify.replacing import Hit
from pipeline.verify.session import Change, ReviewSession
from pipeline.verify.sightings import WHY_WORDS, Sighting
from pipeline.verify.state import Line, Mark, ReviewedTranscript
from pipeline.verify.telling import tell_step
from pipeline.verify.tokens import heard_without_hints
from pipeline.web.told import told

COLOURS = 10
AROUND = 48  # characters shown around a mention
QUEUE_SENT = 100  # the riskiest; those after them come up as these are decided


def show_review(review: ReviewSession) -> dict[str, Any]:
    """Everything the page needs to begin."""
    state = review.state
    return {
        "recording": review.recording,
        "leftOff": review.left_off,
        "event": review.number,
        "duration": state.duration,
        "classes": {kind: [word, told(title)] for kind, (word, title) in class_titles().items()},
        "order": list(state.order),
        "lines": [show_line(line) for line in state.in_order()],
        **_moving_parts(review),
    }


def show_change(
    review: ReviewSession, change: Change, before: ReviewedTranscript | None = None
) -> dict[str, Any]:
    """What a decision changed; of the last of several, with the state `before` them, what all of them did."""
    before = before or change.before
    shown: dict[str, Any] = {
        "event": change.event.number,
        "lines": [show_line(line) for line in changed_lines(before, change.after)],
        **_moving_parts(review),
    }
    if change.turned is not None:
        shown["turned"] = show_turned(change)
    if before.order != change.after.order:
        shown["order"] = list(change.after.order)
    return shown


def show_turned(change: Change) -> dict[str, Any]:
    """The step that was taken back or done again: what it was, in how many lines, and the first of them."""
    assert change.turned is not None
    step = tell_step(change.turned, change.before, change.after)
    return {
        "what": told(step.what),
        "about": step.about,
        "line": step.line,
        "participant": step.participant,
        "seconds": step.seconds,
        "lines": step.lines,
    }


def _moving_parts(review: ReviewSession) -> dict[str, Any]:
    state = review.state
    return {
        "questions": [show_question(q) for q in open_questions(state)[:QUEUE_SENT]],
        "progress": show_progress(review.progress),
        "participants": show_participants(state),
        "voices": [
            {"speaker": v.speaker, "code": v.code, "evidence": told(v.evidence), "open": v.open}
            for v in state.voices
        ],
        "labels": show_labels(state),
        "read": sorted(state.read),
        "notes": [show_note(state, note) for note in state.notes],
        "skimmed": list(skimmed_lines(state)),
        "unlooked": len(state.unlooked),
        "canUndo": review.can_undo,
        "canRedo": review.can_redo,
    }


def show_line(line: Line) -> dict[str, Any]:
    """A line: pieces of text and marks; `w` holds each word's characters and milliseconds, flat.

    `u` holds the words heard faintly, flat: which word, and how sure the recogniser was, in percent.
    """
    words: list[int] = []
    for t in line.tokens:
        words += (t.start_char, t.end_char, round(t.start * 1000), round(t.end * 1000))
    pieces = [p.text if p.mark is None else show_mark(p.mark, p.text, line) for p in line_pieces(line)]
    shown = {"id": line.id, "p": line.participant, "s": line.start, "e": line.end, "t": pieces, "w": words}
    if faint := _faint_words(line):
        shown["u"] = faint
    return {**shown, "overlap": True} if line.overlap else shown


def _faint_words(line: Line) -> list[int]:
    """Words of `w` the recogniser was not sure of; those a replacement hides are not read anyway."""
    hiding = [m for m in line.marks if m.hides]
    faint: list[int] = []
    for k, t in enumerate(line.tokens):
        if t.faint and not any(m.start_char < t.end_char and t.start_char < m.end_char for m in hiding):
            faint += (k, round(t.probability * 100))
    return faint


def show_mark(mark: Mark, text: str, line: Line) -> dict[str, Any]:
    """A mark: what is seen of it (`t`), how many characters it stands for (`n`), its standing, and why it was found (`e`).

    `w` is there where only a hint explains a word of it: "words" were heard without hints (they are told like the
    words under a replacement, while a person asks for them), or "nothing" was.
    """
    heard = heard_without_hints(line, mark)
    hint = {} if heard is None else {"w": "words" if heard else "nothing"}
    return hint | {
        "m": mark.id,
        "t": text,
        "n": mark.end_char - mark.start_char,
        "k": mark.type,
        "c": word_of(mark.type),
        "h": mark.hides,
        "q": mark.open,
        "v": mark.verdict,
        "f": told(words_for(mark.found_by)),
        "r": told(mark.reason),
        "e": [told(each) for each in explain(mark.evidence)],
        "x": mark.replacement,
    }


def show_note(state: ReviewedTranscript, note: LineNote) -> dict[str, Any]:
    """A note with where it stands now, and its answers."""
    replies = [{"text": each.text, "by": each.by, "at": each.at} for each in note.replies]
    line = line_of(state, note)
    facts = {"number": note.number, "text": note.text, "by": note.by, "at": note.at, "asks": note.asks}
    return {**facts, "line": line, "waits": note.waits, "replies": replies}


def show_question(question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "about": question.about,
        "risk": question.risk,
        "why": told(question.why),
        "line": question.line,
        "start": question.start,
        "end": question.end,
        "like": list(question.like_it),
        "together": question.together,
        "order": question.order,
        "grounds": [{"key": ground.key, "facts": dict(ground.facts)} for ground in question.grounds],
    }


def show_progress(progress: Progress) -> dict[str, Any]:
    return {
        "questions": progress.questions,
        "open": progress.open,
        "decided": progress.decided,
        "coverage": progress.coverage,
        "how": asdict(progress.how),
        "well": asdict(progress.heard) if progress.heard else None,
        "waiting": progress.waiting,
        "badly": asdict(progress.heard) if progress.heard and progress.heard.listen_to_all else None,
    }


def show_participants(state: ReviewedTranscript) -> list[dict[str, Any]]:
    """Every code with its share of speech, its colour (a number) and its role."""
    shares = speech_shares(state)
    roles = {person.code: person.role for person in state.roster}
    return [
        {
            "code": code,
            "share": round(shares.get(code, 0.0), 4),
            "colour": number % COLOURS,
            "role": roles.get(code, ""),
            "voice": is_voice(code),
        }
        for number, code in enumerate(state.participants())
    ]


def show_labels(state: ReviewedTranscript) -> list[str]:
    """Labels one may choose: those in use, and every participant's."""
    codes = {in_brackets(code) for code in state.participants() if not is_voice(code)}
    return sorted(offered_labels(state) | codes, key=_natural)


def _natural(label: str) -> tuple[str, int]:
    digits = "".join(c for c in label if c.isdigit())
    return label.rstrip("]0123456789"), int(digits or 0)


def show_mentions(state: ReviewedTranscript, mentions: Iterable[Mention]) -> list[dict[str, Any]]:
    """Places that may mean the same, each with a little of what is said around it."""
    return [_show_mention(state.lines, mention) for mention in mentions]


def show_sightings(state: ReviewedTranscript, sightings: Iterable[Sighting]) -> list[dict[str, Any]]:
    """Places that still stand in the open, each with why it is shown and the seconds at which it is heard."""
    return [_show_sighting(state, sighting) for sighting in sightings]


def show_hits(state: ReviewedTranscript, hits: Iterable[Hit]) -> list[dict[str, Any]]:
    """Places where something was found, each with the seconds at which it is heard; of a label its mark."""
    return [_show_hit(state.lines[hit.line], hit) for hit in hits]


def _show_hit(line: Line, hit: Hit) -> dict[str, Any]:
    said = [t for t in line.tokens if t.start_char < hit.end_char and hit.start_char < t.end_char]
    heard = (said[0].start, said[-1].end) if said else (line.start, line.end)
    place = _show_place(line, hit.start_char, hit.end_char)
    return {**place, "mark": hit.mark, "from": heard[0], "to": heard[1]}


def _show_sighting(state: ReviewedTranscript, seen: Sighting) -> dict[str, Any]:
    place = _show_place(state.lines[seen.line], seen.start_char, seen.end_char)
    return {**place, "why": told(WHY_WORDS[seen.why]), "type": seen.type}


def _show_mention(lines: Mapping[str, Line], mention: Mention) -> dict[str, Any]:
    place = _show_place(lines[mention.line], mention.start_char, mention.end_char)
    return {**place, "how": mention.how, "chosen": mention.chosen}


def _show_place(line: Line, low: int, high: int) -> dict[str, Any]:
    """A place with a little of what is said around it, and when it is heard."""
    before, after = "", ""
    for piece in line_pieces(line):
        length = len(line.words_of(piece.mark)) if piece.mark else len(piece.text)
        hidden = piece.mark is not None and piece.mark.hides
        end = piece.start_char + length
        before += _clip(piece.text, hidden, piece.start_char, end, 0, low)
        after += _clip(piece.text, hidden, piece.start_char, end, high, len(line.text))
    return {
        "line": line.id,
        "start": low,
        "end": high,
        "words": _seen(line, low, high),
        "before": _last_words(before),
        "after": _first_words(after),
        "participant": line.participant,
        "at": line.start,
    }


def _seen(line: Line, low: int, high: int) -> str:
    """What the reader sees of low..high: a replacement that begins in it is whole, its words never."""
    seen = ""
    for piece in line_pieces(line):
        if piece.mark is not None and piece.mark.hides:
            seen += piece.text if low <= piece.start_char < high else ""
        else:
            seen += piece.text[max(low - piece.start_char, 0) : max(high - piece.start_char, 0)]
    return seen


def _last_words(text: str) -> str:
    """The end of a text, cut between words; a label in brackets is whole or left out."""
    if len(text) <= AROUND:
        return text
    return "… " + re.sub(r"^[^\[\]]*\]", "", text[-AROUND:].partition(" ")[2]).lstrip()


def _first_words(text: str) -> str:
    """The beginning of a text, cut between words; a label in brackets is whole or left out."""
    if len(text) <= AROUND:
        return text
    return re.sub(r"\[[^\]]*$", "", text[:AROUND].rpartition(" ")[0]).rstrip() + " …"


def _clip(text: str, hidden: bool, start: int, end: int, low: int, high: int) -> str:
    """The part of a piece that lies in low..high; a replacement is whole or nothing."""
    if hidden:
        return text if low <= start and end <= high else ""
    return text[max(low - start, 0) : max(high - start, 0)]
