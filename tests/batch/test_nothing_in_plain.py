"""After a whole run nothing identified lies in plain anywhere, and nothing showed while it ran."""

from __future__ import annotations

import base64
import json
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.study.intake.troubles import read_troubles
from pipeline.study.study import Study
from pipeline.study.vault.keys import KeyFile
from pipeline.study.vault.states import Part, State
from tests.batch.fakes import SPOKEN_NAME
from tests.conftest import ROOT

ROSTER = "code,name,nicknames,role\nP01,Wilhelmina Quillfeather,Mina Q,student\n,Brackenmoor Clinic,,site\n"
PLANTED = (SPOKEN_NAME, "Wilhelmina", "Brackenmoor")


class Place:
    """A home and a temporary folder of their own, and every word that was printed there."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.key_file = folder.parent / "keys" / "study.key"
        self.study = folder / "study"
        for name in ("home", "tmp", "../keys"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        self.said = b""

    def start(self, *arguments: object, **extra: str) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "SESSION_DEID_KEY_FILE": str(self.key_file),
            "PYTHONPATH": str(ROOT),
            **extra,
        }
        command = [sys.executable, "-m", "tests.batch.driver", *map(str, arguments)]
        if arguments[0] != "init":
            command += ["--study", str(self.study)]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, env=environment, cwd=self.folder, stdin=pipe, stdout=pipe, stderr=pipe
        )

    def call(self, *arguments: object, typed: bytes = b"") -> None:
        process = self.start(*arguments)
        out, errors = process.communicate(typed)
        assert process.returncode == 0, errors
        self.said += out + errors


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "computer")


def disguises(secret: bytes) -> Iterator[bytes]:
    """A secret as it may lie in a file: as it is, UTF-16, hex, base64 at each of its three alignments."""
    yield secret
    yield secret.hex().encode()
    yield from (secret.decode("latin-1").encode(code) for code in ("utf-16-le", "utf-16-be"))
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + secret)
        inside = coded[4 if shift else 0 : len(coded) // 4 * 4 - 4]
        yield inside
        yield inside.replace(b"+", b"-").replace(b"/", b"_")


def keys_of(study: Study) -> list[bytes]:
    """Every key there is: the study's, what derives from it, the recordings', the shared records'."""
    purposes = ("names", "row codes", "recording keys", "audit")
    keys = [study.key.material, *(study.key.derive(purpose) for purpose in purposes)]
    keys += [study.recording_key(row.id, part) for row in study.recordings() for part in Part]
    return keys + [key for name in ("roster", "voices", "labels") if (key := study.rows.key("study", name))]


def found_in(content: bytes, secrets: list[bytes]) -> list[int]:
    """Which secrets a content holds, by their place in the list (the failing message must not show them)."""
    lowered = content.lower()
    return [
        n for n, s in enumerate(secrets) if any(d in content or d.lower() in lowered for d in disguises(s))
    ]


def test_no_file_holds_a_name_a_key_or_a_stretch_of_sound(place: Place) -> None:
    """Every byte of the study, home and temporary folders, and all that was printed, is searched."""
    sound = random.Random(3).randbytes(150_000)
    place.call("init", place.study)
    (place.study / "inbox" / f"{PLANTED[1]} week1.wav").write_bytes(sound)
    (place.folder / "people.csv").write_text(ROSTER)
    place.call("roster", "import", place.folder / "people.csv", "--destroy")
    for arguments in (("run",), ("status", "--json"), ("audit", "show"), ("run", "--json")):
        place.call(*arguments)
    place.call("verify", "R0001", "--reviewer", "Rev Iewer", "--accept")
    place.call("audit", "export", "--to", place.folder / "audit")
    with Study.open(place.study, KeyFile(place.key_file)) as study:
        keys = keys_of(study)
        assert SPOKEN_NAME.encode() in b"".join(
            study.artifact("R0001", kind) for kind in study_words() if study.has("R0001", kind)
        )
    secrets = [word.encode() for word in PLANTED] + keys
    stretches = [sound[at : at + 48] for at in range(0, len(sound) - 48, 1024)]
    assert found_in(place.said, secrets) == []
    files = [path for path in place.folder.rglob("*") if path.is_file()]
    assert len(files) > 10
    for path in files:
        content = path.read_bytes()
        assert found_in(content, secrets) == [], path.name
        assert not any(stretch in content for stretch in stretches), path.name
        assert not any(word.lower() in path.name.lower() for word in PLANTED)
    assert any(SPOKEN_NAME.encode() in d for d in disguises(SPOKEN_NAME.encode()))


def test_what_could_not_be_taken_in_is_remembered_sealed(place: Place) -> None:
    """Its name may name somebody: it is remembered for the page, and no byte of it lies anywhere but in the inbox."""
    place.call("init", place.study)
    (place.folder / "people.csv").write_text(ROSTER)
    place.call("roster", "import", place.folder / "people.csv", "--destroy")
    empty = place.study / "inbox" / f"{PLANTED[1]} week1.wav"
    empty.touch()
    out, errors = place.start("run").communicate()
    with Study.open(place.study, KeyFile(place.key_file)) as study:
        assert [each.name for each in read_troubles(study)] == [empty.name]
    secrets = [PLANTED[1].encode()]
    assert found_in(out + errors, secrets) == []
    for path in (path for path in place.folder.rglob("*") if path.is_file() and path != empty):
        assert found_in(path.read_bytes(), secrets) == [], path.name


def study_words() -> tuple:  # type: ignore[type-arg]
    from pipeline.study.vault.states import Artifact

    return (Artifact.TRANSCRIPTION, Artifact.ATTRIBUTION, Artifact.REDACTION)


def test_the_search_finds_what_it_should(tmp_path: Path) -> None:
    """The searching itself: each disguise of a secret is found inside other bytes."""
    for disguise in disguises(b"Quillfeather-and-more"):
        assert found_in(b"before" + disguise + b"after", [b"Quillfeather-and-more"]) == [0]


def at_work(place: Place) -> bool:
    """Whether the run has come to the slow stage: the one before is done."""
    with Study.open(place.study, KeyFile(place.key_file)) as study:
        return any(row.state is State.TRANSCRIBED for row in study.recordings())


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc")
def test_nothing_shows_in_the_process_list_and_no_core_is_written(place: Place) -> None:
    """While it runs, arguments and environment hold no name and no key; aborted, it leaves no core file."""
    place.call("init", place.study)
    (place.study / "inbox" / "week1.wav").write_bytes(random.Random(3).randbytes(5000))
    (place.folder / "people.csv").write_text(ROSTER)
    place.call("roster", "import", place.folder / "people.csv", "--destroy")
    process = place.start("run", SLOW_SECONDS="600")
    told = Path("/proc") / str(process.pid)
    seen = b""
    while not at_work(place):
        assert process.poll() is None
        time.sleep(0.05)
        seen += b"".join((told / name).read_bytes() for name in ("cmdline", "environ"))
    limits = (told / "limits").read_text()
    note = (place.study / "locks" / "run.json").read_bytes()
    process.send_signal(6)
    process.communicate()
    with Study.open(place.study, KeyFile(place.key_file)) as study:
        secrets = [word.encode() for word in PLANTED] + keys_of(study)
    assert found_in(seen + note, secrets) == []
    told_of = {name: value for name, value in json.loads(note).items() if isinstance(value, str)}
    assert told_of.keys() == {"recording", "stage", "problem"}
    assert (told_of["recording"], told_of["problem"]) == ("R0001", "")
    assert re.search(r"Max core file size\s+0\s+0", limits)
    assert not list(place.folder.rglob("core*"))
    place.call("run")
