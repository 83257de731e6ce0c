"""Install models into the store: sources in order, every file verified, the folder moved in at once."""

from __future__ import annotations

import importlib
import json
import shutil
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.errors import ModelDamagedError, ModelInstallError
from pipeline.files import patiently
from pipeline.models.fetch import FetchError, Progress, fetch, sha256_of
from pipeline.models.manifest import Model, PinnedFile
from pipeline.models.store import RECEIPT, find, installed, open_to_all, unwritable_store
from pipeline.resources import model_store

# Steps run once at install, so that no torch is needed at run time. Each is `convert(source, target)`:
# it reads the verified files in `source` and writes what the engine loads into `target`.
CONVERTERS = {
    "whisper": "pipeline.models.convert.whisper",
    "segmentation": "pipeline.models.convert.segmentation",
    "campplus": "pipeline.models.convert.campplus",
    "resnet34": "pipeline.models.convert.resnet34",
}


NO_SOURCE = "it was brought as a file: bring it again with models remove and models add"


def install(model: Model, *, progress: Progress, say: Callable[[str], None]) -> str:
    """Install one model unless it is there and whole; returns the source that served.

    Raises ModelInstallError when every source failed, with each one's reason.
    """
    if installed(model.name) and not problems(model):
        open_to_all(model_store() / model.name)
        return ""
    reasons = []
    for number, source in enumerate(model.source):
        incoming = incoming_of(model) / str(number)  # one a source: their files must not mix
        incoming.mkdir(parents=True, exist_ok=True)
        try:
            files = fetch(source, incoming, progress)
        except FetchError as error:
            reasons.append(f"{source.described}: {error}")
            say(f"  {model.name}: {reasons[-1]}")
            continue
        _convert(model, incoming)
        move_in(model, files, source.described, incoming)
        return source.described
    raise ModelInstallError(model=model.name, why="; ".join(reasons) or NO_SOURCE)


def incoming_of(model: Model) -> Path:
    """The folder in the store in which a model arrives."""
    return model_store() / ".incoming" / model.name


def _convert(model: Model, folder: Path) -> None:
    if not model.convert:
        return
    module: Any = importlib.import_module(CONVERTERS[model.convert])
    try:
        module.convert(folder, folder)
    except Exception as error:
        raise ModelInstallError(
            model=model.name, why=f"its conversion failed ({type(error).__name__})"
        ) from error


def move_in(model: Model, files: list[PinnedFile], source: str, incoming: Path) -> None:
    """Write the receipt, drop what only served the way here, and swap the folder in by renames."""
    for file in files:
        if file.temporary:
            (incoming / file.path).unlink()
    shutil.rmtree(incoming / ".packages", ignore_errors=True)
    kept = sorted(p for p in incoming.rglob("*") if p.is_file() and p.suffix != ".part" and p.name != RECEIPT)
    digests = {p.relative_to(incoming).as_posix(): sha256_of(p) for p in kept}
    receipt: dict[str, Any] = {
        "name": model.name,
        "source": source,
        "licence": model.licence,
        "files": digests,
    }
    if not model.source:  # brought as a file: its receipt is all that is known of it
        receipt |= {"brought": True, "task": model.task, "filterbank": model.filterbank}
    receipt["installed_by"] = f"session-deid {__version__}"
    (incoming / RECEIPT).write_text(json.dumps(receipt, indent=1), encoding="utf-8")
    target = model_store() / model.name
    open_to_all(incoming)
    if target.exists():
        patiently(lambda: target.rename(incoming_of(model) / "replaced"))
    patiently(lambda: incoming.rename(target))
    shutil.rmtree(incoming_of(model))


def remove(model: Model) -> int:
    """Take a model, and what has arrived of it, out of the store; returns the bytes freed.

    Raises ModelMissingError when it is not installed.
    """
    folder = find(model.name)
    freed = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
    gone = incoming_of(model) / "removed"
    gone.parent.mkdir(parents=True, exist_ok=True)
    folder.rename(gone)  # at once: a run that begins now finds no half of it
    shutil.rmtree(incoming_of(model))
    return freed


def problems(model: Model) -> list[str]:
    """What is wrong with an installed model: file names that are missing or not what was installed."""
    folder = model_store() / model.name
    try:
        receipt = json.loads((folder / RECEIPT).read_text(encoding="utf-8"))
        # receipts written on Windows by an earlier version have its separators
        digests = {name.replace("\\", "/"): digest for name, digest in receipt["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return [RECEIPT]
    pinned = _pinned(model)
    wrong = []
    for name, digest in digests.items():
        path = folder / name
        if (
            not path.is_file()
            or (actual := sha256_of(path)) != digest
            or actual not in pinned.get(name, {actual})
        ):
            wrong.append(name)
    return wrong


def _pinned(model: Model) -> dict[str, set[str]]:
    """The digests the manifest allows for each file name, over all sources."""
    allowed: dict[str, set[str]] = {}
    if any(source.kind == "archive" for source in model.source):
        return allowed  # an archive is pinned as a whole; the receipt holds its files
    for source in model.source:
        for file in getattr(source, "files", ()):
            allowed.setdefault(file.path, set()).add(file.sha256)
    return allowed


def verify(model: Model) -> None:
    """Raise ModelDamagedError when an installed model's files are not what was published."""
    if wrong := problems(model):
        raise ModelDamagedError(model=model.name, file=", ".join(wrong))


def install_all(models: Iterable[Model], *, progress: Progress, say: Callable[[str], None]) -> None:
    """Install several, one process at a time; raises the first ModelInstallError after trying all, and
    ModelStoreError at once when the store cannot be written."""
    failures = []
    try:
        with store_lock():
            for model in models:
                try:
                    source = install(model, progress=progress, say=say)
                    said = f"installed from {source}" if source else "already installed"
                    say(f"{model.name}: {said}")
                except ModelInstallError as error:
                    failures.append(error)
                    say(str(error))
    except OSError as error:
        raise unwritable_store(error) from error
    if failures:
        raise failures[0]


def store_lock() -> AbstractContextManager[object]:
    """One process at a time writes into the store."""
    from filelock import FileLock

    store = model_store()
    if not store.exists():
        store.mkdir(parents=True)
        store.chmod(0o755)
    return FileLock(store / ".lock", mode=0o644)
