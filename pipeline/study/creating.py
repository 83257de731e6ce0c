"""What making a study needs: ways in, a passphrase worth the name, an empty folder."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import KeyChangeError, StudyExistsError
from pipeline.study.vault import key_book, keys
from pipeline.study.vault.audit_head import HEAD_NAME
from pipeline.study.vault.files import make_folder, storage_errors, sync_folder
from pipeline.study.vault.key_files import make_key_file
from pipeline.study.vault.keys import KeyFile, KeySource, Passphrase, WrapKind
from pipeline.study.vault.ledger import FILE_NAME as LEDGER_NAME
from pipeline.study.vault.vault import FOLDER as VAULT

INBOX = "inbox"
LOCKS = "locks"


def ways_in(passphrase: str | None, key_file: Path | None, keyring: bool) -> list[tuple[WrapKind, KeySource]]:
    """The ways a new study opens by; makes the key file when it is missing. Raises KeyChangeError."""
    ways: list[tuple[WrapKind, KeySource]] = []
    if passphrase is not None:
        check_passphrase(passphrase)
        ways.append(("passphrase", Passphrase(passphrase)))
    if key_file is not None:
        if not key_file.exists():
            make_key_file(key_file, purpose="Key file of a session-deid study.")
        ways.append(("file", KeyFile(key_file)))
    if keyring:
        ways.append(("keyring", keys.SystemKeyring()))
    if not ways:
        raise KeyChangeError(what="The study", why="needs a passphrase or a key file")
    return ways


def check_passphrase(text: str) -> None:
    """Raise KeyChangeError when a passphrase is too short to protect anything."""
    if len(text) < keys.PASSPHRASE_MIN_CHARACTERS:
        why = f"must have {keys.PASSPHRASE_MIN_CHARACTERS} characters or more"
        raise KeyChangeError(what="The passphrase", why=why)


def prepare_folder(folder: Path) -> None:
    """Make the folders; clear what an interrupted `init` left (never a ledger beside sealed files)."""
    vault = folder / VAULT
    if (folder / key_book.FILE_NAME).exists() or (vault.is_dir() and any(vault.iterdir())):
        raise StudyExistsError(folder=folder)
    if folder.exists() and not folder.is_dir():
        raise StudyExistsError(folder=folder)
    with storage_errors(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        for name in (LEDGER_NAME, f"{LEDGER_NAME}-journal", HEAD_NAME):
            (folder / name).unlink(missing_ok=True)
        for name in (INBOX, VAULT, LOCKS):
            make_folder(folder / name)
        sync_folder(folder)
