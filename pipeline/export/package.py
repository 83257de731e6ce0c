"""A study package for an archive: transcripts, codebook, evidence and checksums as a BagIt bag.

    PACKAGE/
      bagit.txt, bag-info.txt, manifest-sha256.txt, tagmanifest-sha256.txt
      data/
        README.txt              what this is, for the archive
        codebook.csv            participants: code and role, no names
        transcripts/NAME.docx   each recording in the formats asked for
        transcripts/study.qdpx  all of them as one REFI-QDA project
        reports/NAME/...        redaction reports
        certificates/NAME/...   certificates of destruction
        certificates/withdrawn/ those of recordings destroyed without a transcript
        audit/...               the audit export

BagIt is RFC 8493; the `bagit` library of the Library of Congress writes and checks it.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.errors import OutputError, OutputExistsError
from pipeline.export.conventions import DRAFT_MARK
from pipeline.export.csv import guard, table
from pipeline.export.document import Attachment, ExportDocument, clean, clock, show_moment
from pipeline.export.options import ExportOptions
from pipeline.export.registry import check_verified, formats, write_project
from pipeline.export.registry import write as write_one
from pipeline.export.xml import zip_bytes
from pipeline.files import NAME_MOST_BYTES, cut_name, patiently, write_atomically

NOT_ARCHIVED = "[{code}: not archived]"
DEFAULT_FORMATS = ("txt", "docx", "csv", "json", "qdpx")


def write(
    documents: Sequence[ExportDocument],
    target: Path,
    *,
    options: ExportOptions | None = None,
    formats: Sequence[str] = DEFAULT_FORMATS,
    audit: Sequence[Attachment] = (),
    withdrawn: Sequence[Attachment] = (),
) -> Path:
    """Write the package to `target`, a folder that is not there yet, or a file ending in .zip.

    The same documents and options give the same bytes. Raises NotVerifiedError as
    `pipeline.export.write` does, OutputExistsError when the target is there, OutputError when it
    cannot be written. What was begun is taken away again.
    """
    options = options or ExportOptions()
    documents = [leave_out(document) for document in documents]
    for document in documents:
        check_verified(document, options)
    if not documents:
        raise ValueError("a package needs a recording")
    if target.exists():
        raise OutputExistsError(file=target)
    files = dict(_files(documents, options, formats, audit))
    files |= {f"certificates/withdrawn/{file.name}": file.content for file in withdrawn}
    begun = target.with_name(f".{target.name}.begun")
    try:
        _write_bag(begun, files, documents)
        if target.suffix == ".zip":
            write_atomically(target, _zip_folder(begun, target.stem))
        else:
            patiently(lambda: begun.rename(target))
    except OSError as error:
        raise OutputError(file=target, why=error.strerror or "the system refused") from None
    finally:
        shutil.rmtree(begun, ignore_errors=True)
    return target


def leave_out(document: ExportDocument) -> ExportDocument:
    """The document without the words of those who did not agree to be archived; their turns stand with their times."""
    out = {person.code for person in document.participants if person.archived is False}
    if not out:
        return document
    spoken = tuple(
        replace(u, text=NOT_ARCHIVED.format(code=u.participant), words=()) if u.participant in out else u
        for u in document.utterances
    )
    return replace(document, utterances=spoken)


def safe_name(name: str, taken: set[str]) -> str:
    """A file name for a recording: letters, digits, ". _ -", not too long, and not one that is taken already."""
    base = re.sub(r"[^\w.-]+", "_", clean(name)).strip("._") or "recording"
    base = cut_name(base, NAME_MOST_BYTES)
    unique, number = base, 2
    while unique.casefold() in taken:
        unique, number = f"{base}-{number}", number + 1
    taken.add(unique.casefold())
    return unique


def _files(
    documents: Sequence[ExportDocument],
    options: ExportOptions,
    wanted: Sequence[str],
    audit: Sequence[Attachment],
) -> Iterator[tuple[str, bytes]]:
    """Every file of the payload: path below data/, and content."""
    taken: set[str] = {"study", "withdrawn"}
    for document in documents:
        name = safe_name(document.recording, taken)
        mark = ".draft" if document.draft else ""
        for kind in (k for k in wanted if k != "qdpx"):
            path = f"transcripts/{name}{mark}.{formats()[kind].extension}"
            yield path, write_one(document, kind, options=options)
        for folder, attached in (("reports", document.reports), ("certificates", document.certificates)):
            for file in attached:
                yield f"{folder}/{name}/{file.name}", file.content
    if "qdpx" in wanted:
        yield "transcripts/study.qdpx", write_project(documents, options=options)
    for file in audit:
        yield f"audit/{file.name}", file.content
    yield "codebook.csv", _codebook(documents)
    yield "README.txt", _readme(documents, options).encode("utf-8")


def _codebook(documents: Sequence[ExportDocument]) -> bytes:
    """Who took part: code, role, and in which recordings they speak."""
    roles: dict[str, str] = {}
    for person in (person for document in documents for person in document.speakers):
        roles[person.code] = roles.get(person.code) or clean(person.role)
    answers = _answers(documents)
    rows = [
        (
            code,
            guard(roles[code]),
            guard("; ".join(_heard_in(documents, code))),
            *(of.get(code, "no") for of in answers.values()),
        )
        for code in sorted(roles)
    ]
    return table(("code", "role", "speaks_in", *answers), rows)


def _heard_in(documents: Sequence[ExportDocument], code: str) -> list[str]:
    """The recordings in which somebody speaks."""
    return [
        clean(document.recording)
        for document in documents
        if any(person.code == code for person in document.speakers)
        and any(said.participant == code for said in document.utterances)
    ]


def _answers(documents: Sequence[ExportDocument]) -> dict[str, dict[str, str]]:
    """What each participant agreed to, by column; no column where the study does not keep it."""
    people = {person.code: person for document in documents for person in document.participants}
    asked = {
        name: {code: getattr(person, name) for code, person in people.items()}
        for name in ("archived", "quotable")
    }
    return {
        name: {code: "no" if answer is False else "yes" for code, answer in given.items()}
        for name, given in asked.items()
        if any(answer is not None for answer in given.values())
    }


def _readme(documents: Sequence[ExportDocument], options: ExportOptions) -> str:
    study = next((clean(d.study) for d in documents if d.study), "")
    drafts = any(d.draft for d in documents)
    lines = [f"Study package{f': {study}' if study else ''}", "", *([DRAFT_MARK, ""] if drafts else [])]
    lines += [
        "These transcripts are de-identified: participants stand under codes, other identifying words",
        "are replaced by labels in brackets. No recording, no name and no key to the codes is in here.",
        "",
        "transcripts/   the recordings below; study.qdpx opens in programs that read REFI-QDA projects",
        "codebook.csv   participants: code, role, the recordings they speak in",
        "reports/       what was replaced in each recording, by kind and number, without the words",
        "certificates/  what was destroyed after verification, when and by whom; withdrawn/ holds those of",
        "               recordings that were destroyed without a verified transcript, and why",
        "audit/         the record of who did what, when",
        "",
        "Checksums: this is a BagIt package (RFC 8493). Any BagIt program can check it, for example",
        "    bagit.py --validate PACKAGE",
        "",
        f"Wording: {options.wording}. Replacements: {options.replacements}. Times are from each recording's start.",
        "",
        *_left_out(documents),
        "Recordings:",
    ]
    lines += [f"  {_line(d)}" for d in documents]
    first = documents[0]
    return "\n".join([*lines, "", f"Made by {clean(first.tool)} {clean(first.version)}.", ""])


def _left_out(documents: Sequence[ExportDocument]) -> list[str]:
    """Whose words are not in the package, and whose may not be quoted."""
    people = [person for document in documents for person in document.participants]
    archived = sorted({person.code for person in people if person.archived is False})
    quoted = sorted({person.code for person in people if person.quotable is False})
    lines = []
    if archived:
        lines += [
            f"Not in here: the words of {', '.join(archived)}, who did not agree to archiving. Their turns stand as",
            f"{NOT_ARCHIVED.format(code=archived[0])}. What others said of them, by code, is in here.",
            "",
        ]
    if quoted:
        lines += [
            f"Not to be quoted: {', '.join(quoted)}, who did not agree to it. Their turns are marked.",
            "",
        ]
    return lines


def _line(document: ExportDocument) -> str:
    who = "not verified (draft)" if document.draft else f"verified by {clean(document.verified_by)}"
    when = (
        f", {show_moment(clean(document.verified_at))}" if document.verified_at and not document.draft else ""
    )
    date = f", {clean(document.date)}" if document.date else ""
    read = f", {clean(document.read_share)} read" if document.read_share else ""
    edition = f", {clean(document.edition)}" if document.edition else ""
    return f"{clean(document.recording)}{date}, {clock(document.duration)}, {who}{when}{read}{edition}"


def _write_bag(folder: Path, files: dict[str, bytes], documents: Sequence[ExportDocument]) -> None:
    """Write the payload and have the bagit library make a bag of it, without today's date."""
    import bagit

    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    first = documents[0]
    info = {
        "External-Description": f"De-identified transcripts: {next((clean(d.study) for d in documents if d.study), '')}",
        "Bag-Software-Agent": f"{clean(first.tool)} {clean(first.version)}",
    }
    bag = bagit.make_bag(str(folder), bag_info=info, checksums=["sha256"], encoding="utf-8")
    bag.info.pop("Bagging-Date", None)
    bag.save()


def _zip_folder(folder: Path, name: str) -> bytes:
    paths = sorted(p for p in folder.rglob("*") if p.is_file())
    return zip_bytes((f"{name}/{p.relative_to(folder).as_posix()}", p.read_bytes()) for p in paths)
