"""Where an installed model lies."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import ModelMissingError
from pipeline.resources import model_store


def find(name: str) -> Path:
    """The folder of an installed model; raises ModelMissingError when it is not installed."""
    folder = model_store() / name
    if not folder.is_dir():
        raise ModelMissingError(model=name)
    return folder


def installed(name: str) -> bool:
    """True when a folder of that model is in the store (models verify checks its files)."""
    return (model_store() / name).is_dir()
