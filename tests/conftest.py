"""Isolation for every test: no study, key or settings of the person who runs them is seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes depends on what else the machine does.
settings.register_profile("no clock", deadline=None)
settings.load_profile("no clock")

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"
CASES = ROOT / "tests" / "data" / "cases"


@pytest.fixture(autouse=True)
def _own_environment(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home of its own, and none of the variables that steer session-deid (the model store stays)."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in ("SESSION_DEID_STUDY", "SESSION_DEID_KEY_FILE", "SESSION_DEID_FAULT", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
