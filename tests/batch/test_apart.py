"""A run in a process of its own: begun, looked at, stopped, gone on with; the key is nowhere to be seen."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import psutil
import pytest

from pipeline.batch import apart
from pipeline.batch.under_way import UnderWay, last_run, under_way
from pipeline.errors import EXIT_INTERRUPTED, LockedError
from pipeline.study.study import Study
from pipeline.study.vault.states import State
from tests.audio.sounds import encode, tone
from tests.conftest import SAMPLES
from tests.study.conftest import make_sound


def wait_for_end(study: Study, seconds: float = 120.0) -> UnderWay:
    """Until no run goes on; what it told last."""
    end = time.monotonic() + seconds
    while under_way(study) is not None:
        assert time.monotonic() < end
        time.sleep(0.1)
    told = last_run(study.folder)
    assert told is not None
    return told


def test_a_run_apart_sets_aside_what_is_damaged(study: Study) -> None:
    """The inbox is taken in, the failure stands in the study, its end in the note."""
    data = bytearray(encode(tone(30.0), "mp3", "libmp3lame", 16_000, "mono"))
    data[5_000:-5_000] = b"\x55" * (len(data) - 10_000)  # its beginning is heard, most of it is damaged
    make_sound(study.folder / "inbox" / "a.mp3", bytes(data))
    study.settings.__dict__["settle_seconds"] = 0.0
    assert apart.start(study) is not None
    wait_for_end(study)
    end = time.monotonic() + 60
    while not (rows := list(study.recordings())) or rows[0].failed_stage is None:
        assert time.monotonic() < end
        time.sleep(0.1)
    assert rows[0].failed_stage == "decode"
    assert study.audit.last_of("run").by == "tester"  # type: ignore[union-attr]


def test_nothing_to_do_ends_at_once(study: Study) -> None:
    """No note of a run that goes on is left."""
    apart.start(study)
    assert under_way(study) is None
    assert not apart.stop(study)


@pytest.mark.slow
def test_stopped_and_gone_on_with(study: Study) -> None:
    """With the real engines: seen at work, refused a second time, stopped, begun again; the key is in no argument and
    in no environment."""
    shutil.copy(SAMPLES / "session-s3.m4a", study.folder / "inbox" / "week.m4a")
    told = apart.start(study)
    assert told is not None
    end = time.monotonic() + 120
    while (run := under_way(study)) is None or "transcribing" not in run.stage:
        assert time.monotonic() < end
        time.sleep(0.05)
    assert run.recording == "R0001"
    with pytest.raises(LockedError):
        apart.start(study)
    process = psutil.Process(run.process)
    seen = " ".join([*process.cmdline(), *process.environ().values()])
    raw = Path(f"/proc/{run.process}/environ").read_bytes() if Path("/proc").is_dir() else b""
    assert study.key.material.hex() not in seen
    assert study.key.material not in raw
    assert apart.stop(study)
    stopped = wait_for_end(study)
    assert stopped.code == EXIT_INTERRUPTED
    assert not process.is_running()
    assert study.recording("R0001").state is State.SEALED
    apart.start(study)
    wait_for_end(study, 600)
    assert study.recording("R0001").state is State.REDACTED
