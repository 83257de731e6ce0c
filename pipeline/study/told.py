"""What the audit chain tells of the ledger's and the vault's content, then and now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pipeline.study.vault.audit import Entry
from pipeline.study.vault.states import STUDY_OWNER
from pipeline.study.withdrawals import WITHDRAWAL_BEGUN

SEALED, DESTRUCTION_BEGUN = "sealed", "destruction begun"
BEGUN = (DESTRUCTION_BEGUN, WITHDRAWAL_BEGUN)


@dataclass
class Told:
    """What the chain says of the ledger's present content; `digests` are all sealed files there ever were, by owner;
    `replaced` are the ids of keys that others took the place of, each with its entry."""

    state: dict[str, tuple[int, str]] = field(default_factory=dict)
    artifacts: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    keys: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)
    going: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)
    shared_keys: dict[str, str] = field(default_factory=dict)
    digests: dict[str, set[str]] = field(default_factory=dict)
    replaced: dict[str, dict[str, int]] = field(default_factory=dict)

    def is_over(self, owner: str, kind: str, digest: str) -> bool:
        """Whether a sealed file was replaced or removed: the chain knew it, and another or none stands in its place."""
        standing = self.artifacts.get((owner, kind))
        return digest in self.digests.get(owner, set()) and (standing is None or standing[1] != digest)


def replay(entries: Iterable[Entry]) -> Told:
    """The states and artifacts the chain's entries lead to."""
    told = Told()
    for entry in entries:
        facts = entry.facts()
        if "state" in facts:
            told.state[entry.recording] = (entry.seq, str(facts["state"]))
        for owner, part in ((entry.recording, "artifacts"), (STUDY_OWNER, "shared")):
            digests = facts.get(part)
            for kind, digest in digests.items() if isinstance(digests, dict) else ():
                told.artifacts[owner, kind] = (entry.seq, str(digest))
                told.digests.setdefault(owner, set()).add(str(digest))
        told.shared_keys.update(_texts(facts, "shared_keys"))
        if entry.event == SEALED:
            told.keys[entry.recording] = (entry.seq, _texts(facts, "keys"))
        elif replaced := _texts(facts, "replaced"):
            told.keys[entry.recording] = (
                entry.seq,
                {**told.keys.get(entry.recording, (0, {}))[1], **_texts(facts, "keys")},
            )
            told.replaced.setdefault(entry.recording, {}).update(dict.fromkeys(replaced.values(), entry.seq))
        elif entry.event in BEGUN:  # a recording destroyed after verification may be withdrawn later
            earlier = told.going.get(entry.recording, (0, {}))[1]
            told.going[entry.recording] = (entry.seq, {**earlier, **_texts(facts, "keys")})
        for name in facts.get("removed", ()) if isinstance(facts.get("removed"), list) else ():  # type: ignore[attr-defined]
            owner = entry.recording or STUDY_OWNER
            told.artifacts.pop((owner, str(name)), None)
            if owner == STUDY_OWNER:
                told.shared_keys.pop(str(name), None)
    return told


def _texts(facts: Mapping[str, object], name: str) -> dict[str, str]:
    found = facts.get(name)
    return {str(part): str(key) for part, key in found.items()} if isinstance(found, dict) else {}
