"""The ways into a study, and what protects them."""

from __future__ import annotations

import json
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from pipeline.errors import KeyUnavailableError, LedgerError, StudyError, WrongKeyError
from pipeline.study.study import Study
from pipeline.study.vault.key_files import make_key_file
from pipeline.study.vault.keys import KeyFile, Passphrase, StudyKey, SystemKeyring
from pipeline.study.ways import remove_way, replace_ways
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


def test_change_of_passphrase(study: Study) -> None:
    """The new one opens, the old one no longer; the key file still does."""
    old = {wrap.name for wrap in study.book.wraps if wrap.kind == "passphrase"}
    replace_ways(study, old, Passphrase("another battery horse"), "passphrase", CHEAP)
    study.close()
    Study.open(study.folder, Passphrase("another battery horse")).close()
    with pytest.raises(WrongKeyError):
        Study.open(study.folder, Passphrase(PASSPHRASE))


def test_key_files_are_private_and_never_overwritten(tmp_path: Path) -> None:
    """Mode 0600; an existing file is an error."""
    make_key_file(tmp_path / "k", purpose="test")
    assert (tmp_path / "k").stat().st_mode & 0o777 == 0o600
    with pytest.raises(KeyUnavailableError):
        make_key_file(tmp_path / "k", purpose="test")


def test_a_recovery_code_typed_from_paper_opens(study: Study, key_file: Path, tmp_path: Path) -> None:
    """Lower case, other groups and line breaks, no comments: still the same key."""
    text = key_file.read_text().splitlines()
    typed = tmp_path / "typed"
    code = text[-1].replace(" ", "").lower()
    typed.write_text(f"session-deid key\n{code[:20]}\n{code[20:]}\n")
    typed.chmod(0o600)
    study.close()
    Study.open(study.folder, KeyFile(typed)).close()


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
