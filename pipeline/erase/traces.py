"""What to look for once a recording is destroyed, kept sealed until it is: fingerprints that give nothing of it back.

A check that failed must be made again, by another call if need be, when keys and files are gone already. So before
anything goes, each key (plain, wrapped, and both in hexadecimal) and pieces of the sealed files and of the plain
sound are noted as a length, a few bytes to search for (`anchor`) and a keyed BLAKE2b of the whole. They lie sealed in
the ledger until the entry that says `destroyed`. Four bytes of a random key leave 28 to guess.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import mmap
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, Literal

from pipeline.errors import AuditBrokenError, StudyError
from pipeline.records import from_json, to_json
from pipeline.study.vault.keys import unwrap_bytes, wrap_bytes
from pipeline.study.vault.states import PART_OF, STUDY_OWNER, Artifact, Part

if TYPE_CHECKING:
    from pipeline.study.study import Study

PURPOSE = "traces"
PIECE_BYTES = 4096
PIECES = 8
LOOKED_FOR = f"pieces of {PIECE_BYTES // 1024} KiB looked for"  # as certificates tell it
SMALLEST_PIECE_BYTES = 64
KEY_ANCHOR_BYTES, PIECE_ANCHOR_BYTES = 4, 16
TAG_BYTES = 16
MANY, BLOCK_BYTES = 64, 1 << 20

Kind = Literal["key", "sealed", "plain"]


@dataclass(frozen=True, slots=True)
class Trace:
    """One byte string to look for: `anchor` (hex) stands `offset` bytes after its begin, `tag` (hex) is its keyed hash."""

    kind: Kind
    length: int
    offset: int
    anchor: str = field(repr=False)
    tag: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Traces:
    """All there is to look for of a recording; `secret` (hex) keys the tags, `key_ids` are the destroyed keys'."""

    recording: str
    key_ids: tuple[str, ...] = ()
    secret: str = field(default="", repr=False)
    traces: tuple[Trace, ...] = field(default=(), repr=False)

    def of(self, *kinds: Kind) -> tuple[Trace, ...]:
        """The traces of some kinds."""
        return tuple(trace for trace in self.traces if trace.kind in kinds)

    def stand_in(self, content: mmap.mmap, *kinds: Kind) -> Kind | None:
        """The kind of the first trace that a file's content holds, None when it holds none of these kinds."""
        secret = bytes.fromhex(self.secret)
        wanted = self.of(*kinds)
        likely = wanted if len(wanted) < MANY else _likely(wanted, content)
        return next((trace.kind for trace in likely if _stands(trace, content, secret)), None)


