"""How many voices a recording holds and what each sounds like: agglomerative clustering of stretches.

Average linkage on cosine similarity (Day and Edelsbrunner, 1984). Only stretches long enough to be sure of take
part; the others are given to the voices found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEAST_SIMILARITY = 0.33
"""Groups of stretches whose mean similarity is below this are different voices."""
_SURE_SECONDS = 1.5
_MOST_STRETCHES = 5000
"""Memory and time grow with the square: of a very long recording the longest stretches take part (200 MB)."""


def find_voices(
    vectors: NDArray[np.float32], seconds: NDArray[np.float64], speakers: int | None = None
) -> NDArray[np.float64]:
    """The mean voiceprint of each voice, (voices, 192), of length 1.

    `vectors` (stretches, 192) have length 1; `seconds` is each stretch's speech. `speakers` guides the count.
    """
    import numpy as np

    if not len(vectors):
        return np.zeros((0, vectors.shape[1]))
    sure = _sure_enough(seconds)
    groups = _group(vectors[sure], speakers)
    return np.stack([_mean(vectors[sure][groups == g], seconds[sure][groups == g]) for g in np.unique(groups)])


def _sure_enough(seconds: NDArray[np.float64]) -> NDArray[np.int64]:
    """Stretches long enough to cluster: of a recording with few, the longer half."""
    import numpy as np

    sure = np.flatnonzero(seconds >= _SURE_SECONDS)
    if len(sure) < 2:
        sure = np.flatnonzero(seconds >= np.median(seconds))
    if len(sure) > _MOST_STRETCHES:
        sure = np.sort(sure[np.argsort(-seconds[sure], kind="stable")[:_MOST_STRETCHES]])
    return sure


def _group(vectors: NDArray[np.float32], speakers: int | None) -> NDArray[np.int64]:
    import numpy as np
    from scipy.cluster.hierarchy import fcluster, linkage

    if len(vectors) == 1:
        return np.ones(1, dtype=np.int64)
    tree = linkage(vectors, "average", metric="cosine")
    groups: NDArray[np.int64] = fcluster(tree, 1 - LEAST_SIMILARITY, "distance")
    return groups


def _mean(vectors: NDArray[np.float32], seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    mean = seconds @ vectors
    unit: NDArray[np.float64] = mean / np.linalg.norm(mean)
    return unit
