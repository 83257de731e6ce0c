"""The voices of a recording against the voices of the study, all at once.

Cosine of CAM++ voiceprints. On five simulated meetings of real voices (docs/benchmarks/codes.md) the same
person in two recordings scored 0.72 or more from 8 s of speech on, two people 0.55 at most; of 1 to 2 s the same
person fell to 0.5. So the bar rises with the seconds behind the weaker voiceprint. Voiceprints of another network are
held to the same bars, which were not measured for it: then no match is sure. The pairs are chosen together
(Hungarian assignment): no two speakers of a recording get one voice, and a speaker for whom "a new voice" is the
better account gets none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.records import Voiceprint
from pipeline.speakers.diarization.choice import MEASURED_VOICEPRINTS, VOICEPRINT_MODEL
from pipeline.speakers.voices import KnownVoices

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# The bar in cosine, by seconds of speech; in between by straight line.
_BAR_SECONDS = (1.0, 3.0, 8.0)
_BAR = (0.48, 0.54, 0.60)
_SURE_ABOVE_BAR = 0.08
_DOUBT_BELOW_BAR = 0.12
_SURE_MARGIN = 0.12
_SURE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Match:
    """A speaker's best account: `voice` (a key) or "" for a new voice; `runner_up` is the next best score.

    `sure` is False when a person should confirm: near the bar, two voices alike, little speech, or a new
    voice that sounds somewhat like `resembles` (a key). `comparable` is False when the study knows voices that could not be
    compared with it, because another network told them apart.
    """

    speaker: str
    voice: str = ""
    score: float = 0.0
    runner_up: float = 0.0
    sure: bool = True
    resembles: str = ""
    comparable: bool = True


def match(
    voiceprints: Sequence[Voiceprint],
    known: KnownVoices,
    *,
    model: str = VOICEPRINT_MODEL,
    support: Mapping[tuple[str, str], float] | None = None,
) -> dict[str, Match]:
    """Match each voiceprint to a known voice or to none.

    `support` adds to the score of a (speaker, voice key) pair what else is known, such as a name that was said.
    `model` is the network of the voiceprints: voices it has not heard cannot be compared. Speakers without a usable
    voiceprint are left out.
    """
    prints, length = _comparable(voiceprints)
    references = list(_references(known, length, model))
    comparable = len(references) == sum(voice.reference() is not None for voice in known.voices)
    if not prints or not references:
        new = Match("", sure=comparable, comparable=comparable)
        return {p.speaker: replace(new, speaker=p.speaker) for p in prints}
    measured = model in MEASURED_VOICEPRINTS
    found = (
        replace(m, sure=m.sure and measured and (comparable or bool(m.voice)), comparable=comparable)
        for m in _assign(prints, references, support or {})
    )
    return {m.speaker: m for m in found}


def _comparable(voiceprints: Sequence[Voiceprint]) -> tuple[list[Voiceprint], int]:
    """Those that can be compared with one another, and how many numbers they have."""
    prints = [p for p in voiceprints if usable(p.mean)]
    length = len(prints[0].mean) if prints else 0
    return [p for p in prints if len(p.mean) == length], length


def _assign(
    prints: Sequence[Voiceprint],
    references: Sequence[tuple[str, Sequence[float], float]],
    support: Mapping[tuple[str, str], float],
) -> list[Match]:
    """All voiceprints against all voices at once."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    keys, means, seconds = zip(*references, strict=True)
    heard = _normalised([p.mean for p in prints])
    supported = heard @ _normalised(means).T + _given(prints, keys, support)
    bars = np.array([[bar(min(p.seconds, s)) for s in seconds] for p in prints])
    # Gains over the bar; as many columns of "a new voice", worth nothing, as there are speakers.
    gains = np.hstack([supported - bars, np.zeros((len(prints), len(prints)))])
    rows, columns = linear_sum_assignment(-gains)
    chosen = {int(r): int(c) for r, c in zip(rows, columns, strict=True)}
    return [_judge(i, chosen[i], p, supported, bars, keys) for i, p in enumerate(prints)]


def _references(known: KnownVoices, length: int, model: str) -> Iterator[tuple[str, Sequence[float], float]]:
    """Each known voice that can be compared: its key, its mean and the seconds behind it."""
    for voice in known.voices:
        reference = voice.reference(model)
        if reference and usable(reference[0]) and len(reference[0]) == length:
            yield voice.key, *reference


def _given(
    prints: Sequence[Voiceprint], keys: Sequence[str], support: Mapping[tuple[str, str], float]
) -> NDArray[np.float64]:
    """What else is known of each speaker (rows) and voice (columns)."""
    import numpy as np

    return np.array([[support.get((p.speaker, key), 0.0) for key in keys] for p in prints])


def _judge(
    row: int,
    column: int,
    heard: Voiceprint,
    scores: NDArray[np.float64],
    bars: NDArray[np.float64],
    keys: Sequence[str],
) -> Match:
    import numpy as np

    if column >= len(keys):
        best = int(np.argmax(scores[row]))
        score = float(scores[row, best])
        alike = score >= bars[row, best] - _DOUBT_BELOW_BAR
        return Match(heard.speaker, "", score, 0.0, not alike, keys[best] if alike else "")
    score = float(scores[row, column])
    others = np.concatenate([np.delete(scores[row], column), np.delete(scores[:, column], row), [-1.0]])
    runner_up = float(others.max())
    clear = score >= bars[row, column] + _SURE_ABOVE_BAR and score - runner_up >= _SURE_MARGIN
    return Match(heard.speaker, keys[column], score, runner_up, clear and heard.seconds >= _SURE_SECONDS)


def bar(seconds: float) -> float:
    """The score from which two voiceprints are taken for one person, by the seconds behind the shorter."""
    import numpy as np

    return float(np.interp(seconds, _BAR_SECONDS, _BAR))


def usable(mean: Sequence[float]) -> bool:
    """True for a voiceprint that is neither empty, zero nor broken."""
    import math

    return bool(mean) and all(math.isfinite(x) for x in mean) and any(mean)


def alike(voiceprints: Sequence[Voiceprint]) -> list[tuple[str, str]]:
    """Pairs of speakers of one recording whose voices are so close that they may be one person."""
    prints = [p for p in voiceprints if usable(p.mean)]
    if len(prints) < 2:
        return []
    unit = _normalised([p.mean for p in prints])
    close = unit @ unit.T
    return [
        (a.speaker, b.speaker)
        for i, a in enumerate(prints)
        for j, b in enumerate(prints)
        if i < j and close[i, j] >= bar(min(a.seconds, b.seconds)) + _SURE_ABOVE_BAR
    ]


def _normalised(means: Sequence[Sequence[float]]) -> NDArray[np.float64]:
    import numpy as np

    matrix = np.asarray(means, dtype=np.float64)
    unit: NDArray[np.float64] = matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)
    return unit
