"""A late mistake is put right when the recording is gone: taken out, generalised, relabelled, never put back."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from pipeline.batch.run import run_study
from pipeline.cli.main import main
from pipeline.erase.amend import amend, look, proposal_of
from pipeline.erase.close import close_study
from pipeline.erase.destroy import destroy
from pipeline.errors import (
    CorrectionError,
    DecisionError,
    HeldError,
    MistypedError,
    NotAmendedError,
    NotConfirmedError,
    StateError,
)
from pipeline.export import formats
from pipeline.export.registry import write
from pipeline.records import Utterance, Word
from pipeline.study.approved import Approved, read_approved, versions_of
from pipeline.study.audit_check import check_study
from pipeline.study.corrections import enter, read_corrections, settle
from pipeline.study.exporting import documents
from pipeline.study.given_out import note_export
from pipeline.study.holds import lift_holds, place_hold
from pipeline.study.intake.transcripts import import_transcript
from pipeline.study.study import Study
from pipeline.study.vault.states import Artifact
from pipeline.verify.amending import (
    REMOVED,
    Edit,
    MergeLabels,
    Reassign,
    TakeOut,
    amend_utterances,
    find_places,
)
from tests.batch.fakes import with_stages
from tests.batch.life import OURS, in_child
from tests.erase.participant.group import GroupStages, everything_opened, make_group, open_group
from tests.erase.participant.test_withdrawing import KILLED, leave, to_destroyed, to_verified
from tests.export.leaks import count, everything_in
from tests.study.conftest import tmp_path
from tests.web.house import page_on

__all__ = ["tmp_path"]
REASON = "the archive found a place"
WORD = "trombone"  # said in line 2 and nowhere else


def edit_of(study: Study, word: str = WORD, label: str = REMOVED) -> TakeOut:
    approved = read_approved(study, "R0001")
    assert approved is not None
    (place,) = find_places(approved.utterances, word)
    return TakeOut(*place, label)


def amended(study: Study, *edits: Edit, reviewer: str = "Rev Iewer", reason: str = REASON) -> Approved | None:
    seen = replace(look(study, "R0001", edits), reason=reason)
    return amend(study, seen, reviewer, by="tester")


def test_a_word_goes_and_nothing_opens_it_any_more(tmp_path: Path) -> None:
    """Text and words; a new version and digest, the earlier one named; the audit chain, the report and exports say so."""
    with make_group(tmp_path, recordings=1, bring=to_destroyed) as study:
        assert count(everything_opened(study), [WORD]) > 0
        before = read_approved(study, "R0001")
        after = amended(study, edit_of(study))
        assert before is not None
        assert after is not None
        assert count(everything_opened(study), [WORD]) == 0
        assert (after.version, after.approvals) == (2, before.approvals)
        assert after.standing() == before.approvals
        assert [v.digest for v in versions_of(after)] == [before.digest, after.digest]
        assert f"is my word and {REMOVED}" in " ".join(said.text for said in after.utterances)
        (document,) = documents(study, evidence=True)
        day = after.changes[0].at[:10]
        assert document.edition == f"version 2, amended on {day}"
        for kind in ("txt", "docx", "md", "json", "vtt"):
            assert f"version 2, amended on {day}".encode() in everything_in(write(document, kind)), kind
        assert b"Version 2: amended" in document.reports[0].content
        check_study(study)
        assert study.sweep() == 0


def test_a_hold_stops_it(tmp_path: Path) -> None:
    """On the recording or on all of the study: nothing is put right until it is lifted."""
    with make_group(tmp_path, recordings=1, bring=to_destroyed) as study:
        for of in ("R0001", ""):
            place_hold(study, of, reason="an inquiry", by="Ann Example", account="ann")
            with pytest.raises(HeldError):
                amended(study, edit_of(study))
            lift_holds(study, of, reason="it ended", by="Ben Example", account="ben")
        after = amended(study, edit_of(study))
        assert after is not None
        assert after.version == 2


def test_relabel_merge_and_reassign(tmp_path: Path) -> None:
    with make_group(tmp_path, recordings=1, bring=to_destroyed) as study:
        after = amended(study, MergeLabels("[P01]", "[Person 9]"), Reassign(5, "P02"))
        assert after is not None
        text = " ".join(said.text for said in after.utterances)
        assert "[Person 9] agreed" in text
        assert "[P01]" not in text
        assert after.utterances[4].participant == "P02"


def test_who_amends_is_shown_what_becomes_of_this_recording(tmp_path: Path) -> None:
    """The lines as they will stand, how many, and what of this recording is out already; nothing of another's."""
    with make_group(tmp_path, recordings=2, bring=to_destroyed) as study:
        note_export(study, list(documents(study, ["R0002"])), ("txt",), draft=False)
        seen = look(study, "R0001", [edit_of(study)])
        assert seen.given_out == ()
        assert "changes to 1 line of the approved transcript" in seen.statement()
        ((number, text),) = seen.lines
        two = look(study, "R0001", [edit_of(study), Reassign(5, "P02")])
        assert "changes to 2 lines of the approved transcript" in two.statement()
        note_export(study, list(documents(study, ["R0001"])), ("txt",), draft=False)
        assert len(look(study, "R0001", [edit_of(study)]).given_out) == 1
        look_back = look(study, "R0001", [edit_of(study)])
        after = amended(study, edit_of(study))
        assert after is not None
        assert after.utterances[number - 1].text == text
        (stated,), (made,) = study.audit.events("amendment stated"), study.audit.events("amended")
        assert stated.facts() == {
            "before": seen.before,
            "after": after.digest,
            "lines": 1,
            "reason": REASON,
            "statement": look_back.statement(),
            "account": "tester",
        }
        assert {**made.facts(), "before": seen.before, "digest": after.digest, "version": 2, "lines": 1} == (
            made.facts()
        )
        report = study.artifact("R0001", Artifact.REPORT).decode()
        assert f"by Rev Iewer (lines changed: 1; {REASON})" in report


