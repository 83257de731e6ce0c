"""The audit chain to keep elsewhere: JSON Lines that can be checked without the study, and a page."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.errors import AuditBrokenError, FileMissingError, FileUnreadableError
from pipeline.study.strict_json import read_strictly
from pipeline.study.study import Study
from pipeline.study.vault.audit import Entry, first_previous, now, verify_entries

TITLE = "session-deid audit chain"


def as_json_lines(study: Study, entries: Sequence[Entry]) -> bytes:
    """First a line about the chain (study id, public key), then one line an entry, last the signed head: number and
    hash of the newest entry, and when this was written. Without it a chain that was cut would look whole."""
    about = {
        "chain": TITLE,
        "version": 2,
        "study": study.id,
        "key": study.audit.verify_key,
        "tool": __version__,
    }
    body = _lines([about, *({name: getattr(entry, name) for name in Entry.__slots__} for entry in entries)])
    head: dict[str, object] = {"seq": entries[-1].seq if entries else 0, "at": now()}
    signature = study.audit.sign(_head_mark(body, head)).hex()
    return body + _lines([{"head": {**head, "signature": signature}}])


def _lines(values: Iterable[dict[str, object]]) -> bytes:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values).encode()


def _head_mark(body: bytes, head: Mapping[str, object]) -> bytes:
    """What is signed of an export: every byte before its head, and the head. Nothing else the study signs can stand
    for it."""
    return f"session-deid audit export|{hashlib.sha256(body).hexdigest()}|{head['seq']}|{head['at']}".encode()


@dataclass(frozen=True, slots=True)
class Exported:
    """An export that holds: its number of entries, when it was written, the study's id and public key."""

    entries: int
    at: str
    study: str
    key: str


def check_export(file: Path) -> Exported:
    """Check an export: entries, order, hashes, signatures against the key it names, and the signed head at its end.

    Compare study and key with the study's certificate or keys.json, and the time with when it was handed over: an
    older export is whole as well. Raises AuditBrokenError, FileMissingError or FileUnreadableError.
    """
    try:
        body, _, last = file.read_bytes().removesuffix(b"\n").rpartition(b"\n")
    except FileNotFoundError:
        raise FileMissingError(file=file) from None
    except OSError as error:
        raise FileUnreadableError(file=file, why=type(error).__name__) from None
    try:
        lines = [read_strictly(line) for line in (*body.split(b"\n"), last) if line]
        study, key, head = str(lines[0]["study"]), str(lines[0]["key"]), lines[-1].get("head")
        entries = [_entry(line) for line in (lines[1:-1] if head else lines[1:])]
        bytes.fromhex(key)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        raise AuditBrokenError(why=f"{file} is not an exported chain") from None
    count = verify_entries(entries, first_previous(study), key)
    if head is None:
        raise AuditBrokenError(
            why=f"{file} does not end with a signed head, so it may have been cut, or an earlier version wrote it"
        )
    at = _check_head(file, body + b"\n", last, head, key)
    if not count or head["seq"] != count:
        raise AuditBrokenError(why=f"{file} is of {head['seq']} entries, and holds {count}")
    return Exported(count, at, study, key)


def _entry(line: dict[str, Any]) -> Entry:
    """An entry of an export, of the kinds of values it was written with; raises TypeError or ValueError."""
    entry = Entry(**line)
    if type(entry.seq) is not int or not all(
        isinstance(getattr(entry, name), str) for name in Entry.__slots__[1:]
    ):
        raise ValueError("an entry holds something else")
    read_strictly(entry.detail.encode())
    return entry


def _check_head(file: Path, body: bytes, last: bytes, head: Any, key: str) -> str:
    """When the export was written; raises AuditBrokenError unless its head is signed and is of these very bytes."""
    from nacl.exceptions import CryptoError
    from nacl.signing import VerifyKey

    try:
        if last + b"\n" != _lines([{"head": {name: head[name] for name in ("seq", "at", "signature")}}]):
            raise ValueError("something is in it that is not signed")
        VerifyKey(bytes.fromhex(key)).verify(_head_mark(body, head), bytes.fromhex(head["signature"]))
    except (KeyError, TypeError, ValueError, CryptoError):
        raise AuditBrokenError(
            why=f"the signed head at the end of {file} is not of what stands before it (cut, or changed)"
        ) from None
    return str(head["at"])


def as_html(study: Study, entries: list[Entry]) -> str:
    """A page to read and print; holds codes, counts and digests only."""
    rows = "\n".join(_row(entry) for entry in entries)
    head = entries[-1].hash if entries else ""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Audit chain: {escape(study.settings.name)}</title>
<style>
body {{ font: 14px/1.4 system-ui, sans-serif; margin: 2rem; color: #111; background: #fff }}
table {{ border-collapse: collapse; width: 100% }}
th, td {{ text-align: left; vertical-align: top; padding: .25rem .6rem; border-bottom: 1px solid #ccc }}
code {{ overflow-wrap: anywhere; font-size: 12px }}
thead {{ display: table-header-group }} tr {{ break-inside: avoid }}
</style></head><body>
<h1>Audit chain: {escape(study.settings.name)}</h1>
<p>Study {study.id}. {len(entries)} entries. Times are the computer's clock (UTC); the order is the entries'
number. Signed with the Ed25519 key <code>{study.audit.verify_key}</code>; newest entry <code>{head}</code>.
audit.jsonl holds the same with every hash and signature; <code>session-deid audit check audit.jsonl</code> checks it.</p>
<table><thead><tr><th>No.</th><th>When</th><th>Recording</th><th>By</th><th>What</th><th>Facts</th></tr></thead><tbody>
{rows}
</tbody></table></body></html>
"""


def _row(entry: Entry) -> str:
    facts = "; ".join(f"{name}: {_short(value)}" for name, value in entry.facts().items())
    cells = (str(entry.seq), entry.at, entry.recording, entry.by, entry.event, facts)
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _short(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {str(digest)[:16]}" for name, digest in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
