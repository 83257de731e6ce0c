"""Killed, out of space, broken or read-only disk at every border between two writes: nothing is lost."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import time
from pathlib import Path

import pytest

from pipeline.study.study import Study
from pipeline.verify.store import LEASE_SECONDS
from tests.batch.fakes import BROKEN
from tests.batch.life import BUG, OURS, SURVIVED, Life, check_completed, check_nothing_lost, in_child, live
from tests.study.conftest import CHEAP

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
    pytest.mark.timeout(3600),  # hundreds of lives; on a busy machine each takes seconds
]
KILLED = -9
KILLS = int(os.environ.get("KILLS", "200"))


@pytest.fixture
def life(tmp_path: Path) -> Life:
    """Two recordings and a file that is no sound waiting in a new study's inbox; settled already."""
    folder, key = tmp_path / "study", tmp_path / "study.key"
    Study.create(folder, key_file=key, by="tester", cost=CHEAP).close()
    sounds = {name: random.Random(name).randbytes(150_000) for name in ("a", "b")}
    sounds["c"] = BROKEN + random.Random("c").randbytes(20_000)
    for name, data in sounds.items():
        (folder / "inbox" / f"{name}.wav").write_bytes(data)
    return Life(folder, key, sounds)


def again(life: Life, number: int) -> Life:
    """A fresh copy of the beginning."""
    folder = life.folder.with_name(f"copy{number}")
    shutil.copytree(life.folder, folder)
    return Life(folder, life.key_file, life.sounds)


def finish(life: Life) -> dict[str, str]:
    """What a user does after a crash: the same command again."""
    assert in_child(lambda: live(life, later_s=LEASE_SECONDS)) == 0
    return check_completed(life)


def through_the_places(life: Life, kind: str, expected: int, *, first: int = 1, step: int = 1) -> int:
    """Strike at one passage of any place after another, until a life ends unharmed; returns the last."""
    wanted = finish(again(life, 0))
    for nth in range(first, 1000, step):
        struck = again(life, nth)
        status = in_child(lambda struck=struck: live(struck), fault=f"*:{kind}:{nth}")  # type: ignore[misc]
        if status == 0:
            return nth - step
        assert status in (expected, SURVIVED), f"passage {nth} ended with {status}"
        check_nothing_lost(struck)
        assert finish(struck) == wanted
        shutil.rmtree(struck.folder)
    raise AssertionError("the life never ends")


def test_killed_at_many_borders(life: Life) -> None:
    """kill -9 at every seventh border (all of them: the slow test below)."""
    assert through_the_places(life, "kill", KILLED, first=3, step=7) > 100


@pytest.mark.parametrize(("kind", "first"), [("enospc", 2), ("eio", 9), ("erofs", 16)])
def test_a_failing_disk_at_many_borders(life: Life, kind: str, first: int) -> None:
    """Each error of the disk at every twenty-first border (all of them: the slow test below)."""
    assert through_the_places(life, kind, OURS, first=first, step=21) > 100


@pytest.mark.slow
def test_killed_at_every_border(life: Life) -> None:
    """kill -9 at each passage of each fault point: nothing lost, the next run ends with the same transcripts."""
    assert through_the_places(life, "kill", KILLED) > 100


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["enospc", "eio", "erofs"])
def test_a_failing_disk_at_every_border(life: Life, kind: str) -> None:
    """Each error of the disk ends the command with an error of ours, and the next run completes."""
    assert through_the_places(life, kind, OURS) > 100


@pytest.mark.slow
@pytest.mark.timeout(max(3600, 60 * KILLS))
def test_killed_at_random_times(life: Life) -> None:
    """Kills (200, or as many as KILLS says) at random moments of the life, each followed by a whole one: nothing is
    ever lost."""
    wanted = finish(again(life, 0))
    whole_s = seconds_of_a_life(again(life, 1))
    chance = random.Random(20261124)
    killed = 0
    for number in itertools.count(2):
        assert number < 10 * KILLS, "lives end before they can be killed"
        struck = again(life, number)
        moment_s = chance.uniform(0, whole_s)
        status = in_child(lambda struck=struck: live(struck), kill_after_s=moment_s)  # type: ignore[misc]
        assert status in (0, KILLED)
        if status == 0:  # it took less than that: the machine became faster
            whole_s = moment_s
        killed += status == KILLED
        check_nothing_lost(struck)
        assert finish(struck) == wanted
        shutil.rmtree(struck.folder)
        if killed == KILLS:
            return


def seconds_of_a_life(life: Life) -> float:
    """How long an undisturbed one takes here and now."""
    began = time.monotonic()
    assert in_child(lambda: live(life)) == 0
    return time.monotonic() - began


def test_interrupted_twenty_times_gives_the_same_transcripts(life: Life) -> None:
    """One study, killed again and again at growing distance, ends as one that was never interrupted."""
    wanted = finish(again(life, 0))
    for nth in range(1, 21):
        later_s = LEASE_SECONDS * nth
        assert in_child(lambda: live(life, later_s=later_s), fault=f"*:kill:{2 * nth}") in (0, KILLED)  # noqa: B023
        check_nothing_lost(life)
    assert finish(life) == wanted


def test_a_bug_in_a_child_is_seen(life: Life) -> None:
    """The harness itself: an unforeseen error is not taken for a kill or an error of ours."""

    def stumble() -> None:
        raise RuntimeError

    assert in_child(stumble) == BUG
