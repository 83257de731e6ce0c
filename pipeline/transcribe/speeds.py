"""How fast this computer hears words: measured once on a stretch of the sample recording, and kept for the next time.

What is kept are numbers alone, in the account's cache folder; where it cannot be written it is measured again. The speed
of a model that was not tried follows from the one that was, by the work each has to do (`work` in models/manifest.toml).
"""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.files import write_atomically
from pipeline.transcribe.loading import load, sees_gpu, usable_cores

FILE_NAME = "speeds.json"
PROBE_S = 60.0  # two windows: enough to see, a few seconds of work
PROBE_BEGIN_S = 30.0
Measure = Callable[[str, str, str], float]
"""Seconds of work a second of sound: of an engine, a model and a device (auto, cpu, cuda)."""


@dataclass(frozen=True, slots=True)
class Speeds:
    """What is known of this computer: seconds of work a second of sound, by engine, model and device."""

    known: Mapping[str, float]

    def of(self, engine: str, model: str, device: str) -> float | None:
        """The share measured; None where it was not."""
        return self.known.get(_key(engine, model, device))

    def any_of(self, engine: str, models: Mapping[str, float], device: str) -> tuple[str, float] | None:
        """The measured model nearest to the most work, with its share; `models` are names with their work."""
        measured = [
            (work, name) for name, work in models.items() if self.of(engine, name, device) is not None
        ]
        if not measured:
            return None
        name = max(measured)[1]
        return name, self.known[_key(engine, name, device)]


def kept() -> Speeds:
    """What earlier measurements left; nothing where the file is missing or is not what we write."""
    try:
        rows = json.loads(_place().read_text(encoding="utf-8"))
        return Speeds({str(k): float(v) for k, v in rows.items() if float(v) > 0})
    except (OSError, ValueError, TypeError, AttributeError):
        return Speeds({})


def keep(engine: str, model: str, device: str, share: float) -> Speeds:
    """Keep one more measurement; returns all there are."""
    now = Speeds({**kept().known, _key(engine, model, device): round(share, 4)})
    with suppress(OSError):
        _place().parent.mkdir(parents=True, exist_ok=True)
        write_atomically(_place(), json.dumps(dict(sorted(now.known.items())), indent=1).encode())
    return now


def measure(engine: str, model: str, device: str) -> float:
    """Hear a minute of the sample recording with all cores; loading is not counted.

    Raises what `load` raises.
    """
    from pipeline.audio.decode import decode
    from pipeline.audio.quality import normalise
    from pipeline.resources import samples_folder

    sample = samples_folder() / "session-s1.m4a"
    whole = normalise(decode(sample, name=sample.name))
    first = round(PROBE_BEGIN_S * whole.rate)
    part = replace(whole, samples=whole.samples[first : first + round(PROBE_S * whole.rate)])
    loaded = load(engine, model, device=device, say=lambda _line: None)
    begun = time.perf_counter()
    loaded.transcribe(part, language="en")
    return (time.perf_counter() - begun) / part.duration


def _key(engine: str, model: str, device: str) -> str:
    """A home folder may serve several computers. Where there is no GPU, "auto" is the processor."""
    where = device if device != "auto" or sees_gpu() else "cpu"
    return f"{platform.node()}, {usable_cores()} cores, {where}: {engine} {model}"


def _place() -> Path:
    import platformdirs

    return Path(platformdirs.user_cache_path("session-deid", appauthor=False)) / FILE_NAME
