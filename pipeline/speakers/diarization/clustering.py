"""How many voices a recording holds and what each sounds like: agglomerative clustering in two steps.

First average linkage on cosine similarity, up to where groups are surely one voice. Then the groups closest to one
another merge as long as they are likely to be one voice. How close two groups are is measured against how close each
is within itself: two like voices in clear sound are closer to one another than what one voice says in a far corner
of a noisy room. A group of few seconds needs less closeness, because its voiceprint is noisier and a stray second in an
overlap is a likelier reason for it than a person who says nothing else. Which data the thresholds were set on is said
in docs/benchmarks/diarization.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SURE_SIMILARITY = 0.5
"""Mean similarity from which on two groups are one voice, whoever else speaks."""
LEAST_CLOSENESS = 0.70
"""Two groups with much speech are one voice when as close to one another as this share of how close each is within ..."""
LEAST_CLOSENESS_SHORT = 0.35
"""... and a group of hardly any speech belongs to one from this on; between them it falls off with the seconds."""
_SHORT_SECONDS, _SHORT_SHARE = 6.5, 0.033
"""What is hardly any: this many seconds, in a short recording this share of its speech."""
_STRAY_SECONDS, _STRAY_SHARE = 2.0, 0.01
"""A group with less than the smaller of these is no voice of its own."""
_HINT = 0.04
"""So far do the thresholds bend, to either side, to reach the number of speakers a person gave, and to keep to the most
people there can be."""
_PRIOR_PAIRS = 6
"""A group of few items is taken to be as close within as the others are, with the weight of so many pairs."""
_LEAST_WITHIN = 0.05
_ITEM_SECONDS = 1.0
_MOST_ITEMS = 5000
"""Memory and time grow with the square: of a very long recording the longest items take part (200 MB)."""


def find_voices(
    vectors: NDArray[np.float32],
    seconds: NDArray[np.float64],
    speakers: int | None = None,
    at_most: int | None = None,
) -> NDArray[np.float64]:
    """The mean voiceprint of each voice, (voices, numbers), of length 1.

    `vectors` (items, numbers) have length 1; `seconds` is the speech in each. `speakers` guides the count, or where it
    is not known `at_most` does, from above alone.
    """
    if not len(vectors):
        return np.zeros((0, vectors.shape[1]))
    sure = _long_enough(seconds)
    vectors, seconds = vectors[sure], seconds[sure]
    groups = _merge_likely(vectors, seconds, _group_sure(vectors), speakers, at_most)
    return np.stack([_mean(vectors[groups == g], seconds[groups == g]) for g in np.unique(groups)])


def _long_enough(seconds: NDArray[np.float64]) -> NDArray[np.int64]:
    """Items long enough to cluster: of a recording with few, the longer half."""
    sure = np.flatnonzero(seconds >= _ITEM_SECONDS)
    if len(sure) < 2:
        sure = np.flatnonzero(seconds >= np.median(seconds))
    if len(sure) > _MOST_ITEMS:
        sure = np.sort(sure[np.argsort(-seconds[sure], kind="stable")[:_MOST_ITEMS]])
    return sure


def _group_sure(vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    """Group numbers from 0 of what is surely one voice."""
    from scipy.cluster.hierarchy import fcluster, linkage

    if len(vectors) == 1:
        return np.zeros(1, dtype=np.int64)
    tree = linkage(vectors, "average", metric="cosine")
    groups: NDArray[np.int64] = fcluster(tree, 1 - SURE_SIMILARITY, "distance").astype(np.int64) - 1
    return groups


def _merge_likely(
    vectors: NDArray[np.float32],
    seconds: NDArray[np.float64],
    groups: NDArray[np.int64],
    speakers: int | None,
    at_most: int | None,
) -> NDArray[np.int64]:
    """Merge the pair furthest above its threshold until none is above; the number given moves that line a little."""
    member_of = np.eye(int(groups.max()) + 1)[groups].T
    sums, sizes, speech = member_of @ vectors, member_of.sum(axis=1), member_of @ seconds
    while len(sums) > 1:
        margins = _margins(sums, sizes, speech)
        kept, gone = sorted(divmod(int(margins.argmax()), len(sums)))
        if margins[kept, gone] < _needed(len(sums), speakers, at_most):
            break
        for values in (sums, sizes, speech):
            values[kept] += values[gone]
        sums, sizes, speech = (np.delete(values, gone, axis=0) for values in (sums, sizes, speech))
        groups = np.where(groups == gone, kept, groups)
        groups = groups - (groups > gone)
    return groups


def _margins(
    sums: NDArray[np.float64], sizes: NDArray[np.float64], speech: NDArray[np.float64]
) -> NDArray[np.float64]:
    """For each pair of groups, their closeness less what is needed to be one voice (groups, groups)."""
    within = _similarity_within(sums, sizes)
    closeness = (sums @ sums.T) / np.outer(sizes, sizes) / np.sqrt(np.outer(within, within))
    shorter, total = np.minimum.outer(speech, speech), float(speech.sum())
    hardly_any = min(_SHORT_SECONDS, _SHORT_SHARE * total)
    falloff = np.exp(-shorter / hardly_any)
    threshold = LEAST_CLOSENESS - (LEAST_CLOSENESS - LEAST_CLOSENESS_SHORT) * falloff
    stray = shorter < min(_STRAY_SECONDS, _STRAY_SHARE * total)
    margins = np.where(stray, 1.0 + closeness, closeness - threshold)
    np.fill_diagonal(margins, -np.inf)
    return margins


def _similarity_within(sums: NDArray[np.float64], sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean similarity of each group's items, from their sum: a sum's square holds every pair and each item itself."""
    pairs = sizes * (sizes - 1)
    similarities = (sums**2).sum(axis=1) - sizes
    usual = similarities.sum() / max(1.0, pairs.sum()) if pairs.any() else SURE_SIMILARITY
    within = (similarities + _PRIOR_PAIRS * usual) / (pairs + _PRIOR_PAIRS)
    kept: NDArray[np.float64] = np.maximum(within, _LEAST_WITHIN)
    return kept


def _needed(groups: int, speakers: int | None, at_most: int | None) -> float:
    """The margin a merge needs: 0, less while there are more groups than people said or possible, else more."""
    most = speakers or at_most
    if most and groups > most:
        return -_HINT
    return _HINT if speakers else 0.0


def _mean(vectors: NDArray[np.float32], seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    mean = seconds @ vectors
    unit: NDArray[np.float64] = mean / np.linalg.norm(mean)
    return unit
