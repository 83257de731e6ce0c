"""Where an installed model lies."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.errors import EngineFailedError, ModelDamagedError, ModelError, ModelMissingError
from pipeline.resources import model_store

RECEIPT = "receipt.json"  # of an installation: the model's files with their SHA-256


def find(name: str) -> Path:
    """The folder of an installed model; raises ModelMissingError when it is not installed."""
    folder = model_store() / name
    if not folder.is_dir():
        raise ModelMissingError(model=name)
    return folder


def installed(name: str) -> bool:
    """True when a folder of that model is in the store (models verify checks its files)."""
    return (model_store() / name).is_dir()


def why_unreadable(engine: str, folder: Path, file: str, error: Exception) -> ModelError:
    """What to say when an engine could not load a model: it is damaged when its files are not those installed, and
    else the engine's own reason stands."""
    if wrong := changed_files(folder, file):
        return ModelDamagedError(model=folder.name, file=", ".join(wrong))
    said = (
        "not enough memory"
        if isinstance(error, MemoryError)
        else " ".join(str(error).split())[:200].rstrip(".")
    )
    return EngineFailedError(engine=engine, model=folder.name, why=said or type(error).__name__)


def changed_files(folder: Path, doubtful: str) -> list[str]:
    """Files that differ from the receipt of their installation; `doubtful` when there is no receipt of it."""
    from pipeline.models.fetch import sha256_of

    try:
        digests: dict[str, str] = json.loads((folder / RECEIPT).read_text(encoding="utf-8"))["files"]
        if doubtful not in digests:
            return [doubtful]
        return [n for n, d in digests.items() if not (folder / n).is_file() or sha256_of(folder / n) != d]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return [doubtful]
