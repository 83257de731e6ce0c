"""Where an installed model lies."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from pipeline.errors import (
    EngineFailedError,
    ModelDamagedError,
    ModelError,
    ModelMissingError,
    ModelStoreError,
)
from pipeline.resources import model_store

RECEIPT = "receipt.json"  # of an installation: the model's files with their SHA-256


def find(name: str) -> Path:
    """The folder of an installed model; raises ModelMissingError when it is not installed."""
    folder = model_store() / name
    try:
        if not folder.is_dir():
            raise ModelMissingError(model=name)
        files = [path for path in folder.rglob("*") if path.is_file()]
    except PermissionError as error:
        raise unreadable_store(error.strerror or "refused") from None
    if closed := next((path for path in files if not os.access(path, os.R_OK)), None):
        raise unreadable_store(f"{name}/{closed.name}: permission denied")
    return folder


def unreadable_store(why: str) -> ModelStoreError:
    """A store that another account installed for itself alone."""
    return ModelStoreError(
        folder=model_store(),
        done="read",
        why=why.lower(),
        remedy="Its owner opens it to all by running: session-deid models install",
    )


def unwritable_store(error: OSError) -> ModelStoreError:
    """A store this account may not write, or a full or broken disk under it."""
    return ModelStoreError(
        folder=model_store(),
        done="written",
        why=(error.strerror or type(error).__name__).lower(),
        remedy="Free some space, ask the folder's owner, or choose another folder with SESSION_DEID_MODELS.",
    )


def open_to_all(folder: Path) -> None:
    """Let every account of the computer read a folder of the store: models are public, whatever a session's umask."""
    for path in (folder, *folder.rglob("*")):
        with suppress(OSError):  # another account's: it is as that account wanted it
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() else 0o644)


def installed(name: str) -> bool:
    """True when a folder of that model is in the store (models verify checks its files)."""
    try:
        return (model_store() / name).is_dir()
    except PermissionError as error:
        raise unreadable_store(error.strerror or "refused") from None


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
        digests = {name.replace("\\", "/"): digest for name, digest in digests.items()}
        return [n for n, d in digests.items() if not (folder / n).is_file() or sha256_of(folder / n) != d]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return [doubtful]
