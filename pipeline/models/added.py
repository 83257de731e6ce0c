"""Networks that a person brought as a file: checked, copied into the store, and known by their receipts.

Nobody published a digest of them to us: the one of the file as it came is shown and kept, so that `models verify` tells
whether it is still that file.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from pipeline.errors import FileMissingError, FileUnreadableError, ModelNotAddedError
from pipeline.models.fetch import sha256_of
from pipeline.models.install import incoming_of, move_in, store_lock
from pipeline.models.manifest import Model
from pipeline.models.store import RECEIPT, installed, unwritable_store
from pipeline.resources import model_store

FILE = "model.onnx"
ABOUT = "Brought as a file; not measured with this program"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_FACTS = {"name", "task", "licence", "filterbank"}


def read_added() -> tuple[Model, ...]:
    """The networks that were brought, by name; a receipt that cannot be read is no network of ours."""
    found = []
    for receipt in sorted(model_store().glob(f"*/{RECEIPT}")):
        try:
            content = json.loads(receipt.read_text(encoding="utf-8"))
            if content.get("brought"):
                found.append(_model({name: content[name] for name in _FACTS}))
        except (OSError, ValueError, ValidationError, KeyError, TypeError, AttributeError):
            continue
    return tuple(found)


def _model(facts: dict[str, str]) -> Model:
    return Model.model_validate({**facts, "homepage": "", "languages": ("*",), "about": ABOUT, "source": ()})


def add(file: Path, name: str, task: str, licence: str, check: Callable[[Path], str]) -> str:
    """Copy a network into the store and return its SHA-256.

    `check` gets the copy, refuses what cannot be used by an error of its own, and says which filterbank the network wants
    (empty for none). Raises FileMissingError, FileUnreadableError, ModelNotAddedError for a name that is taken or none,
    ModelStoreError.
    """
    _check_name(name)
    if not file.exists():
        raise FileMissingError(file=file)
    if not file.is_file():
        raise FileUnreadableError(file=file, why="it is no file")
    facts = {"name": name, "task": task, "licence": licence, "filterbank": ""}
    model = _model(facts)
    try:
        with store_lock():
            incoming = incoming_of(model) / "0"
            shutil.rmtree(incoming, ignore_errors=True)
            incoming.mkdir(parents=True)
            try:
                _copy(file, incoming / FILE)
                model = _model({**facts, "filterbank": check(incoming / FILE)})
                digest = sha256_of(incoming / FILE)
                move_in(model, [], f"the file {file.name}", incoming)
            finally:
                shutil.rmtree(incoming_of(model), ignore_errors=True)
    except OSError as error:
        raise unwritable_store(error) from error
    return digest


def _check_name(name: str) -> None:
    from pipeline.models.manifest import load

    if not NAME.fullmatch(name):
        raise ModelNotAddedError(
            model=name, why="a name has letters, digits, dots, dashes and _ alone, 40 at most"
        )
    if installed(name) or any(model.name == name for model in load()):
        raise ModelNotAddedError(model=name, why="there is a model of this name")


def _copy(file: Path, target: Path) -> None:
    try:
        source = file.open("rb")
    except OSError as error:
        raise FileUnreadableError(file=file, why=(error.strerror or "refused").lower()) from None
    with source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy, 1 << 20)
