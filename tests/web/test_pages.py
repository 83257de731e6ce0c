"""What the server answers a page that was let in."""

from __future__ import annotations

import io
import wave
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Audio
from pipeline.verify.store import RecordingInfo
from pipeline.web.sound import make_wav, parse_range
from tests.verify.memory import MemoryStore
from tests.verify.sample import sample_sound
from tests.web.conftest import Page


def test_a_recording_that_is_not_ready_says_so(page: Page) -> None:
    """No page for what is not de-identified yet, or does not exist."""
    for name in ("r2", "r99", "..%2Fr1"):
        assert page.send("GET", f"/recordings/{name}").status_code == 404
        assert page.send("GET", f"/api/recordings/{name}").status_code == 404


def test_a_page_open_on_what_is_withdrawn_meanwhile_loses_it(page: Page, study: MemoryStore) -> None:
    """At its next sign of life the server forgets words and sound."""
    page.pulse()
    assert page.send("GET", "/api/recordings/r1").status_code == 200
    study.put(RecordingInfo("r1", "week one", "withdrawn", 15.0, 1.0))
    assert page.post("/api/recordings/r1/pulse", {"holder": "me"}, **{"x-passive": "1"}).status_code == 404
    assert page.send("GET", "/api/recordings/r1").status_code == 404


def test_a_decision_answers_with_what_changed(page: Page) -> None:
    """Only the changed line comes back, with the queue and the counts."""
    page.pulse()
    change = page.decide({"kind": "accept", "marks": ["s3"]}).json()
    assert [line["id"] for line in change["lines"]] == ["u1"]
    assert [q["id"] for q in change["questions"]] == ["s4", "vS1"]
    assert change["progress"]["decided"] == 1
    assert change["canUndo"]
    assert "order" not in change


def test_undo_over_the_page(page: Page) -> None:
    """Undo brings the question back."""
    page.pulse()
    page.decide({"kind": "reject", "marks": ["s4"]})
    back = page.decide({"kind": "undo"}).json()
    assert [q["id"] for q in back["questions"]] == ["s3", "s4", "vS1"]
    assert back["canRedo"]


def test_a_decision_that_does_not_fit_is_explained(page: Page) -> None:
    """A conflict, in words a person can act on."""
    page.pulse()
    answer = page.decide({"kind": "accept", "marks": ["gone"]})
    assert answer.status_code == 409
    assert "no longer there" in answer.json()["error"]


def test_the_second_page_reads_along(page: Page) -> None:
    """It is told who decides, may not decide itself, and may after the first leaves."""
    assert page.pulse("first")["can"]
    second = page.pulse("second")
    assert not second["can"]
    assert "Sam" in second["because"]
    assert page.decide({"kind": "accept", "marks": ["s3"]}, "second").status_code == 409
    page.post("/api/recordings/r1/leave", {"holder": "first"})
    assert page.pulse("second")["can"]


def test_originals_come_only_for_the_marks_asked(page: Page) -> None:
    """The held key asks for what is on the screen."""
    words = page.post("/api/recordings/r1/words", {"marks": ["s2", "nope"]}).json()
    assert words == {"s2": "Tess Quorn"}


def test_mentions_come_with_what_is_said_around_them(page: Page) -> None:
    """Hidden words around a mention stay hidden."""
    at = len("Mm, yes, ")
    offer = page.post("/api/recordings/r1/mentions", {"line": "u3", "start": at, "end": at + 4}).json()
    assert [m["words"] for m in offer["mentions"]] == ["Tess"]
    assert offer["labels"]["DATE"] == "[Date]"
    assert "Quorn" not in str(offer)