def test_a_label_of_two_words_is_merged_word_by_word_too(tmp_path: Path) -> None:
    """It stood in a transcript made elsewhere, in two words; text and words say the same afterwards."""
    given = tmp_path / "interview.txt"
    given.write_text("Ottoline Brask: I think [Place 7], said it.\nFenwick Dray: And so it went.\n")
    with make_group(tmp_path, recordings=0) as study:
        import_transcript(study, given, sleep=lambda _: None)
        run_study(study, with_stages(GroupStages), lambda _: None, sleep=lambda _: None)
        to_destroyed(study, "R0001")
        before = read_approved(study, "R0001")
        assert before is not None
        assert "[Place" in [word.text for word in before.utterances[0].words]
        after = amended(study, MergeLabels("[Place 7]", "[Place 2]"))
        assert after is not None
        first = after.utterances[0]
        assert first.text == before.utterances[0].text.replace("[Place 7]", "[Place 2]")
        assert " ".join(word.text for word in first.words) == first.text
        assert (first.start, first.end) == (before.utterances[0].start, before.utterances[0].end)


def test_every_format_still_writes_it(tmp_path: Path) -> None:
    with make_group(tmp_path, recordings=1, bring=to_destroyed) as study:
        amended(study, edit_of(study))
        (document,) = documents(study)
        for kind in sorted(formats()):
            assert WORD.encode() not in everything_in(write(document, kind)), kind


def test_only_what_is_destroyed_and_stands(tmp_path: Path) -> None:
    """Before, it is reopened; nothing is put back; what names somebody is refused; what changed meanwhile too."""
    with make_group(tmp_path, recordings=1, bring=to_verified) as study:
        with pytest.raises(StateError, match="reopened"):
            look(study, "R0001", [TakeOut(1, 0, 3)])
        destroy(study, "R0001", by="tester")
        for wrong in (
            TakeOut(99, 0, 1),
            TakeOut(1, 3, 2),
            TakeOut(1, 0, 4, "a word"),
            TakeOut(1, 0, 6, "[well I]"),
            MergeLabels("[Nobody 7]", "[Person 1]"),
            Reassign(1, "somebody"),
        ):
            with pytest.raises(DecisionError):
                look(study, "R0001", [wrong])
        with pytest.raises(NotAmendedError, match="names somebody"):
            look(study, "R0001", [edit_of(study, label="[Ottoline]")])
        for reason in ("", "Ottoline Brask asked"):
            with pytest.raises(NotAmendedError):
                amended(study, edit_of(study), reason=reason)
        with pytest.raises(NotAmendedError, match="name of who"):
            amended(study, edit_of(study), reviewer=" ")
        seen = replace(look(study, "R0001", [edit_of(study)]), reason=REASON)
        note_export(study, list(documents(study)), ("txt",), draft=False)
        with pytest.raises(NotAmendedError, match="changed since"):
            amend(study, seen, "A", by="t")
        assert not study.audit.events("amended")


