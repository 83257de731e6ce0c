"""The door of the exports: who may go out, the mark on drafts, the same bytes each time."""

from __future__ import annotations

import io
import zipfile

import pytest

from pipeline.errors import NotVerifiedError
from pipeline.export import ExportOptions, formats, write, write_project
from pipeline.export.document import Attachment, ExportDocument, Participant
from pipeline.records import Utterance
from tests.export.leaks import everything_in
from tests.export.strategies import example

ALL = list(formats())


@pytest.mark.parametrize("kind", ALL)
def test_refuses_what_nobody_has_verified(kind: str) -> None:
    """Without --draft an unverified recording is refused, with its own exit code."""
    with pytest.raises(NotVerifiedError, match=r"session-1: no person has verified") as refused:
        write(example(verified=False), kind)
    assert refused.value.exit_code == 51


def test_a_project_with_one_unverified_recording_is_refused() -> None:
    """A qdpx of several recordings goes out only when all are verified."""
    with pytest.raises(NotVerifiedError):
        write_project([example(), example(verified=False)])


@pytest.mark.parametrize("kind", ALL)
def test_a_draft_says_so(kind: str) -> None:
    """Every format of a draft carries the word, and none of a verified recording does."""
    draft = everything_in(write(example(verified=False), kind, options=ExportOptions(draft=True)))
    final = everything_in(write(example(), kind, options=ExportOptions(draft=True)))
    assert b"draft" in draft.lower()
    assert b"draft" not in final.lower()


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("verified", [True, False])
def test_the_same_document_gives_the_same_bytes(
    kind: str, verified: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No clock, no chance: bytes made a year later are the same."""
    options = ExportOptions(draft=True)
    first = write(example(verified=verified), kind, options=options)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    monkeypatch.setattr("time.localtime", lambda *_: (2033, 5, 18, 3, 33, 20, 2, 138, 0))
    assert write(example(verified=verified), kind, options=options) == first


@pytest.mark.parametrize("kind", ["docx", "qdpx"])
def test_zips_carry_no_dates_of_this_machine(kind: str) -> None:
    """Entries of zipped formats are dated 1980."""
    with zipfile.ZipFile(io.BytesIO(write(example(), kind))) as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {1980}
        assert archive.testzip() is None


def test_an_unknown_format_is_a_value_error() -> None:
    """A format there is not is named."""
    with pytest.raises(ValueError, match="no such format: pdf"):
        write(example(), "pdf")


@pytest.mark.parametrize("kind", ALL)
def test_a_recording_without_speech_can_be_written(kind: str) -> None:
    """Nobody spoke, nobody listed: still a file."""
    silent = ExportDocument("silence", 0.0, (), verified_by="R1")
    assert isinstance(write(silent, kind), bytes)


@pytest.mark.parametrize("code", ["", "P 1", "P01\n", "Māui Tikitiki", "1P", "a/b", "P01:"])
def test_refuses_codes_that_are_none(code: str) -> None:
    """A name, or something that would break a format, is no code."""
    with pytest.raises(ValueError, match="code"):
        Participant(code)
    with pytest.raises(ValueError, match="code"):
        ExportDocument("x", 1.0, (Utterance(code, 0.0, 1.0, "hello"),))


@pytest.mark.parametrize(
    ("start", "end"), [(2.0, 1.0), (-1.0, 1.0), (0.0, float("inf")), (float("nan"), 1.0)]
)
def test_refuses_times_that_cannot_be(start: float, end: float) -> None:
    """Times out of order or not finite never reach a writer."""
    with pytest.raises(ValueError, match="times must be ordered"):
        ExportDocument("x", 1.0, (Utterance("P01", start, end, "hello"),))


def test_refuses_a_duration_that_cannot_be_and_a_code_twice() -> None:
    """A recording's length is finite; a code is one person."""
    with pytest.raises(ValueError, match="duration"):
        ExportDocument("x", float("nan"), ())
    with pytest.raises(ValueError, match="one code"):
        ExportDocument("x", 1.0, (), (Participant("P01"), Participant("P01")))


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a\\b", ".hidden", "a\nb", "c:d"])
def test_an_attachment_cannot_leave_its_folder(name: str) -> None:
    """Attachments are plain file names."""
    with pytest.raises(ValueError, match="plain file name"):
        Attachment(name, b"")
