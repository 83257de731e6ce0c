"""Key files and recovery files: 32 bytes somebody keeps for a study, in a form a person can type."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from pipeline.errors import KeyChangeError, KeyUnavailableError
from pipeline.study.vault import faults
from pipeline.study.vault.files import remove_for_good, storage_errors, sync_folder

KEY_BYTES = 32
KEY_FILE_TITLE = "session-deid key"


def make_key_text(*, purpose: str) -> str:
    """The content of a new key file, to be written or printed."""
    code = base64.b32encode(secrets.token_bytes(KEY_BYTES)).decode().rstrip("=")
    groups = " ".join(code[i : i + 4] for i in range(0, len(code), 4))
    return f"{KEY_FILE_TITLE}\n# {purpose}\n# Whoever holds this can open the study.\n{groups}\n"


def make_key_file(path: Path, *, purpose: str) -> None:
    """Write a new key file, mode 0600, making its folder: whole, or not at all.

    Raises KeyChangeError when something is there already, and the storage errors.
    """
    text = make_key_text(purpose=purpose)
    try:
        with storage_errors(path):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if os.path.lexists(path):
                raise FileExistsError
            _write_new(path, text.encode())
    except FileExistsError:
        raise KeyChangeError(what=path, why="is there already and is not overwritten") from None
    except OSError as error:
        raise KeyChangeError(what=path, why=(error.strerror or "the system refused").lower()) from None


def _write_new(path: Path, data: bytes) -> None:
    """Write a file under another name first, so that a crash or a full disk leaves no half of a key under its own."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            faults.point("key file.begin")
            file.write(data)
            faults.point("key file.written")
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(part)  # unlike a rename it never goes over a file that came meanwhile
        except FileExistsError:
            raise
        except OSError:  # a file system without links: a USB stick, most often
            part.rename(path)
        sync_folder(path.parent)
    finally:
        with suppress(OSError):
            remove_part(part, path)


def remove_part(part: Path, path: Path) -> None:
    """Remove the other name: the name alone once the key file has its own, its bytes as well when it has not."""
    if os.path.lexists(path) and os.path.lexists(part) and part.samefile(path):
        part.unlink()
    else:
        remove_for_good(part, place="key file.clear")


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
    return read_key_text(data.decode("ascii", errors="replace").partition("\n")[2], source=path)


def read_key_text(text: str, *, source: object) -> bytes:
    """The wrapping key of a key file's text as a person typed it: letters of base32, spaces and case as they come.

    Its title and lines that begin with # may be there or not. Raises KeyUnavailableError naming `source`.
    """
    lines = [line for line in text.splitlines() if not line.startswith("#") and line != KEY_FILE_TITLE]
    code = "".join("".join(line.split()) for line in lines).upper()
    try:
        key = base64.b32decode(code + "=" * (-len(code) % 8))
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyUnavailableError(source=source, why="is a damaged key file")
    return key
