"""The same withdrawal at the terminal and in the page; the letter; what is refused before anybody states it."""

from __future__ import annotations

import io
import json
import time
import zipfile
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner, Result

from pipeline.cli.main import main
from pipeline.errors import (
    CopyFoundError,
    HeldError,
    NotConfirmedError,
    NotWithdrawableError,
    ParticipantUnknownError,
    ReviewLockedError,
)
from pipeline.study.audit_check import check_study
from pipeline.study.holds import place_hold
from pipeline.study.leases import Leases
from pipeline.study.study import Study
from tests.batch.life import in_child
from tests.erase.participant.group import (
    LEAVER,
    NAME,
    PEOPLE,
    everything_opened,
    make_group,
    make_wav,
    open_group,
)
from tests.erase.participant.test_withdrawing import (
    KILLED,
    assert_gone,
    certificate_of,
    leave,
    to_destroyed,
    to_redacted,
    to_verified,
)
from tests.export.leaks import count, everything_in
from tests.study.conftest import take
from tests.web.house import page_on


def call(folder: Path, *arguments: str, typed: str = "") -> Result:
    where = ["--study", str(folder / "study"), "--key-file", str(folder / "study.key")]
    return CliRunner().invoke(main, [*arguments, *where], input=typed)


@pytest.fixture
def _at_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.cli.withdraw_participant.at_terminal", lambda: True)


WITHDRAW = ("withdraw", "--participant", "p03", "--reason", "consent-withdrawn")


@pytest.mark.usefixtures("_at_terminal")
def test_at_the_terminal(tmp_path: Path) -> None:
    """Told first; the code is typed; the log, the letter and the confirmation follow."""
    make_group(tmp_path, bring=to_destroyed).close()
    assert call(tmp_path, *WITHDRAW).exit_code == 2
    wrong = call(tmp_path, *WITHDRAW, "--all", typed="\nno\n")
    assert isinstance(wrong.exception, NotConfirmedError)
    done = call(tmp_path, *WITHDRAW, "--all", "--asked", "2021-05-04", typed="\nP03\n")
    assert done.exit_code == 0, done.output
    for told in (
        "R0001 (destroyed): 2 turns, what names them",
        "their voiceprints",
        "no way back",
        "checks passed",
    ):
        assert told in done.output
    letter = tmp_path / "letter.docx"
    assert call(tmp_path, "withdraw", "--participant", LEAVER, "--letter", str(letter)).exit_code == 0
    assert call(tmp_path, "withdraw", "--participant", LEAVER, "--confirmed", "2021-05-09").exit_code == 0
    listed = call(tmp_path, "withdraw", "--list")
    assert "P03     asked 2021-05-04, all recordings (their words)" in listed.output
    assert "confirmed to them 2021-05-09" in listed.output
    rows = [json.loads(line) for line in call(tmp_path, "withdraw", "--list", "--json").stdout.splitlines()]
    assert rows[-1]["participant"] == LEAVER
    checked = call(
        tmp_path,
        "certificate",
        "check",
        str(tmp_path / "study/certificates/P03-1.withdrawal.certificate.html"),
    )
    assert "withdrawn from 2 recordings" in checked.output or checked.exit_code == 2


def test_without_a_terminal_nothing_happens(tmp_path: Path) -> None:
    make_group(tmp_path, recordings=1).close()
    refused = call(tmp_path, *WITHDRAW, "--all")
    assert isinstance(refused.exception, NotConfirmedError)
    with open_group(tmp_path) as study:
        assert not study.audit.events("participant withdrawal stated")


@pytest.mark.usefixtures("_at_terminal")
def test_killed_the_same_command_finishes_it(tmp_path: Path) -> None:
    make_group(tmp_path).close()

    def begin() -> None:
        with open_group(tmp_path) as study:
            leave(study)

    assert in_child(begin, fault="participant.recording:kill") == KILLED
    done = call(tmp_path, *WITHDRAW, "--all", typed="P03\n")
    assert done.exit_code == 0, done.output
    with open_group(tmp_path) as study:
        assert_gone(study)


def test_the_letter_names_nobody(tmp_path: Path) -> None:
    """What went, and where copies are; neither their name nor anybody's who did it or takes part."""
    with make_group(tmp_path, recordings=1, bring=to_destroyed) as study:
        from pipeline.erase.participant.letter import make_letter
        from pipeline.study.exporting import documents
        from pipeline.study.given_out import note_export

        with pytest.raises(NotWithdrawableError):
            make_letter(study, LEAVER)
        note_export(study, list(documents(study)), ("docx",), draft=False, to="the archive")
        leave(study)
        data = make_letter(study, LEAVER)
    text = "\n".join(p.text for p in docx.Document(io.BytesIO(data)).paragraphs)
    assert "Dear [Name]," in text
    assert "On 2021-05-04 you asked to withdraw" in text
    assert "what you said, in 1 recordings (2 turns), and what named you (2 places)" in text
    assert "transcript exported as docx, to the archive" in text
    assert "may be about you" in text
    names = [part for person in PEOPLE for part in person.name.split()]
    assert count(everything_in(data), [*names, "Rev Iewer", "tester", "Sam"]) == 0
    assert zipfile.is_zipfile(io.BytesIO(data))


