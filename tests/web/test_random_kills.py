"""A week through the page's server while the server, the run, its workers and the browser go at random moments.

Whoever is at the page does what a person would: opens it again and goes on. In the end everything is as in a week that
nobody disturbed, and nothing that the server said it kept is missing. The moments are drawn from a seed, which a
failure names; the number of weeks is fixed.
"""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import psutil
import pytest

from pipeline.study.approved import read_approved
from pipeline.study.audit_check import check_study
from pipeline.study.study import Study
from pipeline.study.vault.keys import Passphrase
from pipeline.study.vault.states import State
from tests.study.conftest import CHEAP, PASSPHRASE
from tests.web.quick import environment

pytestmark = pytest.mark.slow
WEEKS = 10
KILLS = 4
REVIEWER = "Sam Example"
PATIENCE_S = 120.0
SOUNDS = {f"session {n}.wav": hashlib.sha512(b"%d" % n).digest() * 2000 for n in (1, 2, 3)}
PROCESSED = (State.REDACTED, State.IN_REVIEW, State.VERIFIED, State.DESTROYING, State.DESTROYED)


class ServerGoneError(Exception):
    """The server did not answer: it was killed."""


class Server:
    """`session-deid open` in a process of its own, started again whenever it is gone."""

    def __init__(self, folder: Path, workers: int) -> None:
        self.folder = folder
        self._environment = environment(workers, slow_seconds=0.15)
        self._errors = folder.parent / "server's errors"
        self.process: subprocess.Popen[str] | None = None
        self._left: list[subprocess.Popen[str]] = []  # servers whose browser went: they go on for a while
        self._client: httpx.Client | None = None
        self._csrf = self._origin = ""

    def start(self) -> None:
        """A fresh server, the link followed, the passphrase typed."""
        self.leave()
        command = [
            sys.executable,
            "-m",
            "pipeline",
            "open",
            "--no-browser",
            "--reviewer",
            REVIEWER,
            str(self.folder),
        ]
        with self._errors.open("a") as errors:
            self.process = subprocess.Popen(
                command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self.process.stdout is not None
        link = urlsplit(self.process.stdout.readline().strip())
        if not link.netloc:
            raise ServerGoneError
        self._origin = f"http://{link.netloc}"
        self._client = httpx.Client(
            base_url=f"http://127.0.0.1:{link.port}",
            headers={"host": link.netloc},
            timeout=30,
            trust_env=False,
        )
        token = parse_qs(link.query)["token"][0]
        opened = self._ask("GET", f"/open?token={token}")
        cookie = opened.headers["set-cookie"].split(";")[0]
        self._client.headers["cookie"] = cookie
        self._csrf = self._ask("GET", "/").text.partition('data-csrf="')[2].partition('"')[0]
        self.post("/api/unlock", {"way": "passphrase", "passphrase": PASSPHRASE})

    def stop(self) -> None:
        """End it, and every one that was left behind."""
        self.leave()
        for process in self._left:
            process.kill()
            process.wait()
            process.stdout.close()  # type: ignore[union-attr]
        self._left.clear()

    def leave(self) -> None:
        """Close the browser, whatever it was at; the server, if it is there, has to see by itself."""
        if self._client is not None:
            self._client.close()
        if self.process is not None:
            self._left.append(self.process)
            self.process = None

    def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        assert self._client is not None
        try:
            return self._client.request(method, path, **more)
        except (
            httpx.HTTPError,
            OSError,
            ValueError,
            RuntimeError,
        ):  # the browser was closed in the middle of it
            raise ServerGoneError from None

    def close_browser(self) -> None:
        """The connection goes in the middle of whatever is being sent, as when the browser is killed."""
        if self._client is not None:
            self._client.close()

    def get(self, path: str) -> Any:
        """What the page is shown."""
        answer = self._ask("GET", path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer.json()

    def post(
        self, path: str, body: object, *, fine: tuple[int, ...] = (200,), **headers: str
    ) -> httpx.Response:
        """What the page sends."""
        sent = {"origin": self._origin, "x-csrf": self._csrf, "sec-fetch-site": "same-origin", **headers}
        given = {"content": body} if isinstance(body, bytes) else {"json": body}
        answer = self._ask("POST", path, headers=sent, **given)
        assert answer.status_code in fine, (path, answer.status_code, answer.text, self._errors.read_text())
        return answer


class Week:
    """What a person does in a week. Each part looks where things stand first, as the page shows it, so that it can be
    begun again at any time."""

    def __init__(self, folder: Path, workers: int) -> None:
        self.server = Server(folder, workers)
        self.kept = Counter[str]()  # decisions that the server said it kept

    def live(self) -> None:
        """All of it, however often the server must be started again."""
        end = time.monotonic() + PATIENCE_S
        parts: list[Callable[[], None]] = [self.take_in, self.work, self.review, self.destroy, self.give_out]
        while parts:
            assert time.monotonic() < end, f"stuck in {parts[0].__name__}"
            try:
                if self.server.process is None or self.server.process.poll() is not None:
                    self.server.start()
                parts[0]()
                parts.pop(0)
            except ServerGoneError:
                self.server.leave()

    def cards(self) -> dict[str, Any]:
        """The recordings as the page shows them, by name."""
        return {card["name"]: card for card in self.server.get("/api/week")["cards"]}

    def take_in(self) -> None:
        """Three recordings dropped on the page, and somebody added to the roster."""
        for name, sound in SOUNDS.items():
            digest = hashlib.sha256(sound).hexdigest()
            offer = {"name": name, "size": len(sound), "digest": digest}
            if self.server.post("/api/offers", offer).json()["outcome"] == "wanted":
                headers = {
                    "x-file-name": name,
                    "x-file-digest": digest,
                    "content-type": "application/octet-stream",
                }
                self.server.post("/api/intake", sound, **headers)
        if not self.server.get("/api/people")["people"]:
            self.server.post(
                "/api/roster", {"name": "Tess Quorn", "nicknames": [], "role": "", "code": "P07"}
            )

    def work(self) -> None:
        """The run, begun again when it is gone; what was set aside because its run died twice is tried again."""
        while True:
            week = self.server.get("/api/week")
            for card in week["cards"]:
                if card["failed"]:
                    assert "ended unexpectedly" in card["reason"], card
                    self.server.post(f"/api/recordings/{card['id']}/retry", {})
            if (
                all(card["state"] not in ("sealed", "transcribed", "attributed") for card in week["cards"])
                and not week["run"]
            ):
                return
            if week["run"] is None:
                self.server.post("/api/run", {}, fine=(200, 409))
            time.sleep(0.1)

    def review(self) -> None:
        """Each question accepted, each transcript verified."""
        for card in self.cards().values():
            if card["state"] in ("redacted", "in review"):
                self.review_one(f"/api/recordings/{card['id']}", card["id"])

    def review_one(self, address: str, recording: str) -> None:
        """One recording. A server that was killed holds the right to decide for a little while yet."""
        while not self.server.post(f"{address}/pulse", {"holder": "me"}).json()["can"]:
            time.sleep(0.2)
        for question in self.server.get(address)["questions"]:
            kind = {"kind": "confirm-voice", "speaker": question["id"].removeprefix("v")}
            if question["about"] == "mark":
                kind = {"kind": "accept", "marks": [question["id"]]}
            self.server.post(f"{address}/decisions", {"decision": kind, "holder": "me"})
            self.kept[recording] += 1
        for mark in [
            p["m"] for line in self.server.get(address)["lines"] for p in line["t"] if isinstance(p, dict)
        ]:
            label = {"kind": "change-label", "marks": [mark], "label": "[Person 9]"}
            self.server.post(f"{address}/decisions", {"decision": label, "holder": "me"})
            self.kept[recording] += 1
        asked = self.server.get(f"{address}/approval")
        approval = {"reviewer": REVIEWER, "digest": asked["digest"], "accepted": True, "holder": "me"}
        self.server.post(f"{address}/approval", {**approval, "over": len(asked["stillOpen"])})

    def destroy(self) -> None:
        """The sound of two of them, for good."""
        for name in ("session 1", "session 2"):
            card = self.cards()[name]
            if card["state"] != "destroyed":
                self.server.post(f"/api/recordings/{card['id']}/destruction", {"accepted": True})

    def give_out(self) -> None:
        """All of them, once."""
        cards = self.cards().values()
        if not all(card["exported"] for card in cards):
            self.server.post("/api/out", {"recordings": [c["id"] for c in cards], "formats": ["txt"]})


@contextmanager
def killing(week: Week, seed: int) -> Iterator[list[str]]:
    """Kills the server, the run or one of its workers, KILLS times, at moments drawn from the seed."""
    draw, over, killed = random.Random(seed), threading.Event(), []

    def kill() -> None:
        while len(killed) < KILLS and not over.wait(draw.uniform(0.05, 1.6)):
            found = living(week)
            what = draw.choice([*sorted(found), "browser"]) if found else ""
            if what == "browser":
                week.server.close_browser()
                killed.append(what)
            elif what:
                with suppress(psutil.Error):
                    draw.choice(found[what]).kill()
                    killed.append(what)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


def living(week: Week) -> dict[str, list[psutil.Process]]:
    """The week's processes that are there, by kind."""
    found: dict[str, list[psutil.Process]] = {}
    server = week.server.process
    if server is not None and server.poll() is None:
        found["server"] = [psutil.Process(server.pid)]
    with suppress(psutil.Error):
        for process in psutil.process_iter(["cmdline"]):
            command = process.info["cmdline"] or []
            if "pipeline.batch.apart" in command and str(week.server.folder) in command:
                found.setdefault("run", []).append(process)
                if workers := process.children(recursive=True):
                    found["worker"] = workers
    return found


def outcome_of(folder: Path) -> dict[str, Any]:
    """What is left of a week: everything a person, the board or a backup would look at; and nothing else lies there."""
    with Study.open(folder, Passphrase(PASSPHRASE)) as study:
        assert check_study(study).entries > 0
        rows = sorted(study.recordings(), key=lambda row: row.name)
        events = Counter(entry.event for entry in study.audit.entries())
        vault = [path for path in (folder / "vault").rglob("*") if path.is_file()]
        known = [a for row in study.recordings() for a in study.rows.artifacts(row.id)]
        assert len(vault) >= len([a for a in known if a.file])
        return {
            "rows": [(row.name, row.state, row.digest, row.failed_stage) for row in rows],
            "said": [
                [(u.participant, u.text) for u in (approved.utterances if approved else ())]
                for row in rows
                for approved in [read_approved(study, row.id)]
            ],
            "kinds": [sorted(a.kind for a in study.rows.artifacts(row.id)) for row in rows],
            "keys": [
                sorted(key for key in ("audio", "words") if study.rows.key(row.id, key) is not None)
                for row in rows
            ],
            "roster": [(person.code, person.name) for person in study.roster.load().people],
            "given": sorted(entry.recording for entry in study.audit.events("exported")) != [],
            "ends": (events["destroyed"], events["verified"]),
            "certificates": sorted(path.suffix for path in (folder / "certificates").glob("*")),
            "inbox": sorted(path.name for path in (folder / "inbox").glob("*")),
        }


def decisions_kept(folder: Path) -> Counter[str]:
    """Decisions the audit chain tells of, by recording."""
    with Study.open(folder, Passphrase(PASSPHRASE)) as study:
        return Counter(entry.recording for entry in study.audit.events("decision"))


def live(folder: Path, workers: int, seed: int | None) -> tuple[Week, list[str]]:
    """A week in a new study; undisturbed without a seed."""
    Study.create(folder, passphrase=PASSPHRASE, name="Balint group", cost=CHEAP).close()
    week = Week(folder, workers)
    try:
        if seed is None:
            week.live()
            return week, []
        with killing(week, seed) as killed:
            week.live()
        return week, killed
    finally:
        week.server.stop()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[int, dict[str, Any]]:
    """How a week ends that nobody disturbed, with one process and with two that share the work."""
    found = {}
    for workers in (1, 2):
        folder = tmp_path_factory.mktemp(f"calm{workers}") / "study"
        live(folder, workers, None)
        found[workers] = outcome_of(folder)
    return found


def test_one_or_two_processes_make_no_difference(undisturbed: dict[int, dict[str, Any]]) -> None:
    """The same week, whoever does the work; and it is a whole one."""
    assert undisturbed[1] == undisturbed[2]
    assert [state for _, state, _, _ in undisturbed[1]["rows"]] == [
        State.DESTROYED,
        State.DESTROYED,
        State.VERIFIED,
    ]
    assert all("[Person 9]" in said[0][1] for said in undisturbed[1]["said"])
    assert undisturbed[1]["given"]


@pytest.mark.parametrize("seed", range(WEEKS))
def test_a_week_with_kills_ends_like_any_other(
    seed: int, tmp_path: Path, undisturbed: dict[int, dict[str, Any]]
) -> None:
    """Nothing lost, the same state, and every decision that was acknowledged."""
    workers = 1 + seed % 2
    week, killed = live(tmp_path / "study", workers, seed)
    assert killed, "the week was over before anything was killed"
    assert outcome_of(tmp_path / "study") == undisturbed[workers], killed
    kept = decisions_kept(tmp_path / "study")
    assert all(kept[recording] >= count for recording, count in week.kept.items()), killed
