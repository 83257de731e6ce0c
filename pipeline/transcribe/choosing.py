"""Which model hears: the best one that this computer can carry in the time there is.

One rule for everybody who asks: a run with `model = "auto"`, `bench`, `doctor` and `models install`. The order from the
fastest to the most accurate is MODELS; how much work each has is in models/manifest.toml.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.errors import ModelMissingError
from pipeline.models import manifest as manifests
from pipeline.models.manifest import Model
from pipeline.models.store import find, installed
from pipeline.transcribe import speeds
from pipeline.transcribe.loading import ENGINES, usable_cores
from pipeline.transcribe.speeds import Measure, Speeds

AUTO = "auto"
USUAL = "whisper-base"  # what `models install` installs, and what is missing where nothing is installed
HOURS_AT_NIGHT = 6.0
HOURS_IN_PAGE = 1.0
DEFAULT_ENGINE = "faster-whisper"
MEMORY_FACTOR = 4.0  # a model's working memory in multiples of its file, activations of a batch included

# From the fastest to the most accurate (Radford et al. 2022, table D.2: error falls in this order)
MODELS = (
    "whisper-tiny.en",
    USUAL,
    "whisper-small",
    "whisper-medium",
    "whisper-large-v3-turbo",
)


@dataclass(frozen=True, slots=True)
class Machine:
    """What the recogniser may use: cores and free memory in GB."""

    cores: int
    free_gb: float


@dataclass(frozen=True, slots=True)
class Offer:
    """A model on this computer: seconds of work a second of sound, and whether that was measured or follows from another's."""

    model: str
    share: float
    measured: bool
    gigabytes: float
    installed: bool

    @property
    def minutes_per_hour(self) -> int:
        """What an hour of sound will take, in minutes, at least one."""
        return max(1, round(60 * self.share))

    @property
    def in_words(self) -> str:
        """For people."""
        how = "measured here" if self.measured else "estimated"
        return f"about {self.minutes_per_hour} minutes for an hour of talk ({how}), {self.gigabytes:.1f} GB"


def this_machine(threads: int | None = None) -> Machine:
    """The machine we run on; with fewer `threads` than cores, a like share of its memory: others work beside us."""
    import psutil

    cores = usable_cores()
    beside = max(1, cores // threads) if threads else 1
    return Machine(threads or cores, psutil.virtual_memory().available / beside / 1e9)


def candidates(machine: Machine, engines: Sequence[str] = ENGINES) -> list[tuple[str, str]]:
    """Installed models with each engine that can run them in the memory there is."""
    from pipeline.models.convert.whisper import CHECKPOINT

    found = []
    for model in (model for model in MODELS if installed(model)):
        size_gb = (find(model) / "model.bin").stat().st_size / 1e9
        if size_gb * MEMORY_FACTOR > machine.free_gb:
            continue
        found += [
            (engine, model)
            for engine in engines
            if engine == DEFAULT_ENGINE or (find(model) / CHECKPOINT).is_file()
        ]
    return found


def resolve(
    model: str,
    *,
    engine: str,
    device: str,
    language: str | None,
    hours: float,
    threads: int | None = None,
    measure: Measure = speeds.measure,
) -> str:
    """The model's name itself, or for "auto" the best installed one that does an hour of sound in `hours`.

    Where none is fast enough, it is the fastest. Raises ModelMissingError when no model is installed.
    """
    if model != AUTO:
        return model
    machine = this_machine(threads)
    names = _speaking([name for _, name in candidates(machine, (engine,))], language)
    if not names:
        return next((name for name in MODELS if name != MODELS[0] and installed(name)), USUAL)
    if len(names) == 1:
        return names[0]
    shares = _known_or_measured(engine, device, names, measure)
    slower = usable_cores() / machine.cores
    offers = [_offer(name, shares, engine, device, slower) for name in names]
    return best(offers, hours).model


def offers(machine: Machine, measure: Measure | None = speeds.measure, device: str = AUTO) -> list[Offer]:
    """Every recogniser of the manifest that fits into memory, installed or not, with what an hour takes here.

    Empty where nothing was measured yet, and no model is installed or there is no `measure`. Raises what that raises.
    """
    there = [name for name in MODELS if installed(name)]
    if measure and there:
        shares = _known_or_measured(DEFAULT_ENGINE, device, there, measure)
    else:
        shares = speeds.kept()
    if shares.any_of(DEFAULT_ENGINE, dict.fromkeys(MODELS, 1.0), device) is None:
        return []
    made = [_offer(name, shares, DEFAULT_ENGINE, device) for name in MODELS]
    return [each for each in made if each.gigabytes * MEMORY_FACTOR <= machine.free_gb]


def best(found: Iterable[Offer], hours: float) -> Offer:
    """The most accurate that does an hour in `hours`, else the fastest. Raises ModelMissingError for nothing."""
    every = list(found)
    if not every:
        raise ModelMissingError(model=USUAL)
    fast = [each for each in every if each.share <= hours]
    if not fast:
        return min(every, key=lambda each: each.share)
    return max(fast, key=lambda each: MODELS.index(each.model))


def best_installed(found: Iterable[Offer], hours: float = HOURS_AT_NIGHT) -> Offer:
    """What "auto" takes of these; models that know English alone only where there is no other."""
    there = [each for each in found if each.installed]
    names = _speaking([each.model for each in there], None)
    return best([each for each in there if each.model in names], hours)


def better_than_installed(found: Sequence[Offer], hours: float = HOURS_AT_NIGHT) -> Offer | None:
    """The model worth installing: fast enough, and more accurate than what "auto" takes now; None where there is none."""
    there = [each for each in found if each.installed]
    has = MODELS.index(best_installed(there, hours).model) if there else -1
    more = [
        each
        for each in found
        if not each.installed and each.share <= hours and MODELS.index(each.model) > has
    ]
    return best(more, hours) if more else None


def _speaking(names: Sequence[str], language: str | None) -> list[str]:
    """Those that know the language; for one still to be detected those that know all, where there are any."""
    manifest = manifests.load()

    def knows(name: str) -> bool:
        known = manifest.get(name).languages
        return "*" in known or language in known

    return [name for name in names if knows(name)] or (list(names) if language is None else [])


def _known_or_measured(engine: str, device: str, names: Sequence[str], measure: Measure) -> Speeds:
    """What is known of these models' speed; the one with the least work is tried where nothing is."""
    works = {name: _entry(name).work for name in names}
    known = speeds.kept()
    if known.any_of(engine, works, device) is None:
        smallest = min(works, key=lambda name: works[name])
        known = speeds.keep(engine, smallest, device, measure(engine, smallest, device))
    return known


def _offer(name: str, known: Speeds, engine: str, device: str, slower: float = 1.0) -> Offer:
    entry = _entry(name)
    share = known.of(engine, name, device)
    measured = share is not None
    if share is None:
        nearest = known.any_of(engine, {each: _entry(each).work for each in MODELS}, device)
        if nearest is None:
            raise ModelMissingError(model=USUAL)
        share = nearest[1] * entry.work / _entry(nearest[0]).work
    return Offer(name, share * slower, measured, _gigabytes(entry), installed(name))


def _entry(name: str) -> Model:
    return manifests.load().get(name)


def _gigabytes(model: Model) -> float:
    """What is fetched; of an installed one of a store of another kind the manifest's figure stands as well."""
    return model.size / 1e9
