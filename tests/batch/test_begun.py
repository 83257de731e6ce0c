"""A recording that ends its run, for memory most often, is set aside after two nights; the others go on."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import pytest

from pipeline.batch.run import run_study
from pipeline.errors import ModelMissingError
from pipeline.records import Attribution, Audio, LabelMap, Redaction
from pipeline.study.audit_check import check_study
from pipeline.study.study import Study
from pipeline.study.vault.keys import KeyFile
from pipeline.study.vault.states import State
from tests.batch.fakes import FakeStages, with_stages
from tests.batch.life import in_child
from tests.study.conftest import make_sound

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
KILLS = b"KILLS"
KILLED = -9


class Greedy(FakeStages):
    """Is killed as the kernel does it for memory, at a stage, by one recording."""

    def __init__(self, at: str):
        super().__init__()
        self.at = at

    def decode(self, source: BinaryIO, *, name: str) -> Audio:
        if self.at == "decode" and source.read(len(KILLS)) == KILLS:
            os.kill(os.getpid(), signal.SIGKILL)
        source.seek(0)
        return super().decode(source, name=name)

    def redact(
        self, attribution: Attribution, labels: LabelMap | None = None, *args: Any, **more: Any
    ) -> Redaction:
        if self.at == "redact" and not (labels and labels.labels):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().redact(attribution, labels, *args, **more)


@pytest.fixture
def run(study: Study, key_file: Path) -> Callable[[FakeStages], int]:
    """A night's run in a process of its own: its exit status."""
    make_sound(study.folder / "inbox" / "a.wav", KILLS + b"x" * 9000)
    make_sound(study.folder / "inbox" / "b.wav")
    study.close()

    def night(stages: FakeStages) -> int:
        def work() -> None:
            with Study.open(study.folder, KeyFile(key_file), by="tester") as opened:
                run_study(opened, with_stages(lambda: stages), lambda _: None, sleep=lambda _: None)

        return in_child(work)

    return night


@pytest.mark.parametrize("at", ["decode", "redact"])
def test_what_ends_the_run_twice_is_set_aside(
    study: Study, key_file: Path, run: Callable[[FakeStages], int], at: str
) -> None:
    """The third night does the others; `retry` gives it two more."""
    assert [run(Greedy(at)) for _ in range(2)] == [KILLED] * 2
    run(Greedy(at))
    with Study.open(study.folder, KeyFile(key_file), by="tester") as after:
        row = after.recording("R0001")
        assert row.failed_stage == ("transcribe" if at == "decode" else "redact")
        assert "ended unexpectedly, twice" in (row.reason or "")
        if at == "decode":  # at redact the next recording is the first without labels
            assert after.recording("R0002").state is State.REDACTED
        check_study(after)
        after.retry("R0001")
    assert run(Greedy(at)) == KILLED
    assert run(FakeStages()) == 0
    with Study.open(study.folder, KeyFile(key_file), by="tester") as after:
        assert after.recording("R0001").state is State.REDACTED


@pytest.mark.parametrize("ending", [ModelMissingError(model="whisper-base"), KeyboardInterrupt()])
def test_a_run_that_ends_by_itself_blames_nothing(
    study: Study, key_file: Path, run: Callable[[FakeStages], int], ending: BaseException
) -> None:
    """Ctrl-C and a missing model are no recording's fault, however often."""

    class Ending(FakeStages):
        def decode(self, source: BinaryIO, *, name: str) -> NoReturn:
            raise ending

    for _ in range(4):
        assert run(Ending()) > 0
    assert run(FakeStages()) == 0
    with Study.open(study.folder, KeyFile(key_file), by="tester") as after:
        assert {row.state for row in after.recordings()} == {State.REDACTED}


def test_a_recording_killed_once_is_done_the_next_night(
    study: Study, key_file: Path, run: Callable[[FakeStages], int]
) -> None:
    """One kill may have been anybody's; and what went well does not count against a later one."""
    assert run(Greedy("decode")) == KILLED
    assert run(FakeStages()) == 0
    with Study.open(study.folder, KeyFile(key_file), by="tester") as after:
        assert {row.state for row in after.recordings()} == {State.REDACTED}
