"""What follows from what participants agreed to: whose voiceprint is kept, and who speaks in a recording unasked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from pipeline.records import Roster, from_json, to_json
from pipeline.speakers.consent import agreed
from pipeline.speakers.voices import ENROLLED, KnownVoice, KnownVoices
from pipeline.study.requests import left_since
from pipeline.study.rings import UNSCRUBBED, finish_scrub
from pipeline.study.vault.states import STUDY_OWNER
from pipeline.study.vault.study_key import Ring

if TYPE_CHECKING:
    from pipeline.study.study import Study

VOICES = "voices"
REMOVED = "voiceprints removed"


def fit_voices(roster: Roster, data: bytes, left: Collection[str] = ()) -> bytes:
    """The study's voices without the voiceprints of those who did not agree to theirs being kept, and of those who left.

    Where the study keeps these answers, a voice nobody has named yet has none either: it may be somebody who said no.
    What was said about names stays, and so does which recording a code was heard in.
    """
    known = from_json(KnownVoices, data)
    voices = tuple(
        _without_prints(voice)
        if voice.code in left or agreed(roster, voice.code, "voiceprint") is False
        else voice
        for voice in known.voices
    )
    return data if voices == known.voices else to_json(replace(known, voices=voices))


def _without_prints(voice: KnownVoice) -> KnownVoice:
    prints = tuple(replace(each, mean=()) for each in voice.prints if each.recording != ENROLLED)
    return replace(voice, prints=prints)


def remove_voiceprints(study: Study) -> None:
    """Inside the transaction that changed the roster: what may not be kept any more goes, with the key it lay under."""
    held = study.voices.read()
    if held is None:
        return
    roster = study.roster.load()
    if (left := fit_voices(roster, held, left_since(study))) == held:
        return
    study.rows.drop_key(STUDY_OWNER, VOICES)  # what is kept now gets another
    before = {v.code for v in from_json(KnownVoices, held).voices if any(p.mean for p in v.prints)}
    after = {v.code for v in from_json(KnownVoices, left).voices if any(p.mean for p in v.prints)}
    study.keep_shared(VOICES, left, event=REMOVED, audit={"codes": sorted(before - after)})
    study.ledger.write_mark(UNSCRUBBED, 1)
    study.ledger.after_commit(partial(finish_scrub, study))


def heard_unasked(study: Study) -> tuple[str, ...]:
    """Recordings in which somebody speaks who said no to being recorded; none where the key given opens no names."""
    if not study.key.opens(Ring.IDENTITY) or (data := study.voices.read()) is None:
        return ()
    roster = study.roster.load()
    refused = {p.code for p in roster.people if p.consent.recording.answer == "no"}
    heard = {r for v in from_json(KnownVoices, data).voices if v.code in refused for r in v.recordings}
    return tuple(sorted(heard - {ENROLLED}))
