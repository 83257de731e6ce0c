"""The study key, and the two rings it parts into.

    identity   sound, raw words, roster, label map, voices, decisions, file names: who is who
    analysis   approved transcripts, redaction reports, what each code agreed to: nobody's name

From the study key come, by keyed BLAKE2b with a name for each purpose, all the keys a study uses. Whoever holds the
study key holds both rings. A way of one ring alone holds the derived keys of that ring and those of both (the audit
chain's, the ledger's row codes); from these neither the study key nor the other ring can be made.

What is kept for the analysis ring is sealed for its public key (X25519, libsodium's sealed box), so that who processes
and reviews can write for who analyses, and cannot read it once the raw words are gone.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from enum import StrEnum

from pipeline.errors import RingNeededError
from pipeline.study.vault.key_files import KEY_BYTES


class Ring(StrEnum):
    """What a way into a study opens."""

    BOTH = "both"
    IDENTITY = "identity"
    ANALYSIS = "analysis"

    @property
    def opens(self) -> frozenset[Ring]:
        """The rings it opens."""
        return frozenset({Ring.IDENTITY, Ring.ANALYSIS} if self is Ring.BOTH else {self})


WHAT_OPENS = {
    Ring.IDENTITY: ("sound", "raw words", "roster", "label map", "voices", "decisions"),
    Ring.ANALYSIS: ("approved transcripts", "reports", "exports"),
}
COMMON = ("audit", "row codes")
_BOX, _ROOT = "analysis ring", "identity ring"
# In this order in the key of a way that opens the identity ring alone; what is new gets its key from the last.
_IDENTITY = (*COMMON, "names", "recording keys", "sources", "inbox", "traces", "labels", _ROOT)
_ANALYSIS = (*COMMON, _BOX)
_PUBLIC = "analysis public key"
_HELD = {Ring.IDENTITY: (*_IDENTITY, _PUBLIC), Ring.ANALYSIS: _ANALYSIS}


@dataclass(frozen=True, slots=True)
class StudyKey:
    """The study key in memory, or the keys of one ring; prints as hidden.

    `material` is 32 bytes for both rings, and a fixed number of keys of 32 bytes for one.
    """

    material: bytes = field(repr=False)
    ring: Ring = Ring.BOTH

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key for one purpose; raises RingNeededError when this key's ring does not hold it."""
        if purpose not in _IDENTITY and purpose != _BOX:
            return _derived(self._of(_ROOT), purpose)
        return self._of(purpose)

    def _of(self, purpose: str) -> bytes:
        if self.ring is Ring.BOTH:
            return _derived(self.material, purpose)
        held = _HELD[self.ring]
        if purpose not in held:
            raise RingNeededError(
                ring=next(r.value for r in _HELD if purpose in _HELD[r]), held=self.ring.value
            )
        at = held.index(purpose) * KEY_BYTES
        return self.material[at : at + KEY_BYTES]

    def opens(self, ring: Ring) -> bool:
        """Whether it opens a ring (of both: each of them)."""
        return ring.opens <= self.ring.opens

    def require(self, ring: Ring) -> None:
        """Raise RingNeededError unless it opens a ring (of both: each of them)."""
        if lacking := sorted(ring.opens - self.ring.opens):
            raise RingNeededError(ring=lacking[0].value, held=self.ring.value)

    def narrowed(self, ring: Ring) -> StudyKey:
        """The key of one ring, or this very key; raises RingNeededError for what it does not open itself."""
        self.require(ring)
        if ring is self.ring:
            return self
        parts = (self.public() if purpose == _PUBLIC else self._of(purpose) for purpose in _HELD[ring])
        return StudyKey(b"".join(parts), ring)

    # --- the analysis ring's sealed boxes ---

    def public(self) -> bytes:
        """The public key (32 bytes) that is sealed for."""
        return self._of(_PUBLIC) if self.ring is Ring.IDENTITY else self._pair()[0]

    def _pair(self) -> tuple[bytes, bytes]:
        import nacl.bindings as sodium

        public, secret = sodium.crypto_box_seed_keypair(self.derive(_BOX))
        return public, secret

    def box(self, plain: bytes) -> bytes:
        """Seal for the analysis ring: whoever holds the study, or the identity ring, can; only that ring opens it."""
        import nacl.bindings as sodium

        return sodium.crypto_box_seal(plain, self.public())

    def unbox(self, sealed: bytes) -> bytes | None:
        """What was sealed for the analysis ring, None when it was not, or is damaged; raises RingNeededError."""
        import nacl.bindings as sodium
        from nacl.exceptions import CryptoError

        public, secret = self._pair()
        try:
            return sodium.crypto_box_seal_open(sealed, public, secret)
        except (CryptoError, ValueError, TypeError):
            return None

    # --- as bytes, for a pipe or a wrap ---

    def pack(self) -> bytes:
        """One byte that says which ring, then the material."""
        return bytes([tuple(Ring).index(self.ring)]) + self.material

    @classmethod
    def unpack(cls, data: bytes) -> tuple[StudyKey, bytes]:
        """A packed key, and what stands behind it."""
        ring = tuple(Ring)[data[0]]
        end = 1 + material_bytes(ring)
        return cls(data[1:end], ring), data[end:]


def material_bytes(ring: Ring) -> int:
    """How long the material of a ring's key is."""
    return KEY_BYTES * (1 if ring is Ring.BOTH else len(_HELD[ring]))


def new_study_key() -> StudyKey:
    """A fresh random study key, which opens both rings."""
    return StudyKey(secrets.token_bytes(KEY_BYTES))


def _derived(key: bytes, purpose: str) -> bytes:
    """Keyed BLAKE2b, personalised by the purpose."""
    return hashlib.blake2b(key=key, person=purpose.encode(), digest_size=KEY_BYTES).digest()
