"""Why something was found, in words for people (config/explanations.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache

from pipeline.records import Evidence
from pipeline.resources import config_path


def explain(evidence: Iterable[Evidence]) -> tuple[str, ...]:
    """One phrase for each piece of evidence, the leading find's first: what the rule goes by, what it noted, and
    its score (0 to 1)."""
    return tuple(dict.fromkeys(_phrase(each) for each in evidence))


def _phrase(evidence: Evidence) -> str:
    note = f" ({evidence.why})" if evidence.why else ""
    score = f", score {evidence.score:.2f}" if evidence.score else ""
    return f"{words_for(evidence.rule)}{note}{score}"


def words_for(rule: str) -> str:
    """What a rule goes by; one that nobody described is named: "the postcode recognizer found it"."""
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", rule).lower()
    return _rules().get(rule, f"the {plain} found it")


@cache
def _rules() -> dict[str, str]:
    rules: dict[str, str] = tomllib.loads(config_path("explanations.toml").read_text(encoding="utf-8"))[
        "rules"
    ]
    return rules
