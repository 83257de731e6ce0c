"""Policies: read, checked, and applied to what was found."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.deidentify import policy
from pipeline.errors import PolicyError
from pipeline.identifiers import CLASSES, HIPAA
from pipeline.records import Span, Tier


def span(
    type_: str = "PERSON", score: float = 0.9, tier: Tier = "direct", text: str = "Xyzzyq", **more: object
) -> Span:
    return Span(0, 0, len(text), type_, tier, score, "test", text, **more)  # type: ignore[arg-type]


def write(tmp_path: Path, change: tuple[str, str]) -> Path:
    """Our default policy with one thing changed, as a user's own file."""
    text = policy.config_path("policies", "hipaa-safe-harbor.toml").read_text(encoding="utf-8")
    assert change[0] in text
    path = tmp_path / "own.toml"
    path.write_text(text.replace(*change), encoding="utf-8")
    return path


def test_ours_are_three_and_readable() -> None:
    """The three policies that come with the program are found by name and pass their own checks."""
    assert policy.names() == ("gdpr", "hipaa-safe-harbor", "minimal")
    assert [policy.load(name).name for name in policy.names()] == list(policy.names())


def test_every_hipaa_identifier_in_text_is_removed_by_default() -> None:
    """Each class that counts for one of HIPAA's 18 identifiers is taken out by the default policy."""
    default = policy.load()
    for kind in CLASSES.values():
        if kind.hipaa:
            assert default.rule(kind.key).action in ("remove", "generalise"), kind.key
    in_text = {kind.hipaa for kind in CLASSES.values() if kind.hipaa}
    assert set(HIPAA) - in_text == {"P", "Q"}, "only voiceprints and photographs are not found in text"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            ('name = { action = "remove" }', 'name = { action = "remove", colour = 1 }'),
            "classes.name.colour: is no setting there is",
        ),
        (("[ages]", "[agess]"), "agess: is no setting there is"),
        (('place = { action = "remove" }', 'plaice = { action = "remove" }'), "unknown class plaice"),
        (('phone = { action = "remove" }\n', ""), "no rule for the class phone"),
        (('phone = { action = "remove" }', 'phone = { action = "erase" }'), "classes.phone.action"),
        (
            ('phone = { action = "remove" }', 'phone = { action = "generalise" }'),
            "only ages and dates can be generalised",
        ),
        (("certain = 0.67", "certain = 0.1"), "possible <= likely <= certain"),
        (("width = 10", "width = 0"), "ages.width"),
        (("[thresholds.lenient]", "[thresholds.lax]"), "thresholds"),
        (("[classes]", "[classes"), " is not TOML"),
    ],
)
def test_a_wrong_policy_is_refused_with_the_key_named(
    tmp_path: Path, change: tuple[str, str], says: str
) -> None:
    """Whatever is wrong in a policy stops the program, and the message names what and where."""
    with pytest.raises(PolicyError) as refused:
        policy.load(write(tmp_path, change))
    assert says in str(refused.value)
    assert "own.toml" in str(refused.value)


def test_a_missing_policy_names_ours() -> None:
    """A name that is none of ours is refused, and ours are listed."""
    with pytest.raises(PolicyError, match="gdpr, hipaa-safe-harbor, minimal"):
        policy.load("hippa")


@pytest.mark.parametrize(
    ("score", "action", "uncertain"),
    [(0.9, "remove", False), (0.6, "remove", True), (0.45, "flag", True), (0.2, "keep", False)],
)
def test_scores_decide_between_acting_asking_and_nothing(score: float, action: str, uncertain: bool) -> None:
    """Sure finds are removed, likely ones removed and asked about, faint ones asked about, others nothing."""
    decision = policy.decide(policy.load(), "balanced", span(score=score))
    assert (decision.action, decision.uncertain) == (action, uncertain)
    assert bool(decision.reason) == uncertain


def test_strict_removes_what_lenient_leaves() -> None:
    """A middling find is removed when strict, removed or asked about when balanced, not removed when lenient."""
    middling = span(score=0.5)
    actions = [policy.decide(policy.load(), s, middling).action for s in policy.SENSITIVITIES]
    assert actions == ["remove", "flag", "keep"]


def test_quasi_identifiers_are_flagged_and_asked_about() -> None:
    """Nationality, occupation and country stay in by default, each with a question to a person."""
    for found in (
        span("NRP", tier="quasi"),
        span("PROFESSION", tier="quasi"),
        span("LOCATION", text="France"),
    ):
        decision = policy.decide(policy.load(), "balanced", found)
        assert (decision.action, decision.uncertain) == ("flag", True)


def test_an_unknown_type_is_removed() -> None:
    """A detector's type that nobody listed falls into a class that is removed, not through."""
    assert policy.decide(policy.load(), "balanced", span("SHOE_SIZE")).action == "remove"


def test_what_the_detector_doubts_stays_in_question() -> None:
    """A detector's own uncertainty is kept whatever the score."""
    decision = policy.decide(policy.load(), "balanced", span(uncertain=True, reason="misheard"))
    assert (decision.uncertain, decision.reason) == (True, "misheard")


def test_a_class_may_have_thresholds_of_its_own(tmp_path: Path) -> None:
    """Thresholds given with a class hold for that class alone."""
    own = 'phone = { action = "remove", thresholds = { balanced = { certain = 0.9, likely = 0.9, possible = 0.9 } } }'
    loaded = policy.load(write(tmp_path, ('phone = { action = "remove" }', own)))
    assert policy.decide(loaded, "balanced", span("PHONE", 0.8)).action == "keep"
    assert policy.decide(loaded, "balanced", span("EMAIL", 0.8)).action == "remove"
