"""What this computer has, and what session-deid would miss on it."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import Literal

from pipeline import __version__
from pipeline.models import manifest as manifests
from pipeline.models.install import problems
from pipeline.models.store import installed
from pipeline.resources import config_path, model_store

Level = Literal["ok", "note", "missing"]
MIN_FREE_BYTES = 2_000_000_000  # an hour's sealed recording with its transcripts, and room to breathe
MIN_MEMORY_BYTES = 3_000_000_000  # measured peak for three hours of sound: docs/benchmarks.md


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the examination."""

    what: str
    found: str
    level: Level = "ok"
    remedy: str = ""

    @property
    def mark(self) -> str:
        return {"ok": "ok", "note": "note", "missing": "MISS"}[self.level]

    def as_row(self) -> dict[str, str]:
        return {k: v for k, v in asdict(self).items() if v}


def examine() -> list[Finding]:
    """Look at the machine, the packages, the models and the data files; reads only."""
    return [*_machine(), *_packages(), *_models(), *_data()]


def _machine() -> Iterator[Finding]:
    import psutil

    yield Finding("session-deid", f"{__version__} on Python {platform.python_version()}, {platform.system()}")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    yield Finding("processor", f"{cores} cores")
    memory = psutil.virtual_memory()
    found = f"{memory.available / 1e9:.1f} of {memory.total / 1e9:.1f} GB free"
    tight = memory.available < MIN_MEMORY_BYTES
    remedy = "Close other programs before long recordings." if tight else ""
    yield Finding("memory", found, "note" if tight else "ok", remedy)
    folder = next(p for p in (model_store(), *model_store().parents) if p.exists())
    free = shutil.disk_usage(folder).free
    full = free < MIN_FREE_BYTES
    yield Finding(
        "disk", f"{free / 1e9:.1f} GB free", "note" if full else "ok", "Free some space." if full else ""
    )
    yield _gpu()
    yield _swap()
    yield _network()
    yield from _telemetry()


def _gpu() -> Finding:
    """A GPU counts once the smallest model there is has done its first step on it."""
    from pipeline.errors import GpuUnusableError, ModelError
    from pipeline.transcribe import load
    from pipeline.transcribe.choosing import MODELS
    from pipeline.transcribe.devices import gpus_for_ctranslate2

    try:
        if not (count := gpus_for_ctranslate2()):
            return Finding("GPU", "none that CTranslate2 sees: the processor does the work")
        model = next((name for name in MODELS if installed(name)), "whisper-base")
        load("faster-whisper", model, device="cuda")
    except GpuUnusableError as unusable:
        found = f"shown, and cannot be used: {unusable.facts['why']}"
        return Finding("GPU", found, "note", unusable.facts["install"])
    except ModelError as error:
        return Finding("GPU", f"{count} (CUDA), not tried", "note", str(error))
    return Finding("GPU", f"{count} (CUDA), tried with {model}: works")


def _swap() -> Finding:
    """Swap can put decoded speech on the disk: docs/security.md says what to do."""
    import psutil

    if psutil.swap_memory().total:
        return Finding("swap", "on", "note", "Encrypt the disk or the swap: memory may be written there.")
    return Finding("swap", "off")


def _network() -> Finding:
    """What keeps this very process off the network, tried: docs/security.md says what each is worth."""
    from pipeline.safety.kernel import native_code_is_held

    if native_code_is_held():
        return Finding("network", "refused by the kernel, to native code too")
    return Finding(
        "network",
        "refused inside Python alone: this system offers no more",
        "note",
        "Native code is told to report nothing, and not held to it; docs/security.md says how to be sure.",
    )


def _telemetry() -> Iterator[Finding]:
    from pipeline.safety.telemetry import leftovers

    if left := leftovers():
        remedy = (
            f"Delete {', '.join(map(str, left))}: ONNX Runtime's telemetry, which another program may use."
        )
        yield Finding("telemetry", "files of it lie here", "note", remedy)


def _packages() -> Iterator[Finding]:
    for name in (
        "faster-whisper",
        "openai-whisper",
        "presidio-analyzer",
        "presidio-anonymizer",
        "spacy",
        "av",
    ):
        try:
            yield Finding(name, metadata.version(name))
        except metadata.PackageNotFoundError:
            yield Finding(name, "not installed", "missing", "Install session-deid again with pip.")


def _models() -> Iterator[Finding]:
    for model in manifests.load():
        if not installed(model.name):
            if model.default:
                remedy = f"session-deid models install {model.name}"
                yield Finding(model.name, "not installed", "missing", remedy)
        elif wrong := problems(model):
            remedy = f"session-deid models install {model.name}"
            yield Finding(model.name, f"damaged: {', '.join(wrong)}", "missing", remedy)
        else:
            yield Finding(model.name, "installed and whole")
    yield from _recogniser()


def _recogniser() -> Iterator[Finding]:
    """What `model = "auto"` takes here, by the speeds that were measured, and what would do better."""
    from pipeline.transcribe.choosing import best_installed, better_than_installed, offers, this_machine

    there = offers(this_machine(), measure=None)
    if not any(each.installed for each in there):
        tell = "Try it on a recording of yours: session-deid bench RECORDING"
        yield Finding("recogniser", "this computer's speed is not measured yet", "note", tell)
        return
    taken, better = best_installed(there), better_than_installed(there)
    remedy = f"session-deid models install {better.model}: {better.in_words}" if better else ""
    found = f"auto takes {taken.model}: {taken.in_words}"
    yield Finding("recogniser", found, "note" if better else "ok", remedy)


def _data() -> Iterator[Finding]:
    for name in ("policies", "recognizers.yaml"):
        if config_path(name).exists():
            yield Finding(f"config/{name}", "there")
        else:
            yield Finding(f"config/{name}", "not there", "missing", "Install session-deid again with pip.")