def test_from_opening_to_verified(page: Page, study: MemoryStore) -> None:
    """Every question decided, the statement accepted: frozen, and no decision after it."""
    page.pulse()
    for decision in (
        {"kind": "accept", "marks": ["s3"]},
        {"kind": "reject", "marks": ["s4"]},
        {"kind": "confirm-voice", "speaker": "S1"},
    ):
        assert page.decide(decision).status_code == 200
    asked = page.send("GET", "/api/recordings/r1/approval").json()
    assert asked["what"]
    assert asked["when"]
    assert [(p["words"], p["why"]) for p in asked["stillOpen"]] == [
        ("Quorn", "words that have a label in the study"),
        ("Tess", "words that have a label in the study"),
    ]
    approval = {"reviewer": "Sam", "digest": asked["digest"], "accepted": True, "holder": "me"}
    refused = page.post("/api/recordings/r1/approval", approval)
    assert (refused.status_code, refused.json()["kind"]) == (409, "StillOpenError")
    approval["over"] = 2
    assert page.post("/api/recordings/r1/approval", approval | {"accepted": False}).status_code == 409
    assert page.post("/api/recordings/r1/approval", approval).json()["digest"] == asked["digest"]
    assert study.recordings()[0].state == "verified"
    assert page.decide({"kind": "undo"}).status_code == 409
    assert not page.pulse()["can"]


def test_the_report_is_for_the_file_and_prints(page: Page) -> None:
    """Counts by class and who decided; no original word; its own style and no other is allowed."""
    page.pulse()
    page.decide({"kind": "reject", "marks": ["s4"]})
    answer = page.send("GET", "/recordings/r1/report")
    assert answer.status_code == 200
    assert "redaction report" in answer.text
    assert not any(word in answer.text for word in ("Nerida", "Quorn", "falconer"))
    assert "style-src 'sha256-" in answer.headers["content-security-policy"]
    data = page.send("GET", "/api/recordings/r1/report").json()
    assert data["statuses"] == {"automatic": 3, "undecided": 1, "accepted": 0, "rejected": 1}
    assert "Sam" in data["decided_by"]


def test_the_report_kept_at_verification_is_shown(page: Page, study: MemoryStore) -> None:
    """After verification the file's report is the one that was approved, not a new one."""
    kept = page.send("GET", "/api/recordings/r1/report").content.replace(b'"Sam', b'"Robin')
    study._kept["r1"].report = kept
    study._kept["r1"].info = replace(study._kept["r1"].info, state="verified")
    assert "Robin" in page.send("GET", "/recordings/r1/report").text


def test_the_sound_is_a_wav_with_every_second_in_its_place(page: Page) -> None:
    """A range in the middle is the samples of that time."""
    whole = page.send("GET", "/api/recordings/r1/sound")
    assert whole.headers["accept-ranges"] == "bytes"
    with wave.open(io.BytesIO(whole.content)) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (16_000, 2, 1)
        assert file.getnframes() == 15 * 16_000
    start = 44 + 2 * 16_000 * 7
    part = page.send("GET", "/api/recordings/r1/sound", headers={"range": f"bytes={start}-{start + 199}"})
    assert part.status_code == 206
    assert part.headers["content-range"] == f"bytes {start}-{start + 199}/{len(whole.content)}"
    assert part.content == whole.content[start : start + 200]


@pytest.mark.parametrize(
    ("asked", "status"),
    [("bytes=99999999-", 416), ("bytes=-100", 206), ("bytes=10-", 206), ("lines=1-2", 416)],
)
def test_ranges_at_the_edges(page: Page, asked: str, status: int) -> None:
    """The end, beyond the end, and what is no range."""
    assert page.send("GET", "/api/recordings/r1/sound", headers={"range": asked}).status_code == status


def test_destroyed_sound_is_gone(page: Page, study: MemoryStore) -> None:
    """No sound, and the page is told."""
    study.put(study.recordings()[0], study.load("r1"), None)
    assert page.send("GET", "/api/recordings/r1/sound").status_code == 410


@given(st.integers(0, 400), st.integers(0, 400), st.integers(1, 300))
def test_any_range_gives_just_its_bytes(start: int, length: int, samples: int) -> None:
    """Whatever is asked, the bytes are those of the whole file."""
    view = make_wav(sample_sound(samples / 16_000))
    whole = b"".join(view.chunks(0, len(view)))
    assert len(whole) == len(view)
    part = parse_range(f"bytes={start}-{start + length}", len(view))
    if start >= len(view):
        assert part is None
    else:
        assert part is not None
        assert b"".join(view.chunks(*part)) == whole[start : start + length + 1]


def test_samples_out_of_range_are_clipped_not_wrapped() -> None:
    """A peak over full scale stays a peak."""
    view = make_wav(Audio(np.array([2.0, -2.0, 0.0], np.float32)))
    assert np.frombuffer(view.pcm, "<i2").tolist() == [32767, -32768, 0]
