"""What happens to each class of identifier: a policy is a TOML file, read and checked here.

config/policies holds ours; a user's own has the same form. Every class of pipeline.deidentify.classes
must be named, so that a policy says what it does and nothing is left to a hidden default.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipeline.deidentify.classes import class_of, class_of_span
from pipeline.deidentify.merge import Candidate
from pipeline.errors import PolicyError
from pipeline.identifiers import CLASSES
from pipeline.records import Action, Span
from pipeline.resources import config_path
from pipeline.wrong_values import say_not_toml, say_wrong

Sensitivity = Literal["strict", "balanced", "lenient"]
SENSITIVITIES: tuple[Sensitivity, ...] = ("strict", "balanced", "lenient")
DEFAULT = "hipaa-safe-harbor"
_MOST_TOLD = 5  # mistakes of one file


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Thresholds(_Table):
    """Scores in [0, 1]: from `certain` on a candidate is acted on; from `likely` on it is acted on and put to
    a person; from `possible` on it is left in and put to a person; below, it is nothing."""

    certain: float = Field(ge=0, le=1)
    likely: float = Field(ge=0, le=1)
    possible: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _are_ordered(self) -> Thresholds:
        if not self.possible <= self.likely <= self.certain:
            raise ValueError("possible <= likely <= certain must hold")
        return self


class AgeBands(_Table):
    """Ages become bands of `width` years; from `top` on there is one band."""

    width: int = Field(default=10, ge=1, le=50)
    top: int = Field(default=90, ge=20, le=120)


class ClassRule(_Table):
    """What to do with one class, and thresholds of its own where it needs them."""

    action: Action
    thresholds: Mapping[Sensitivity, Thresholds] | None = None


class Policy(_Table):
    """A whole policy. Compare `decide` for how it is applied."""

    name: str = Field(min_length=1)
    description: str
    thresholds: Mapping[Sensitivity, Thresholds]
    ages: AgeBands = AgeBands()
    dates: Literal["label", "shift"] = "label"
    classes: Mapping[str, ClassRule]

    @model_validator(mode="after")
    def _names_every_class(self) -> Policy:
        coarse = {"age", "age_over_89", "date", "birth_date"}
        if wrong := sorted(
            k for k, r in self.classes.items() if r.action == "generalise" and k not in coarse
        ):
            raise ValueError(
                f"only ages and dates can be generalised, not {', '.join(wrong)}; use remove, flag or keep"
            )
        if unknown := sorted(set(self.classes) - set(CLASSES)):
            raise ValueError(f"unknown class {', '.join(unknown)}")
        if missing := sorted(set(CLASSES) - set(self.classes)):
            raise ValueError(f"no rule for the class {', '.join(missing)}")
        if short := [s for s in SENSITIVITIES if s not in self.thresholds]:
            raise ValueError(f"no thresholds for {', '.join(short)}")
        return self

    def rule(self, key: str) -> ClassRule:
        """The rule of one class."""
        return self.classes[key]

    def limits(self, key: str, sensitivity: Sensitivity) -> Thresholds:
        """The thresholds of one class at one sensitivity."""
        own = self.rule(key).thresholds or {}
        return own.get(sensitivity) or self.thresholds[sensitivity]


class Decision(_Table):
    """What a policy says of one span: what to do, whether to ask a person, and why to ask."""

    action: Action
    uncertain: bool = False
    reason: str = ""


def decide(policy: Policy, sensitivity: Sensitivity, span: Span) -> Decision:
    """Apply the policy to one found span; `keep` means that nothing comes of it."""
    kind = class_of_span(span)
    action, limits = policy.rule(kind.key).action, policy.limits(kind.key, sensitivity)
    if action == "keep" or span.score < limits.possible:
        return Decision(action="keep")
    if span.score < limits.likely:
        return Decision(
            action="flag", uncertain=True, reason=span.reason or "faint sign of an identifier, left in"
        )
    if action == "flag":
        reason = span.reason or "may single someone out together with other facts, left in"
        return Decision(action="flag", uncertain=True, reason=reason)
    if span.uncertain or span.score < limits.certain:
        return Decision(
            action=action, uncertain=True, reason=span.reason or "likely an identifier, not certain"
        )
    return Decision(action=action, reason=span.reason)


def acts_on(policy: Policy, sensitivity: Sensitivity) -> Callable[[Candidate, str], bool]:
    """Whether a candidate over these words is sure enough, by the policy, to be acted on."""

    def acts(candidate: Candidate, words: str) -> bool:
        key = class_of(candidate.type, candidate.known_tier, words).key
        return candidate.score >= policy.limits(key, sensitivity).likely

    return acts


def load(name_or_path: str | Path = DEFAULT) -> Policy:
    """Read one of our policies by name, or a user's own by path.

    Raises PolicyError when there is none, or when it cannot be understood; unknown keys are named.
    """
    path = path_of(name_or_path)
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise PolicyError(file=path, why=f"there is no such policy; ours are {', '.join(names())}") from None
    except OSError as error:
        raise PolicyError(file=path, why=f"it cannot be read ({type(error).__name__})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(file=path, why=say_not_toml(error)) from None
    return _check(raw, path)


def names() -> tuple[str, ...]:
    """The policies that come with the program."""
    return tuple(sorted(p.stem for p in config_path("policies").glob("*.toml")))


def is_path(text: str) -> bool:
    """A bare word is one of ours; anything with a folder or an ending is a path."""
    return text.endswith(".toml") or "/" in text or "\\" in text


def path_of(name_or_path: str | Path) -> Path:
    """The file of one of ours, or of a user's own."""
    text = str(name_or_path)
    own = isinstance(name_or_path, Path) or is_path(text)
    return Path(text) if own else config_path("policies", f"{text}.toml")


def _check(raw: dict[str, Any], path: Path) -> Policy:
    try:
        return Policy.model_validate(raw)
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)[:_MOST_TOLD]
        raise PolicyError(file=path, why="; ".join(map(say_wrong, wrong))) from None
