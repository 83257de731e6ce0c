"""The mark of the audit chain's newest entry, signed and kept beside the ledger: it shows a tail cut off."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import AuditBrokenError, OlderLedgerError
from pipeline.study.vault.files import storage_errors, write_bytes

HEAD_NAME = "audit.head"


@dataclass(frozen=True, slots=True)
class Head:
    """The mark of the newest entry, kept beside the ledger."""

    seq: int
    hash: str


def head_mark(seq: int, digest: str) -> bytes:
    """What is signed of a head: no entry's own signature can stand for it."""
    return f"session-deid audit head|{seq}|{digest}".encode()


def write_head(path: Path, head: Head, sign: Callable[[bytes], bytes]) -> None:
    """Keep a study's head, signed, in one step: a crash before it leaves the one that was there."""
    signature = sign(head_mark(head.seq, head.hash)).hex()
    content = json.dumps({"seq": head.seq, "hash": head.hash, "signature": signature})
    write_bytes(path, content.encode(), place="head")


def read_head(path: Path, verify_key: str) -> Head:
    """A study's head; raises AuditBrokenError when it is missing, damaged, or not signed by the study."""
    from nacl.exceptions import CryptoError
    from nacl.signing import VerifyKey

    try:
        with storage_errors(path):
            content = json.loads(path.read_bytes())
        head = Head(int(content["seq"]), str(content["hash"]))
        signature = bytes.fromhex(content["signature"])
        VerifyKey(bytes.fromhex(verify_key)).verify(head_mark(head.seq, head.hash), signature)
    except (FileNotFoundError, ValueError, KeyError, TypeError, CryptoError):
        raise AuditBrokenError(
            why=f"{HEAD_NAME} is missing or damaged, so a cut tail cannot be ruled out"
        ) from None
    return head


def check_head(head: Head, newest: int, known: str) -> None:
    """The head may lag behind the chain (a crash), but never be ahead of it or off it.

    `newest` is the number of the chain's newest entry, `known` the hash of the one the head names.
    """
    if head.seq > newest:
        raise OlderLedgerError(missing=newest + 1, head=head.seq)
    if known != head.hash:
        raise AuditBrokenError(why=f"entry {head.seq} is not the one {HEAD_NAME} knows (rewritten)")
