"""Taking in from the page: streamed into the seal, never plain on the disk; from folders as the server sees them."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from pipeline.audio.usable import check_usable
from pipeline.batch.run import run_study
from pipeline.erase.destroy import destroy
from pipeline.study.intake.importing import is_proven
from pipeline.study.intake.streaming import Offer, take_stream
from pipeline.study.study import Study
from pipeline.study.vault.key_files import make_key_text
from pipeline.study.vault.states import Artifact, State
from pipeline.web.folders import Folders
from pipeline.web.pages import HERE as WEB
from tests.batch.fakes import FakeStages, with_stages
from tests.conftest import SAMPLES
from tests.study.conftest import key_file, make_sound, study, tmp_path  # noqa: F401 - fixtures
from tests.web.conftest import HERE, Page
from tests.web.house import bring_in, page_on, verify

NAME = "week one.m4a"


def offered(data: bytes, name: str = NAME) -> dict[str, Any]:
    """What the page says of a file before it sends it."""
    return {"name": name, "size": len(data), "digest": hashlib.sha256(data).hexdigest()}


def send(page: Page, data: bytes, name: str = NAME, **headers: str) -> Any:
    """A file as the page sends it."""
    sent = {
        "origin": HERE,
        "x-csrf": page.csrf,
        "sec-fetch-site": "same-origin",
        "content-type": "application/octet-stream",
        "x-file-name": name,
        "x-file-digest": hashlib.sha256(data).hexdigest(),
        **headers,
    }
    return page.send("POST", "/api/intake", content=data, headers={k: v for k, v in sent.items() if v})


def test_a_dropped_file_is_sealed_and_known_again(study: Study) -> None:  # noqa: F811
    """Sealed, read back, compared; its name is kept sealed, its source noted as left; dropped again it is known."""
    data = os.urandom(300_000)
    page = page_on(study)
    assert page.post("/api/offers", offered(data)).json()["outcome"] == "wanted"
    assert send(page, data).json() == {"recording": "R0001", "problem": ""}
    row = study.recording("R0001")
    assert (row.state, row.name, row.size) == (State.SEALED, "week one", 300_000)
    with study.open_source("R0001") as sealed:
        assert sealed.read() == data
    assert study.audit.last_of("source left") is not None
    assert page.post("/api/offers", offered(data)).json() == {"outcome": "known", "recording": "R0001"}
    assert send(page, data).json() == {"recording": "R0001", "problem": ""}
    assert len(list(study.recordings())) == 1


def test_nothing_of_it_lies_on_the_disk_in_plain(study: Study) -> None:  # noqa: F811
    """Not in the study's folder, not in a temporary one."""
    mark = b"a very rare run of bytes"
    send(page_on(study), mark * 10_000)
    for file in (f for f in study.folder.rglob("*") if f.is_file()):
        assert mark not in file.read_bytes(), file.name


@pytest.mark.parametrize("cut", [0, 1, 65_536, 199_999])
def test_what_breaks_off_leaves_nothing(study: Study, cut: int) -> None:  # noqa: F811
    """The browser closed in the middle: no sealed recording; the same file can be dropped again."""
    data = os.urandom(200_000)

    class Short:
        def __init__(self) -> None:
            self.left = data[:cut]

        def read(self, size: int = -1, /) -> bytes:
            taken, self.left = self.left[:size], self.left[size:]
            return taken

    from pipeline.errors import FileUnreadableError

    offer = Offer(NAME, len(data), hashlib.sha256(data).hexdigest())
    with pytest.raises(FileUnreadableError, match=re.escape(NAME)):
        take_stream(study, offer, Short())
    assert [row for row in study.recordings() if row.state is not State.RECEIVED] == []
    assert not any(f.suffix == ".sealed" for f in study.vault.folder.rglob("R*/*"))
    assert send(page_on(study), data).status_code == 200
    assert study.recording("R0001").state is State.SEALED


def test_what_is_not_what_was_offered_is_refused(study: Study) -> None:  # noqa: F811
    """Another content, another length, no length, a key file, an empty one, no recording at all."""
    page = page_on(study)
    data = os.urandom(5000)
    assert send(page, data, **{"x-file-digest": "0" * 64}).status_code == 409
    assert send(page, data, **{"x-file-digest": "nonsense"}).status_code == 422
    assert send(page, data, **{"x-csrf": ""}).status_code == 403
    assert send(page, make_key_text(purpose="A key.").encode()).status_code == 409
    assert page.post("/api/offers", offered(b"")).status_code == 409
    assert page.post("/api/offers", offered(data, "notes.exe")).status_code == 415
    assert page.post("/api/offers", {**offered(data), "size": -1}).status_code == 422
    assert [row for row in study.recordings() if row.state is not State.RECEIVED] == []


