"""Any number of channels to one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CANCELLED_SHARE = 0.05  # a mix with less than this share of the loudest channel's energy cancelled itself out
INTEGER_SCALE = {
    "u8": (128.0, 128.0),
    "s16": (0.0, 32768.0),
    "s32": (0.0, 2147483648.0),
    "s64": (0.0, 2.0**63),
}


class Mixer:
    """Averages channels, or takes one of them; keeps count of energies to notice cancellation."""

    def __init__(self, channel: int | None = None) -> None:
        self._channel = channel
        self._energies: list[float] = []
        self._mixed = 0.0

    def mix(self, frame: Any) -> NDArray[np.float32]:
        """One frame of any layout and sample format to float32 mono in [-1, 1]."""
        planes = as_planes(frame)
        if self._channel is not None:
            only: NDArray[np.float32] = planes[min(self._channel, len(planes) - 1)]
            return only
        mono: NDArray[np.float32] = planes[0] if len(planes) == 1 else planes.mean(axis=0)
        if len(planes) > 1:
            self._count(planes, mono)
        return mono

    def better_channel(self) -> int | None:
        """The loudest channel where the average lost nearly everything; None where the average is good."""
        if not self._energies:
            return None
        loudest = max(self._energies)
        # n equal channels keep all energy, n unrelated ones 1/n: only cancellation goes far below that
        if self._mixed >= CANCELLED_SHARE * loudest / len(self._energies):
            return None
        return self._energies.index(loudest)

    def _count(self, planes: NDArray[np.float32], mono: NDArray[np.float32]) -> None:
        import numpy as np

        energies = [float(np.dot(plane, plane)) for plane in planes]
        old = self._energies or [0.0] * len(energies)
        if len(old) == len(energies):
            self._energies = [a + b for a, b in zip(old, energies, strict=True)]
            self._mixed += float(np.dot(mono, mono))


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
