"""session-deid with quick stages, as a program of its own: `python -m tests.batch.driver ARGUMENTS`."""

from __future__ import annotations

from pipeline.batch import stages
from pipeline.cli.main import run
from pipeline.study.intake import importing
from tests.batch.fakes import Slow, SlowRecipe

if __name__ == "__main__":
    stages.stages_of = lambda _: Slow()  # type: ignore[assignment, return-value]
    stages.recipe_of = lambda _: SlowRecipe()  # type: ignore[assignment, return-value]
    importing.refuse_unusable = lambda _: None  # its recordings are any bytes
    run()
