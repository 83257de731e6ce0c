"""What a destruction sets out to destroy: drawn before it, committed in the entry that begins it, read back from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.erase.certificate import Destroyed
from pipeline.erase.sealed_files import Found, say_fate
from pipeline.study.intake.transcripts import transcript_of
from pipeline.study.told import BEGUN
from pipeline.study.vault.states import PART_OF, Artifact, Part

if TYPE_CHECKING:
    from pipeline.study.study import Study
    from pipeline.study.vault.audit import Entry

WHAT = {
    Artifact.SOURCE: "sealed source audio",
    Artifact.TRANSCRIPT: "sealed source transcript",
    Artifact.DIARIZATION: "speaker turns and voiceprints of the recording",
    Artifact.TRANSCRIPTION: "recognised words",
    Artifact.ATTRIBUTION: "raw transcript",
    Artifact.REDACTION: "replaced words and where they stood",
    Artifact.DECISIONS: "the reviewer's decisions and undo history",
    Artifact.APPROVED: "approved, de-identified transcript",
    Artifact.REPORT: "redaction report",
}
TEXT_SOURCE = "sealed source: a transcript's file as it was given, no sound"


@dataclass(frozen=True, slots=True)
class Plan:
    """What goes: parts, the ids of their keys by part, digest and size of each sealed file by kind."""

    parts: tuple[Part, ...]
    keys: Mapping[str, str]
    going: Mapping[str, Mapping[str, object]]

    def facts(self) -> dict[str, object]:
        """The plan as an audit entry holds it."""
        return {
            "parts": [part.value for part in self.parts],
            "keys": dict(self.keys),
            "going": dict(self.going),
        }

    def destroyed(self, fates: Mapping[str, str]) -> tuple[Destroyed, ...]:
        """What went, for the certificate, with what became of each file."""
        files = [
            Destroyed.model_validate(
                {
                    "what": TEXT_SOURCE if f.get("is_text") else WHAT[Artifact(kind)],
                    "bytes": f["size"],
                    "sha256_sealed": f["digest"],
                    "fate": say_fate(f.get("found"), fates.get(kind, "")),
                }
            )
            for kind, f in self.going.items()
        ]
        return (*files, *(Destroyed(what=f"wrapped key ({part}) {key}") for part, key in self.keys.items()))


def draw_plan(study: Study, recording_id: str, parts: tuple[Part, ...], found: Mapping[str, Found]) -> Plan:
    """What will go, as things stand; `found` tells what lies where each sealed file should."""
    going = [a for a in study.rows.artifacts(recording_id) if PART_OF[Artifact(a.kind)] in parts]
    text = transcript_of(study, recording_id)
    files: dict[str, Mapping[str, object]] = {
        a.kind: {"digest": a.digest, "size": a.size, "found": found.get(a.kind, "")} for a in going
    }
    source = Artifact.SOURCE.value
    if text is not None and not text.has_sound and source in files:
        files[source] = {**files[source], "is_text": True}
    keys = {p: i for p, i in study.rows.key_ids(recording_id).items() if Part(p) in parts}
    return Plan(parts, keys, files)


def begun_plan(study: Study, recording_id: str) -> Plan:
    """What the newest destruction of a recording set out to destroy, from the audit chain."""
    facts = begun_entry(study, recording_id).facts()
    parts, keys, going = facts["parts"], facts["keys"], facts["going"]
    assert isinstance(parts, list)
    assert isinstance(keys, dict)
    assert isinstance(going, dict)
    return Plan(tuple(Part(part) for part in parts), keys, going)


def begun_entry(study: Study, recording_id: str) -> Entry:
    """The entry that began the newest destruction of a recording."""
    return [entry for entry in study.audit.entries(recording_id) if entry.event in BEGUN][-1]
