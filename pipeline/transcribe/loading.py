"""An engine by its name, on the device there is."""

from __future__ import annotations

import os

from pipeline.errors import EngineMissingError
from pipeline.models.store import find
from pipeline.transcribe.base import Transcriber

ENGINES = ("faster-whisper", "openai-whisper")
DEVICES = ("auto", "cpu", "cuda")


def load(
    engine: str = "faster-whisper",
    model: str = "whisper-base",
    threads: int | None = None,
    device: str = "auto",
) -> Transcriber:
    """Load an engine with a model of the store; once a run, it serves any number of recordings.

    `threads` defaults to the cores this process may use; `device` is auto, cpu or cuda.
    Raises EngineMissingError, ModelMissingError or ModelDamagedError.
    """
    if engine not in ENGINES:
        raise EngineMissingError(engine=engine, install=f"Choose one of: {', '.join(ENGINES)}.")
    folder = find(model)
    count = threads or usable_cores()
    if engine == "openai-whisper":
        from pipeline.transcribe.openai_whisper import OpenaiWhisper

        return OpenaiWhisper(folder, threads=count, device=device)
    from pipeline.transcribe.faster_whisper import FasterWhisper

    return FasterWhisper(folder, threads=count, device=_device(device))


def usable_cores() -> int:
    """Cores this process may run on (a cluster job or a container may have fewer than the machine)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _device(wanted: str) -> str:
    if wanted not in DEVICES:
        raise EngineMissingError(engine=wanted, install=f"Choose a device: {', '.join(DEVICES)}.")
    import ctranslate2

    has_gpu = ctranslate2.get_cuda_device_count() > 0
    if wanted == "cuda" and not has_gpu:
        raise EngineMissingError(engine="cuda", install="No CUDA GPU was found; leave out --device.")
    return "cuda" if has_gpu and wanted != "cpu" else "cpu"
