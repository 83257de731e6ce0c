"""Sealed files no row of the ledger stands for: what a crash left behind, and what an older ledger does not know.

Provably ours to remove is what was never committed (`.new`, `.part`), what is half removed (`.gone`), what the audit chain knows to be replaced or
destroyed, and the spare of a key whose source is gone. Anything else is evidence that the ledger is older than the
vault, as after a backup was put back: it may be all there is of a recording, and is never removed on sight.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import FileMissingError, UnknownSealedError
from pipeline.files import patiently
from pipeline.study.intake.sources import digest_of
from pipeline.study.told import replay
from pipeline.study.vault.files import make_folder, storage_errors, sync_folder
from pipeline.study.vault.states import Artifact, Part
from pipeline.study.vault.vault import NEW, OURS, SUFFIX

if TYPE_CHECKING:
    from pipeline.study.study import Study

SOURCE = Artifact.SOURCE.value
APART = "unknown"  # the folder of the study that sealed files are put into that nothing here can open
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Unknown:
    """A sealed file the ledger does not know."""

    owner: str
    kind: str
    file: str

    def __str__(self) -> str:
        return f"{self.owner} {self.kind}"


@dataclass(frozen=True, slots=True)
class Leftovers:
    """`ours`: to be removed. `waiting`: the ledger stands for it, and it lacks its lasting name. `unknown`: evidence."""

    ours: tuple[Path, ...] = ()
    waiting: tuple[tuple[str, str], ...] = ()
    unknown: tuple[Unknown, ...] = ()


def find_leftovers(study: Study) -> Leftovers:
    """Look through the vault: first the files, then the ledger's rows, then the chain, so that what is committed
    meanwhile is known.

    Before removing anything, hold a transaction and the import's lock: writers hold one of the two from their first
    byte to the commit, so that nothing that is being written is taken for a leftover.
    """
    files, standing = study.vault.sealed_files(), study.rows.files()
    ours, waiting, strange = list[Path](), list[tuple[str, str]](), list[Path]()
    for path in files:
        owner, lasting = path.parent.name, path.name.removesuffix(NEW)
        stands = lasting in standing.get(owner, set())
        if path.name != lasting and stands and not path.with_name(lasting).exists():
            waiting.append((owner, lasting))
        elif path.name.endswith(SUFFIX):
            strange += [] if stands else [path]
        elif not _is_spare_in_use(path, standing.get(owner, set())):
            ours.append(path)
    over, unknown = _told_apart(study, strange)
    spares = [
        spare for path in over if (spare := study.vault.spare_path(path.parent.name, path.name)).exists()
    ]
    return Leftovers((*ours, *spares, *over), tuple(waiting), unknown)


def _is_spare_in_use(path: Path, standing: set[str]) -> bool:
    """Whether a file is the spare of a source that is there, known or not."""
    if path.suffix != ".key":
        return False
    source = f"{SOURCE}-{path.stem.partition('-')[2]}{SUFFIX}"
    return source in standing or path.with_name(source).exists()


def _told_apart(study: Study, strange: Sequence[Path]) -> tuple[list[Path], tuple[Unknown, ...]]:
    """What the audit chain knows to be over, and what it does not know."""
    if not strange:
        return [], ()
    told = replay(study.audit.entries())
    over, unknown = list[Path](), list[Unknown]()
    for path in strange:
        found = OURS.fullmatch(path.name)
        each = Unknown(path.parent.name, found["kind"] if found else "", path.name)
        with suppress(FileMissingError):  # replaced and removed at this moment
            if told.is_over(each.owner, each.kind, digest_of(path)):
                over.append(path)
            else:
                unknown.append(each)
    return over, tuple(sorted(unknown, key=lambda each: each.kind != SOURCE))  # what weighs most first


def clear_leftovers(study: Study, found: Leftovers) -> None:
    """Remove what is ours to remove, and give what waits for it its lasting name."""
    for owner, file in found.waiting:
        study.vault.settle(owner, file)
    with storage_errors(study.vault.folder):
        for path in found.ours:
            study.vault.discard(path)


def refuse_unknown(unknown: Sequence[Unknown]) -> None:
    """Raise UnknownSealedError when there is a sealed file the ledger does not know."""
    if unknown:
        names = ", ".join(map(str, unknown[:SHOWN])) + (", ..." if len(unknown) > SHOWN else "")
        raise UnknownSealedError(count=len(unknown), found=names)


def complete_spares(study: Study) -> None:
    """Give each sealed source the spare of its key that an earlier version did not write."""
    for owner, file in study.rows.files_of(SOURCE):
        wanting = not study.vault.has_spare(owner, file) and study.vault.path(owner, file).is_file()
        if wanting and Part.AUDIO.value in study.rows.key_ids(owner):
            study.vault.write_spare(owner, file, study.rows.spare(owner, Part.AUDIO.value))


def put_apart(study: Study, each: Unknown) -> Path:
    """Move a sealed file out of the vault, as it is; returns where it lies now."""
    folder = study.folder / APART
    with storage_errors(folder):
        make_folder(folder)
        make_folder(folder / each.owner)
        target = folder / each.owner / each.file
        patiently(partial((study.vault.folder / each.owner / each.file).replace, target))
        sync_folder(target.parent)
    return target
