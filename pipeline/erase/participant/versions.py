"""The next version of an approved transcript, and of the redaction report that is kept with it (pure)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from pipeline.deidentify.leaving import names
from pipeline.records import Utterance
from pipeline.study.approved import Approved, Change
from pipeline.verify.final import digest_of


@dataclass(frozen=True, slots=True)
class Statement:
    """In whose name an approved transcript changes, when, and what that person accepted."""

    by: str
    at: str
    text: str = field(repr=False)


def change_approved(
    before: Approved, utterances: tuple[Utterance, ...], kind: str, statement: Statement, *, about: str = ""
) -> Approved:
    """The next version of an approved transcript; itself where nothing changes."""
    if utterances == before.utterances:
        return before
    digest = digest_of(utterances, before.policy, before.sensitivity)
    kind = f"{kind} ({about})" if about else kind
    change = Change(kind, statement.at, statement.by, before.digest, digest, statement.text)
    return replace(before, digest=digest, utterances=utterances, changes=(*before.changes, change))


def without_places(report: bytes, code: str, before: Approved, after: Approved) -> bytes:
    """The report without places in the participant's turns and mentions of them; its counts stay those of before."""
    note = (
        f"Version {after.version}: {after.changes[-1]}. Places in their turns and mentions of them are not listed any "
        "more; the counts are those of the version before."
    )

    def theirs(place: Mapping[str, str]) -> bool:
        return place["participant"] == code or names(place["replacement"].strip("[]"), code)

    return change_report(report, before, after, note, without=theirs)


def change_report(
    report: bytes,
    before: Approved,
    after: Approved,
    note: str,
    *,
    without: Callable[[Mapping[str, str]], bool] = lambda _: False,
) -> bytes:
    """A kept redaction report of a transcript that has another version now: a note, the digests, without some places."""
    plain = json.loads(report)
    plain["replacements"] = [each for each in plain["replacements"] if not without(each)]
    plain["notes"].append(note)
    plain["digests"].pop("transcript", None)  # of the approval's own record, which is gone
    plain["digests"] |= {"approved": after.digest, f"approved, version {before.version}": before.digest}
    return (json.dumps(plain, ensure_ascii=False, indent=1) + "\n").encode()
