"""How well a recording was heard, as figures: what a person should know before trusting its transcript."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.records import Transcription, Turn, Utterance
from pipeline.speakers.timeline import turns_by_speaker
from pipeline.verify.state import FAINT_PROBABILITY

# Set by judgement: three times the faint words of two sessions by base (4.6 %, docs/benchmarks/transcribe.md)
LISTEN_FAINT_SHARE = 0.15
LISTEN_NOISE_DB = 10.0  # less between speech and what lies under it: words drown
# About a quarter of the talk, of which the lines show a little more than half (docs/benchmarks/transcribe.md)
LISTEN_OVERLAP_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class HeardWell:
    """Shares in [0, 1]; `overlap_share` of the time in which anybody speaks, as far as lines show it. `level_dbfs` is the loud parts' level, `noise_db` how far the quiet parts lie under them; None
    where there was no sound, or an earlier version did not measure it. `listen_to_all`: so much is doubtful that single
    questions do not find it."""

    faint_share: float
    overlap_share: float
    level_dbfs: float | None = None
    noise_db: float | None = None
    listen_to_all: bool = False

    @property
    def in_words(self) -> str:
        """For people, in one line."""
        return self.figures + (": listen to all of it" if self.listen_to_all else "")

    @property
    def figures(self) -> str:
        """The figures alone, in one line."""
        said = [
            f"{self.faint_share:.0%} of the words heard faintly",
            f"{self.overlap_share:.0%} of the talk overlapped",
        ]
        if self.level_dbfs is not None:
            said.append(f"level {self.level_dbfs:.0f} dBFS")
        if self.noise_db is not None:
            said.append(f"quiet parts {self.noise_db:.0f} dB under the talk")
        return ", ".join(said)


def heard_well(transcription: Transcription, utterances: Sequence[Utterance]) -> HeardWell:
    """The figures of a recording; `utterances` (original or de-identified) tell what was overlapped."""
    words, noise = transcription.words, transcription.noise_db
    faint = sum(w.probability < FAINT_PROBABILITY for w in words) / max(1, len(words))
    overlapped = _overlap_share(utterances)
    return HeardWell(
        round(faint, 4),
        round(overlapped, 4),
        transcription.level_dbfs,
        noise,
        listen_to_all=faint > LISTEN_FAINT_SHARE
        or overlapped > LISTEN_OVERLAP_SHARE
        or (noise is not None and noise < LISTEN_NOISE_DB),
    )


def _overlap_share(utterances: Sequence[Utterance]) -> float:
    """Of the time in which anybody speaks, how much two or more do."""
    spoken = turns_by_speaker(Turn(u.start, u.end, u.participant) for u in utterances if u.start < u.end)
    begins = [(start, 1) for voice in spoken for start in voice.starts]
    borders = sorted([*begins, *((end, -1) for voice in spoken for end in voice.ends)])
    talk = overlapped = 0.0
    speaking = 0
    for (time, change), (following, _) in pairwise(borders):
        speaking += change
        talk += (following - time) * (speaking > 0)
        overlapped += (following - time) * (speaking > 1)
    return overlapped / talk if talk else 0.0
