"""session-deid with quick stages, as a program of its own: `python -m tests.batch.driver ARGUMENTS`."""

from __future__ import annotations

import os
import time

from pipeline.batch import stages
from pipeline.cli.main import run
from tests.batch.fakes import FakeStages


class Slow(FakeStages):
    """Takes long enough to be looked at."""

    def diarize(self, audio):  # type: ignore[no-untyped-def]
        time.sleep(float(os.environ.get("SLOW_SECONDS", "0")))
        return super().diarize(audio)


if __name__ == "__main__":
    stages.stages_of = lambda _: Slow()  # type: ignore[assignment, return-value]
    run()
