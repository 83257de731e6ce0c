"""Opening the browser on a one-time link that no other account of this computer can read.

The arguments of a program are there for everybody to see (`ps`), so the browser is given a file of ours alone that
leads to the link; the file is removed when the server ends, and its link works once.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from html import escape
from pathlib import Path

STALE_SECONDS = 3600.0
PATTERN = "open-*.html"
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url={link}"><title>session-deid</title></head>
<body><p><a rel="noreferrer" href="{link}">session-deid</a></p></body></html>
"""


@contextlib.contextmanager
def opener(folder: Path | None, link: str) -> Iterator[Path]:
    """A file (mode 0600) that leads a browser to the link, in `folder` or else in a temporary one of ours."""
    with contextlib.ExitStack() as stack:
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="session-deid-")))
        else:
            _sweep(folder)
        path = folder / PATTERN.replace("*", secrets.token_hex(6))
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(PAGE.format(link=escape(link)))
        try:
            yield path
        finally:
            with contextlib.suppress(OSError):
                path.unlink()


def open_browser(path: Path) -> bool:
    """Whether a browser could be asked to show the file."""
    import webbrowser

    return webbrowser.open(path.absolute().as_uri())


def _sweep(folder: Path) -> None:
    """Remove what a killed server left; its links are dead."""
    for left in folder.glob(PATTERN):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > STALE_SECONDS:
                left.unlink()
