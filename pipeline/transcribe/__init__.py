"""Words from sound. `load` gives an engine; engines keep the contract of base.Transcriber."""

from __future__ import annotations

from pipeline.transcribe.base import INAUDIBLE, Progress, Transcriber
from pipeline.transcribe.loading import ENGINES, load

__all__ = ["ENGINES", "INAUDIBLE", "Progress", "Transcriber", "load"]
