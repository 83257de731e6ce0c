"""How a command over several files ends."""

from __future__ import annotations

from collections.abc import Sequence

import click

from pipeline.errors import SessionDeidError, SomeFailedError


def end_with(failed: Sequence[SessionDeidError], total: int) -> None:
    """End with the code of what failed: its own when all failed alike. Returns when nothing did."""
    if len(failed) == total and len({e.exit_code for e in failed}) == 1:
        raise click.exceptions.Exit(failed[0].exit_code)
    if failed:
        raise SomeFailedError(failed=len(failed), total=total)
