"""The two networks of a diarizer, loaded and tried: one that does not fit is refused before it hears anything.

Any network of one of these two forms can stand in its place, whoever made it:

    segmentation   (batch, 1, samples) at 16 kHz -> (batch, frames, 7): natural logarithms of the probabilities that nobody
                   speaks, the first, second or third of three voices does, or two of them (1+2, 1+3, 2+3), as pyannote's
                   powerset networks order them; a frame every 270 samples, of 991
    voiceprints    (batch, frames, 80): log mel filterbank (fbank.py), each band's mean removed -> (batch, numbers)

Names of inputs and outputs are free; the network's first output counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from pipeline.errors import NetworkUnfitError
from pipeline.models.store import RECEIPT, find, why_unreadable
from pipeline.speakers.diarization.fbank import BANDS, FilterbankKind
from pipeline.speakers.diarization.segmentation import CLASSES, frames_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from pipeline.models.manifest import Model

FILE = "model.onnx"
LEAST_NUMBERS, MOST_NUMBERS = 16, 4096
"""Of a voiceprint. What is sealed of a worker's results has the same bound (batch/checking.py)."""
_ONE_SECOND = 16_000
_SHORTEST_PIECE = 28
_LONGER_PIECE = 150
_SUM_TOLERANCE = 1e-2


class Network(Protocol):
    """What turns a batch into results, row by row."""

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """The results, as many as the batch has rows."""


class VoiceprintNetwork(Network, Protocol):
    """A network for voiceprints, with what it must be given and how much it answers."""

    @property
    def filterbank(self) -> FilterbankKind:
        """The features it was trained on."""

    @property
    def numbers(self) -> int:
        """How many numbers one of its voiceprints has."""


@dataclass(frozen=True)
class OnnxNetwork:
    """A network in onnxruntime with one input, whatever that is called."""

    session: Any = field(repr=False)
    input: str
    filterbank: FilterbankKind = "3d-speaker"
    numbers: int = 0

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """The first output, float32."""
        result: NDArray[np.float32] = np.asarray(
            self.session.run(None, {self.input: batch})[0], dtype=np.float32
        )
        return result


def load_segmentation(model: Model, threads: int | None) -> OnnxNetwork:
    """The installed network, tried on a second of noise. Raises ModelMissingError, ModelDamagedError,
    EngineFailedError, NetworkUnfitError."""
    return check_segmentation(find(model.name) / FILE, model.name, threads)


def load_voiceprints(model: Model, threads: int | None) -> OnnxNetwork:
    """As `load_segmentation`, tried on pieces of two lengths."""
    return check_voiceprints(find(model.name) / FILE, model.name, threads, model.filterbank or "3d-speaker")


def check_segmentation(path: Path, model: str, threads: int | None = None) -> OnnxNetwork:
    """The network of a file, once it has answered as a segmentation network must."""
    network = _open(path, model, threads)
    noise = np.random.default_rng(0).normal(0, 0.01, (2, 1, _ONE_SECOND)).astype(np.float32)
    got = _try(network, noise, path, model)
    wanted = (2, frames_of(_ONE_SECOND), len(CLASSES))
    if got.shape != wanted:
        why = f"it answers a second of sound with {_say(got.shape)} and not {_say(wanted)} (batch, frames, classes)"
        raise _unfit(path, model, why)
    if not np.allclose(np.exp(got).sum(axis=-1), 1.0, atol=_SUM_TOLERANCE):
        raise _unfit(path, model, "its answers are no logarithms of probabilities")
    return network


def check_voiceprints(
    path: Path, model: str, threads: int | None = None, filterbank: FilterbankKind = "3d-speaker"
) -> OnnxNetwork:
    """The network of a file, once it has answered as a voiceprint network must."""
    network = _open(path, model, threads)
    dice = np.random.default_rng(0)
    sizes = set()
    for batch, frames in ((2, _LONGER_PIECE), (1, _SHORTEST_PIECE)):
        given = dice.normal(size=(batch, frames, BANDS)).astype(np.float32)
        got = _try(network, given, path, model)
        if got.ndim != 2 or len(got) != batch or not LEAST_NUMBERS <= got.shape[1] <= MOST_NUMBERS:
            why = f"it answers {batch} pieces with {_say(got.shape)} and not with one voiceprint each"
            raise _unfit(path, model, why)
        sizes.add(int(got.shape[1]))
    if len(sizes) > 1:
        raise _unfit(path, model, "its voiceprints are longer for longer pieces")
    return OnnxNetwork(network.session, network.input, filterbank, sizes.pop())


def trained_on(network: OnnxNetwork) -> FilterbankKind | None:
    """Whose features a network's file says it was trained on, as sherpa-onnx's exports do; None where it says nothing."""
    said = network.session.get_modelmeta().custom_metadata_map.get("framework", "")
    known: dict[str, FilterbankKind] = {"3d-speaker": "3d-speaker", "wespeaker": "wespeaker"}
    return known.get(said)


def _open(path: Path, model: str, threads: int | None) -> OnnxNetwork:
    from pipeline.errors import ModelMissingError

    if not path.is_file():
        raise ModelMissingError(model=model)
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or 0
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # what is wrong is said once, by us
    options.enable_cpu_mem_arena = False  # else the largest batch's memory stays taken
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # leave the cores to others
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own kinds have no common base
        if not (path.parent / RECEIPT).is_file():  # not installed yet: whose fault it is is plain
            raise _unfit(path, model, "onnxruntime cannot read it") from None
        raise why_unreadable("onnxruntime", path.parent, FILE, error) from None
    inputs = session.get_inputs()
    if len(inputs) != 1:
        names = ", ".join(each.name for each in inputs)
        raise _unfit(path, model, f"it wants {len(inputs)} inputs ({names}) and not one")
    (given,) = inputs
    if given.type != "tensor(float)":
        raise _unfit(path, model, f"its input is of type {given.type} and not of float32")
    return OnnxNetwork(session, given.name)


def _try(network: OnnxNetwork, batch: NDArray[np.float32], path: Path, model: str) -> NDArray[np.float32]:
    """What it answers; whatever it refuses, it does not fit."""
    try:
        got = network.run(batch)
    except MemoryError:
        raise
    except Exception:  # what it says of its own nodes helps nobody here
        raise _unfit(path, model, f"it does not take {_say(batch.shape)}") from None
    if not np.isfinite(got).all():
        raise _unfit(path, model, "its answers are no numbers")
    return got


def _unfit(path: Path, model: str, why: str) -> NetworkUnfitError:
    return NetworkUnfitError(model=model, file=path, why=why)


def _say(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "one number"
