"""models/manifest.toml as records: which models there are and where each comes from."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import ModelUnknownError, SettingsError
from pipeline.resources import manifest_path
from pipeline.wrong_values import say_not_toml, say_wrong


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PinnedFile(_Strict):
    """One file a model needs, whoever delivers it. `members` are joined in order when there are several."""

    path: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = 0
    url: str = ""
    members: tuple[str, ...] = ()
    temporary: bool = False


class UrlSource(_Strict):
    kind: Literal["url"]
    publisher: str = ""
    files: tuple[PinnedFile, ...]

    @property
    def described(self) -> str:
        return self.publisher or "the publisher"


class ArchiveSource(_Strict):
    """One zip or wheel pinned as a whole; the folder `root` in it becomes the model's folder."""

    kind: Literal["archive"]
    publisher: str = ""
    url: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = 0
    root: str

    @property
    def described(self) -> str:
        return self.publisher or "the publisher"


class PackageSource(_Strict):
    """Packages of the Python registry that carry the same weights."""

    kind: Literal["package"]
    requirements: tuple[str, ...]
    files: tuple[PinnedFile, ...]

    @property
    def described(self) -> str:
        return "the Python package " + " and ".join(self.requirements)


Source = Annotated[UrlSource | ArchiveSource | PackageSource, Field(discriminator="kind")]


class Model(_Strict):
    name: str
    task: Literal["transcription", "diarization", "voiceprints", "names"]
    licence: str
    homepage: str
    languages: tuple[str, ...]
    about: str
    default: bool = False
    work: float = Field(default=0.0, ge=0)  # of a recogniser, in multiples of whisper-base's
    convert: str = ""
    filterbank: Literal["", "3d-speaker", "wespeaker"] = ""  # what a network for voiceprints was trained on
    needs: tuple[str, ...] = ()
    source: tuple[Source, ...]

    @property
    def size(self) -> int:
        """Bytes that are fetched, of its largest source."""
        return (
            max(
                s.size if isinstance(s, ArchiveSource) else sum(file.size for file in s.files)
                for s in self.source
            )
            if self.source
            else 0
        )


class Manifest(_Strict):
    model: tuple[Model, ...]

    def __iter__(self) -> Iterator[Model]:  # type: ignore[override]
        return iter(self.model)

    def get(self, name: str) -> Model:
        """The model of that name; raises ModelUnknownError."""
        for model in self.model:
            if model.name == name:
                return model
        raise ModelUnknownError(model=name)

    def defaults(self) -> tuple[Model, ...]:
        return tuple(m for m in self.model if m.default)


def load(path: Path | None = None) -> Manifest:
    """The manifest and, unless another file of one is given, the networks a person brought to the store.

    Raises SettingsError when it is missing or malformed.
    """
    manifest = _read(path or manifest_path())
    if path is not None:
        return manifest
    from pipeline.models.added import read_added

    known = {model.name for model in manifest}
    brought = tuple(model for model in read_added() if model.name not in known)
    return Manifest(model=(*manifest.model, *brought)) if brought else manifest


def _read(path: Path) -> Manifest:
    try:
        return Manifest.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise SettingsError(file=path.name, why=f"it cannot be read ({type(error).__name__})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(file=path.name, why=say_not_toml(error)) from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise SettingsError(file=path.name, why=say_wrong(first)) from error
