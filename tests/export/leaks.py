"""Everything a file holds, unpacked: for tests that look for words that must not be there."""

from __future__ import annotations

import html
import io
import json
import zipfile
from pathlib import Path


def everything_in(data: bytes) -> bytes:
    """The bytes, those of zip entries (names, comments, nested zips), XML entities and JSON escapes resolved."""
    found = [data]
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found.append(archive.comment)
            for info in archive.infolist():
                found += [info.filename.encode(), info.comment, info.extra, everything_in(archive.read(info))]
    for encoding in ("utf-8", "utf-16-le"):
        text = data.decode(encoding, errors="ignore")
        found += [html.unescape(text).encode(errors="ignore"), _without_escapes(text)]
    return b"\n".join(found)


def everything_below(folder: Path) -> bytes:
    """The same for a folder: all files and their names."""
    files = [p for p in folder.rglob("*") if p.is_file()]
    return b"\n".join(str(p.relative_to(folder)).encode() + everything_in(p.read_bytes()) for p in files)


def _without_escapes(text: str) -> bytes:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False).encode(errors="ignore")
    except ValueError:
        return b""


def count(data: bytes, words: list[str]) -> int:
    """How often words stand in the data, in any case."""
    low = data.decode("utf-8", errors="ignore").casefold()
    return sum(low.count(word.casefold()) for word in words)
