"""What each participant agreed to is acted on: voiceprints, quotation, archiving, recording."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from pipeline.batch.run import run_study
from pipeline.cli.main import main
from pipeline.errors import ParticipantCodeError, RosterError
from pipeline.export.csv import COLUMNS
from pipeline.export.docx import UNQUOTABLE
from pipeline.records import (
    Agreement,
    Audio,
    Consent,
    Diarization,
    Person,
    Roster,
    Turn,
    Voiceprint,
    from_json,
)
from pipeline.speakers.consent import KINDS, agreed, joined, read_cell, write_cell
from pipeline.speakers.roster import read_bytes
from pipeline.speakers.voices import KnownVoices
from pipeline.study import who
from pipeline.study.audit_check import check_study
from pipeline.study.consents import heard_unasked
from pipeline.study.giving_out import choose, files_of, write_package
from pipeline.study.key_changes import add_way
from pipeline.study.oversight import open_risks
from pipeline.study.study import Study
from pipeline.study.vault.key_files import make_key_file
from pipeline.study.vault.keys import KeyFile
from pipeline.study.vault.study_key import Ring
from tests.batch.fakes import FakeStages, with_stages
from tests.batch.life import verify
from tests.study.conftest import make_sound
from tests.web.house import page_on

YES, NO = Agreement("yes", "2026-03-01"), Agreement("no")


class LongTurns(FakeStages):
    """A speaker is heard for long enough to be remembered."""

    def diarize(self, audio: Audio, progress: object = None) -> Diarization:
        self.calls.append("diarize")
        prints = (Voiceprint("S1", (0.25, 0.5, 0.125), 9.0),)
        return Diarization(audio.duration, (Turn(0.0, 0.9, "S1"),), prints, "segmentation-3.0+campplus-zh-en")


def bring_in(study: Study, *names: str) -> None:
    for name in names:
        make_sound(study.folder / "inbox" / f"{name}.wav", 3000)
    run_study(study, with_stages(LongTurns), lambda _: None, sleep=lambda _: None)


def prints_of(study: Study) -> dict[str, int]:
    """How many voiceprints are kept under each code."""
    data = study.voices.read()
    voices = from_json(KnownVoices, data).voices if data else ()
    return {voice.code: sum(bool(p.mean) for p in voice.prints) for voice in voices}


# --- voiceprints --------------------------------------------------------------------------------------


def test_without_answers_all_is_as_it_was(study: Study) -> None:
    """A study that does not keep them follows nothing."""
    study.roster.add("Ada Example", code="P01")
    bring_in(study, "a")
    assert prints_of(study) == {"P01": 1}


@pytest.mark.parametrize("answers", [{"voiceprint": NO}, {"recording": NO}])
def test_no_voiceprint_is_kept_of_who_did_not_agree(study: Study, answers: dict[str, Agreement]) -> None:
    """Neither when it is heard nor when a person verified who it is; the code is known all the same."""
    study.roster.add("Ada Example", code="P01")
    study.roster.set_consent("P01", Consent(**answers))
    bring_in(study, "a", "b")
    assert prints_of(study) == {"P01": 0}
    verify(study, "R0001", 0)
    assert prints_of(study) == {"P01": 0}
    assert set(who.list_voices(study)[0].recordings) == {"R0001", "R0002"}


def test_silence_is_no_consent(study: Study) -> None:
    """Where somebody was asked, a voice nobody named, or somebody nobody asked, has none."""
    study.roster.add("Una Example", code="P02")
    study.roster.set_consent("P02", Consent(voiceprint=YES))
    bring_in(study, "a")  # spoken by P01, who is not in the roster
    assert prints_of(study) == {"P01": 0}


def test_a_no_said_later_deletes_what_there_is(study: Study) -> None:
    """With the key it lay under; the chain says whose went, and a yes brings nothing back by itself."""
    study.roster.add("Ada Example", code="P01")
    bring_in(study, "a")
    assert prints_of(study) == {"P01": 1}
    key = study.rows.key("study", "voices")
    study.roster.set_consent("P01", Consent(voiceprint=NO))
    assert prints_of(study) == {"P01": 0}
    assert study.rows.key("study", "voices") != key
    assert study.ledger.read_mark("unscrubbed") == 0
    (entry,) = study.audit.events("voiceprints removed")
    assert entry.facts()["codes"] == ["P01"]
    study.roster.set_consent("P01", Consent(voiceprint=YES))
    assert prints_of(study) == {"P01": 0}
    verify(study, "R0001", 0)
    assert prints_of(study) == {"P01": 1}
    check_study(study)


def test_a_clip_of_who_did_not_agree_is_refused(study: Study) -> None:
    study.roster.add("Ada Example", code="P01")
    study.roster.set_consent("P01", Consent(voiceprint=NO))
    with pytest.raises(ParticipantCodeError, match="did not agree"):
        who.enrol(study, "P01", Voiceprint("S1", (0.5, 0.5), 9.0))


def test_who_was_recorded_against_their_will_is_told_of(study: Study) -> None:
    study.roster.add("Ada Example", code="P01")
    bring_in(study, "a")
    assert heard_unasked(study) == ()
    study.roster.set_consent("P01", Consent(recording=NO))
    assert heard_unasked(study) == ("R0001",)
    assert "unasked" in [risk.kind for risk in open_risks(study, (), ())]


# --- how it is told -----------------------------------------------------------------------------------


def test_a_roster_brings_answers_and_a_shorter_one_keeps_them(study: Study) -> None:
    """Columns that are not there, and cells that are empty, change nothing."""
    table = "code,name,recording,quotation,archiving,voiceprint\nP01,Ada Example,yes 2026-03-01,No,,yes\n"
    study.roster.import_bytes(table.encode(), "the table")
    (person,) = study.roster.load().people
    assert person.consent == Consent(YES, NO, Agreement(), Agreement("yes"))
    study.roster.import_bytes(b"code,name\nP01,Ada Example-Hill\n", "the table")
    (person,) = study.roster.load().people
    assert (person.name, person.consent.quotation) == ("Ada Example-Hill", NO)


@pytest.mark.parametrize("cell", ["perhaps", "yes in spring", "yes 2026-13-01", "yes 2026-03-01 no", "ja"])
def test_what_is_no_answer_is_refused_by_its_line(cell: str) -> None:
    """The cell itself is not repeated: it may hold anything."""
    with pytest.raises(RosterError, match="line 2") as refused:
        read_bytes(f"name,quotation\nAda Example,{cell}\n".encode(), "the table")
    assert cell not in str(refused.value)


def test_an_answer_is_noted_at_the_terminal(study: Study, key_file: Path) -> None:
    study.roster.add("Ada Example", code="P01")
    where = ["--study", str(study.folder), "--key-file", str(key_file)]
    call = ["roster", "consent", "p01", "--quotation", "no", "--voiceprint", "yes", "--on", "2026-03-01"]
    shown = CliRunner().invoke(main, [*call, *where]).output
    assert "P01 quotation: no 2026-03-01" in shown
    assert "P01 archiving: not on record" in shown
    assert "quotation no 2026-03-01" in CliRunner().invoke(main, ["roster", "list", *where]).output
    (entry,) = study.audit.events("consent noted")
    assert entry.facts()["answers"] == {"quotation": "no", "voiceprint": "yes"}


def test_an_answer_is_noted_in_the_page(study: Study) -> None:
    study.roster.add("Ada Example", code="P01")
    page = page_on(study)
    sent = {"quotation": "no", "archiving": "yes 2026-03-01"}
    assert page.post("/api/roster/P01/consent", sent).json()["consent"]["archiving"] == {
        "answer": "yes",
        "on": "2026-03-01",
    }
    assert page.send("GET", "/api/people").json()["people"][0]["consent"]["quotation"]["answer"] == "no"
    assert page.post("/api/roster/P01/consent", {"quotation": "perhaps"}).status_code == 422
    refused = page.post("/api/roster/P01/consent", {"quotation": "yes sometime"})
    assert refused.status_code == 422
    assert "sometime" not in refused.text
    assert page.post("/api/roster/P09/consent", {"quotation": "no"}).status_code == 409


answers = st.builds(Agreement, st.sampled_from(["", "yes", "no"]), st.sampled_from(["", "2026-03-01"])).map(
    lambda a: a if a.answer else Agreement()
)
consents = st.builds(Consent, answers, answers, answers, answers)


@given(answers)
def test_a_cell_says_what_it_was_written_from(answer: Agreement) -> None:
    assert read_cell(write_cell(answer)) == answer


@given(st.lists(consents, max_size=4), st.sampled_from(KINDS), st.integers(0, 5))
def test_who_did_not_say_yes_did_not_agree(found: list[Consent], kind: str, who_: int) -> None:
    """Never agreed without a yes of their own once the study keeps that kind; never after a no to being recorded."""
    roster = Roster(tuple(Person(f"P{n:02d}", "x", consent=each) for n, each in enumerate(found)))
    said = agreed(roster, f"P{who_:02d}", kind)
    mine = found[who_] if who_ < len(found) else Consent()
    kept = any(getattr(each, kind).answer for each in found)
    if said:
        assert getattr(mine, kind).answer == "yes"
    if said is None:
        assert not kept
    if mine.recording.answer == "no":
        assert said is False


@given(consents, consents)
def test_an_answer_is_replaced_by_an_answer_alone(before: Consent, after: Consent) -> None:
    both = joined(before, after)
    for kind in KINDS:
        given_ = getattr(after, kind)
        assert getattr(both, kind) == (given_ if given_.answer else getattr(before, kind))


# --- exports ------------------------------------------------------------------------------------------


@pytest.fixture
def quoted(study: Study) -> Study:
    """A verified recording of P01, who may be neither quoted nor archived."""
    study.roster.add("Ada Example", code="P01", role="student")
    study.roster.add("Una Example", code="P02")
    study.roster.set_consent("P01", Consent(quotation=NO, archiving=NO))
    bring_in(study, "a")
    verify(study, "R0001", 0)
    return study


def exported(study: Study, *kinds: str) -> dict[str, bytes]:
    chosen = choose(study, [], evidence=False, draft=False)
    return {name.rpartition(".")[2]: data for name, data in files_of(chosen, kinds)}


def test_exports_mark_what_may_not_be_quoted(quoted: Study) -> None:
    """A style in Word, a code in the project for analysis, a column in the table, a line at the head of what is read."""
    files = exported(quoted, "docx", "qdpx", "csv", "txt")
    words = docx.Document(io.BytesIO(files["docx"]))
    marked = [r.text for p in words.paragraphs for r in p.runs if r.style.name == UNQUOTABLE]
    assert len(marked) == 1
    head, row = files["csv"].decode("utf-8-sig").splitlines()
    assert head.split(",") == [*COLUMNS, "quotable"]
    assert row.endswith(",no")
    assert "Not to be quoted" in files["txt"].decode()
    with zipfile.ZipFile(io.BytesIO(files["qdpx"])) as packed:
        project = packed.read("project.qde").decode()
    assert 'name="Not to be quoted"' in project
    assert project.count("<Coding ") == 2  # the speaker's, and this


def test_an_analyst_gets_the_same_marks(quoted: Study, tmp_path: Path) -> None:
    """Their key opens no roster, and still knows who may be quoted."""
    make_key_file(tmp_path / "a.key", purpose="test")
    add_way(quoted, KeyFile(tmp_path / "a.key"), "file", ring=Ring.ANALYSIS)
    with Study.open(quoted.folder, KeyFile(tmp_path / "a.key")) as mine:
        assert exported(mine, "csv")["csv"].decode("utf-8-sig").splitlines()[1].endswith(",no")


def test_a_package_leaves_out_who_did_not_agree_to_it(quoted: Study, tmp_path: Path) -> None:
    """Their turns stand with their times and without a word, in every format, and it is said; a plain export keeps them."""
    said = exported(quoted, "txt")["txt"].decode()
    words = said.rpartition("P01")[2].split()[-4:]
    chosen = choose(quoted, [], evidence=True, draft=False)
    target = write_package(chosen, ["package", "txt", "csv", "json", "docx", "qdpx"], tmp_path)
    for path in target.rglob("*"):
        if path.suffix in (".txt", ".csv", ".json", ".docx", ".qdpx"):
            assert words[0] not in opened(path), path
    assert "[P01: not archived]" in (target / "data/transcripts/a.txt").read_text()
    readme = (target / "data/README.txt").read_text()
    assert "the words of P01, who did not agree to archiving" in " ".join(readme.split())
    assert "P01,student,a,no,no" in (target / "data/codebook.csv").read_text()


def opened(path: Path) -> str:
    if path.suffix not in (".docx", ".qdpx"):
        return path.read_text(errors="replace")
    with zipfile.ZipFile(path) as packed:
        return "".join(packed.read(name).decode(errors="replace") for name in packed.namelist())


def test_somebody_the_roster_does_not_know_did_not_agree(quoted: Study) -> None:
    """A guest nobody asked is neither quoted nor archived where others were asked."""
    from pipeline.study.codes import load_codes

    guest = load_codes(quoted).find("S1")
    assert (guest.quotation, guest.archiving) == (False, False)
    study_without = replace(load_codes(quoted), keeps_quotation=False, keeps_archiving=False)
    assert study_without.find("S1").quotation is None
