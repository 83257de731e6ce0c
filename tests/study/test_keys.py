"""The ways into a study, and what protects them."""

from __future__ import annotations

import errno
import json
import os
import threading
from pathlib import Path
from typing import Any

import keyring
import pytest
from click.testing import CliRunner
from keyring.backend import KeyringBackend

from pipeline.cli.main import main
from pipeline.errors import (
    DiskFullError,
    KeyBookError,
    KeyChangeError,
    KeyUnavailableError,
    LedgerError,
    StudyError,
    WrongKeyError,
)
from pipeline.study.audit_check import check_study
from pipeline.study.key_changes import add_way, remove_way, replace_passphrases
from pipeline.study.study import Study
from pipeline.study.vault import faults
from pipeline.study.vault.key_files import make_key_file
from pipeline.study.vault.keys import (
    KeyFile,
    KeyText,
    Passphrase,
    ScryptCost,
    StudyKey,
    SystemKeyring,
    WrapKind,
)
from tests.batch.life import in_child
from tests.study.conftest import CHEAP, PASSPHRASE


class MemoryKeyring(KeyringBackend):
    """A keyring of this process."""

    priority = 1.0  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def ring() -> MemoryKeyring:
    before, mine = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(mine)
    yield mine
    keyring.set_keyring(before)


@pytest.mark.parametrize("typed", [PASSPHRASE, "wrong horse battery", PASSPHRASE + " ", ""])
def test_only_the_right_passphrase_opens(study: Study, typed: str) -> None:
    """Any other is WrongKeyError."""
    study.close()
    if typed == PASSPHRASE:
        Study.open(study.folder, Passphrase(typed)).close()
        return
    with pytest.raises(WrongKeyError):
        Study.open(study.folder, Passphrase(typed))


def test_the_same_passphrase_in_another_unicode_form_opens(tmp_path: Path) -> None:
    """A passphrase typed on another computer may come decomposed."""
    Study.create(tmp_path / "s", passphrase="Kōwhai-treé", cost=CHEAP).close()
    Study.open(tmp_path / "s", Passphrase("Kōwhai-treé")).close()


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    """Seven characters are too few, and no study is left behind."""
    with pytest.raises(KeyUnavailableError):
        Study.create(tmp_path / "s", passphrase="1234567", cost=CHEAP)
    assert not (tmp_path / "s").exists()


def test_the_keyring_opens_until_its_way_is_removed(tmp_path: Path, ring: MemoryKeyring) -> None:
    """The keyring's secret is made, used, and deleted with its way."""
    with Study.create(tmp_path / "s", passphrase=PASSPHRASE, keyring=True, cost=CHEAP) as study:
        assert len(ring.kept) == 1
    with Study.open(tmp_path / "s", SystemKeyring()) as study:
        remove_way(study, next(w.name for w in study.book.wraps if w.kind == "keyring"))
    assert not ring.kept
    with pytest.raises(WrongKeyError):
        Study.open(tmp_path / "s", SystemKeyring())


def test_another_computer_s_keyring_is_passed_over(tmp_path: Path, ring: MemoryKeyring) -> None:
    """Two ways by a keyring, the first kept elsewhere: the second opens. None kept here: told, and not as a wrong key."""
    with Study.create(tmp_path / "s", passphrase=PASSPHRASE, keyring=True, cost=CHEAP) as study:
        ring.kept.clear()
        add_way(study, SystemKeyring(), "keyring")
    Study.open(tmp_path / "s", SystemKeyring()).close()
    ring.kept.clear()
    with pytest.raises(KeyUnavailableError, match="keyring: holds no key for this study"):
        Study.open(tmp_path / "s", SystemKeyring())


