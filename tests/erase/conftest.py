"""What the tests of this room share."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _any_bytes_are_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Recordings of these tests are random bytes: what an import looks for in them has tests of its own
    (tests/study/test_refused_early.py)."""
    monkeypatch.setattr("pipeline.study.intake.importing.refuse_unusable", lambda _: None)
