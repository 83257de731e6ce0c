"""What a withdrawn recording taught the study, taken out of what the study remembers: voices and label map.

Voiceprints and what was said about names are kept by recording, so they go exactly. The label map keeps no
sources: what no other recording uses goes (pipeline.deidentify.forgetting). Each record is sealed anew under
another key, so the versions before open no more.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.deidentify.forgetting import Worded, unused, without
from pipeline.errors import NotKeptError, SealBrokenError
from pipeline.records import to_json
from pipeline.study.corrections import RECORD as CORRECTIONS
from pipeline.study.corrections import read_corrections
from pipeline.study.label_use import OtherUses
from pipeline.study.study import Study
from pipeline.study.vault.sealed_records import STUDY_OWNER

VOICES_REMOVED, LABELS_REMOVED = "voices of a recording removed", "words of a recording removed"


@dataclass(frozen=True, slots=True)
class Lesson:
    """What of the study's label map only this recording needs."""

    recording: str
    words: frozenset[Worded] = field(repr=False)


def find_lesson(study: Study, recording: str) -> Lesson | None:
    """What of the label map a recording alone needs: reads every other transcript, so it may take a while.

    None once its keys are gone: it was forgotten with them. While another recording's sealed file is damaged, which words it uses is not known: the map then stays.
    """
    if not study.rows.key_ids(recording):
        return None
    try:
        return Lesson(recording, unused(study.labels.load(), OtherUses(study).of_all_but(recording)))
    except (SealBrokenError, NotKeptError):
        return Lesson(recording, frozenset())


def forget(study: Study, lesson: Lesson, *, by: str) -> None:
    """Take it out of the study's records, inside the running transaction."""
    about = {"recording": lesson.recording}
    known = study.voices.load()
    if (voices := known.unlearning(lesson.recording)) != known:
        study.rows.drop_key(STUDY_OWNER, "voices")  # what is kept now gets another
        study.keep_shared("voices", to_json(voices), event=VOICES_REMOVED, audit=about, by=by)
    sent = read_corrections(study)
    if (left := sent.without(recording=lesson.recording)) != sent:
        study.rows.drop_key(STUDY_OWNER, CORRECTIONS)
        study.keep_shared(
            CORRECTIONS, to_json(left), event="corrections about a recording removed", audit=about, by=by
        )
    held = study.labels.load()
    if (labels := without(held, lesson.words)) != held:
        study.rows.drop_key(STUDY_OWNER, "labels")
        study.keep_shared("labels", to_json(labels), event=LABELS_REMOVED, audit=about, by=by)


def told(study: Study, recording: str) -> tuple[str, ...]:
    """What a certificate says of this, from the audit chain: no more than was done."""
    removed = {
        entry.event
        for event in (VOICES_REMOVED, LABELS_REMOVED)
        for entry in study.audit.events(event)
        if entry.facts().get("recording") == recording
    }
    said = []
    if VOICES_REMOVED in removed:
        said.append(
            "The voiceprints it taught, and what was said in it about names, were removed from the study's voices."
        )
    words = (
        "Words labelled in no other recording were removed from the study's label map."
        if LABELS_REMOVED in removed
        else "Nothing was removed from the study's label map."
    )
    said.append(
        f"{words} What other recordings use stays there, sealed, and so do earlier copies of the map in recordings "
        "under review, until those are destroyed. Codes their speakers got by comparison with its voices stay."
    )
    said.append("The roster stays, sealed, as long as other recordings need it: close --roster destroys it.")
    return tuple(said)
