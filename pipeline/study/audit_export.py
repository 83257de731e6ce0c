"""The audit chain to keep elsewhere: JSON Lines that can be checked without the study, and a page."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from pathlib import Path

from pipeline import __version__
from pipeline.errors import AuditBrokenError, FileMissingError, FileUnreadableError
from pipeline.study.study import Study
from pipeline.study.vault.audit import Entry, first_previous, verify_entries

TITLE = "session-deid audit chain"


def as_json_lines(study: Study, entries: Iterable[Entry]) -> bytes:
    """First a line about the chain (study id, public key), then one line an entry."""
    head = {
        "chain": TITLE,
        "version": 1,
        "study": study.id,
        "key": study.audit.verify_key,
        "tool": __version__,
    }
    lines = [head, *({name: getattr(entry, name) for name in Entry.__slots__} for entry in entries)]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def check_export(file: Path) -> tuple[int, str, str]:
    """Check an export: entries, order, hashes, signatures against the key it names.

    Returns the count, the study's id and its public key (compare that with the study's certificate or
    keys.json). Raises AuditBrokenError, FileMissingError or FileUnreadableError.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise FileMissingError(file=file) from None
    except (OSError, UnicodeDecodeError) as error:
        raise FileUnreadableError(file=file, why=type(error).__name__) from None
    try:
        head, *rest = [json.loads(line) for line in lines]
        study, key = str(head["study"]), str(head["key"])
        entries = [Entry(**line) for line in rest]
        bytes.fromhex(key)
    except (ValueError, KeyError, TypeError):
        raise AuditBrokenError(why=f"{file} is not an exported chain") from None
    return verify_entries(entries, first_previous(study), key), study, key


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
