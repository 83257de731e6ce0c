"""Models from the page: what is here and what is missing, installed by the command's own verb, in a process that may."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.models import manifest as manifests
from pipeline.models.install import problems
from pipeline.web.installer import Installer
from pipeline.web.place import Place
from tests.web.conftest import Page
from tests.web.house import enter
from tests.web.publisher import Publisher, publishing

pytestmark = pytest.mark.slow  # each installation is a command of its own
BASE, TINY = "whisper-base", "whisper-tiny.en"
DATA = {BASE: os.urandom(8 << 20), TINY: os.urandom(100_000)}


@pytest.fixture
def publisher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    """Two recognisers to install."""
    with publishing(tmp_path, monkeypatch, DATA) as made:
        yield made


@pytest.fixture
def page(publisher: Publisher) -> Iterator[Page]:
    """The page of a computer with no study yet."""
    place = Place(None, reviewer="Sam Example", may_unlock=True)
    with Installer() as place.installer:
        yield enter(place, True)


def state(page: Page) -> dict[str, Any]:
    """What the page shows."""
    found: dict[str, Any] = page.send("GET", "/api/models").json()
    return found


def wait(page: Page, holds: Callable[[dict[str, Any]], bool], seconds: float = 60.0) -> dict[str, Any]:
    """The page's state once something holds of it."""
    end = time.monotonic() + seconds
    while not holds(found := state(page)):
        assert time.monotonic() < end, found
        time.sleep(0.1)
    return found


def ended(found: dict[str, Any]) -> bool:
    """Nothing goes on any more."""
    return found["going"] is not None and not found["going"]["running"]


def test_what_is_missing_is_installed(page: Page) -> None:
    """Before there is a study: told, installed with the terminal's verb, whole, and not asked for again."""
    before = state(page)
    assert before["missing"] == [BASE, TINY]
    assert [model["installed"] for model in before["models"]] == [False, False]
    assert [model["size"] for model in before["models"]] == [len(DATA[BASE]), len(DATA[TINY])]
    assert page.post("/api/models", {"models": [BASE, TINY]}).status_code == 200
    after = wait(page, ended)
    assert after["going"]["well"]
    assert after["going"]["done"] == after["going"]["of"] == sum(map(len, DATA.values()))
    assert after["missing"] == []
    manifest = manifests.load()
    assert all(problems(manifest.get(name)) == [] for name in DATA)


def test_progress_and_what_is_left_are_told(page: Page, publisher: Publisher) -> None:
    """While it comes: how much is here, of how much, and how long it will take; only one installation at a time."""
    publisher.seconds = 0.05
    page.post("/api/models", {"models": [BASE]})
    going = wait(page, lambda found: found["going"]["left"] is not None)["going"]
    assert 0 < going["done"] < going["of"] == len(DATA[BASE])
    assert 0 < going["left"] < 30
    refused = page.post("/api/models", {"models": [TINY]})
    assert refused.status_code == 409
    assert "in use" in refused.json()["error"]
    later = wait(page, lambda found: found["going"]["done"] > going["done"])["going"]
    assert later["running"]


def test_stopped_it_goes_on_from_there(page: Page, publisher: Publisher) -> None:
    """What has arrived is kept, and is not fetched again."""
    publisher.seconds = 0.05
    page.post("/api/models", {"models": [BASE]})
    wait(page, lambda found: found["going"]["done"] > 2_000_000)
    page.post("/api/models/stop", {})
    stopped = wait(page, ended)["going"]
    assert stopped["stopped"]
    assert not stopped["well"]
    publisher.seconds = 0.0
    page.post("/api/models", {"models": [BASE]})
    assert wait(page, ended)["going"]["well"]
    assert publisher.asked[0] == ""
    assert publisher.asked[-1].startswith("bytes=")


def test_without_a_network_it_says_so_in_words(page: Page, publisher: Publisher, tmp_path: Path) -> None:
    """Why, what is kept, what to do: and nothing half is there."""
    manifest = tmp_path / "manifest.toml"
    manifest.write_text(manifest.read_text().replace(publisher.address, "http://127.0.0.1:9"))
    page.post("/api/models", {"models": [BASE]})
    going = wait(page, ended)["going"]
    assert not going["well"]
    assert going["offline"]
    assert "no connection" in going["problem"]
    assert "session-deid" not in going["problem"]
    assert state(page)["missing"] == [BASE, TINY]


def test_what_is_published_otherwise_is_refused(page: Page, publisher: Publisher) -> None:
    """A file that is not the one of the manifest never gets into the store."""
    publisher.files[BASE] = bytes(len(DATA[BASE]))
    page.post("/api/models", {"models": [BASE]})
    going = wait(page, ended)["going"]
    assert not going["well"]
    assert not going["offline"]
    assert "not what was published" in going["problem"]
    assert not (Path(os.environ["SESSION_DEID_MODELS"]) / BASE).exists()


@pytest.mark.parametrize("names", [["no-such-model"], [], "whisper-base", ["../x"], [BASE] * 50])
def test_odd_names_are_refused(page: Page, names: object) -> None:
    """Only models of the manifest, a few at a time."""
    assert page.post("/api/models", {"models": names}).status_code in (409, 422)
    assert state(page)["going"] is None


def test_a_page_that_may_not_says_so(publisher: Publisher) -> None:
    """A page without the helper shows what is here, and offers nothing it cannot do."""
    page = enter(Place(None, reviewer="Sam", may_unlock=True), True)
    assert state(page)["can"] is False
    assert page.post("/api/models", {"models": [BASE]}).status_code == 409


def test_speed_without_a_recogniser_cannot_be_measured(page: Page) -> None:
    """Nothing is invented where nothing can be tried."""
    assert state(page)["takes"] == ""
    assert page.post("/api/models/speed", {}).json() == {"well": True}
    assert state(page)["models"][0]["speed"] is None


HELD = """
import json, sys, time, urllib.request
from pipeline.safety import refuse_network, stay_offline
from pipeline.web.installer import Installer
stay_offline()
with Installer() as installer:
    held = refuse_network()
    try:
        urllib.request.urlopen(sys.argv[1]).read()
        own = "reached"
    except Exception as error:
        own = type(error).__name__
    installer.install(["whisper-base"])
    end = time.monotonic() + 60
    while installer.last.code is None and time.monotonic() < end:
        time.sleep(0.1)
    print(json.dumps({"held": held, "own": own, "code": installer.last.code}))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's refusal is Linux's")
def test_the_helper_may_what_the_page_may_not(publisher: Publisher) -> None:
    """The page's process is refused every socket, and still models arrive: by the helper that was there before."""
    done = subprocess.run(
        [sys.executable, "-c", HELD, f"{publisher.address}/{BASE}"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    if told["held"]:
        assert told["own"] != "reached"
    assert told["code"] == 0
