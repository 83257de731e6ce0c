"""Read the tensors of a published PyTorch checkpoint, and nothing else of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.errors import ModelInstallError


def load_tensors(path: Path, model: str) -> dict[str, Any]:
    """The checkpoint's "state_dict". The training framework's objects beside it are never built: an empty class stands
    in for each, so that none of its code is imported or run.

    Raises ModelInstallError when the file is missing.
    """
    import torch

    if not path.is_file():
        raise ModelInstallError(model=model, why=f"{path.name} was not downloaded")
    foreign = torch.serialization.get_unsafe_globals_in_checkpoint(path)
    with torch.serialization.safe_globals([(_stand_in(name), name) for name in foreign]):
        content = torch.load(path, map_location="cpu", weights_only=True)
    tensors: dict[str, Any] = content["state_dict"]
    return tensors


def _stand_in(name: str) -> type:
    """An empty class in place of another one, which may have been a kind of dict."""
    holds_nothing = {
        "__new__": lambda cls, *_: dict.__new__(cls),
        "__init__": lambda *_: None,
        "__setstate__": lambda *_: None,
    }
    return type(name.rpartition(".")[2], (dict,), holds_nothing)
