"""The study of the documentation's pictures is made by the rooms that make every other."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.make_screenshots import make_study
from pipeline.study import who
from pipeline.study.vault.states import State

pytestmark = pytest.mark.slow


def test_it_stands_in_its_fourth_week(tmp_path: Path) -> None:
    """Destroyed, verified, to review, failed and waiting; of its seven voices one has no name yet."""
    study = make_study(tmp_path)
    states = [row.state for row in study.recordings()]
    assert states == [State.DESTROYED, State.VERIFIED, State.REDACTED, State.SEALED, State.SEALED]
    codes = [voice.code for voice in who.list_voices(study)]
    assert sorted(codes) == ["F01", "P01", "P02", "P03", "P04", "P05", "S1"]
    study.close()
