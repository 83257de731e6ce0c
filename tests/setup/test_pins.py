"""constraints.txt fits together on every system and Python that README names, from the public index alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from setup import pins


@pytest.mark.slow
def test_the_pins_resolve_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wheels for each; every package that any of them needs is pinned, and no other."""
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    try:
        resolved = [pins.resolve(system, python) for system in pins.SYSTEMS for python in pins.PYTHONS]
    except pins.UnreachableError:
        pytest.skip("the package index cannot be reached")
    assert pins.problems(resolved, pins.pins(pins.CONSTRAINTS.read_text(encoding="utf-8"))) == []
    assert all(one["torch"] for one in resolved)


@pytest.mark.slow
def test_pins_that_do_not_fit_together_are_found(tmp_path: Path) -> None:
    """PyTorch asks for one very version of triton on Linux: another one is told with uv's reason."""
    wrong = tmp_path / "constraints.txt"
    text = pins.CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    wrong.write_text("\n".join("triton==3.6.0" if line.startswith("triton==") else line for line in text))
    try:
        with pytest.raises(pins.UnresolvableError, match="triton"):
            pins.resolve("x86_64-unknown-linux-gnu", "3.12", wrong)
    except pins.UnreachableError:
        pytest.skip("the package index cannot be reached")


def test_what_is_unpinned_stale_or_ambiguous_is_said() -> None:
    """The three ways in which pins go wrong."""
    resolved = [{"a": "1", "b": "1"}, {"a": "2"}]
    found = pins.problems(resolved, {"a": "1", "c": "1"})
    assert found == ["a: needed at ['1', '2']", "b: not pinned", "c: nothing needs it"]
