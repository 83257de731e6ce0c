"""The vault: sealed files by owner (a recording, or the study) and kind.

    vault/R0001/source-1f0c9a2e.sealed        as long as the ledger stands for it
    vault/R0001/source-1f0c9a2e.sealed.new    until the ledger has committed to it
    vault/R0001/source-1f0c9a2e.sealed.gone   while it is overwritten
    vault/R0001/spare-1f0c9a2e.key            the source's key, wrapped as in the ledger

Every writing gets a new file name; the ledger's row says which one stands. So a replaced artifact is
there until the ledger knows the new one. A file loses its `.new` after the commit: what a crash leaves with it was
never anybody's, and what has lost it was, so that an older ledger is known by it (`pipeline.study.leftovers`).
"""

from __future__ import annotations

import io
import json
import os
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from pipeline.errors import SealBrokenError
from pipeline.files import patiently
from pipeline.study.vault import faults
from pipeline.study.vault.files import (
    make_folder,
    remove_for_good,
    storage_errors,
    sync_folder,
    write_bytes,
    write_whole,
)
from pipeline.study.vault.sealed_reader import SealedReader, open_bytes, open_whole
from pipeline.study.vault.sealing import Binding, Readable, Receipt, seal

FOLDER = "vault"
SUFFIX = ".sealed"
NEW, GONE = ".new", ".gone"
OURS = re.compile(
    r"(?P<kind>[a-z]+)-(?P<mark>[0-9a-f]{8})\.(?:sealed(?:\.new|\.gone)?|key)(?P<part>\.[0-9a-f]{8}\.part)?"
)
SPARED = "source"  # the kind of content whose key lies beside it


@dataclass(frozen=True, slots=True)
class Spare:
    """What lies beside a sealed source, as the ledger holds it: its wrapped key and the sealed name of its file."""

    wrapped: bytes = field(repr=False)
    name: bytes = field(repr=False)


