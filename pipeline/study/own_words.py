"""One participant's copy: what they said, and what others said of them by code; all else is closed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.errors import ParticipantUnknownError
from pipeline.export.document import ExportDocument, Participant
from pipeline.records import Utterance

CLOSED = "[...]"
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?…])\s+")


def keep_own(documents: Sequence[ExportDocument], code: str) -> tuple[ExportDocument, ...]:
    """The documents that hold anything of a participant, with nothing else in the open.

    Raises ParticipantUnknownError when none does.
    """
    found = tuple(document for each in documents if (document := _own(each, code)) is not None)
    if not found:
        raise ParticipantUnknownError(code=code, where=" and a word in what was to be exported")
    return found


def _own(document: ExportDocument, code: str) -> ExportDocument | None:
    shown = tuple(_close(spoken, code) for spoken in document.utterances)
    if all(spoken.text == CLOSED for spoken in shown):
        return None
    people = (
        person if person.code == code else Participant(person.code)  # a role may tell who somebody else is
        for person in document.participants
    )
    return replace(document, utterances=shown, participants=tuple(people), reports=(), certificates=())


def _close(spoken: Utterance, code: str) -> Utterance:
    """A turn of another with the sentences that name the participant, and a mark for each stretch that is closed."""
    if spoken.participant == code:
        return spoken
    return replace(spoken, text=" ".join(_open_sentences(spoken.text, f"[{code}]")), words=())


def _open_sentences(text: str, label: str) -> Iterator[str]:
    closed = False
    for sentence in _BETWEEN_SENTENCES.split(text):
        if label in sentence:
            yield sentence
        elif not closed:
            yield CLOSED
        closed = label not in sentence
