"""`session-deid status`: where each recording stands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.study_options import json_option, open_study, show_json, study_options

if TYPE_CHECKING:
    from pipeline.batch.under_way import UnderWay
    from pipeline.erase.standing import Term
    from pipeline.study.left import Gone
    from pipeline.study.study import Study
    from pipeline.study.vault.rows import RecordingRow
    from pipeline.study.vault.states import State
    from pipeline.verify.heard_well import HeardWell


@click.command()
@click.argument("recordings", nargs=-1, metavar="[REC]...")
@click.option("--state", "states", multiple=True, help="Only recordings in this state (may be repeated).")
@click.option(
    "--watch", is_flag=True, help="Counts, the run under way and failures, kept up to date (Ctrl-C ends)."
)
@json_option
@study_options
def status(
    recordings: tuple[str, ...],
    states: tuple[str, ...],
    watch: bool,
    as_json: bool,
    folder: Path | None,
    key_file: Path | None,
) -> None:
    """List the recordings with their state, length and age; failed ones with the reason; what is held, kept, due
    or overdue; of verified ones how far they were read, and how fast.

    Of recordings that are named it also says how well they were heard, as long as their raw words are kept.
    """
    if watch and (recordings or states or as_json):
        raise click.UsageError("--watch shows the whole study; give it alone.")
    wanted = _states_of(states)
    with open_study(folder, key_file) as study:
        if watch:
            from pipeline.cli.watch import watch_study

            watch_study(study)
            return
        from datetime import UTC, datetime

        from pipeline.batch.under_way import under_way
        from pipeline.erase.due import terms
        from pipeline.study.left import who_left
        from pipeline.study.oversight import say_read, waiting_questions
        from pipeline.study.review_material import read_heard_well
        from pipeline.study.vault.states import State

        run, standing, gone = under_way(study), terms(study, datetime.now(UTC)), who_left(study)
        rows = map(study.find, recordings) if recordings else study.recordings(*wanted)
        count = 0
        for row in rows:
            count += 1
            well = read_heard_well(study, row.id) if recordings else None
            show_row(
                row,
                as_json,
                run.of(row.id) if run else None,
                well,
                standing.get(row.id, ()),
                say_read(study, row, draft=bool(recordings)),
                waiting_questions(study, row.id) if row.state is State.IN_REVIEW else 0,
                gone,
            )
        if not (recordings or states):
            show_study(study, as_json, gone)
    if not count and not as_json:
        click.echo("No recordings yet.")


def show_study(study: Study, as_json: bool, gone: Sequence[Gone] = ()) -> None:
    """What of the whole study is kept, due or overdue (roster and label map), and who left and must not be recorded."""
    from dataclasses import asdict
    from datetime import UTC, datetime

    from pipeline.erase.due import study_terms

    for term in study_terms(study, datetime.now(UTC)):
        if as_json:
            show_json(study=True, retention=[{**asdict(term), "standing": term.standing.value}])
        else:
            click.echo(f"The study: {term}")
    for each in gone:
        if as_json:
            show_json(study=True, left=asdict(each))
        else:
            click.echo(f"The study: {each}")


def _states_of(names: Sequence[str]) -> list[State]:
    """The states of these names; raises BadParameter."""
    from pipeline.study.vault.states import State

    known = {state.value: state for state in State}
    if wrong := [name for name in names if name not in known]:
        raise click.BadParameter(f"{wrong[0]!r} is none of: {', '.join(known)}", param_hint="--state")
    return [known[name] for name in names]


def show_row(
    row: RecordingRow,
    as_json: bool,
    run: UnderWay | None = None,
    well: HeardWell | None = None,
    standing: Sequence[Term] = (),
    read: str = "",
    waiting: int = 0,
    gone: tuple[Gone, ...] = (),
) -> None:
    """One recording on one line, below it what is kept, due or held; `run` is the one that is at work on it, `well`
    how it was heard, `read` how far it was read, `waiting` the questions to another reviewer that nobody has answered,
    `gone` those who left."""
    if as_json:
        left = [each.participant for each in gone if row.id in each.heard]
        more = {**({"waiting": waiting} if waiting else {}), **({"left": left} if left else {})}
        show_json(**_as_json(row, run, well, standing, read), **more)
        return
    from pipeline.study.left import say_left

    click.echo(_in_words(row, run))
    asked = f"{waiting} to another reviewer, not answered: session-deid review {row.id}" if waiting else ""
    lines = (well.in_words if well else "", read, asked and f"questions: {asked}", *map(str, standing))
    for line in (*lines, *say_left(gone, row.id)):
        if line:
            click.echo(f"        {line}")


def _as_json(
    row: RecordingRow, run: UnderWay | None, well: HeardWell | None, standing: Sequence[Term], read: str
) -> dict[str, Any]:
    from dataclasses import asdict

    facts = {name: getattr(row, name) for name in row.__slots__ if name not in ("number", "audit_seq")}
    stage = {"stage": run.stage, "share": run.share, "seconds_left": run.seconds_left} if run else {}
    heard = {"heard": asdict(well)} if well else {}
    told = [{**asdict(term), "standing": term.standing.value} for term in standing]
    reading = {"read": read} if read else {}
    return {**facts, "state": row.state.value, **stage, **heard, **reading, "retention": told}


def _in_words(row: RecordingRow, run: UnderWay | None) -> str:
    from pipeline.cli.watch import stage_in_words

    length = f"{row.duration / 60:.1f} min" if row.duration is not None else "-"
    failed = f"  failed ({row.failed_stage}): {row.reason}" if row.failed_stage else ""
    why = failed or (f"  ({row.reason})" if row.reason else "")
    now = f"  ({stage_in_words(run).removeprefix(row.id).strip()})" if run and run.stage else ""
    return f"{row.id:6}  {row.state.value:11}  {length:>9}  {row.received_at[:10]}  {row.name}{why}{now}"
