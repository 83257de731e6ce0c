"""A store that several accounts use: what one installs another can read, and what it may not is named."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from pipeline.errors import ModelStoreError
from pipeline.models.fetch import FetchError, download
from pipeline.models.install import install, install_all, problems
from pipeline.models.manifest import UrlSource
from pipeline.models.store import RECEIPT, find, installed
from tests.models.test_install import WEIGHTS, _Server, model, pinned, server, store

__all__ = ["server", "store"]


def quiet(*_: object) -> None:
    """Nobody is told."""


@pytest.fixture
def one(server: type[_Server]) -> object:
    server.files["/w"] = WEIGHTS
    return model(UrlSource(kind="url", files=[pinned(WEIGHTS, f"{server.address}/w", path="sub/model.bin")]))


def modes(store: Path) -> set[str]:
    paths = [store, *(p for p in (store / "m").rglob("*")), store / "m"]
    return {oct(stat.S_IMODE(p.stat().st_mode)) for p in paths}


def test_models_are_public_whatever_the_umask(store: Path, one: object) -> None:
    """Under the session's own umask 077; a store that an earlier version closed is opened by the same command."""
    before = os.umask(0o077)
    try:
        install_all([one], progress=quiet, say=quiet)  # type: ignore[list-item]
        assert modes(store) == {"0o755", "0o644"}
        for path in (store / "m").rglob("*"):
            path.chmod(0o700 if path.is_dir() else 0o600)
        install_all([one], progress=quiet, say=quiet)  # type: ignore[list-item]
        assert modes(store) == {"0o755", "0o644"}
    finally:
        os.umask(before)


def test_a_store_closed_to_this_account_is_named(
    store: Path, one: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not as a missing or damaged model."""
    install_all([one], progress=quiet, say=quiet)  # type: ignore[list-item]
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "model.bin")
    with pytest.raises(ModelStoreError, match=r"store.*cannot be read.*models install"):
        find("m")


def test_a_folder_that_cannot_be_entered_is_named(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store itself is closed."""

    def closed(self: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "is_dir", closed)
    for ask in (find, installed):
        with pytest.raises(ModelStoreError, match="cannot be read"):
            ask("m")


@pytest.mark.parametrize(
    ("number", "why"), [(13, "permission denied"), (28, "no space left"), (30, "read-only")]
)
def test_a_store_that_cannot_be_written_is_not_the_connection(
    store: Path, one: object, monkeypatch: pytest.MonkeyPatch, number: int, why: str
) -> None:
    """While a file arrives: the store's error, without a word of the connection."""

    def refused(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("pipeline.models.fetch._append", refused)
    with pytest.raises(ModelStoreError, match=why) as named:
        install_all([one], progress=quiet, say=quiet)  # type: ignore[list-item]
    assert "connection" not in str(named.value)


def test_a_store_that_cannot_be_made_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one: object
) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("SESSION_DEID_MODELS", str(tmp_path / "file" / "store"))
    with pytest.raises(ModelStoreError, match="cannot be written"):
        install_all([one], progress=quiet, say=quiet)  # type: ignore[list-item]


def test_a_connection_that_fails_still_is_one(tmp_path: Path) -> None:
    """The other way round."""
    with pytest.raises(FetchError, match="no connection"):
        download("http://127.0.0.1:9/none", tmp_path / "x", "0" * 64, 1, quiet)


def test_a_receipt_of_windows_is_read_everywhere(store: Path, one: object) -> None:
    """Names are written with slashes; those of an earlier version on Windows are checked just as well."""
    install(one, progress=quiet, say=quiet)  # type: ignore[arg-type]
    receipt = store / "m" / RECEIPT
    content = json.loads(receipt.read_text())
    assert set(content["files"]) == {"sub/model.bin"}
    content["files"] = {"sub\\model.bin": content["files"]["sub/model.bin"]}
    receipt.write_text(json.dumps(content))
    assert problems(one) == []  # type: ignore[arg-type]
    (store / "m" / "sub" / "model.bin").write_bytes(b"changed")
    assert problems(one) == ["sub/model.bin"]  # type: ignore[arg-type]