def test_where_two_verify_two_state_it(tmp_path: Path) -> None:
    """The second sees the first one's edits, sealed until then."""
    with make_group(tmp_path, recordings=1, bring=to_destroyed) as study:
        study.settings = study.settings.model_copy(update={"reviewers": 2})
        assert amended(study, edit_of(study), reviewer="One") is None
        with pytest.raises(NotAmendedError, match="stated it already"):
            amended(study, edit_of(study), reviewer="one")
        waiting = proposal_of(study, "R0001")
        assert waiting is not None
        after = amended(study, *waiting.edits, reviewer="Two", reason=waiting.reason)
        assert after is not None
        assert proposal_of(study, "R0001") is None
        check_study(study)


def test_a_statement_counts_for_its_own_recording_and_the_second_sees_every_edit(tmp_path: Path) -> None:
    """Two recordings say the same, so their digests are one; what was relabelled and given to another line waits too."""
    edits = (MergeLabels("[P01]", "[Person 9]"), Reassign(5, "P02"))
    with make_group(tmp_path, recordings=2, bring=to_destroyed) as study:
        study.settings = study.settings.model_copy(update={"reviewers": 2})
        assert amended(study, edit_of(study), *edits, reviewer="One") is None
        first, second = (look(study, each, [edit_of(study), *edits]) for each in ("R0001", "R0002"))
        assert (first.before, first.after) == (second.before, second.after)
        assert amend(study, replace(second, reason=REASON), "Two", by="tester") is None
        waiting = proposal_of(study, "R0001")
        assert waiting is not None
        assert set(waiting.edits) == {edit_of(study), *edits}
        after = amended(study, *waiting.edits, reviewer="Two", reason=waiting.reason)
        assert after is not None
        assert (after.digest, after.utterances[4].participant) == (first.after, "P02")


WORDS = st.sampled_from(["tea", "Anna", "ward", "[Person 1]", "and", "Anna's", "seven,"])


@given(st.lists(WORDS, min_size=1, max_size=8), st.data())
def test_nothing_comes_in_but_labels(words: list[str], data: st.DataObject) -> None:
    """Whatever is taken out, what stands outside of brackets afterwards is part of what stood there before."""
    text = " ".join(words)
    said = Utterance("P01", 0, 9, text, tuple(Word(n, n + 0.5, w) for n, w in enumerate(words)))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    try:
        after = amend_utterances([said], [TakeOut(1, start, end, "[x]")]).utterances[0]
    except DecisionError:
        return
    left = re.sub(r"\[[^\]]*\]", "", after.text)
    rest = iter(text)
    assert all(char in rest for char in left)
    assert (
        "".join(w.text for w in after.words).replace(" ", "") == after.text.replace(" ", "")
        or not after.words
    )


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["kill", "enospc"])
def test_struck_at_every_write(tmp_path: Path, kind: str) -> None:
    """Either version stands whole, and once more the same command ends with the second, and no file of the first."""
    make_group(tmp_path, recordings=1, bring=to_destroyed).close()

    def work(place: Path) -> None:
        with open_group(place) as study:
            approved = read_approved(study, "R0001")
            if approved is not None and approved.version == 1:
                amended(study, edit_of(study))
            else:
                from pipeline.erase.amend import finish_amendments

                finish_amendments(study, by="t")

    for nth in range(1, 200):
        copy = tmp_path / f"copy{nth}"
        copy.mkdir()
        shutil.copytree(tmp_path / "study", copy / "study")
        shutil.copy(tmp_path / "study.key", copy)
        status = in_child(lambda copy=copy: work(copy), fault=f"*:{kind}:{nth}")  # type: ignore[misc]
        if status == 0:
            assert nth > 10
            return
        assert status in (KILLED, OURS, 41)
        with open_group(copy) as after:
            check_study(after)
        work(copy)
        with open_group(copy) as after:
            assert count(everything_opened(after), [WORD]) == 0
            assert after.sweep() == 0
            check_study(after)
        shutil.rmtree(copy)


# --- the faces, and corrections -------------------------------------------------------------------------


