"""Where our data files lie: the same from a checkout and from an installed wheel."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent


def in_checkout() -> bool:
    """True when the package runs from a source checkout rather than from an installed wheel."""
    return (_CHECKOUT / "models" / "manifest.toml").is_file() and (_CHECKOUT / "pyproject.toml").is_file()


def data_root() -> Path:
    """The folder that holds config/ and models/manifest.toml."""
    return _CHECKOUT if in_checkout() else _PACKAGE / "_data"


def config_path(*parts: str) -> Path:
    """A file under config/, e.g. config_path("policies", "gdpr.toml")."""
    return data_root().joinpath("config", *parts)


def manifest_path() -> Path:
    """models/manifest.toml."""
    return data_root() / "models" / "manifest.toml"


def talk_folder() -> Path:
    """The folder of the talk classifier, which comes with the package."""
    return data_root() / "models" / "talk"


def speech_detector_file() -> Path:
    """Silero's voice activity network, which comes with the package (models/LICENSES.md)."""
    return data_root() / "models" / "vad" / "silero_vad_v6.onnx"


def samples_folder() -> Path:
    """A small study to try: recordings, roster, truth."""
    return data_root() / "samples"


def docs_folder() -> Path:
    """The pages of docs/."""
    return data_root() / "docs"


def model_store() -> Path:
    """The folder installed models live in: $SESSION_DEID_MODELS, else the checkout's, else the user's."""
    if chosen := os.environ.get("SESSION_DEID_MODELS"):
        return Path(chosen)
    if in_checkout():
        return _CHECKOUT / "models" / "store"
    from platformdirs import user_data_path

    return user_data_path("session-deid", appauthor=False) / "models"
