"""A new study in five steps; one that this computer knows; a forgotten passphrase."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from pipeline.study.study import Study
from pipeline.study.vault.keys import KeyFile, KeyText, Passphrase
from pipeline.web.folders import Folders
from pipeline.web.known import known_studies
from tests.study.conftest import PASSPHRASE, key_file, study, tmp_path  # noqa: F401 - fixtures
from tests.web.conftest import Page
from tests.web.house import page_on, page_on_locked


@pytest.fixture
def fresh() -> Page:
    """A page without any study."""
    return page_on_locked(None)


def make(page: Page, **more: Any) -> Any:
    """The first two steps."""
    home = page.send("GET", "/api/studies").json()["home"]["id"]
    body = {"name": "Balint group", "folder": home, "passphrase": PASSPHRASE, **more}
    return page.post("/api/studies", body)


def test_from_nothing_to_a_study(fresh: Page) -> None:
    """Where, passphrase, recovery sheet, people, rules; then it is open, known, and opens by each way."""
    assert 'data-page="setup"' in fresh.send("GET", "/").text
    assert make(fresh, key_file=True).status_code == 200
    folder = Path.home() / "Balint group"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    sheet = fresh.post("/api/recovery", {}).json()["text"]
    assert fresh.post("/api/roster", {"name": "Tess Quorn"}).status_code == 200
    rules = {"policy": "gdpr", "reviewers": 2, "destroy_after_days": 7, "ethics_approval": "2026-114"}
    assert fresh.post("/api/settings", rules).status_code == 200
    assert fresh.send("GET", "/api/week").json()["next"]["kind"] == "take-in"
    assert fresh.send("GET", "/api/evidence").json()["approval"] == "2026-114"
    assert known_studies() == [folder]
    assert fresh.post("/api/lock", {}).status_code == 200
    letters = "\n".join(sheet.splitlines()[-1:]).lower()
    with Study.open(folder, Passphrase(PASSPHRASE)) as opened:
        assert (opened.settings.policy, opened.settings.reviewers) == ("gdpr", 2)
        kept = opened.settings.key_file
        assert opened.audit.last_of("settings").facts()["settings"]["reviewers"] == 2  # type: ignore[union-attr, index]
    for source in (KeyText(sheet), KeyText(letters), KeyFile(kept or Path("none"))):
        Study.open(folder, source).close()
    assert folder not in (kept or folder).parents


def test_what_cannot_be_made_is_said(fresh: Page) -> None:
    """A short passphrase, no name, a folder nobody was shown, something there already; nothing is left behind."""
    assert make(fresh, passphrase="short").status_code == 409
    assert make(fresh, name=" ").status_code == 409
    assert make(fresh, folder="/etc").status_code == 404
    assert make(fresh, name="../../elsewhere").status_code == 200
    assert (Path.home() / "_.._elsewhere" / "keys.json").is_file()
    fresh.post("/api/lock", {})
    assert make(fresh, name="../../elsewhere").status_code == 409


def test_a_known_study_is_opened_by_its_short_name(study: Study, fresh: Page) -> None:  # noqa: F811
    """The page names no path: only folders it was shown."""
    first = page_on_locked(study.folder)
    study.close()
    assert first.post("/api/unlock", {"way": "passphrase", "passphrase": PASSPHRASE}).status_code == 200
    first.app.state.place.close()
    (known,) = fresh.send("GET", "/api/studies").json()["studies"]
    assert fresh.post("/api/studies/nothing/open", {}).status_code == 404
    assert fresh.post(f"/api/studies/{known['id']}/open", {}).status_code == 200
    assert 'data-page="unlock"' in fresh.send("GET", "/").text
    assert fresh.post("/api/unlock", {"way": "passphrase", "passphrase": PASSPHRASE}).status_code == 200
    assert fresh.post(f"/api/studies/{known['id']}/open", {}).status_code == 409
    fresh.app.state.place.close()


def test_a_recovery_sheet_opens_the_page(study: Study) -> None:  # noqa: F811
    """Typed by hand, in small letters and other groups."""
    sheet = page_on(study).post("/api/recovery", {}).json()["text"]
    letters = sheet.splitlines()[-1].lower().replace(" ", "")
    study.close()
    page = page_on_locked(study.folder)
    assert "recovery" in page.send("GET", "/api/ways").json()["ways"]
    assert page.post("/api/unlock", {"way": "recovery", "passphrase": letters[:-4]}).status_code in (403, 409)
    assert page.post("/api/unlock", {"way": "recovery", "passphrase": letters}).status_code == 200
    page.app.state.place.close()


def test_folders_are_asked_for_by_what_was_shown(tmp_path: Path, fresh: Page) -> None:  # noqa: F811
    """Hidden folders and links are left out; nothing else can be named."""
    for name in ("one", "two", ".hidden"):
        (tmp_path / name).mkdir()
    (tmp_path / "link").symlink_to("/etc")
    folders = Folders()
    assert [each.name for each in folders.inside(tmp_path)] == ["one", "two"]
    assert folders.path(folders.show(tmp_path).id) == tmp_path
    roots = fresh.send("GET", "/api/folders").json()["folders"]
    assert any(each["name"] == str(Path.home()) for each in roots)
    assert fresh.send("GET", f"/api/folders/{roots[0]['id']}").status_code == 200
    assert fresh.send("GET", "/api/folders/..%2F..%2Fetc").status_code == 404
