"""Writing whole files, or none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.errors import OutputError
from pipeline.files import check_writable, write_atomically


def test_writes_a_private_file(tmp_path: Path) -> None:
    """The file holds the bytes and only its owner may read it, whatever the umask."""
    before = os.umask(0)
    try:
        write_atomically(tmp_path / "a.txt", b"abc")
    finally:
        os.umask(before)
    assert (tmp_path / "a.txt").read_bytes() == b"abc"
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o600


def test_leaves_the_old_file_and_no_partial_when_the_disk_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failing sync leaves what was there before, nothing beside it, and one clear error."""

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    write_atomically(tmp_path / "a.txt", b"old")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OutputError, match="No space left"):
        write_atomically(tmp_path / "a.txt", b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_bytes() == b"old"


@pytest.mark.parametrize("missing", ["no/such/folder/a.txt", "."])
def test_refuses_where_no_file_can_be(tmp_path: Path, missing: str) -> None:
    """A missing folder, or a folder in the file's place, is an OutputError that names the path."""
    with pytest.raises(OutputError, match="cannot be written"):
        write_atomically(tmp_path / missing, b"x")


def test_writes_to_a_device_without_replacing_it() -> None:
    """/dev/null stays the device it is."""
    write_atomically("/dev/null", b"x")
    assert not Path("/dev/null").is_file()


def test_follows_a_link(tmp_path: Path) -> None:
    """A symbolic link keeps pointing at its file, which has the new content."""
    write_atomically(tmp_path / "real", b"1")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_atomically(tmp_path / "link", b"2")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"2"


def test_what_could_not_be_written_later_is_refused_now(tmp_path: Path) -> None:
    """Before an hour of work: a missing folder, a folder in the file's place, a folder that is not ours."""
    check_writable(tmp_path / "new.json")
    check_writable("/dev/null")
    (tmp_path / "file").touch()
    check_writable(tmp_path / "file")
    for wrong in (tmp_path, tmp_path / "missing" / "new.json", tmp_path / "file" / "new.json"):
        with pytest.raises(OutputError):
            check_writable(wrong)


def test_a_read_only_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the system tells of it (an administrator may write everywhere)."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(OutputError, match="may not write there"):
        check_writable(tmp_path / "new.json")


@pytest.mark.parametrize("letter", ["a", "ā", "語", "\U0001f600"])
def test_a_long_name_is_written_whole(tmp_path: Path, letter: str) -> None:
    """The part file's name fits beside the longest name a file system allows, whatever it is made of."""
    name = letter * (250 // len(letter.encode()))
    write_atomically(tmp_path / name, b"x")
    assert (tmp_path / name).read_bytes() == b"x"