def test_what_holds_no_sound_is_said_at_once(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """Not at night: it is set aside with its reason the moment it is sealed."""
    monkeypatch.setattr("pipeline.audio.usable.check_usable", check_usable)
    page = page_on(study)
    answer = send(page, b"no sound at all" * 1000).json()
    assert "no sound could be found" in answer["problem"]
    card = page.send("GET", "/api/week").json()["cards"][0]
    assert (card["failed"], card["actions"]) == ("decode", ["retry", "withdraw"])
    with (SAMPLES / "session-s3.m4a").open("rb") as sound:
        assert send(page, sound.read()).json() == {"recording": "R0002", "problem": ""}


def test_a_transcript_is_taken_in_like_a_recording(study: Study) -> None:  # noqa: F811
    """Sealed with its text beside it; what is none is refused before anything is sealed."""
    text = b"WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n<v Tess Quorn>Kia ora, I am Tess.\n"
    page = page_on(study)
    assert page.post("/api/offers", offered(text, "week two.vtt")).json()["outcome"] == "wanted"
    assert send(page, text, "week two.vtt").json() == {"recording": "R0001", "problem": ""}
    assert study.has("R0001", Artifact.TRANSCRIPT)
    assert page.post("/api/offers", offered(text, "week two.vtt")).json()["outcome"] == "known"
    wrong = send(page, b"no subtitles at all", "week three.docx")
    assert wrong.status_code == 409
    assert len(list(study.recordings())) == 1
    for file in (f for f in study.folder.rglob("*") if f.is_file()):
        assert b"Kia ora" not in file.read_bytes(), file.name


def test_a_destroyed_recording_is_not_taken_in_again(study: Study) -> None:  # noqa: F811
    """The page says that it was, and that this copy is the person's to delete."""
    bring_in(study, "week one")
    verify(study, "R0001")
    with study.open_source("R0001") as source:
        data = source.read()
    destroy(study, "R0001", by="tester")
    page = page_on(study)
    assert page.post("/api/offers", offered(data)).json() == {"outcome": "destroyed", "recording": "R0001"}
    send(page, data)
    assert study.recording("R0001").state is State.DESTROYED


def test_the_certificate_of_a_dropped_file_claims_no_more_than_is_known(study: Study) -> None:  # noqa: F811
    """The file stayed where it was, and on which disk nobody knows: both are said."""
    page = page_on(study)
    send(page, os.urandom(3000))
    run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)
    verify(study, "R0001")
    gone = destroy(study, "R0001", by="tester")
    told = gone.certificate.read_text()
    assert "may have lain unsealed on this file system" in told
    assert "left" in told
    assert "never wrote it" not in told


def test_a_damaged_copy_is_mended_by_the_same_file(study: Study) -> None:  # noqa: F811
    """It is wanted again, and stands in the place of the damaged one."""
    data = os.urandom(100_000)
    page = page_on(study)
    send(page, data)
    (sealed,) = (f for f in study.vault.folder.rglob("R0001/source-*.sealed"))
    sealed.write_bytes(sealed.read_bytes()[:-10])
    assert page.post("/api/offers", offered(data)).json()["outcome"] == "wanted"
    assert send(page, data).status_code == 200
    assert is_proven(study, study.recording("R0001"))


def test_a_name_of_the_roster_is_not_repeated(study: Study) -> None:  # noqa: F811
    """Neither in an error nor in an address."""
    study.roster.add("Tess Quorn")
    page = page_on(study)
    answer = send(page, os.urandom(1000), "interview Quorn.wav", **{"x-file-digest": "0" * 64})
    assert answer.status_code == 409
    assert "Quorn" not in answer.text
    for name in ("Quorn\\one.wav", "one.Quorn.wav"):
        answer = send(page, os.urandom(1000), name, **{"x-file-digest": "0" * 64})
        assert (answer.status_code, "Quorn" in answer.text) == (409, False)
    answer = send(page, os.urandom(1000), "week two.wav", **{"x-file-digest": "0" * 64})
    assert "week two.wav" in answer.text
    send(page, os.urandom(1000), "interview Quorn.wav")
    assert "Quorn" not in page.send("GET", "/api/week").text


def wait(page: Page) -> dict[str, Any]:
    """Until the import from a folder is over."""
    end = time.monotonic() + 60
    while True:
        found: dict[str, Any] = page.send("GET", "/api/taking").json()
        if not found["running"]:
            return found
        assert time.monotonic() < end
        time.sleep(0.05)


