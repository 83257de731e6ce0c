"""Two workers on two cores against one worker that has both, with the real engines."""

from __future__ import annotations

from pathlib import Path

from bench.batch.study import BenchStudy, Timed, cut_clips

CLIPS, CLIP_S = 8, 60.0


def measure(folder: Path, sources: list[Path], *, clips: int = CLIPS, clip_s: float = CLIP_S) -> None:
    """One table for 1 and 2 workers: wall and processor seconds, times real time, memory of the largest process."""
    print(f"\n{clips} recordings of {clip_s:.0f} s, models loaded and everything sealed within the time\n")
    print("| workers | wall s | processor s | times real time | largest process GB |\n|---|---|---|---|---|")
    taken: dict[int, Timed] = {}
    for workers in (1, 2):
        study = BenchStudy.make(folder / f"workers{workers}")
        sound_s = cut_clips(sources, study.folder / "inbox", count=clips, seconds=clip_s)
        taken[workers] = timed = study.call("run", "--workers", workers, "--json")
        assert timed.summary()["done"] == clips
        print(
            f"| {workers} | {timed.wall_s:.1f} | {timed.cpu_s:.1f} | {sound_s / timed.wall_s:.1f} "
            f"| {timed.largest_gb:.2f} |",
            flush=True,
        )
    print(f"\nthroughput of 2 workers: {taken[1].wall_s / taken[2].wall_s:.2f} times that of 1")
