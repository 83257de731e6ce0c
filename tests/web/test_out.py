"""Giving out from the page: previewed, noted before it goes, fetched once, named without anybody's name."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from pipeline.erase.destroy import destroy
from pipeline.export.registry import formats
from pipeline.study.study import Study
from tests.batch.fakes import SPOKEN_NAME
from tests.study.conftest import key_file, study, tmp_path  # noqa: F401 - fixtures
from tests.web.conftest import Page
from tests.web.house import bring_in, page_on, verify


def give(page: Page, recordings: list[str], kinds: list[str], **more: Any) -> Any:
    """Ask for files; the answer, and the file when there is one."""
    answer = page.post("/api/out", {"recordings": recordings, "formats": kinds, **more})
    if answer.status_code != 200:
        return answer, None
    return answer, page.send("GET", f"/api/out/{answer.json()['ticket']}")


def test_every_format_can_be_previewed_and_given_out(study: Study) -> None:  # noqa: F811
    """None holds what was taken out."""
    bring_in(study, "week one")
    verify(study, "R0001")
    page = page_on(study)
    for kind in formats():
        shown = page.post("/api/out/preview", {"recordings": ["R0001"], "format": kind}).json()
        assert shown["text"]
        answer, file = give(page, ["R0001"], [kind])
        assert answer.status_code == 200, kind
        assert SPOKEN_NAME.encode() not in file.content
        assert SPOKEN_NAME not in shown["text"]
    noted = [entry.facts()["formats"] for entry in study.audit.events("exported")]
    assert noted == [[kind] for kind in formats()]


def test_a_file_is_fetched_once(study: Study) -> None:  # noqa: F811
    """Its address holds a ticket and nothing of the recording; a second fetch finds nothing."""
    bring_in(study, "week one")
    verify(study, "R0001")
    destroy(study, "R0001", by="tester")
    page = page_on(study)
    answer, file = give(page, ["R0001"], ["txt"])
    assert 'filename="week_one.txt"' in file.headers["content-disposition"]
    again = page.send("GET", f"/api/out/{answer.json()['ticket']}")
    assert again.status_code == 404
    assert page.send("GET", "/api/out").json()["recordings"][0]["given"]


def test_a_name_in_a_file_name_does_not_go_out(study: Study) -> None:  # noqa: F811
    """The recorder's file was called after somebody of the roster: the download is called by its number."""
    study.roster.add("Tess Quorn")
    bring_in(study, "interview Quorn")
    verify(study, "R0001")
    _, file = give(page_on(study), ["R0001"], ["txt"])
    assert 'filename="R0001.txt"' in file.headers["content-disposition"]
    assert b"Quorn" not in file.content


def test_several_come_as_one_zip_and_the_package_with_its_evidence(study: Study) -> None:  # noqa: F811
    """A package holds the transcripts, the reports and the record."""
    bring_in(study, "week one", "week two")
    verify(study, "R0001")
    verify(study, "R0002")
    page = page_on(study)
    _, file = give(page, ["R0001", "R0002"], ["txt", "csv"])
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert sorted(archive.namelist()) == ["week_one.csv", "week_one.txt", "week_two.csv", "week_two.txt"]
    _, file = give(page, ["R0001", "R0002"], ["package"])
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert any(name.endswith("audit/audit.jsonl") for name in archive.namelist())


def test_what_nobody_verified_stays_in(study: Study) -> None:  # noqa: F811
    """Not listed, and refused when asked for; nothing is noted."""
    bring_in(study, "week one")
    page = page_on(study)
    assert page.send("GET", "/api/out").json()["recordings"] == []
    answer, _ = give(page, ["R0001"], ["txt"])
    assert answer.status_code == 409
    assert study.audit.events("exported") == []
    for recordings, kinds in (([], ["txt"]), (["R0001"], []), (["R0001"], ["exe"]), (["R9"], ["txt"])):
        assert give(page, recordings, kinds)[0].status_code in (404, 422)
    verify(study, "R0001")
    assert give(page, ["R0001"], ["txt"], wording="loud")[0].status_code == 409
