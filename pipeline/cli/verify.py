"""`session-deid verify`: the gate to `verified`, and a walk through the open questions at the terminal."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.asking import ask_undertaking
from pipeline.cli.shared_options import reviewer_option
from pipeline.cli.study_options import at_terminal, open_study, study_options

if TYPE_CHECKING:
    from pipeline.study.review_store import StudyReviewStore
    from pipeline.verify.decisions import Decision
    from pipeline.verify.queue import Question
    from pipeline.verify.session import ReviewSession
    from pipeline.verify.state import ReviewedTranscript

CHOICES = "[a]ccept  [r]eject  [s]kip  [u]ndo  [q]uit"


@click.command()
@click.argument("recording", metavar="REC")
@click.option("--interactive", is_flag=True, help="Walk through the open questions first.")
@reviewer_option
@click.option("--accept", is_flag=True, help="Accept the statement without being asked (it is shown).")
@click.option(
    "--still-open",
    type=click.IntRange(min=0),
    default=None,
    metavar="N",
    help="Your second yes to the N places in the open that a last look lists.",
)
@study_options
def verify(
    recording: str,
    interactive: bool,
    reviewer: str,
    accept: bool,
    still_open: int | None,
    folder: Path | None,
    key_file: Path | None,
) -> None:
    """Verify the transcript of REC: refused while a question is open or when it changed meanwhile.

    A last look lists what may identify somebody and still stands in the open: names of the roster, words that have
    a label, digits said one by one, words heard faintly where a name is due. Verifying over them needs a second yes.

    Your name, the time, the transcript's digest and the statement you accept are kept and signed.
    """
    from pipeline.audio.decode import decode
    from pipeline.study.finding import user
    from pipeline.study.review_store import StudyReviewStore
    from pipeline.verify.session import ReviewSession

    with open_study(folder, key_file) as study:
        row = study.find(recording)
        name, holder = reviewer or user(), secrets.token_hex(8)
        ask_undertaking(study, name)
        store = StudyReviewStore(study, lambda source, named: decode(source, name=named))
        store.take_lease(row.id, holder, name)
        try:
            session = ReviewSession(store, row.id)
            if interactive:
                walk(session, name, lambda: store.take_lease(row.id, holder, name), holder)
            approve(store, session, name, accept, holder, still_open)
            done = study.recording(row.id)
        finally:
            store.release_lease(row.id, holder)
    click.echo(f"{row.id}: {done.state.value}, by {name}.")


def walk(session: ReviewSession, reviewer: str, renew: Callable[[], None], holder: str) -> None:
    """Ask each open question, riskiest first, until none is left or the person stops."""
    from pipeline.verify.queue import open_questions

    skipped: set[str] = set()
    while questions := [q for q in open_questions(session.state) if q.id not in skipped]:
        question = questions[0]
        show_question(session.state, question, len(questions))
        answer = click.prompt(CHOICES, type=click.Choice(list("arsuq")), show_choices=False, err=True)
        renew()
        if answer == "q":
            return
        if answer == "r" and question.about == "voice":
            click.echo("Whose voice it is can be said in the review page: session-deid review", err=True)
        if answer == "s" or (answer == "r" and question.about == "voice"):
            skipped.add(question.id)
        elif decision := decision_for(question, answer, session.can_undo):
            session.decide(decision, reviewer, holder)


def decision_for(question: Question, answer: str, can_undo: bool) -> Decision | None:
    """The decision an answer means, None when there is nothing to do."""
    from pipeline.verify.decisions import Accept, ConfirmVoice, Reject, Undo

    if answer == "u":
        return Undo() if can_undo else None
    if question.about == "voice":
        return ConfirmVoice(question.id.removeprefix("v")) if answer == "a" else None
    marks = (question.id, *question.like_it)
    return Accept(marks) if answer == "a" else Reject(marks)


def show_question(state: ReviewedTranscript, question: Question, left: int) -> None:
    """The question, with its line as it stands in the sound: on the screen alone."""
    from pipeline.verify.final import redacted_text

    more = f" {len(question.like_it)} more like it are decided with it." if question.like_it else ""
    click.echo(
        f"\n{left} open. {question.about}: {question.why}{more} ({question.start:.1f} to {question.end:.1f} s)"
    )
    if question.grounds:
        click.echo(f"  {', '.join(ground.in_words for ground in question.grounds)}")
    if question.line:
        line = state.lines[question.line]
        click.echo(f"  {line.participant}: {line.text}")
        click.echo(f"  as it would be: {redacted_text(line)}")


def look_over(session: ReviewSession, said: int | None) -> int:
    """Show what still stands in the open, and give its number when the person says that it stays (`said`, or asked).

    Raises StillOpenError when they do not.
    """
    from pipeline.errors import StillOpenError
    from pipeline.verify.sightings import WHY_WORDS, look_again

    found = look_again(session.state)
    for seen in found:
        line = session.state.lines[seen.line]
        words = line.text[seen.start_char : seen.end_char]
        click.echo(f"  still open: {line.participant} at {line.start:.1f} s: {words} ({WHY_WORDS[seen.why]})")
    if found and said is None and at_terminal():
        asked = f"These {len(found)} places stay as they are. Are you sure?"
        said = len(found) if click.confirm(asked, default=False, err=True) else None
    if found and said != len(found):
        raise StillOpenError(recording=session.recording, places=len(found))
    return len(found)


def approve(
    store: StudyReviewStore,
    session: ReviewSession,
    reviewer: str,
    accepted: bool,
    holder: str,
    still_open: int | None = None,
) -> None:
    """Check the gate, take a last look, show the statement, and verify when it is accepted."""
    from pipeline.errors import StatementError, UndecidedError
    from pipeline.verify.final import review_digest
    from pipeline.verify.queue import count_open
    from pipeline.verify.session import make_statement

    if left := count_open(session.state):
        raise UndecidedError(recording=session.recording, open=left)
    over = look_over(session, still_open)
    digest = review_digest(session.state)
    click.echo(f"\n{make_statement(session.progress, over)}\nTranscript {digest}")
    fate = store.destruction(session.recording)
    click.echo(f"To be destroyed, {fate.when}: {', '.join(fate.what)}.")
    if not accepted and at_terminal():
        accepted = click.confirm(f"Do you, {reviewer}, accept this?", default=False, err=True)
    if not accepted:
        raise StatementError(recording=session.recording)
    session.approve(reviewer, digest, True, holder, over)