def test_a_keyring_that_cannot_be_used_says_why(
    tmp_path: Path, ring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Locked by its desktop, say: told by the kind of its error, without its text."""
    Study.create(tmp_path / "s", passphrase=PASSPHRASE, keyring=True, cost=CHEAP).close()

    def refuse(*_: str) -> str:
        raise keyring.errors.KeyringLocked("the secret's path")

    monkeypatch.setattr(ring, "get_password", refuse)
    with pytest.raises(KeyUnavailableError, match=r"keyring: cannot be used here \(KeyringLocked\)") as told:
        Study.open(tmp_path / "s", SystemKeyring())
    assert "secret's path" not in str(told.value)


@pytest.mark.parametrize(
    "changed",
    [
        {"scrypt": {"n": 20_000, "r": 8, "p": 1}},  # no power of 2
        {"scrypt": {"n": 1 << 13, "r": 8, "p": 1}},  # quickly guessed
        {"scrypt": {"n": 1 << 17, "r": 4, "p": 1}},
        {"scrypt": {"n": 1 << 20, "r": 8, "p": 1}},  # more memory than the library takes
        {"scrypt": {"n": 1 << 21, "r": 8, "p": 1}},
        {"scrypt": {"n": 1 << 14, "r": 17, "p": 1}},
        {"scrypt": {"n": 1 << 14, "r": 8, "p": 5}},
        {"salt": "abc"},
        {"salt": "no hexadecimal digits"},
    ],
    ids=str,
)
def test_a_list_of_ways_that_cannot_be_ours_is_called_damaged(
    tmp_path: Path, changed: dict[str, Any]
) -> None:
    """Neither tried, with much memory or at little cost, nor told in a library's words."""
    Study.create(tmp_path / "s", passphrase=PASSPHRASE, cost=CHEAP).close()
    file = tmp_path / "s" / "keys.json"
    book = json.loads(file.read_text())
    book["wraps"] = [wrap | (changed if wrap["kind"] == "passphrase" else {}) for wrap in book["wraps"]]
    file.write_text(json.dumps(book))
    with pytest.raises(KeyBookError, match=r"keys\.json"):
        Study.open(tmp_path / "s", Passphrase(PASSPHRASE))


def test_a_passphrase_opens_at_the_cost_a_study_has_by_itself(tmp_path: Path) -> None:
    """The cost of these tests is cheap; the real one needs 128 MiB. A dearer one opens as well."""
    for name, cost in (("s", {}), ("dear", {"n": 1 << 14, "r": 16, "p": 4})):
        Study.create(tmp_path / name, passphrase=PASSPHRASE, cost=ScryptCost(**cost)).close()
        Study.open(tmp_path / name, Passphrase(PASSPHRASE)).close()
    (wrap,) = [
        wrap for wrap in json.loads((tmp_path / "s" / "keys.json").read_text())["wraps"] if wrap["scrypt"]
    ]
    assert wrap["scrypt"] == {"n": 1 << 17, "r": 8, "p": 1}


def test_a_key_file_is_bound_as_earlier_versions_bound_it(study: Study, key_file: Path) -> None:
    """keys.json of a study whose ways open everything names no rings, and opens by what is written here alone."""
    import base64

    import nacl.bindings as sodium

    book = json.loads((study.folder / "keys.json").read_bytes())
    assert all("ring" not in wrap for wrap in book["wraps"])
    wrap = next(wrap for wrap in book["wraps"] if wrap["kind"] == "file")
    assert (wrap["salt"], wrap["scrypt"]) == ("", None)
    code = key_file.read_text().splitlines()[-1].replace(" ", "")
    opener = base64.b32decode(code + "=" * (-len(code) % 8))[:32]
    wrapped = bytes.fromhex(wrap["wrapped"])
    bound = f"session-deid wrap 1|{study.id}|file|{wrap['name']}".encode()
    opened = sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(wrapped[24:], bound, wrapped[:24], opener)
    assert opened == study.key.material


def test_change_of_passphrase(study: Study) -> None:
    """The new one opens, the old one no longer; the key file still does."""
    replace_passphrases(study, Passphrase("another battery horse"), CHEAP)
    study.close()
    Study.open(study.folder, Passphrase("another battery horse")).close()
    with pytest.raises(WrongKeyError):
        Study.open(study.folder, Passphrase(PASSPHRASE))


def test_key_files_are_private_and_never_overwritten(tmp_path: Path) -> None:
    """Mode 0600, in folders made for it, saying what it is for; an existing file is an error."""
    place = tmp_path / "keys" / "of the study" / "k"
    make_key_file(place, purpose="The office's key.")
    assert place.stat().st_mode & 0o777 == 0o600
    assert place.read_text().startswith("session-deid key\n# The office's key.\n")
    with pytest.raises(KeyUnavailableError, match="not overwritten"):
        make_key_file(place, purpose="test")


def test_a_recovery_code_typed_from_paper_opens(study: Study, key_file: Path, tmp_path: Path) -> None:
    """Lower case, other groups and line breaks, no comments: still the same key."""
    text = key_file.read_text().splitlines()
    typed = tmp_path / "typed"
    code = text[-1].replace(" ", "").lower()
    typed.write_text(f"session-deid key\n{code[:20]}\n{code[20:]}\n")
    typed.chmod(0o600)
    study.close()
    Study.open(study.folder, KeyFile(typed)).close()


@pytest.mark.parametrize("kind", ["file", "recovery"])
def test_a_sheet_typed_without_a_file_opens(study: Study, tmp_path: Path, kind: WrapKind) -> None:
    """What stands on it, typed where a passphrase would be, opens a way of either kind; another sheet is told apart."""
    sheet, other = tmp_path / "sheet", tmp_path / "other"
    make_key_file(sheet, purpose="test")
    make_key_file(other, purpose="test")
    add_way(study, KeyFile(sheet), kind)
    study.close()
    Study.open(study.folder, KeyText(sheet.read_text())).close()
    with pytest.raises(WrongKeyError, match="The recovery sheet"):
        Study.open(study.folder, KeyText(other.read_text()))
    with pytest.raises(WrongKeyError, match=str(other)):
        Study.open(study.folder, KeyFile(other))


@pytest.mark.parametrize("content", [b"", b"short", b"session-deid key\nAAAA\n", b"session-deid key\n!!!\n"])
def test_what_is_no_key_is_refused(study: Study, tmp_path: Path, content: bytes) -> None:
    """Too few bytes, a mistyped code: an error that names the file."""
    study.close()
    (tmp_path / "k").write_bytes(content)
    (tmp_path / "k").chmod(0o600)
    with pytest.raises(KeyUnavailableError, match="k:"):
        Study.open(study.folder, KeyFile(tmp_path / "k"))


def test_keys_of_another_study_do_not_open_this_one(study: Study, tmp_path: Path, key_file: Path) -> None:
    """keys.json of another study beside this ledger: refused, whatever the key."""
    study.close()
    Study.create(tmp_path / "other", key_file=key_file, cost=CHEAP).close()
    (study.folder / "keys.json").write_bytes((tmp_path / "other" / "keys.json").read_bytes())
    with pytest.raises(StudyError), Study.open(study.folder, KeyFile(key_file)) as opened:
        opened.audit.verify()


def test_an_absurd_cost_in_keys_json_is_refused(study: Study) -> None:
    """A key book that asks for 2**40 scrypt rounds does not hang the computer."""
    study.close()
    book = json.loads((study.folder / "keys.json").read_text())
    for wrap in book["wraps"]:
        if wrap["scrypt"]:
            wrap["scrypt"]["n"] = 1 << 40
    (study.folder / "keys.json").write_text(json.dumps(book))
    with pytest.raises(LedgerError):
        Study.open(study.folder, Passphrase(PASSPHRASE))


def test_key_material_never_shows() -> None:
    """A key's repr is empty of it, and so is a passphrase's."""
    assert "secret" not in repr(Passphrase("secret horse")) + repr(StudyKey(b"secret"))


def test_derived_keys_differ_by_purpose() -> None:
    """No two purposes share a key."""
    key = StudyKey(bytes(32))
    derived = {key.derive(p) for p in ("names", "row codes", "recording keys", "audit")}
    assert len(derived) == 4


def test_two_key_commands_at_once_lose_neither_way(study: Study, key_file: Path, tmp_path: Path) -> None:
    """Each was opened before the other wrote: all ways they said they added open the study."""
    made = [tmp_path / f"{n}.key" for n in range(6)]
    for file in made:
        make_key_file(file, purpose="test")
    opened = [Study.open(study.folder, KeyFile(key_file), by="tester") for _ in made]
    threads = [
        threading.Thread(target=add_way, args=(each, KeyFile(file), "file"))
        for each, file in zip(opened, made, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each, file in zip(opened, made, strict=True):
        each.close()
        Study.open(study.folder, KeyFile(file), by="tester").close()
    assert len(study.audit.events("key added")) == 6


def test_a_command_left_open_brings_no_removed_passphrase_back(
    study: Study, key_file: Path, tmp_path: Path
) -> None:
    """`key add` waited at its prompt while the passphrase was changed elsewhere."""
    make_key_file(tmp_path / "late.key", purpose="test")
    with Study.open(study.folder, Passphrase(PASSPHRASE), by="tester") as waiting:
        replace_passphrases(study, Passphrase("another battery horse"), CHEAP)
        add_way(waiting, KeyFile(tmp_path / "late.key"), "file")
        replace_passphrases(waiting, Passphrase("a third battery horse"), CHEAP)
    for gone in (PASSPHRASE, "another battery horse"):
        with pytest.raises(WrongKeyError):
            Study.open(study.folder, Passphrase(gone))
    for source in (Passphrase("a third battery horse"), KeyFile(tmp_path / "late.key"), KeyFile(key_file)):
        Study.open(study.folder, source).close()


def test_a_way_removed_twice_is_an_error_and_never_the_last_one(study: Study, key_file: Path) -> None:
    """Two who remove at once, each one of the two ways there are, leave one."""
    first, second = study.book.wraps
    with Study.open(study.folder, KeyFile(key_file), by="tester") as other:
        remove_way(study, first.name)
        with pytest.raises(KeyChangeError, match="cannot be removed"):
            remove_way(other, second.name)
        with pytest.raises(KeyChangeError, match="is no way"):
            remove_way(other, first.name)


def test_a_book_of_another_study_is_not_written_over(study: Study, tmp_path: Path) -> None:
    """Put in the place of ours while a command was open."""
    Study.create(tmp_path / "other", key_file=tmp_path / "k2", cost=CHEAP).close()
    theirs = (tmp_path / "other" / "keys.json").read_bytes()
    (study.folder / "keys.json").write_bytes(theirs)
    with pytest.raises(LedgerError, match="another study"):
        add_way(study, KeyFile(tmp_path / "k2"), "file")
    assert (study.folder / "keys.json").read_bytes() == theirs


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize(
    "place", ["keys.written", "keys.synced", "keys.renamed", "ledger.commit", "ledger.committed"]
)
def test_a_killed_key_command_leaves_no_second_book(
    study: Study, key_file: Path, tmp_path: Path, place: str
) -> None:
    """The unfinished file holds a way that was never added, or one that is removed later; the next command clears it."""
    make_key_file(tmp_path / "new.key", purpose="test")
    study.close()

    def add() -> None:
        with Study.open(study.folder, KeyFile(key_file), by="tester") as opened:
            add_way(opened, KeyFile(tmp_path / "new.key"), "file")

    assert in_child(add, fault=f"{place}:kill") == -9
    with Study.open(study.folder, KeyFile(key_file), by="tester") as after:
        assert not list(study.folder.glob("keys.json.*"))
        opens = any(wrap.kind == "file" for wrap in after.book.wraps[2:])
        assert opens is (place in ("keys.renamed", "ledger.commit", "ledger.committed"))
        check_study(after)


@pytest.mark.parametrize("place", ["key file.begin", "key file.written"])
def test_a_full_disk_leaves_no_half_of_a_key_file(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Not under its name, where the next command would take it for a key, nor under another."""
    monkeypatch.setenv(faults.VARIABLE, f"{place}:enospc")
    faults.reset()
    with pytest.raises(DiskFullError):
        make_key_file(tmp_path / "keys" / "new.key", purpose="test")
    assert not list((tmp_path / "keys").iterdir())
    monkeypatch.delenv(faults.VARIABLE)
    make_key_file(tmp_path / "keys" / "new.key", purpose="test")
    add_way(study, KeyFile(tmp_path / "keys" / "new.key"), "file")


def test_a_key_file_is_made_where_there_are_no_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on most USB sticks."""

    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    make_key_file(tmp_path / "keys" / "new.key", purpose="test")
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["new.key"]
    with pytest.raises(KeyUnavailableError, match="is there already"):
        make_key_file(tmp_path / "keys" / "new.key", purpose="test")


@pytest.mark.parametrize("command", [("add", "--file"), ("recovery",)])
def test_a_key_file_that_opens_nothing_does_not_stay(
    study: Study, key_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """keys.json could not be written: whoever finds the file would take it for a way in."""
    new = tmp_path / "new.key"
    arguments = ["key", *command, str(new), "--study", str(study.folder), "--key-file", str(key_file)]
    monkeypatch.setenv(faults.VARIABLE, "keys.written:enospc")
    faults.reset()
    assert isinstance(CliRunner().invoke(main, arguments).exception, DiskFullError)
    assert not list(tmp_path.glob("new.key*"))
    monkeypatch.delenv(faults.VARIABLE)
    assert CliRunner().invoke(main, arguments).exit_code == 0
    Study.open(study.folder, KeyFile(new)).close()


@pytest.mark.parametrize("place", ["ledger.commit", "keys.synced", "keys.renamed"])
def test_a_change_that_ends_with_an_error_changed_nothing(
    study: Study, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Told that the disk is full, a person goes on with the old passphrase: it must still be the one."""
    monkeypatch.setenv(faults.VARIABLE, f"{place}:enospc")
    faults.reset()
    with pytest.raises(DiskFullError):
        replace_passphrases(study, Passphrase("another battery horse"), CHEAP)
    monkeypatch.delenv(faults.VARIABLE)
    study.close()
    with Study.open(study.folder, Passphrase(PASSPHRASE)) as opened:
        assert not opened.audit.events("key changed")