def test_the_letter_of_whole_recordings_promises_what_goes_then(tmp_path: Path) -> None:
    """Nothing of theirs is left to be read: what remains are backups alone."""
    with make_group(tmp_path, recordings=1, bring=to_destroyed, withdrawal="whole recording") as study:
        from pipeline.erase.participant.letter import make_letter

        leave(study)
        text = "\n".join(p.text for p in docx.Document(io.BytesIO(make_letter(study, LEAVER))).paragraphs)
    assert "1 recordings, with all that was made of them" in text
    assert "Backups the team keeps elsewhere are deleted by the team." in text
    assert "may be about you" not in text


def test_in_the_page(tmp_path: Path) -> None:
    """Looked at, stated, done; the same answer no longer counts once something changed; log, letter, certificate."""
    with make_group(tmp_path, bring=to_verified) as study:
        page = page_on(study)
        one = f"/api/participants/{LEAVER}/withdrawal"
        assert page.send("GET", "/api/requests").json()["requests"] == []
        shown = page.post(f"{one}/look", {"recordings": [], "asked": "2021-05-04"}).json()
        assert shown["touched"][0].startswith("R0001 (verified): 2 turns")
        asked = {"recordings": [], "asked": "2021-05-04", "reviewer": "Sam Example", "note": NAME}
        assert page.post(one, {**asked, "digest": "0" * 64}).status_code == 409
        assert page.post(one, {**asked, "digest": shown["digest"]}).json()["done"]
        assert_gone(study)
        (request,) = page.send("GET", "/api/requests").json()["requests"]
        assert request["asked"] == "2021-05-04"
        assert "withdrew" in page.send("GET", "/api/recordings/R0001/transcript").text
        assert "participant P03" in page.send("GET", f"/participants/{LEAVER}/certificate").text
        assert page.send("GET", f"/participants/{LEAVER}/letter").content[:2] == b"PK"
        assert page.send("GET", "/participants/P01/letter").status_code == 404
        assert page.send("GET", "/participants/P01/certificate").status_code == 404
        assert page.post(f"{one}/confirmed", {"on": "no day"}).status_code == 422
        assert page.post(f"{one}/confirmed", {"on": "2021-05-09"}).json()["confirmed"] == "2021-05-09"
        assert page.post(f"{one}/look", {}).status_code == 409


def test_what_is_refused_before_anything_is_changed(tmp_path: Path) -> None:
    """A hold, somebody at work, a copy in the folder, what is not processed yet, a code nobody has, no name."""
    with make_group(tmp_path, bring=to_redacted) as study:
        before = everything_opened(study)
        refuse_each(study, tmp_path)
        assert count(everything_opened(study), [NAME.split()[0]]) >= count(before, [NAME.split()[0]])
        assert not study.audit.events("participant withdrawal begun")
        check_study(study)


def refuse_each(study: Study, folder: Path) -> None:
    from pipeline.erase.participant.asking import find_loss

    with pytest.raises(ParticipantUnknownError):
        find_loss(study, "P99", (), asked="2021-05-04")
    with pytest.raises(NotWithdrawableError, match="the name of who"):
        leave(study, reviewer=" ")
    Leases(study.ledger, time.time).take("R0001", "h", "Some Body")
    with pytest.raises(ReviewLockedError):
        leave(study)
    Leases(study.ledger, time.time).release("R0001", "h")
    copy = study.folder / "copy.wav"
    make_wav(copy, 0)
    with pytest.raises(CopyFoundError):
        leave(study)
    copy.unlink()
    make_wav(folder / "late.wav", 77)
    take(study, folder / "late.wav")
    with pytest.raises(NotWithdrawableError, match="not known yet"):
        leave(study)
    place_hold(study, "R0002", reason="x", by="A", account="a")
    with pytest.raises(HeldError):
        leave(study, "R0002")


def test_two_who_leave_one_after_the_other(tmp_path: Path) -> None:
    """The second withdrawal keeps the first one's marks."""
    from pipeline.erase.participant.asking import PersonClaim, find_loss
    from pipeline.erase.participant.withdrawing import withdraw_participant
    from pipeline.study.exporting import documents

    with make_group(tmp_path, recordings=1, bring=to_verified) as study:
        certificate_of(study, leave(study))
        seen = find_loss(study, "P02", (), asked="2021-06-01")
        withdraw_participant(study, PersonClaim("A", seen, "2021-06-01"), by="t")
        (document,) = documents(study)
        texts = [said.text for said in document.utterances]
        assert texts.count("[P03 withdrew]") == 2
        assert "[P02 withdrew]" in texts
        assert "and then [withdrawn] left" in texts
        assert count(everything_opened(study), ["Fenwick", "agreed"]) == 0
        check_study(study)
