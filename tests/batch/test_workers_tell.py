"""Several processes share a run's work: each tells what it is at, to `status`, `--watch` and the page."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.batch.processes import Processes
from pipeline.batch.run import run_study
from pipeline.batch.under_way import FILE_NAME, WORKER, UnderWay, WorkersNote, under_way
from pipeline.cli.watch import run_in_words, take_picture
from pipeline.study.creating import LOCKS
from pipeline.study.study import Study
from pipeline.study.vault.states import State
from pipeline.web.standing import know
from pipeline.web.week import show_card, show_run
from tests.batch.fakes import FakeRecipe, FakeStages, Slow
from tests.study.conftest import make_sound

pytestmark = pytest.mark.slow


def until(holds: Callable[[], Any], seconds: float = 60.0) -> Any:
    """What a function gives, once it gives something."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def test_each_worker_tells_what_it_is_at(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two at work at once, both told with their stages; on the cards, in the list and in the picture; then nothing."""
    monkeypatch.setenv("SLOW_SECONDS", "4")
    study.settings.__dict__["settle_seconds"] = 0.0
    for name in ("one", "two"):
        make_sound(study.folder / "inbox" / f"{name}.wav", name.encode() * 400)
    executor = Processes(FakeRecipe(Slow), 2, study.folder)
    done: list[Any] = []

    def work() -> None:
        with Study.open_with(study.folder, study.key, by="tester") as own:
            own.settings.__dict__["settle_seconds"] = 0.0
            done.append(run_study(own, lambda: (executor, FakeStages()), lambda _: None))

    thread = threading.Thread(target=work)
    thread.start()

    def both() -> UnderWay | None:
        run = under_way(study)
        return run if run and len(run.at) == 2 and all(each.stage for each in run.at) else None

    run = until(both)
    assert {each.recording for each in run.at} == {"R0001", "R0002"}
    assert len({each.process for each in run.at} - {os.getpid()}) == 2
    assert all(0.0 <= each.share <= 1.0 for each in run.at)
    known = know(study)
    assert [show_card(row, known)["working"] for row in study.recordings()] == [True, True]
    shown = show_run(known.run)
    assert shown is not None
    assert {each["recording"] for each in shown["at"]} == {"R0001", "R0002"}
    said = run_in_words(take_picture(study))
    assert "R0001" in said
    assert "R0002" in said
    thread.join(60)
    assert done
    assert done[0].done == 2
    assert under_way(study) is None
    assert list((study.folder / LOCKS).glob(f"{WORKER}*")) == []
    assert [row.state for row in study.recordings()] == [State.REDACTED, State.REDACTED]


def test_a_dead_workers_note_is_not_believed(study: Study) -> None:
    """What a process that is gone told stands in its file, and nobody shows it; odd files change nothing."""
    from pipeline.batch.under_way import Note

    Note(study.folder).begin(1)
    with WorkersNote(study.folder).at("R0001"):
        alive = until(lambda: under_way(study))
        assert [each.recording for each in alive.at] == ["R0001"]
        own = study.folder / LOCKS / f"{WORKER}{os.getpid()}.json"
        dead = own.read_text(encoding="utf-8").replace(str(os.getpid()), "999999999")
        (study.folder / LOCKS / f"{WORKER}9.json").write_text(dead, encoding="utf-8")
        (study.folder / LOCKS / f"{WORKER}8.json").write_text("[1, 2", encoding="utf-8")
        found = under_way(study)
        assert found is not None
        assert len(found.at) == 1
    found = under_way(study)
    assert found is not None
    assert found.at == ()
    Note(study.folder).end()
    assert (study.folder / LOCKS / FILE_NAME).exists()
