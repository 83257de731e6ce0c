"""What a certificate says of the medium comes from the system, and is left open where it cannot be read."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from pipeline.erase.medium import Medium, inspect


def fake_system(
    root: Path,
    *,
    kind: str = "ext4",
    rotational: str = "0",
    mapped: bool = False,
    volumes: bool = False,
    name: str = "sdq",
    model: str = "EXAMPLE DISK 1",
    mounted: str = "study",
) -> Path:
    """A /proc and /sys with one disk of one partition, with or without dm-crypt on it, and logical volumes on that."""
    study = root / "home" / mounted
    study.mkdir(parents=True)
    disk = root / "sys/devices" / name
    (disk / "queue").mkdir(parents=True)
    (disk / "queue" / "rotational").write_text(rotational + "\n")
    (disk / "device").mkdir()
    (disk / "device" / "model").write_text(model + "\n")
    (disk / "device" / "serial").write_text("S-0001\n")
    part = disk / "disk1"
    part.mkdir()
    (part / "partition").write_text("1\n")
    top = part
    if mapped:
        top = root / "sys/devices/virtual/dm-0"
        (top / "dm").mkdir(parents=True)
        (top / "dm" / "uuid").write_text("CRYPT-LUKS2-x\n")
        (top / "slaves").mkdir()
        (top / "slaves" / "disk1").symlink_to(part)
    if volumes:
        below, top = top, root / "sys/devices/virtual/dm-1"
        (top / "dm").mkdir(parents=True)
        (top / "dm" / "uuid").write_text("LVM-x\n")
        (top / "slaves").mkdir()
        (top / "slaves" / below.name).symlink_to(below)
    (root / "sys/dev/block").mkdir(parents=True)
    (root / "sys/dev/block/8:1").symlink_to(top)
    (root / "proc/self").mkdir(parents=True)
    point = os.fsencode(study)
    for blank in b"\\ \n\t":  # as the kernel does: fs/seq_file.c, mangle_path
        point = point.replace(bytes([blank]), rb"\%03o" % blank)
    lines = [
        b"1 0 0:1 / / rw - tmpfs tmpfs rw",
        b"2 1 8:1 / %b rw shared:1 - %b /dev/disk1 rw" % (point, kind.encode()),
    ]
    (root / "proc/self/mountinfo").write_bytes(b"\n".join(lines) + b"\n")
    return study


def test_a_partition_s_disk_is_found(tmp_path: Path) -> None:
    """Model, serial and kind are read from the disk under the partition."""
    medium = inspect(fake_system(tmp_path), root=tmp_path)
    assert (medium.model, medium.serial, medium.file_system) == ("EXAMPLE DISK 1", "S-0001", "ext4")
    assert medium.rotational is False
    assert medium.encrypted is False
    assert medium.overwrites_in_place is False


@pytest.mark.skipif(sys.platform != "linux", reason="names of Linux's mounts")
@pytest.mark.parametrize(
    "name", ["Prüfling", "研究", "two words", "a\\040b", "tab\tline\nend", "x\u2028y\x85z", "L\udce9a"]
)
def test_the_disk_of_a_folder_with_any_name_is_found(tmp_path: Path, name: str) -> None:
    """Of a name that the kernel writes in its own way, or that is no UTF-8, the right medium is described."""
    medium = inspect(fake_system(tmp_path, mounted=name) / "recordings", root=tmp_path)
    assert (medium.model, medium.file_system) == ("EXAMPLE DISK 1", "ext4")


@pytest.mark.parametrize("volumes", [False, True])
@pytest.mark.parametrize("mapped", [False, True])
def test_encryption_between_file_system_and_disk_is_seen(tmp_path: Path, mapped: bool, volumes: bool) -> None:
    """dm-crypt over the partition makes the medium encrypted, logical volumes on it or not (as an installer lays them out);
    the disk below is still found."""
    medium = inspect(fake_system(tmp_path, mapped=mapped, volumes=volumes), root=tmp_path)
    assert medium.encrypted is mapped
    assert medium.model == "EXAMPLE DISK 1"


@pytest.mark.parametrize(
    ("kind", "rotational", "in_place"), [("ext4", "1", True), ("btrfs", "1", False), ("nfs4", "1", False)]
)
def test_only_a_magnetic_disk_written_in_place_can_be_overwritten(
    tmp_path: Path, kind: str, rotational: str, in_place: bool
) -> None:
    """Copy-on-write and network file systems never count as overwritten in place."""
    medium = inspect(fake_system(tmp_path, kind=kind, rotational=rotational), root=tmp_path)
    assert medium.overwrites_in_place is in_place


@pytest.mark.parametrize(("name", "model"), [("vda", ""), ("sda", "QEMU HARDDISK"), ("sda", "Virtual disk")])
def test_a_virtual_disk_is_not_called_magnetic(tmp_path: Path, name: str, model: str) -> None:
    """It says that it rotates; whether a write reaches the old blocks is the host's to know."""
    medium = inspect(fake_system(tmp_path, rotational="1", name=name, model=model), root=tmp_path)
    assert medium.rotational is None
    assert medium.overwrites_in_place is None


def test_what_cannot_be_read_is_left_open(tmp_path: Path) -> None:
    """A system without /proc gives no claim at all."""
    assert inspect(tmp_path, root=tmp_path / "nothing") == Medium()
    assert Medium().overwrites_in_place is None


def test_this_machine_answers(tmp_path: Path) -> None:
    """The real system is looked up without an error."""
    assert isinstance(inspect(tmp_path), Medium)
