"""How far a transcript was read stands wherever somebody relies on it: statement, chain, report, certificate, status,
page, exports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli.main import main
from pipeline.erase.destroy import destroy
from pipeline.records import from_json
from pipeline.study.evidence import CERTIFICATES
from pipeline.study.review_store import StudyReviewStore
from pipeline.study.study import Study
from pipeline.study.vault.states import Artifact
from pipeline.verify.decisions import Read
from pipeline.verify.report import Report
from pipeline.verify.session import ReviewSession
from tests.study.conftest import key_file, study, tmp_path  # noqa: F401 - fixtures
from tests.web.house import bring_in, page_on, verify


def read_all(study: Study, seconds: float) -> int:  # noqa: F811
    """Mark every line as read, so many seconds for all; returns the words."""
    store = StudyReviewStore(study, lambda *_: None)  # type: ignore[arg-type, return-value]
    store.take_lease("R0001", "test", "Sam Example")
    session = ReviewSession(store, "R0001")
    lines = session.state.order
    each = (seconds / len(lines),) * len(lines)
    session.decide(Read(lines, each, (0.0,) * len(lines)), "Sam Example", "test")
    store.release_lease("R0001", "test")
    return session.progress.how.words


def command(study: Study, key: Path, *arguments: object) -> str:  # noqa: F811
    """A command on the study, as somebody at a terminal calls it."""
    given = [*map(str, arguments), "--study", str(study.folder), "--key-file", str(key)]
    result = CliRunner().invoke(main, given)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


@pytest.mark.parametrize(("seconds", "skimmed"), [(0.02, True), (3600.0, False)])
def test_the_pace_stands_wherever_somebody_relies_on_it(
    study: Study,  # noqa: F811
    key_file: Path,  # noqa: F811
    tmp_path: Path,  # noqa: F811
    seconds: float,
    skimmed: bool,
) -> None:
    """The same numbers everywhere; what was marked too fast is nowhere said to be read."""
    bring_in(study, "week one")
    words = read_all(study, seconds)
    said = f"{words} words only skimmed" if skimmed else f"{words} words read in 60 min"
    assert said in command(study, key_file, "status", "R0001")
    assert json.loads(command(study, key_file, "status", "--json")).get("read") is None  # nobody asked for it
    draft = page_on(study).send("GET", "/recordings/R0001/report").text
    assert said in draft
    verify(study, "R0001")

    entry = list(study.audit.events("verified"))[-1].facts()
    assert said in str(entry["statement"])
    assert ("All of its words" in str(entry["statement"])) is not skimmed
    assert entry["how"]["words"] == words  # type: ignore[index]
    report = from_json(Report, study.artifact("R0001", Artifact.REPORT))
    assert report.coverage == (0.0 if skimmed else 1.0)
    assert any("faster than a person reads" in note for note in report.notes) is skimmed
    assert said in page_on(study).send("GET", "/recordings/R0001/report").text
    assert said in command(study, key_file, "status")
    assert said in json.loads(command(study, key_file, "status", "--json"))["read"]
    shown = page_on(study).send("GET", "/api/evidence").json()
    assert shown["reviewed"][0]["approvals"][0]["how"]["skimmed"] == (words if skimmed else 0)
    assert ("skimmed" in {risk["kind"] for risk in shown["risks"]}) is skimmed
    approvals = page_on(study).send("GET", "/api/recordings/R0001/transcript").json()["approvals"]
    assert approvals[0]["how"]["words"] == words

    out = tmp_path / "out"
    for kind in ("txt", "json", "jsonl", "csv"):
        command(study, key_file, "export", "R0001", "--format", kind, "--to", out)
    share = "0 %" if skimmed else "100 %"
    for name, wanted in (("txt", said), ("json", said), ("jsonl", f'"read": "{share}"'), ("csv", share)):
        (file,) = out.glob(f"*.{name}")
        assert wanted in file.read_text(encoding="utf-8-sig"), name

    destroy(study, "R0001", by="tester")
    certificate = (study.folder / CERTIFICATES / "R0001.certificate.json").read_text(encoding="utf-8")
    assert said in certificate


def test_a_draft_says_that_nobody_read_it(study: Study, key_file: Path, tmp_path: Path) -> None:  # noqa: F811
    """Before any review as well."""
    bring_in(study, "week one")
    command(study, key_file, "export", "R0001", "--format", "txt", "--draft", "--to", tmp_path)
    (file,) = tmp_path.glob("*.txt")
    assert "Read          0 % of the words read or heard" in file.read_text(encoding="utf-8")
