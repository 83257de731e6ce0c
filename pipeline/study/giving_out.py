"""Giving transcripts out: what may go, in which formats, as files with names; the audit chain knows before it goes.

Both faces use it: the command line writes the files to a folder, the page hands them to the browser.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from pipeline.errors import NotVerifiedError, RecipientError, printable
from pipeline.export.document import Attachment, ExportDocument
from pipeline.export.options import ExportOptions, options_from_table
from pipeline.study.exporting import (
    audit_files,
    documents,
    not_verified,
    withdrawal_certificates,
)
from pipeline.study.given_out import note_export

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.study.study import Study

PACKAGE, PROJECT = "package", "qdpx"
MOST_RECIPIENT_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to be exported: documents, conventions, and of a package the audit export and certificates of
    withdrawn recordings.

    `waiting` names recordings that were left out, because nobody has verified them; `participant` is whose copy it is.
    """

    documents: tuple[ExportDocument, ...]
    options: ExportOptions = field(default_factory=ExportOptions)
    audit: tuple[Attachment, ...] = ()
    withdrawn: tuple[Attachment, ...] = ()
    waiting: tuple[str, ...] = ()
    participant: str = ""

    @property
    def study(self) -> str:
        """The study's name as a file may be called."""
        from pipeline.export.package import safe_name

        return safe_name(self.documents[0].study or "study", set())


def choose(study: Study, names: Sequence[str], *, evidence: bool, draft: bool) -> Chosen:
    """The recordings named, or all verified ones (with `draft` all that have a transcript).

    Raises RecordingUnknownError, StateError, and NotVerifiedError for one named that nobody has verified.
    """
    found = Chosen(
        tuple(documents(study, names, evidence=evidence, drafts=draft)),
        options_from_table(study.settings.export),
        audit_files(study) if evidence else (),
        withdrawal_certificates(study) if evidence else (),
        () if names or draft else not_verified(study),
    )
    return leave_out_unverified(
        replace(found, options=replace(found.options, draft=draft)), named=bool(names)
    )


def leave_out_unverified(chosen: Chosen, *, named: bool) -> Chosen:
    """Unless drafts are wanted, what nobody has verified is left out; one asked for by name is an error."""
    draft = chosen.options.draft
    ready = tuple(d for d in chosen.documents if draft or not d.draft)
    waiting = (*(d.recording for d in chosen.documents if d.draft and not draft), *chosen.waiting)
    if waiting and (named or not ready):
        raise NotVerifiedError(recording=waiting[0])
    return replace(chosen, documents=ready, waiting=waiting)


def note(study: Study, chosen: Chosen, kinds: Sequence[str], *, to: str = "") -> bool:
    """Note in the audit chain what is about to be given out, and to whom or where to (`check_recipient`); False where the
    study cannot be written to."""
    return note_export(
        study, chosen.documents, kinds, draft=chosen.options.draft, participant=chosen.participant, to=to
    )


def check_recipient(study: Study, to: str) -> str:
    """Who or what something is given to, as the audit chain may hold it; raises RecipientError for one that names somebody
    of the roster, or is no short line."""
    plain = " ".join(to.split())
    if len(plain) > MOST_RECIPIENT_CHARACTERS or not plain.isprintable():
        raise RecipientError(
            why=f"say in one line of at most {MOST_RECIPIENT_CHARACTERS} characters who gets it"
        )
    if study.names.names_someone(plain):
        raise RecipientError(
            why="it names somebody of the roster, and would stand in the audit chain for good"
        )
    return plain


def show_folder(study: Study, folder: Path) -> str:
    """A folder as the audit chain may hold it: parts that name somebody of the roster are not shown."""
    parts = (
        "(a name)" if study.names.names_someone(part) else printable(part) for part in folder.absolute().parts
    )
    return PurePath(*parts).as_posix()


def keep_participant(chosen: Chosen, code: str) -> Chosen:
    """One participant's copy of what was chosen; raises ParticipantUnknownError when nothing of it is theirs."""
    from pipeline.study.own_words import keep_own

    return replace(chosen, documents=keep_own(chosen.documents, code), participant=code)


def files_of(chosen: Chosen, kinds: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Each file by name: one for each recording and format, and one project of them all."""
    from pipeline.export.package import safe_name
    from pipeline.export.registry import formats, write, write_project

    names: set[str] = set()
    for document in chosen.documents:
        name = safe_name("-".join(filter(None, (document.recording, chosen.participant))), names)
        for kind in (k for k in kinds if k != PROJECT):
            yield f"{name}.{formats()[kind].extension}", write(document, kind, options=chosen.options)
    if PROJECT in kinds:
        project = "-".join(filter(None, (chosen.study, chosen.participant)))
        yield f"{project}.{PROJECT}", write_project(chosen.documents, options=chosen.options)


def write_package(chosen: Chosen, kinds: Sequence[str], to: Path, *, zipped: bool = False) -> Path:
    """Write a study package for an archive into a folder; returns the package's own folder, or its .zip file."""
    from pipeline.export import package

    inside = [kind for kind in kinds if kind != PACKAGE] or package.DEFAULT_FORMATS
    target = to / f"{chosen.study}-package{'.zip' if zipped else ''}"
    evidence = {"audit": chosen.audit, "withdrawn": chosen.withdrawn}
    package.write(chosen.documents, target, options=chosen.options, formats=inside, **evidence)
    return target
