"""A label map in a file of its own, for transcripts outside a study: sealed by a passphrase or a key file.

JSON: {"format": "session-deid labels", "version": 1, "book": {...}, "sealed": hex}. The book holds the map's key
wrapped as a study's keys.json does (pipeline.study.vault.keys); the map is sealed with that key
(XChaCha20-Poly1305, bound to the book's id).
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from pipeline.errors import LabelFileError, WrongKeyError, WrongLabelsKeyError
from pipeline.files import write_atomically
from pipeline.records import LabelMap, from_json, to_json
from pipeline.study.vault import key_book, keys
from pipeline.study.vault.keys import KeyBook, KeySource, Passphrase, ScryptCost, WrapKind
from pipeline.study.vault.study_key import StudyKey, new_study_key

FORMAT = "session-deid labels"


@dataclass(slots=True)
class LabelFile:
    """An open label file."""

    path: Path
    book: KeyBook
    key: StudyKey = field(repr=False)
    labels: LabelMap = field(repr=False)

    @classmethod
    def create(cls, path: Path, source: KeySource, *, cost: ScryptCost | None = None) -> LabelFile:
        """A new, empty one; it is written by the first `keep`."""
        key = new_study_key()
        name = secrets.token_hex(16)
        kind: WrapKind = "passphrase" if isinstance(source, Passphrase) else "file"
        wrap = keys.make_wrap(name, key, source, kind, cost or ScryptCost())
        book = KeyBook(study=name, audit_key="0" * 64, wraps=(wrap,))
        return cls(path, book, key, LabelMap())

    @classmethod
    def open(cls, path: Path, source: KeySource) -> LabelFile:
        """Open one; raises WrongLabelsKeyError, or LabelFileError when it is none or was changed."""
        try:
            whole = json.loads(path.read_bytes())
            if whole["format"] != FORMAT or whole["version"] != 1:
                raise LabelFileError(file=path, why="it is of another kind or version")
            book = KeyBook.model_validate(whole["book"])
            sealed = bytes.fromhex(whole["sealed"])
        except (ValueError, KeyError, TypeError, ValidationError):
            raise LabelFileError(file=path, why="it does not read as one") from None
        except OSError as error:
            raise LabelFileError(file=path, why=(error.strerror or "the system refused").lower()) from None
        try:
            key = keys.unlock(book, source)
        except WrongKeyError:
            raise WrongLabelsKeyError(source=keys.describe(source), file=path) from None
        plain = keys.unwrap_bytes(key.derive("labels"), sealed, book.study.encode())
        if plain is None:
            raise LabelFileError(file=path, why="it was changed or is damaged")
        return cls(path, book, key, from_json(LabelMap, plain))

    def keep(self, labels: LabelMap) -> None:
        """Replace the map in the file, whole or not at all."""
        sealed = keys.wrap_bytes(self.key.derive("labels"), to_json(labels), self.book.study.encode())
        whole = {
            "format": FORMAT,
            "version": 1,
            "book": key_book.plain_of(self.book),
            "sealed": sealed.hex(),
        }
        write_atomically(self.path, json.dumps(whole, indent=1).encode() + b"\n")
        self.labels = labels


def opens_with(path: Path) -> str:
    """What a label file asks for: "passphrase" or "file"; raises LabelFileError."""
    try:
        book = KeyBook.model_validate(json.loads(path.read_bytes())["book"])
    except (OSError, ValueError, KeyError, TypeError, ValidationError):
        raise LabelFileError(file=path, why="it does not read as one") from None
    return book.wraps[0].kind if book.wraps else "passphrase"
