"""Key files and recovery files: 32 bytes somebody keeps for a study, in a form a person can type."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import stat
from pathlib import Path

from pipeline.errors import KeyChangeError, KeyUnavailableError
from pipeline.study.vault.files import storage_errors

KEY_BYTES = 32
KEY_FILE_TITLE = "session-deid key"


def make_key_file(path: Path, *, purpose: str) -> None:
    """Write a new key file, mode 0600, making its folder; raises KeyChangeError when something is there already."""
    code = base64.b32encode(secrets.token_bytes(KEY_BYTES)).decode().rstrip("=")
    groups = " ".join(code[i : i + 4] for i in range(0, len(code), 4))
    text = f"{KEY_FILE_TITLE}\n# {purpose}\n# Whoever holds this can open the study.\n{groups}\n"
    try:
        with storage_errors(path):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyChangeError(what=path, why="is there already and is not overwritten") from None
    except OSError as error:
        raise KeyChangeError(what=path, why=(error.strerror or "the system refused").lower()) from None
    with storage_errors(path), os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def read_key_file(path: Path) -> bytes:
    """The wrapping key of a key file: ours (32 bytes in base32), or any file of 32 bytes or more.

    Raises KeyUnavailableError when it is missing, unreadable, too short, or open to other users.
    """
    try:
        mode = path.stat().st_mode
        if os.name != "nt" and mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeyUnavailableError(source=path, why="other users can read it; run: chmod 600 on it")
        data = path.read_bytes()
    except OSError as error:
        raise KeyUnavailableError(source=path, why=os.strerror(error.errno or 0).lower()) from None
    if data.startswith(KEY_FILE_TITLE.encode()):
        return _parse_key_file(path, data)
    if len(data.strip()) < KEY_BYTES:
        raise KeyUnavailableError(source=path, why=f"holds fewer than {KEY_BYTES} bytes, so it is no key")
    return hashlib.blake2b(data, person=b"key file", digest_size=KEY_BYTES).digest()


def _parse_key_file(path: Path, data: bytes) -> bytes:
    lines = data.decode("ascii", errors="replace").splitlines()[1:]
    code = "".join("".join(line.split()) for line in lines if not line.startswith("#")).upper()
    try:
        key = base64.b32decode(code + "=" * (-len(code) % 8))
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyUnavailableError(source=path, why="is a damaged key file")
    return key
