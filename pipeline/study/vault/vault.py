"""The vault: sealed files by owner (a recording, or the study) and kind.

    vault/R0001/source-1f0c9a2e.sealed

Every writing gets a new file name; the ledger's row says which one stands. So a replaced artifact is
there until the ledger knows the new one, and a crash leaves at worst a file nobody stands for, which
`sweep` removes.
"""

from __future__ import annotations

import io
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

from pipeline.errors import SealBrokenError
from pipeline.study.vault.files import make_folder, remove_for_good, storage_errors, write_whole
from pipeline.study.vault.sealing import Binding, Readable, Receipt, SealedReader, open_bytes, seal

FOLDER = "vault"
SUFFIX = ".sealed"
OURS = re.compile(r"[a-z]+-[0-9a-f]{8}\.sealed(\.[0-9a-f]{8}\.part)?")


class Vault:
    """The sealed files of a study."""

    def __init__(self, folder: Path, study: str):
        self.folder = folder / FOLDER
        self._study = study

    def binding(self, owner: str, kind: str) -> Binding:
        """What a sealed file of this study is bound to."""
        return Binding(self._study, owner, kind)

    def path(self, owner: str, file: str) -> Path:
        """Where a sealed file lies."""
        return self.folder / owner / file

    def write(self, owner: str, kind: str, key: bytes, source: Readable) -> tuple[str, Receipt]:
        """Seal a stream into a new file; returns its name and receipt. Synced when this returns."""
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
        with storage_errors(self.path(owner, name)):
            make_folder(self.folder)
            make_folder(self.folder / owner)
            write_whole(self.path(owner, name), put, place=f"artifact.{kind}")
        return name

    def open(self, owner: str, kind: str, file: str, key: bytes, digest: str) -> BinaryIO:
        """A seekable reader of the plain content; the whole file is checked first."""
        path = self.path(owner, file)
        with storage_errors(path):
            try:
                sealed = path.open("rb")
            except (FileNotFoundError, NotADirectoryError):
                raise SealBrokenError(file=self.binding(owner, kind), why="it is missing") from None
            try:
                reader = SealedReader(sealed, key, self.binding(owner, kind), digest=digest)
            except BaseException:
                sealed.close()
                raise
        return cast(BinaryIO, io.BufferedReader(reader, buffer_size=1 << 16))

    def read(self, owner: str, kind: str, file: str, key: bytes, digest: str) -> bytes:
        """The plain content of a small artifact."""
        with self.open(owner, kind, file, key, digest) as reader:
            return reader.read()

    def sealed_bytes(self, owner: str, kind: str, file: str) -> bytes:
        """An artifact as it lies on the disk, for a worker that gets its key apart."""
        path = self.path(owner, file)
        with storage_errors(path):
            try:
                return path.read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                raise SealBrokenError(file=self.binding(owner, kind), why="it is missing") from None

    def unseal_bytes(self, sealed: bytes, owner: str, kind: str, key: bytes) -> bytes:
        """Open bytes sealed for an owner and kind."""
        return open_bytes(sealed, key, self.binding(owner, kind))

    def remove(self, owner: str, file: str) -> None:
        """Overwrite and remove a sealed file; a missing one is no error."""
        path = self.path(owner, file)
        with storage_errors(path):
            remove_for_good(path, place="vault.remove")

    def sweep(self, standing: dict[str, set[str]]) -> int:
        """Remove files nobody stands for (a crash left them); returns how many.

        Call it inside a ledger transaction: writers hold one from their first byte to the commit, so
        nothing that is being written is taken for a leftover.
        """
        with storage_errors(self.folder):
            leftovers = [p for p in self._sealed_files() if p.name not in standing.get(p.parent.name, set())]
            for path in leftovers:
                remove_for_good(path, place="vault.sweep")
        return len(leftovers)

    def _sealed_files(self) -> list[Path]:
        """The sealed files there are, unfinished ones too; what others put here (.DS_Store, say) is not ours."""
        folders = [entry for entry in _entries(self.folder) if entry.is_dir(follow_symlinks=False)]
        inside = [entry for folder in folders for entry in _entries(Path(folder.path))]
        return sorted(
            Path(entry.path) for entry in inside if OURS.fullmatch(entry.name) and not entry.is_dir()
        )


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    return list(os.scandir(folder)) if folder.is_dir() else []
