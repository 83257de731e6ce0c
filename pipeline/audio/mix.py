"""Any number of channels to one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CANCELLED_SHARE = 0.05  # a mix with less than this share of the loudest channel's energy cancelled itself out
GOOD_DB = 15.0  # a channel whose loud moments stand this far above its quiet ones carries speech
BAD_DB = 6.0  # one where they stand less than this above them carries noise
INTEGER_SCALE = {
    "u8": (128.0, 128.0),
    "s16": (0.0, 32768.0),
    "s32": (0.0, 2147483648.0),
    "s64": (0.0, 2.0**63),
}


class Mixer:
    """Averages channels, or some of them; keeps count of their levels to notice cancellation and noise."""

    def __init__(self, channels: tuple[int, ...] | None = None) -> None:
        self._channels = channels
        self._energies: list[float] = []
        self._mixed = 0.0
        self._levels: list[list[float]] = []

    def mix(self, frame: Any) -> NDArray[np.float32]:
        """One frame of any layout and sample format to float32 mono in [-1, 1]."""
        planes = as_planes(frame)
        if self._channels is not None:
            planes = planes[[min(c, len(planes) - 1) for c in self._channels]]
        mono: NDArray[np.float32] = planes[0] if len(planes) == 1 else planes.mean(axis=0)
        if len(planes) > 1 and self._channels is None:
            self._count(planes, mono)
        return mono

    def better_channels(self) -> tuple[int, ...] | None:
        """The channels to take instead of all: those without the ones that noise drowns, the loudest where
        the average lost nearly everything; None where the average is good."""
        if not self._energies:
            return None
        good = self._without_noise()
        if good is not None:
            return good
        loudest = max(self._energies)
        # n equal channels keep all energy, n unrelated ones 1/n: only cancellation goes far below that
        if self._mixed >= CANCELLED_SHARE * loudest / len(self._energies):
            return None
        return (self._energies.index(loudest),)

    def _without_noise(self) -> tuple[int, ...] | None:
        import numpy as np

        levels = np.array(self._levels)  # (frames, channels), dB
        rises = np.quantile(levels, 0.95, axis=0) - np.quantile(levels, 0.1, axis=0)
        floors = np.quantile(levels, 0.1, axis=0)
        good = [c for c, rise in enumerate(rises) if rise >= GOOD_DB]
        # A quiet channel without speech does no harm to the average; a noisy one does.
        bad = [
            c
            for c, rise in enumerate(rises)
            if rise < BAD_DB and good and floors[c] > max(floors[g] for g in good) + BAD_DB
        ]
        return tuple(c for c in range(len(rises)) if c not in bad) if bad else None

    def _count(self, planes: NDArray[np.float32], mono: NDArray[np.float32]) -> None:
        import numpy as np

        planes = planes - planes.mean(axis=1, keepdims=True)  # a constant offset is no sound
        mono = mono - mono.mean()
        energies = [float(np.dot(plane, plane)) for plane in planes]
        old = self._energies or [0.0] * len(energies)
        if len(old) == len(energies):
            self._energies = [a + b for a, b in zip(old, energies, strict=True)]
            self._mixed += float(np.dot(mono, mono))
            size = max(1, planes.shape[1])
            self._levels.append([10.0 * float(np.log10(e / size + 1e-12)) for e in energies])


def as_planes(frame: Any) -> NDArray[np.float32]:
    """A decoded frame as float32 of shape (channels, samples), scaled to [-1, 1]."""
    import numpy as np

    data = frame.to_ndarray()
    kind = frame.format.name.removesuffix("p")
    if not frame.format.is_planar:
        data = data.reshape(-1, frame.layout.nb_channels).T
    if kind not in INTEGER_SCALE:
        return np.ascontiguousarray(data, dtype=np.float32)
    offset, scale = INTEGER_SCALE[kind]
    wide = np.float32 if kind in ("u8", "s16") else np.float64
    planes: NDArray[np.float32] = np.ascontiguousarray((data.astype(wide) - offset) / scale, dtype=np.float32)
    return planes