class Vault:
    """The sealed files of a study."""

    def __init__(self, folder: Path, study: str):
        self.folder = folder / FOLDER
        self._study = study

    def binding(self, owner: str, kind: str) -> Binding:
        """What a sealed file of this study is bound to."""
        return Binding(self._study, owner, kind)

    def path(self, owner: str, file: str) -> Path:
        """Where a sealed file lies, or will lie."""
        path = self.folder / owner / file
        waiting = path.with_name(file + NEW)
        return waiting if not path.exists() and waiting.exists() else path

    def write(self, owner: str, kind: str, key: bytes, source: Readable) -> tuple[str, Receipt]:
        """Seal a stream into a new file; returns its name and receipt. Synced when this returns.

        Call `settle` once the ledger has committed to it.
        """
        receipts: list[Receipt] = []

        def put(target: BinaryIO) -> None:
            receipts.append(seal(source, target, key, self.binding(owner, kind)))

        return self._write(owner, kind, put), receipts[0]

    def write_sealed(self, owner: str, kind: str, sealed: bytes) -> str:
        """Keep bytes a worker sealed; returns the file's name."""

        def put(target: BinaryIO) -> None:
            target.write(sealed)

        return self._write(owner, kind, put)

    def _write(self, owner: str, kind: str, put: Callable[[BinaryIO], None]) -> str:
        name = f"{kind}-{secrets.token_hex(4)}{SUFFIX}"
        path = self.folder / owner / (name + NEW)
        with storage_errors(path):
            make_folder(self.folder)
            make_folder(self.folder / owner)
            write_whole(path, put, place=f"artifact.{kind}")
        return name

    def settle(self, owner: str, file: str) -> None:
        """Give a file its lasting name: the ledger stands for it from now on. Safe to repeat."""
        path = self.folder / owner / file
        waiting = path.with_name(file + NEW)
        with storage_errors(path):
            faults.point("vault.settle")
            with suppress(FileNotFoundError):  # settled already, perhaps by another process
                patiently(partial(waiting.replace, path))
                faults.point("vault.settled")
                sync_folder(path.parent)

    def open(self, owner: str, kind: str, file: str, key: bytes, digest: str | None) -> BinaryIO:
        """A seekable reader of the plain content; the whole file is checked first.

        `digest` is the one the ledger knows; None where it knows none.
        """
        path = self.path(owner, file)
        with storage_errors(path):
            sealed = self._open_sealed(owner, kind, file)
            try:
                reader = SealedReader(sealed, key, self.binding(owner, kind), digest=digest)
            except BaseException:
                sealed.close()
                raise
        return cast(BinaryIO, io.BufferedReader(reader, buffer_size=1 << 16))

    def _open_sealed(self, owner: str, kind: str, file: str) -> BinaryIO:
        for _ in range(2):  # another process may settle it in between
            try:
                return self.path(owner, file).open("rb")
            except (FileNotFoundError, NotADirectoryError):
                continue
        raise SealBrokenError(file=self.binding(owner, kind), why="it is missing")

    def read(self, owner: str, kind: str, file: str, key: bytes, digest: str) -> bytes:
        """The plain content of a small artifact."""
        with storage_errors(self.path(owner, file)), self._open_sealed(owner, kind, file) as sealed:
            return open_whole(sealed, key, self.binding(owner, kind), digest=digest)

    def sealed_bytes(self, owner: str, kind: str, file: str) -> bytes:
        """An artifact as it lies on the disk, for a worker that gets its key apart."""
        with storage_errors(self.path(owner, file)), self._open_sealed(owner, kind, file) as sealed:
            return sealed.read()

    def unseal_bytes(self, sealed: bytes, owner: str, kind: str, key: bytes) -> bytes:
        """Open bytes sealed for an owner and kind."""
        return open_bytes(sealed, key, self.binding(owner, kind))

    def remove(self, owner: str, file: str) -> None:
        """Overwrite and remove a sealed file, and the spare of its key; a missing one is no error."""
        path = self.path(owner, file)
        with storage_errors(path):
            if file.startswith(f"{SPARED}-"):
                remove_for_good(self.spare_path(owner, file), place="vault.remove_spare")
            self.discard(path)
            remove_for_good(path.with_name(file + GONE), place="vault.remove")  # what a crash left of it

    def discard(self, path: Path) -> None:
        """Overwrite and remove one of our files: first it loses its name, so that half of it is never taken for it."""
        going = path
        if path.suffix == SUFFIX and os.path.lexists(path):
            going = path.with_name(path.name + GONE)
            patiently(partial(path.replace, going))
            sync_folder(path.parent)
        remove_for_good(going, place="vault.remove")

    # --- the spare of a source's key ---

    def spare_path(self, owner: str, file: str) -> Path:
        """Where the spare of a sealed source's key lies."""
        found = OURS.fullmatch(file)
        return self.folder / owner / f"spare-{found['mark'] if found else ''}.key"

    def has_spare(self, owner: str, file: str) -> bool:
        """Whether a sealed source has the spare of its key beside it."""
        return self.spare_path(owner, file).is_file()

    def write_spare(self, owner: str, file: str, spare: Spare) -> None:
        """Lay the wrapped key of a sealed source beside it: with an older ledger it can be taken in again."""
        path = self.spare_path(owner, file)
        data = json.dumps({"wrapped": spare.wrapped.hex(), "name": spare.name.hex()}).encode()
        with storage_errors(path):
            write_bytes(path, data, place="spare")

    def read_spare(self, owner: str, file: str) -> Spare | None:
        """The spare beside a sealed source; None when there is none that reads as one."""
        try:
            with storage_errors(self.folder):
                content = json.loads(self.spare_path(owner, file).read_bytes())
            return Spare(bytes.fromhex(content["wrapped"]), bytes.fromhex(content["name"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def sealed_files(self) -> list[Path]:
        """Our files, unfinished ones too; what others put here (.DS_Store, say) is not ours."""
        folders = [entry for entry in _entries(self.folder) if entry.is_dir(follow_symlinks=False)]
        inside = [entry for folder in folders for entry in _entries(Path(folder.path))]
        return sorted(
            Path(entry.path) for entry in inside if OURS.fullmatch(entry.name) and not entry.is_dir()
        )

    def highest_number(self) -> int:
        """The highest number of a recording whose folder is here: an older ledger must not give it to another."""
        numbers = [
            int(entry.name[1:]) for entry in _entries(self.folder) if re.fullmatch(r"R\d{4,9}", entry.name)
        ]
        return max(numbers, default=0)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    return list(os.scandir(folder)) if folder.is_dir() else []