def _likely(traces: tuple[Trace, ...], content: mmap.mmap) -> list[Trace]:
    """Those of many traces whose anchor's first four bytes stand somewhere in the content: looked for all at once."""
    import numpy as np

    firsts = np.array(
        [int.from_bytes(bytes.fromhex(t.anchor[:8]), "little") for t in traces], dtype=np.uint32
    )
    known, met = np.unique(firsts), set[int]()
    for start in range(0, len(content), BLOCK_BYTES):
        block = content[start : start + BLOCK_BYTES + 3]
        for shift in range(4):
            words = np.frombuffer(block[shift : shift + (len(block) - shift) // 4 * 4], dtype="<u4")
            nearest = known[np.minimum(np.searchsorted(known, words), len(known) - 1)]
            met.update(int(word) for word in words[nearest == words])
    return [trace for trace, first in zip(traces, firsts, strict=True) if int(first) in met]


def _stands(trace: Trace, content: mmap.mmap, secret: bytes) -> bool:
    anchor, at = bytes.fromhex(trace.anchor), -1
    while (at := content.find(anchor, at + 1)) >= 0:
        start = at - trace.offset
        if start >= 0 and hmac.compare_digest(_tag(content[start : start + trace.length], secret), trace.tag):
            return True
    return False


def _tag(data: bytes, secret: bytes) -> str:
    return hashlib.blake2b(data, key=secret, person=b"trace", digest_size=TAG_BYTES).hexdigest()


# --- making them -------------------------------------------------------------------------------------


def take_traces(study: Study, recording: str, parts: tuple[Part, ...]) -> Traces:
    """Note keys and pieces while they are there; what is gone or damaged already is left out."""
    secret = secrets.token_bytes(32)
    names = tuple(part.value for part in parts)
    found = (
        *_keys_of(study, recording, names),
        *_plain_pieces(study, recording),
        *_sealed_pieces(study, recording, names),
    )
    held = study.rows.key_ids(recording)
    return Traces(
        recording,
        tuple(held[part.value] for part in parts if part.value in held),
        secret.hex(),
        tuple(_trace(kind, data, secret) for kind, data in dict.fromkeys(found)),
    )


def take_replaced(
    study: Study, owner: str, parts: tuple[str, ...], *, label: str, secret: bytes, sound: bool = False
) -> Traces:
    """Note keys that others will take the place of and pieces of the files they seal; with `sound` of the plain sound too.

    `label` is what they are kept under; one `secret` for several owners lets them be looked for together (`join`).
    """
    found = [*_keys_of(study, owner, parts), *_sealed_pieces(study, owner, parts)]
    if sound:
        found += _plain_pieces(study, owner)
    held = study.rows.key_ids(owner)
    return Traces(
        label,
        tuple(held[part] for part in parts if part in held),
        secret.hex(),
        tuple(_trace(kind, data, secret) for kind, data in dict.fromkeys(found)),
    )


def join(label: str, several: Iterable[Traces]) -> Traces:
    """All that was noted under one secret, as one."""
    all_ = tuple(several)
    return Traces(
        label,
        tuple(each for one in all_ for each in one.key_ids),
        all_[0].secret if all_ else "",
        tuple(each for one in all_ for each in one.traces),
    )


def _trace(kind: Kind, data: bytes, secret: bytes) -> Trace:
    size = KEY_ANCHOR_BYTES if kind == "key" else PIECE_ANCHOR_BYTES
    starts = range(0, len(data) - size + 1, size)
    offset = max(
        starts, key=lambda start: len(set(data[start : start + size]))
    )  # the rarest to be met by chance
    return Trace(kind, len(data), offset, data[offset : offset + size].hex(), _tag(data, secret))


def _keys_of(study: Study, recording: str, parts: tuple[str, ...]) -> Iterator[tuple[Kind, bytes]]:
    for part in parts:
        wrapped = study.rows.wrapped_keys(recording, part)
        plain = study.rows.key(recording, part)
        for key in (*wrapped, *([plain] if plain else ())):
            yield "key", key
            yield "key", key.hex().encode()


def _plain_pieces(study: Study, recording: str) -> Iterator[tuple[Kind, bytes]]:
    try:
        with study.open_source(recording) as source:
            yield from (("plain", piece) for piece in _spread(source, source.seek(0, io.SEEK_END)))
    except StudyError:  # damaged, or destroyed before
        pass


def _sealed_pieces(study: Study, owner: str, parts: tuple[str, ...]) -> Iterator[tuple[Kind, bytes]]:
    """Of what the keys of these names seal; each record of the study has a key of its own name."""
    for artifact in study.rows.artifacts(owner):
        path = study.vault.path(owner, artifact.file)
        part = artifact.kind if owner == STUDY_OWNER else PART_OF[Artifact(artifact.kind)].value
        if part in parts and path.is_file():
            with path.open("rb") as file:
                yield from (("sealed", piece) for piece in _spread(file, path.stat().st_size))


def _spread(file: BinaryIO, size: int) -> list[bytes]:
    """Pieces spread over a file, or all of a small one; runs of one byte (digital silence) tell nothing."""
    length = min(PIECE_BYTES, size)
    found = []
    for number in range(PIECES if size > PIECE_BYTES else 1):
        file.seek((size - length) * number // (PIECES - 1))
        piece = file.read(length)
        if len(piece) >= SMALLEST_PIECE_BYTES and len(set(piece)) > 1:
            found.append(piece)
    return found


# --- keeping them ------------------------------------------------------------------------------------


def keep_traces(study: Study, traces: Traces) -> str:
    """Keep them sealed in the ledger, inside the transaction that begins the destruction; returns the SHA-256 of what
    is kept, for the entry that says so."""
    sealed = wrap_bytes(study.key.derive(PURPOSE), to_json(traces), _bound(study, traces.recording))
    study.ledger.query("INSERT OR REPLACE INTO traces VALUES (?,?)", traces.recording, sealed)
    return hashlib.sha256(sealed).hexdigest()


def kept_traces(study: Study, recording: str, digest: str) -> Traces:
    """What is kept of a recording, of which the audit chain tells the digest.

    Raises AuditBrokenError when it is not there, or another: without it nobody can say that nothing is left.
    """
    rows = study.ledger.query("SELECT sealed FROM traces WHERE recording = ?", recording)
    sealed = bytes(rows[0][0]) if rows else b""
    plain = unwrap_bytes(study.key.derive(PURPOSE), sealed, _bound(study, recording))
    if plain is None or hashlib.sha256(sealed).hexdigest() != digest:
        raise AuditBrokenError(why=f"what to look for of {recording} was noted, and is gone or was changed")
    return from_json(Traces, plain)


def forget_traces(study: Study, recording: str) -> None:
    """Forget what to look for, inside the transaction that says `destroyed`."""
    study.ledger.query("DELETE FROM traces WHERE recording = ?", recording)


def _bound(study: Study, recording: str) -> bytes:
    return f"session-deid traces 1|{study.id}|{recording}".encode()
