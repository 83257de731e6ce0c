"""The plain copies of a recording that are on record, and what a certificate says of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.study.intake.sightings import Fate, count_files

if TYPE_CHECKING:
    from pipeline.study.study import Study


@dataclass(frozen=True, slots=True)
class PlainCopies:
    """What the audit chain knows of the recording's unsealed copies; None and "" where it does not.

    `source_here`: a file of it that the study was handed lay on the study's file system. `files`: how many there
    were, by whether they lay there and what became of them. `unsealed`: how often it was written to a plain file
    since, `unsealed_here` to one on the study's file system.
    """

    source_here: bool | None = None
    files: tuple[tuple[bool | None, Fate, int], ...] = ()
    unsealed: int = 0
    unsealed_here: int = 0


def find_plain_copies(study: Study, recording_id: str) -> PlainCopies:
    """The recording's unsealed copies, as the audit chain knows them."""
    entries = list(study.audit.entries(recording_id))
    # A stream says nothing of where its file lies.
    sealed = [e.facts().get("from_this_disk") for e in entries if e.event in ("sealed", "sealed again")]
    first = True if True in sealed else None if None in sealed or not sealed else False
    files = count_files(entries, first_here=first)
    here = [first, *(where for where, _ in files)]
    unsealed = [bool(e.facts().get("to_this_disk", True)) for e in entries if e.event == "unsealed"]
    return PlainCopies(
        source_here=True if True in here else None if None in here else False,
        files=tuple((where, fate, count) for (where, fate), count in files.items()),
        unsealed=len(unsealed),
        unsealed_here=sum(unsealed),
    )


def say_worth(plain: PlainCopies) -> str:
    """What destroying the keys is worth, where the sound lay in plain before."""
    erased = "Destroying every copy of the recording's key makes the sealed file unreadable wherever its bytes remain"
    if plain.source_here is False:
        return (
            f"{erased}: the recording was imported from another file system, and this import never wrote it "
            "unsealed to this one."
        )
    lay = "may have lain" if plain.source_here is None else "lay"
    return (
        f"{erased}. The recording {lay} unsealed on this file system before import, and what became of that file is "
        "said below; that is not a cryptographic erase in the sense of NIST SP 800-88 Rev. 2."
    )


WHERE: dict[bool | None, str] = {
    True: "on this file system",
    False: "on another file system",
    None: "where is not on record",
}
BECAME: dict[Fate, str] = {
    "removed": "overwritten and removed",
    "left": "left where it was; whoever keeps it must delete it",
    "unknown": "whether it was removed is not on record",
}


def say_copies(plain: PlainCopies) -> list[str]:
    """What became of each plain file, and what this destruction did not reach, as far as it is on record."""
    handed = [f"{count} {WHERE[here]} ({BECAME[fate]})" for here, fate, count in plain.files]
    said = [f"Plain files of it that the study was handed: {'; '.join(handed)}."] if handed else []
    if not handed:
        said.append(
            "Which plain files of it the study was handed, and what became of them, is not on record."
        )
    if plain.unsealed:
        here = f", {plain.unsealed_here} of them on this file system" if plain.unsealed_here else ""
        said.append(
            f"It was written to a plain file (unseal; how often: {plain.unsealed}{here}); those files are outside "
            "this certificate, and whoever made them must delete them."
        )
    return said
