"""A participant's copy: their own words, what was said of them, and no other word of anybody."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli.main import main
from pipeline.errors import ParticipantUnknownError, RecipientError
from pipeline.export import formats
from pipeline.export.document import ExportDocument, Participant
from pipeline.export.registry import write
from pipeline.records import Utterance, Word
from pipeline.study.exporting import documents
from pipeline.study.given_out import given_out
from pipeline.study.own_words import CLOSED, keep_own
from pipeline.study.study import Study
from tests.study.test_exporting import half_verified  # noqa: F401 - a fixture
from tests.web.house import page_on

SECRET = "marzipan"


def spoken(code: str, text: str, at: float = 0.0) -> Utterance:
    return Utterance(code, at, at + 1, text, (Word(at, at + 1, text.split()[0], 1.0),))


def document(*utterances: Utterance) -> ExportDocument:
    people = (Participant("P01", "teacher of the school"), Participant("P03", "member"))
    return ExportDocument("week-1", 60.0, utterances, people, verified_by="Sam", id="R0001")


TALK = document(
    spoken("P03", "My own words."),
    spoken("P01", f"I like {SECRET}. Then [P03] left! I ate {SECRET}. And {SECRET}.", 1),
    spoken("P02", f"Only {SECRET} [P01].", 2),
)


def test_their_words_and_what_was_said_of_them_and_nothing_else() -> None:
    (own,) = keep_own([TALK], "P03")
    texts = [each.text for each in own.utterances]
    assert texts == ["My own words.", f"{CLOSED} Then [P03] left! {CLOSED}", CLOSED]
    assert own.utterances[0].words
    assert not own.utterances[1].words
    assert [person.role for person in own.participants] == ["", "member"]


@pytest.mark.parametrize("kind", sorted(formats()))
def test_no_format_holds_another_word_of_others(kind: str) -> None:
    import io
    import zipfile

    (own,) = keep_own([TALK], "P03")
    data = write(own, kind)
    if zipfile.is_zipfile(io.BytesIO(data)):
        archive = zipfile.ZipFile(io.BytesIO(data))
        data = b"".join(archive.read(name) for name in archive.namelist())
    assert SECRET.encode() not in data
    assert b"teacher of the school" not in data


@given(st.lists(st.tuples(st.sampled_from(["P01", "P02"]), st.text(max_size=40)), min_size=1))
def test_without_their_code_every_other_turn_is_closed(turns: list[tuple[str, str]]) -> None:
    """Whatever others say, also text that looks like parts of a label."""
    others = [Utterance(code, 0, 1, text.replace("[P03]", "")) for code, text in turns]
    (own,) = keep_own([document(spoken("P03", "Mine."), *others)], "P03")
    assert {each.text for each in own.utterances[1:]} <= {CLOSED}


def test_a_code_nobody_has_is_an_error_and_recordings_without_them_are_left_out() -> None:
    other = document(spoken("P01", "Hello."))
    assert len(keep_own([other, TALK], "P03")) == 1
    with pytest.raises(ParticipantUnknownError):
        keep_own([other], "P03")


def export(study: Study, key_file: Path, *arguments: object) -> Result:
    where = ["--study", study.folder, "--key-file", key_file]
    return CliRunner().invoke(main, ["export", *map(str, (*arguments, *where))])


def test_it_is_noted_whose_copy_was_given_out(
    half_verified: Study,  # noqa: F811
    key_file: Path,
    tmp_path: Path,
) -> None:
    """The file bears the code; the chain and what a withdrawal lists say whose copy it is; a package is refused."""
    code = next(documents(half_verified, drafts=False)).utterances[0].participant
    done = export(
        half_verified, key_file, "--all", "--participant", code, "--format", "txt", "--to", tmp_path / "o"
    )
    assert done.exit_code == 0, (done.output, done.exception)
    assert [file.name for file in (tmp_path / "o").iterdir()] == [f"week-1-{code}.txt"]
    assert half_verified.audit.events("exported")[-1].facts()["participant"] == code
    assert f"the copy of {code}" in given_out(half_verified, "R0001")[-1]
    wrong = export(
        half_verified, key_file, "--all", "--participant", "P99", "--format", "txt", "--to", tmp_path / "p"
    )
    assert isinstance(wrong.exception, ParticipantUnknownError)
    assert not (tmp_path / "p").exists()
    assert (
        export(half_verified, key_file, "package", "--participant", code, "--to", tmp_path / "q").exit_code
        == 2
    )


def test_to_whom_it_was_given_stands_in_the_chain_and_names_nobody(
    half_verified: Study,  # noqa: F811
    key_file: Path,
    tmp_path: Path,
) -> None:
    """Said with --for, else the folder; a name of the roster is refused, and hidden in a folder's name."""
    half_verified.roster.add("Zephyrine Quorn", code="P03")
    base = ["--all", "--format", "txt"]
    assert (
        export(half_verified, key_file, *base, "--to", tmp_path / "o", "--for", "the archive").exit_code == 0
    )
    assert given_out(half_verified, "R0001")[-1].endswith("transcript exported as txt, to the archive")
    assert export(half_verified, key_file, *base, "--to", tmp_path / "for Zephyrine").exit_code == 0
    assert given_out(half_verified, "R0001")[-1].endswith("/(a name)")
    wrong = export(half_verified, key_file, *base, "--to", tmp_path / "p", "--for", "Zephyrine Quorn")
    assert isinstance(wrong.exception, RecipientError)
    assert not (tmp_path / "p").exists()


def test_in_the_page(half_verified: Study) -> None:  # noqa: F811
    """One participant's copy, and to whom it goes."""
    page = page_on(half_verified)
    code = next(documents(half_verified, drafts=False)).utterances[0].participant
    asked = {"recordings": ["R0001"], "formats": ["txt"], "participant": code, "to": "whom it is of"}
    answer = page.post("/api/out", asked).json()
    assert answer["name"] == f"week-1-{code}.txt"
    assert (
        f"(the copy of {code}, others' words closed), to whom it is of"
        in given_out(half_verified, "R0001")[-1]
    )
    assert page.post("/api/out", {**asked, "participant": "P99"}).status_code == 409
    assert page.post("/api/out", {**asked, "formats": ["package"]}).status_code == 422
