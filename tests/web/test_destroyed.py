"""A page that is open while its recording is destroyed by another process: no sound and no words from then on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.batch.run import run_study
from pipeline.erase.destroy import destroy
from pipeline.erase.loss import find_loss
from pipeline.erase.withdraw import Claim, withdraw
from pipeline.errors import RecordingUnknownError
from pipeline.study.study import Study
from pipeline.study.vault.keys import KeyFile
from pipeline.study.withdrawals import Reason
from pipeline.web.access import Door
from pipeline.web.app import create_app
from pipeline.web.desk import Desk
from pipeline.web.place import Place
from tests.audio.sounds import encode, tone
from tests.batch.fakes import SPOKEN_NAME, FakeStages, with_stages
from tests.batch.life import verify
from tests.study.conftest import CHEAP
from tests.web.conftest import NAME, PORT, Page

ONE = "/api/recordings/R0001"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A study whose one recording, real sound, a person verified."""
    with Study.create(tmp_path / "study", key_file=tmp_path / "key", by="tester", cost=CHEAP) as study:
        sound = encode(tone(3.0), "wav", "pcm_s16le", 16_000, "mono")
        (study.folder / "inbox" / "week-1.wav").write_bytes(sound)
        run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)
        verify(study, "R0001", 0)
    return tmp_path / "study"


@pytest.fixture
def served(folder: Path) -> Iterator[Page]:
    """A browser that has listened to it and read it."""
    with opened(folder) as study:
        place = Place.of_study(study, reviewer="Sam")
        door = Door(host=NAME)
        page = Page(create_app(place, door, port=PORT), door).enter()
        assert len(page.send("GET", f"{ONE}/sound").content) > 3 * 32_000
        assert SPOKEN_NAME in page.post(f"{ONE}/words", {"marks": ["s0"]}).text
        yield page


def opened(folder: Path) -> Study:
    return Study.open(folder, KeyFile(folder.parent / "key"), by="tester")


def destroy_it(study: Study) -> None:
    destroy(study, "R0001", by="tester")


def withdraw_it(study: Study) -> None:
    seen = find_loss(study, study.recording("R0001"))
    withdraw(study, "R0001", Claim("Rev Iewer", Reason.CONSENT_WITHDRAWN, seen), by="tester")


@pytest.mark.parametrize("done", [destroy_it, withdraw_it])
def test_the_page_does_not_play_on(folder: Path, served: Page, done: object) -> None:
    """Neither the sound nor a word of it, whatever the page asks for next; and nothing is held in memory."""
    with opened(folder) as other:
        done(other)  # type: ignore[operator]
    answer = served.send("GET", f"{ONE}/sound", headers={"range": "bytes=0-999"})
    assert (answer.status_code, answer.json()["error"]) == (410, "The sound of this recording was destroyed.")
    assert served.post(f"{ONE}/words", {"marks": ["s0"]}).status_code == 404
    for what in ("", "/progress", "/approval"):
        assert served.send("GET", f"{ONE}{what}").status_code == 404
    assert holds_nothing(served.app.state.place.desk)


def test_the_server_forgets_without_being_asked(folder: Path, served: Page) -> None:
    """Nobody touches the page: the server looks for itself."""
    desk = served.app.state.place.desk
    desk.forget_destroyed()
    assert not holds_nothing(desk)  # as long as the recording is there
    with opened(folder) as other:
        destroy_it(other)
    desk.forget_destroyed()
    assert holds_nothing(desk)


def test_an_answer_that_waits_breaks_off(folder: Path, served: Page) -> None:
    """A browser reads a long answer as it plays: the rest of it is no longer given."""
    desk: Desk = served.app.state.place.desk
    sound = desk.sound("R0001")
    assert sound is not None
    pieces = sound.chunks(44, len(sound), lambda: desk.store.holds("R0001"))
    with opened(folder) as other:
        destroy_it(other)
    with pytest.raises(RecordingUnknownError):
        next(pieces)


def test_who_verified_in_this_page_may_destroy_in_it(served: Page) -> None:
    """Their own right to decide, still running, is given back first; another's refuses it."""
    desk: Desk = served.app.state.place.desk
    desk.store.take_lease("R0001", "another", "Sam")
    refused = served.post(f"{ONE}/destruction", {"accepted": True})
    assert refused.status_code == 409
    assert "Sam" in refused.text
    desk._holders.add(("R0001", "another"))  # as if this server's page had taken it
    assert served.post(f"{ONE}/destruction", {"accepted": True}).json() == {"checks": 6}
    assert holds_nothing(desk)


def test_a_false_certificate_is_not_shown(folder: Path, served: Page) -> None:
    """The page shows the one the audit chain tells of, or says that it is another."""
    served.post(f"{ONE}/destruction", {"accepted": True})
    shown = served.send("GET", "/recordings/R0001/certificate")
    assert "Certificate of destruction" in shown.text
    file = folder / "certificates" / "R0001.certificate.html"
    file.write_bytes(file.read_bytes().replace(b"R0001", b"R0002", 1))
    refused = served.send("GET", "/recordings/R0001/certificate")
    assert refused.status_code == 409
    assert "is not the one entry" in refused.text


def holds_nothing(desk: Desk) -> bool:
    return not desk._open and desk._sound is None
