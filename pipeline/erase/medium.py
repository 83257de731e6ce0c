"""The medium a folder lies on: what a certificate of destruction must say about it.

On Linux from /proc/self/mountinfo and /sys/dev/block (kernel documentation: sysfs-block, proc_pid_mountinfo),
on macOS from diskutil, on Windows from the list of drives (psutil). What cannot be read is None and the certificate says "not readable".
"""

from __future__ import annotations

import os
import plistlib
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path, PurePath

from pipeline.errors import printable

# Writing over a file on these puts the new bytes elsewhere and leaves the old ones for a while.
COPY_ON_WRITE = frozenset({"btrfs", "zfs", "apfs", "bcachefs", "overlay", "refs"})
NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "9p", "fuse.sshfs", "ceph", "lustre", "gpfs"}
)
NETWORK_DRIVE = (
    "network drive"  # what Windows lets us know of a share; the file system below it is the server's
)
# Linux's names for virtio, Xen, network and loop devices, and what virtual machines call their SCSI disks.
VIRTUAL_NAMES = ("vd", "xvd", "nbd", "rbd", "drbd", "loop", "zd", "zram")
VIRTUAL_MODELS = ("qemu", "vbox", "vmware", "virtual", "virtio")
ESCAPED = re.compile(r"\\([0-7]{3})")  # in mountinfo


@dataclass(frozen=True, slots=True)
class Medium:
    """What is known of a storage medium; None where it could not be read."""

    device: str | None = None
    model: str | None = None
    serial: str | None = None
    file_system: str | None = None
    rotational: bool | None = None
    encrypted: bool | None = None

    @property
    def copy_on_write(self) -> bool | None:
        """True when the file system never writes in place; None when unknown."""
        return None if self.file_system is None else self.file_system.lower() in COPY_ON_WRITE

    @property
    def network(self) -> bool | None:
        """True when the folder lies on another machine; None when unknown."""
        if self.file_system is None:
            return None
        return self.file_system.lower() in NETWORK or self.file_system.startswith(NETWORK_DRIVE)

    @property
    def overwrites_in_place(self) -> bool | None:
        """Whether writing over a file can be expected to hit the blocks it lay on.

        Only a magnetic disk under a file system that writes in place does that; a solid state disk
        maps every write to fresh cells (NIST SP 800-88 Rev. 2 on flash memory).
        """
        if self.copy_on_write or self.network:
            return False
        return self.rotational


def inspect(folder: Path, *, root: Path = Path("/")) -> Medium:
    """Look up the medium under a folder; `root` stands in for / in tests. Never raises."""
    try:
        if sys.platform == "darwin":
            return _from_diskutil(folder)
        if sys.platform == "win32":
            return _from_drives(folder.resolve())
        if sys.platform.startswith("linux"):
            return _from_proc(folder.resolve(), root)
    except (OSError, ValueError, subprocess.SubprocessError):
        pass
    return Medium()


def _from_proc(folder: Path, root: Path) -> Medium:
    number, file_system, source = _mount_of(folder, root)
    device = _block_device(root, number)
    if device is None:  # overlay, tmpfs, network: no block device of its own
        return Medium(device=source, file_system=file_system)
    disk = _whole_disk(device)
    return Medium(
        device=source,
        model=_read(disk / "device" / "model"),
        serial=_read(disk / "device" / "serial") or _read(disk / "serial") or _read(disk / "device" / "wwid"),
        file_system=file_system,
        rotational=None if _is_virtual(disk) else _flag(disk / "queue" / "rotational"),
        encrypted=_is_encrypted(device),
    )


def _is_virtual(disk: Path) -> bool:
    """True for the disk of a virtual machine, or one over a network: it says it rotates whatever lies below it."""
    model = (_read(disk / "device" / "model") or "").lower()
    return disk.name.startswith(VIRTUAL_NAMES) or any(word in model for word in VIRTUAL_MODELS)


def _mount_of(folder: Path, root: Path) -> tuple[str, str, str]:
    """(major:minor, file system, source) of the mount that holds a folder: the longest mount point wins."""
    best: tuple[int, tuple[str, str, str]] | None = None
    for line in os.fsdecode((root / "proc/self/mountinfo").read_bytes()).split("\n")[:-1]:
        head, _, tail = line.partition(" - ")
        fields, (kind, source) = head.split(" "), tail.split(" ")[:2]
        point = _unescaped(fields[4])
        inside = folder == Path(point) or Path(point) in folder.parents
        if inside and (best is None or len(point) >= best[0]):
            best = (len(point), (fields[2], kind, printable(_unescaped(source))))
    if best is None:
        raise ValueError("no mount holds the folder")
    return best[1]


def _unescaped(field: str) -> str:
    """A name as it is: the kernel writes blanks, line ends and backslashes as \\040 and so on, and all else as it stands."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 8)), field)


def _block_device(root: Path, number: str) -> Path | None:
    path = root / "sys/dev/block" / number
    return path.resolve() if path.exists() else None


def _whole_disk(device: Path) -> Path:
    """From a partition or a mapped device down to the disk under it."""
    if (device / "partition").exists():
        return _whole_disk(device.parent)
    below = sorted((device / "slaves").iterdir()) if (device / "slaves").is_dir() else []
    return _whole_disk(below[0].resolve()) if below else device


def _is_encrypted(device: Path) -> bool:
    """True when dm-crypt lies anywhere between the file system and the disk."""
    if (_read(device / "dm" / "uuid") or "").startswith("CRYPT-"):
        return True
    if (device / "partition").exists():
        return _is_encrypted(device.parent)
    below = list((device / "slaves").iterdir()) if (device / "slaves").is_dir() else []
    return any(_is_encrypted(b.resolve()) for b in below)


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip() or None
    except OSError:
        return None


def _flag(path: Path) -> bool | None:
    content = _read(path)
    return None if content is None else content == "1"


def _from_drives(folder: PurePath) -> Medium:
    """The drive of Windows that holds a folder: its letter and file system, or that it is another computer's."""
    import psutil

    root = folder.anchor
    if root.startswith("\\\\"):
        return Medium(device=root.rstrip("\\"), file_system=NETWORK_DRIVE)
    for drive in psutil.disk_partitions(all=True):
        if drive.mountpoint.lower().rstrip("\\") == root.lower().rstrip("\\"):
            remote = "remote" in drive.opts.split(",")
            kind = f"{NETWORK_DRIVE} ({drive.fstype})" if remote else drive.fstype
            return Medium(device=drive.device or root, file_system=kind or None)
    return Medium(device=root)


def _from_diskutil(folder: Path) -> Medium:
    mount = folder.resolve()
    while not os.path.ismount(mount):
        mount = mount.parent
    command = ["/usr/sbin/diskutil", "info", "-plist", str(mount)]
    answer = plistlib.loads(subprocess.run(command, capture_output=True, check=True, timeout=20).stdout)  # noqa: S603
    solid = answer.get("SolidState")
    return Medium(
        device=answer.get("DeviceNode"),
        model=answer.get("MediaName") or None,
        file_system=answer.get("FilesystemType"),
        rotational=None if solid is None else not solid,
        encrypted=answer.get("Encryption") or answer.get("FileVault"),
    )
