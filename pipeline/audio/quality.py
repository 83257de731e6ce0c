"""Is this recording fit to transcribe: level, clipping, silence; and bringing a faint one to level."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from pipeline.audio.segment import as_segment
from pipeline.errors import SilentAudioError
from pipeline.records import Audio

BLOCK_S = 1
SILENT_PEAK_DBFS = -66.0  # 16 steps of 16 bit: below that nothing can be understood at any gain
QUIET_BLOCK_DBFS = -50.0
SPEECH_DBFS = -20.0  # where normalise brings the loud parts, the level Whisper's training data has
PEAK_LIMIT_DBFS = -1.0
FAINT_DBFS = -32.0
CLIPPED_LEVEL = 0.999
CLIPPED_SHARE = 0.001
GAIN_LIMIT_DB = 40.0


@dataclass(frozen=True, slots=True)
class Quality:
    """Levels in dBFS (0 is full scale); shares in [0, 1]. `speech_dbfs` is the level of the loud tenth."""

    peak_dbfs: float
    speech_dbfs: float
    clipped_share: float
    quiet_share: float

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to tell the user, one phrase each; empty when the recording is good."""
        found = []
        if self.clipped_share > CLIPPED_SHARE:
            found.append("parts are overloaded (clipped): turn the recorder's input level down")
        if self.speech_dbfs < FAINT_DBFS:
            found.append("the recording is faint: move the recorder closer or turn its input level up")
        return tuple(found)


def check(audio: Audio, *, name: str) -> Quality:
    """Measure a recording; raises SilentAudioError when nothing in it can be heard."""
    import numpy as np

    step = BLOCK_S * audio.rate
    blocks = [as_segment(audio.samples[at : at + step]) for at in range(0, len(audio.samples), step)]
    peak = max((block.max_dBFS for block in blocks), default=-math.inf)
    if peak < SILENT_PEAK_DBFS:
        raise SilentAudioError(file=name, peak="-inf" if math.isinf(peak) else round(peak))
    levels = np.array([max(block.dBFS, -120.0) for block in blocks])
    return Quality(
        peak_dbfs=float(peak),
        speech_dbfs=float(np.quantile(levels, 0.9)),
        clipped_share=_clipped_share(audio),
        quiet_share=float(np.mean(levels < QUIET_BLOCK_DBFS)),
    )


def noise_db(audio: Audio) -> float | None:
    """How far (in dB, 0 or more) the quiet tenth of 0.1 s blocks lies under the loud tenth; the same at any gain.

    None for a recording of less than a second. Digital silence counts as 90 dB.
    """
    import numpy as np

    step = audio.rate // 10
    whole = len(audio.samples) // step
    if whole < 10:
        return None
    levels = np.array(
        [float(np.square(audio.samples[n * step : (n + 1) * step]).mean()) for n in range(whole)]
    )
    quiet, loud = np.quantile(levels, [0.1, 0.9])
    return round(float(min(90.0, 10.0 * np.log10((loud + 1e-16) / (quiet + 1e-16)))), 1)


def normalise(audio: Audio) -> Audio:
    """Bring speech to -20 dBFS with peaks under -1 dBFS; the same record when it is level already.

    Silence is returned as it is: `check` refuses it.
    """
    try:
        quality = check(audio, name="")
    except SilentAudioError:
        return audio
    gain = min(SPEECH_DBFS - quality.speech_dbfs, PEAK_LIMIT_DBFS - quality.peak_dbfs, GAIN_LIMIT_DB)
    if -6.0 < gain < 6.0:  # recognisers do not hear the difference; an hour's copy is 230 MB
        return audio
    return replace(audio, samples=audio.samples * (10.0 ** (gain / 20.0)))


def _clipped_share(audio: Audio) -> float:
    """Share of samples at full scale, counted minute by minute to need no copy of the whole."""
    import numpy as np

    step = 60 * audio.rate
    clipped = sum(
        int(np.count_nonzero(np.abs(audio.samples[at : at + step]) >= CLIPPED_LEVEL))
        for at in range(0, len(audio.samples), step)
    )
    return clipped / max(1, len(audio.samples))
