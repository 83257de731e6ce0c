"""Which two networks tell voices apart, by name: "SEGMENTATION+VOICEPRINTS", as a `Diarization` names its model.

Light to import: settings and command lines ask here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.errors import DiarizerUnknownError, ModelUnknownError

if TYPE_CHECKING:
    from pipeline.models.manifest import Model

SEGMENTATION_MODEL = "segmentation-3.0"
VOICEPRINT_MODEL = "campplus-zh-en"
BETWEEN = "+"
DIARIZER = f"{SEGMENTATION_MODEL}{BETWEEN}{VOICEPRINT_MODEL}"
"""The one that is installed by default, and the one that was measured (docs/benchmarks/diarization.md)."""
MEASURED_VOICEPRINTS = frozenset({VOICEPRINT_MODEL})
"""Networks for which it was measured how alike two voiceprints of one person are: of others no match is sure."""


def models_of(diarizer: str) -> tuple[Model, Model]:
    """The models for segmentation and for voiceprints that a diarizer names. Raises DiarizerUnknownError."""
    from pipeline.models.manifest import load

    first, between, second = diarizer.partition(BETWEEN)
    if not (first and between and second):
        raise DiarizerUnknownError(diarizer=diarizer, why="it is not two names with a + between them")
    manifest = load()
    try:
        pair = manifest.get(first), manifest.get(second)
    except ModelUnknownError as error:
        raise DiarizerUnknownError(
            diarizer=diarizer, why=f"there is no model {error.facts['model']}"
        ) from None
    for model, task in zip(pair, ("diarization", "voiceprints"), strict=True):
        if model.task != task:
            raise DiarizerUnknownError(
                diarizer=diarizer, why=f"{model.name} is for {model.task}, not for {task}"
            )
    return pair


def diarizers() -> tuple[str, ...]:
    """Every pair there is, the usual one first."""
    from pipeline.models.manifest import load

    models = tuple(load())
    pairs = (
        f"{one.name}{BETWEEN}{other.name}"
        for one in models
        if one.task == "diarization"
        for other in models
        if other.task == "voiceprints"
    )
    return (DIARIZER, *(pair for pair in pairs if pair != DIARIZER))


def voiceprint_model(diarizer: str) -> str:
    """Whose voiceprints a diarization of this name holds: of one that names no pair, nobody else's."""
    return diarizer.partition(BETWEEN)[2] or diarizer or VOICEPRINT_MODEL
