"""Before and after a destruction: does anything lie about, open, or hold what is to go?

Before, a copy in the study's folder stops it while nothing is lost yet. Afterwards the same is looked for again, by
what `traces` kept of it; a check that fails is noted in the audit chain, and made again by every later call.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.erase.certificate import Check
from pipeline.erase.search import find_copy
from pipeline.erase.traces import LOOKED_FOR
from pipeline.errors import CopyFoundError, RecordingUnknownError, SealBrokenError
from pipeline.study.vault.states import PART_OF

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.erase.search import Copy
    from pipeline.erase.traces import Traces
    from pipeline.study.study import Study
    from pipeline.study.vault.audit import Entry
    from pipeline.study.vault.rows import RecordingRow
    from pipeline.study.vault.states import Part

COPY_FOUND, CHECK_FAILED = "copy found before destroying", "check failed"
SCOPE = "(files as they stand, none unpacked; links and other recordings' sealed files left out)"


def refuse_copies(study: Study, traces: Traces, *, by: str) -> None:
    """Raise CopyFoundError, naming the file, while something in the study's folder would survive. It is noted."""
    copy = find_copy(study, traces, "key", "sealed", "plain", besides_own=True)
    if copy is None:
        return
    _note(study, traces.recording, COPY_FOUND, {"file": copy.place, "holds": copy.holds}, by)
    raise CopyFoundError(recording=traces.recording, file=copy.place, what=copy.holds)


@dataclass(frozen=True, slots=True)
class _Finding:
    """One check as it came out; `copy` is the file that failed it."""

    check: Check
    copy: Copy | None = None


def prove(
    study: Study, row: RecordingRow, parts: tuple[Part, ...], traces: Traces, *, by: str = ""
) -> list[Check]:
    """Make every check; those that fail are noted in the audit chain, with the file that failed them."""
    found = list(_findings(study, row, parts, traces))
    for finding in found:
        if not finding.check.passed:
            facts = {"check": finding.check.how} | ({"file": finding.copy.place} if finding.copy else {})
            _note(study, row.id, CHECK_FAILED, facts, by)
    return [finding.check for finding in found]


def _findings(study: Study, row: RecordingRow, parts: tuple[Part, ...], traces: Traces) -> Iterator[_Finding]:
    simple: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("the ledger holds none of the recording's destroyed keys", lambda: _no_keys(study, row, parts)),
        ("the source audio can no longer be opened", lambda: _cannot_open(study, row)),
        (
            "no sealed file of the destroyed kinds is left in the vault",
            lambda: _no_files(study, row, parts),
        ),
        (
            "none of the study's remaining keys is a destroyed one, so none opens what was sealed",
            lambda: not set(traces.key_ids) & set(every_key_id(study)),
        ),
    )
    for how, passes in simple:
        yield _Finding(Check(how=how, passed=passes()))
    if traces.of("key"):
        copy = find_copy(study, traces, "key", besides_own=False)
        how = f"no uncompressed copy of the destroyed keys, plain or wrapped, lies in the study's folder {SCOPE}"
        yield _Finding(Check(how=how, passed=copy is None), copy)
    if traces.of("sealed", "plain"):
        copy = find_copy(study, traces, "sealed", "plain", besides_own=False)
        how = (
            "no uncompressed copy of the recording, as it came or as it was sealed, lies in the study's folder "
            f"({LOOKED_FOR}) {SCOPE}"
        )
        yield _Finding(Check(how=how, passed=copy is None), copy)


def _note(study: Study, recording: str, event: str, facts: dict[str, str], by: str) -> None:
    """Note it in the audit chain, unless the recording's newest entry says the same."""
    entries = list(study.audit.entries(recording))
    if entries and (entries[-1].event, entries[-1].facts()) == (event, facts):
        return
    with study.ledger.transaction():
        study.audit.append(event, recording, facts, by=by)


def failures_told(study: Study, recording: str) -> tuple[str, ...]:
    """What a certificate says of copies found and checks that failed before they passed, from the audit chain."""
    entries = (entry for entry in study.audit.entries(recording) if entry.event in (COPY_FOUND, CHECK_FAILED))
    return tuple(dict.fromkeys(_told(entry) for entry in entries))


def _told(entry: Entry) -> str:
    facts, day = entry.facts(), entry.at[:10]
    if entry.event == COPY_FOUND:
        what = f"On {day}, before anything was destroyed, {facts['file']} in the study's folder held {facts['holds']}."
    else:
        file = f", because of {facts['file']}" if "file" in facts else ""
        what = f"On {day} this check failed{file}: {facts['check']}."
    elsewhere = (
        " Whether that file was deleted or only moved elsewhere is not known." if "file" in facts else ""
    )
    return f"{what} It was looked for again later, and was not there any more.{elsewhere}"


def _no_keys(study: Study, row: RecordingRow, parts: tuple[Part, ...]) -> bool:
    return not {part.value for part in parts} & set(study.rows.key_ids(row.id))


def _cannot_open(study: Study, row: RecordingRow) -> bool:
    try:
        study.open_source(row.id).close()
    except (RecordingUnknownError, SealBrokenError):
        return True
    return False


def _no_files(study: Study, row: RecordingRow, parts: tuple[Part, ...]) -> bool:
    folder = study.vault.folder / row.id
    kinds = tuple(f"{kind.value}-" for kind, part in PART_OF.items() if part in parts)
    return not folder.is_dir() or not any(p.name.startswith(kinds) for p in folder.iterdir())


def every_key_id(study: Study) -> Iterator[str]:
    """The ids of all keys the ledger holds, made from the keys themselves where the key given opens them."""
    return (each for _, _, each in study.rows.every_key())