def call(folder: Path, *arguments: str, typed: str = "") -> Result:
    where = ["--study", str(folder / "study"), "--key-file", str(folder / "study.key")]
    return CliRunner().invoke(main, [*arguments, *where], input=typed)


def test_at_the_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_group(tmp_path, recordings=1, bring=to_destroyed).close()
    refused = call(tmp_path, "amend", "R0001", "--reason", REASON, "--merge", "[P01]", "[Person 9]")
    assert isinstance(refused.exception, NotConfirmedError)
    monkeypatch.setattr("pipeline.cli.amend.at_terminal", lambda: True)
    words = ["amend", "R0001", "--reason", REASON, "--line", "2"]
    wrong = call(tmp_path, *words, typed=f"{WORD}\n\nn\nno\n")
    assert isinstance(wrong.exception, MistypedError)
    done = call(tmp_path, *words, typed=f"{WORD}\n[a building]\nn\nR0001\n")
    assert done.exit_code == 0, done.output
    assert "version 2, amended on" in done.output
    listed = call(tmp_path, "amend", "R0001", "--list")
    assert len(listed.output.splitlines()) == 2
    with open_group(tmp_path) as study:
        assert count(everything_opened(study), [WORD]) == 0


def test_in_the_page(tmp_path: Path) -> None:
    """A name in line 2: the word, take out, state."""
    with make_group(tmp_path, recordings=1, bring=to_destroyed) as study:
        page = page_on(study)
        one = "/api/recordings/R0001/amendment"
        assert page.send("GET", one).json()["can"]
        ((line, start, end),) = page.post(f"{one}/places", {"words": WORD}).json()["places"]
        edits = [{"kind": "take-out", "line": line, "start": start, "end": end, "label": REMOVED}]
        seen = page.post(f"{one}/look", {"edits": edits}).json()
        assert seen["version"] == 2
        assert page.post(f"{one}/look", {"edits": [{"kind": "put-back"}]}).status_code == 422
        asked = {
            "edits": edits,
            "before": seen["before"],
            "after": seen["after"],
            "reason": REASON,
            "reviewer": "Sam Example",
        }
        assert page.post(one, {**asked, "after": "0" * 64}).status_code == 409
        assert page.post(one, asked).json()["done"]
        assert len(page.send("GET", one).json()["versions"]) == 2
        assert count(everything_opened(study), [WORD]) == 0
        assert page.post(one, asked).status_code == 409


def test_corrections_are_kept_sealed_and_settled(tmp_path: Path) -> None:
    """Entered at the terminal and in the page; they go with who sent them, with the recording, and with the roster."""
    make_group(tmp_path, recordings=2, bring=to_destroyed).close()
    added = call(
        tmp_path, "corrections", "add", "R0001", "--participant", "p03", typed="I never said zucchini\n"
    )
    assert added.exit_code == 0, added.output
    with open_group(tmp_path) as study:
        page = page_on(study)
        sent = {"participant": "P01", "text": "it was gherkin"}
        number = page.post("/api/recordings/R0001/corrections", sent).json()["number"]
        assert (
            page.post("/api/recordings/R0001/corrections", {**sent, "participant": "me"}).status_code == 409
        )
        assert [
            c["text"] for c in page.send("GET", "/api/recordings/R0001/corrections").json()["corrections"]
        ] == [
            "I never said zucchini",
            "it was gherkin",
        ]
        assert page.post(f"/api/corrections/{number}", {"how": "noted"}).status_code == 200
        assert page.post(f"/api/corrections/{number}", {"how": "noted"}).status_code == 409
        assert page.post(f"/api/corrections/{number}", {"how": "eaten"}).status_code == 422
    listed = call(tmp_path, "corrections", "list")
    assert "zucchini" in listed.output
    assert "gherkin" not in listed.output
    with open_group(tmp_path) as study:
        with pytest.raises(CorrectionError):
            enter(study, "R0001", "P03", " ", day="2031-05-04", by="A")
        with pytest.raises(CorrectionError):
            settle(study, 1, "noted", by="A")
        leave(study)
        assert [c.participant for c in read_corrections(study).corrections] == ["P01"]
        assert count(everything_opened(study), ["zucchini"]) == 0
        assert "corrections" in close_study(study, with_roster=True)
        assert count(everything_opened(study), ["gherkin"]) == 0