def test_from_the_recorder(study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """What is new is told apart; sealed, read back, removed; the page names folders it was shown alone."""
    card = tmp_path / "card"
    first = make_sound(card / "REC" / "001.wav", 5000)
    make_sound(card / "REC" / "002.wav", 5000)
    (card / "notes.txt").write_text("no recording")
    monkeypatch.setattr("pipeline.web.folders.drives", lambda: [card])
    study.settings.__dict__["settle_seconds"] = 0.0
    page = page_on(study)
    send(page, first)
    assert page.send("GET", "/api/sources/elsewhere").status_code == 404
    drive = next(each for each in page.send("GET", "/api/sources").json()["folders"] if each["drive"])
    shown = page.send("GET", f"/api/sources/{drive['id']}").json()
    assert [(each["name"], each["new"]) for each in shown["files"]] == [
        ("REC/001.wav", False),
        ("REC/002.wav", True),
    ]
    take = f"/api/sources/{drive['id']}/take"
    assert shown["ours"]
    assert page.post(take, {"files": []}).status_code == 422
    assert page.post(take, {"files": [str(card / "REC" / "002.wav")]}).status_code == 404
    assert page.post(take, {"files": [each["id"] for each in shown["files"]]}).status_code == 200
    lines = wait(page)["lines"]
    assert [(each["outcome"], each["removed"]) for each in lines] == [("known", True), ("sealed", True)]
    assert [f.name for f in card.rglob("*") if f.is_file()] == ["notes.txt"]


def test_a_folder_named_after_somebody_is_not_shown(
    study: Study,  # noqa: F811
    tmp_path: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What lies on a recorder is listed without names of the roster, in its folders' names too."""
    study.roster.add("Tess Quorn")
    for name in ("Quorn/001.wav", "REC/002.wav"):
        make_sound(tmp_path / "card" / name, 500)
    monkeypatch.setattr("pipeline.web.folders.drives", lambda: [tmp_path / "card"])
    page = page_on(study)
    drive = next(each for each in page.send("GET", "/api/sources").json()["folders"] if each["drive"])
    shown = page.send("GET", f"/api/sources/{drive['id']}").json()
    assert [each["name"] for each in shown["files"]] == ["…", "REC/002.wav"]


def test_nothing_of_the_study_is_taken_in(study: Study) -> None:  # noqa: F811
    """A folder that is a part of it is refused with its reason; files that were not shown in the folder as well."""
    page = page_on(study)
    folders = Folders()
    page.app.state.place.folders = folders
    make_sound(study.folder / "locks" / "x.wav")
    inside, file = folders.show(study.folder / "locks").id, folders.show(study.folder / "locks" / "x.wav").id
    assert (
        page.post(
            f"/api/sources/{folders.show(study.folder / 'vault').id}/take", {"files": [file]}
        ).status_code
        == 422
    )
    page.post(f"/api/sources/{inside}/take", {"files": [file]})
    assert "part of the study" in wait(page)["problem"]


@pytest.mark.skipif(shutil.which("node") is None, reason="no node on this machine")
def test_the_page_hashes_as_everybody_does(tmp_path: Path) -> None:  # noqa: F811
    """Every length around a block, and more than one piece, against hashlib."""
    lengths = [0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000, (4 << 20) + 77]
    for length in lengths:
        (tmp_path / f"{length}.bin").write_bytes(os.urandom(length))
    shutil.copy(WEB / "static" / "digest.js", tmp_path / "digest.mjs")
    script = (
        "import { digestOf } from './digest.mjs'; import { readFileSync } from 'node:fs';"
        f"for (const n of {lengths}) console.log(await digestOf(new Blob([readFileSync(`${{n}}.bin`)])));"
    )
    (tmp_path / "try.mjs").write_text(script)
    done = subprocess.run(["node", "try.mjs"], cwd=tmp_path, capture_output=True, text=True, check=True)
    right = [hashlib.sha256((tmp_path / f"{n}.bin").read_bytes()).hexdigest() for n in lengths]
    assert re.findall(r"[0-9a-f]{64}", done.stdout) == right


def test_what_does_not_fit_on_the_disk_is_refused_before_a_byte_is_kept(study: Study) -> None:  # noqa: F811
    """By the length the browser says, in words; nothing of it is left."""
    page = page_on(study)
    refused = send(page, b"sound", **{"content-length": "900000000000000"})
    assert refused.status_code == 409
    assert "the disk is full" in refused.json()["error"]
    assert list(study.recordings()) == []
    assert [path for path in (study.folder / "vault").rglob("*") if path.is_file()] == []
