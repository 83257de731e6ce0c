"""Which model hears: the best one that this computer can carry in the time there is.

One rule for everybody who asks: a run with `model = "auto"`, `bench`, `doctor` and `models install`. The order from the
fastest to the most accurate is MODELS; how much work each has is in models/manifest.toml.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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


def candidates(
    machine: Machine, engines: Sequence[str] = ENGINES, language: str | None = None
) -> list[tuple[str, str]]:
    """Installed models with each engine that can run them in the memory there is; of a language given, those that know it."""
    from pipeline.models.convert.whisper import CHECKPOINT

    there = [name for name in MODELS if installed(name) and _fits(name, machine)]
    return [
        (engine, model)
        for model in (_speaking(there, language) if language else there)
        for engine in engines
        if engine == DEFAULT_ENGINE or (find(model) / CHECKPOINT).is_file()
    ]


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
    names = _speaking([name for _, name in candidates(machine, (engine,), language)], language)
    if not names:
        return next((name for name in MODELS if name != MODELS[0] and installed(name)), USUAL)
    if len(names) == 1:
        return names[0]
    shares = _known_or_measured(engine, device, names, measure)
    slower = usable_cores() / machine.cores
    return pick({name: _offer(name, shares, engine, device, slower).share for name in names}, hours, language)


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
    return [_offer(name, shares, DEFAULT_ENGINE, device) for name in MODELS if _fits(name, machine)]


def pick(shares: Mapping[str, float], hours: float, language: str | None = None) -> str:
    """The one rule of what is recommended: of the models, with their seconds of work a second of sound, the most
    accurate that knows the language and does an hour in `hours`, else the fastest that knows it.

    Raises ModelMissingError where none does.
    """
    names = _speaking(list(shares), language)
    if not names:
        raise ModelMissingError(model=USUAL)
    fast = [name for name in names if shares[name] <= hours]
    return max(fast, key=MODELS.index) if fast else min(names, key=lambda name: shares[name])


def best_installed(found: Iterable[Offer], hours: float = HOURS_AT_NIGHT) -> Offer:
    """What "auto" takes of these; models that know English alone only where there is no other."""
    there = {each.model: each for each in found if each.installed}
    return there[pick({name: each.share for name, each in there.items()}, hours)]


def better_than_installed(found: Sequence[Offer], hours: float = HOURS_AT_NIGHT) -> Offer | None:
    """The model worth installing: fast enough, and more accurate than what "auto" takes now; None where there is none."""
    there = [each for each in found if each.installed]
    has = MODELS.index(best_installed(there, hours).model) if there else -1
    more = {
        each.model: each
        for each in found
        if not each.installed and each.share <= hours and MODELS.index(each.model) > has
    }
    return more[pick({name: each.share for name, each in more.items()}, hours)] if more else None


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


def _fits(name: str, machine: Machine) -> bool:
    """Whether there is memory for it."""
    size = (find(name) / "model.bin").stat().st_size if installed(name) else _entry(name).size
    return size / 1e9 * MEMORY_FACTOR <= machine.free_gb


def _gigabytes(model: Model) -> float:
    """What is fetched; of an installed one of a store of another kind the manifest's figure stands as well."""
    return model.size / 1e9
