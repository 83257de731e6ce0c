"""The sealed files of a recording on their way out, and what really happened to each.

What lies in a file's place when a destruction begins is told apart from what the ledger knows: a file that had been
moved away was not overwritten, whatever stood in its place. Each outcome is in the audit chain before the file is
unlinked, so that an interrupted call neither forgets nor invents one.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from pipeline.errors import VaultMovedError
from pipeline.study.intake.sources import digest_all
from pipeline.study.vault import faults
from pipeline.study.vault.files import open_in_place, overwrite_open, storage_errors
from pipeline.study.vault.states import PART_OF, Artifact
from pipeline.study.vault.vault import OURS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.study.study import Study
    from pipeline.study.vault.rows import ArtifactRow
    from pipeline.study.vault.states import Part

FATES_NOTED, FILES_REMOVED = "files overwritten", "files removed"

Found = Literal["whole", "missing", "other"]
Fate = Literal["overwritten", "missing"]

SAID: dict[tuple[Found, Fate], str] = {
    ("whole", "overwritten"): "overwritten with random bytes, truncated and unlinked",
    ("whole", "missing"): "was missing when it was to be overwritten, and had been there when this began",
    ("missing", "missing"): "was missing already: nothing was overwritten",
    (
        "missing",
        "overwritten",
    ): "was missing when this began; what lay in its place afterwards was overwritten and unlinked",
    (
        "other",
        "overwritten",
    ): "was not the file that had been sealed; what lay in its place was overwritten and unlinked",
    (
        "other",
        "missing",
    ): "was not the file that had been sealed, and was missing when it was to be overwritten",
}


def refuse_moved_vault(study: Study, recording: str) -> None:
    """Raise VaultMovedError unless the recording's sealed files lie in plain folders of the study, as plain files.

    Behind a link lies another disk, perhaps, or another study's files: what is done there could not be told truly.
    """
    folder = study.vault.folder / recording
    inside = sorted(folder.iterdir()) if folder.is_dir() else []
    for path in (study.vault.folder, folder, *inside):
        if path.is_symlink():
            place = path.relative_to(study.folder).as_posix()
            raise VaultMovedError(recording=recording, file=place)


def find_files(study: Study, recording: str, parts: tuple[Part, ...]) -> dict[str, Found]:
    """What lies where each sealed file should, by kind: reads each of them."""
    return {row.kind: _found(study, row) for row in _going(study, recording, parts)}


def _going(study: Study, recording: str, parts: tuple[Part, ...]) -> list[ArtifactRow]:
    return [row for row in study.rows.artifacts(recording) if PART_OF[Artifact(row.kind)] in parts]


def _found(study: Study, row: ArtifactRow) -> Found:
    path = study.vault.path(row.owner, row.file)
    with storage_errors(path):
        if not path.is_file():
            return "missing"
        with path.open("rb") as file:
            return "whole" if digest_all(file.read) == row.digest else "other"


def remove_files(study: Study, recording: str, parts: tuple[Part, ...], *, by: str) -> None:
    """Overwrite each sealed file and note that, then unlink all of them, and let the ledger forget them."""
    refuse_moved_vault(study, recording)
    going = _going(study, recording, parts)
    noted = fates_noted(study, recording)
    fates = {
        row.kind: _overwrite(study.vault.path(recording, row.file)) for row in going if row.kind not in noted
    }
    faults.moment("destroy.files_overwritten")
    if fates:
        with study.ledger.transaction():
            study.audit.append(FATES_NOTED, recording, {"fates": fates}, by=by)
    for row in going:
        study.vault.remove(recording, row.file)
    _remove_leftovers(study, recording, parts)
    faults.moment("destroy.files_removed")
    if not going:
        return
    with study.ledger.transaction():
        study.audit.append(FILES_REMOVED, recording, {"removed": [row.kind for row in going]}, by=by)
        for row in going:
            study.rows.drop_artifact(recording, row.kind)
    faults.moment("destroy.forgotten")


def _overwrite(path: Path) -> Fate:
    """Random bytes over a file where it lies, synced."""
    with storage_errors(path):
        faults.point("destroy.overwrite")
        try:
            with open_in_place(path) as file:
                overwrite_open(file)
        except FileNotFoundError:
            return "missing"
    return "overwritten"


def _remove_leftovers(study: Study, recording: str, parts: tuple[Part, ...]) -> None:
    """What a crash left of the kinds that go, of this very recording: no row stands for it, and its keys are gone."""
    folder = study.vault.folder / recording
    kinds = tuple(f"{kind.value}-" for kind, part in PART_OF.items() if part in parts)
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith(kinds) and OURS.fullmatch(path.name):
            study.vault.remove(recording, path.name)


def fates_noted(study: Study, recording: str) -> Mapping[str, Fate]:
    """What happened to each kind of file, by the audit chain; the first that was noted of each stands."""
    found: dict[str, Fate] = {}
    for entry in study.audit.entries(recording):
        fates = entry.facts().get("fates") if entry.event == FATES_NOTED else None
        for kind, fate in fates.items() if isinstance(fates, dict) else ():
            if fate in get_args(Fate):
                found.setdefault(str(kind), fate)
    return found


def say_fate(found: object, fate: str) -> str:
    """What a certificate says of a file: no more than is on record."""
    for (was, became), said in SAID.items():
        if (was, became) == (found, fate):
            return said
    return "what happened to it is not on record"
