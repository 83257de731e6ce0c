"""session-deid with quick stages, as a program of its own: `python -m tests.batch.driver ARGUMENTS`."""

from __future__ import annotations

from pipeline.batch import executor
from pipeline.cli.main import run
from pipeline.study.intake import importing
from tests.batch.fakes import FakeRecipe, Slow

if __name__ == "__main__":
    executor.recipe_of = lambda _: FakeRecipe(Slow)  # type: ignore[assignment, return-value]
    importing.refuse_unusable = lambda _: None  # its recordings are any bytes
    run()
