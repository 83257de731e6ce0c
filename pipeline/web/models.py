"""The models: which are here, which this computer would do well with, and installing them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipeline.models import manifest as manifests
from pipeline.models.store import installed
from pipeline.resources import model_store
from pipeline.web.answers import answer
from pipeline.web.bodies import RequestError, texts_of
from pipeline.web.place import Place
from pipeline.web.told import told

if TYPE_CHECKING:
    from starlette.routing import Route

    from pipeline.transcribe.choosing import Offer
    from pipeline.web.installer import Installer

MOST_NAMES = 20
NOT_FROM_HERE = "Models cannot be installed from this page."
# In a process of its own: what it loads is gone with it, and it is held to this computer like every other.
MEASURE = """
from pipeline.safety import protect_process, refuse_sockets, stay_offline
protect_process(); stay_offline(); refuse_sockets()
from pipeline.transcribe.choosing import offers, this_machine
offers(this_machine())
"""


def routes() -> list[Route]:
    """The routes of this room."""
    from starlette.routing import Route

    return [
        Route("/api/models", answer(show_models), methods=["GET"]),
        Route("/api/models", answer(install), methods=["POST"]),
        Route("/api/models/stop", answer(stop), methods=["POST"]),
        Route("/api/models/speed", answer(measure_speed), methods=["POST"]),
    ]


def show_models(place: Place, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """Every model of the manifest, whether it is here, what an hour of talk takes with it on this computer."""
    from pipeline.transcribe.choosing import best_installed, better_than_installed, offers, this_machine

    found = offers(this_machine(), measure=None)
    here = any(each.installed for each in found)
    takes, better = (best_installed(found), better_than_installed(found)) if here else (None, None)
    by_name = {each.model: each for each in found}
    return {
        "models": [
            {
                "name": model.name,
                "task": model.task,
                "about": told(model.about),
                "languages": [code for code in model.languages if code != "*"],
                "licence": model.licence,
                "size": model.size,
                "installed": installed(model.name),
                "default": model.default,
                "speed": show_speed(by_name.get(model.name)),
            }
            for model in manifests.load()
            if not model.needs  # those that want packages of their own are the terminal's business
        ],
        "missing": missing(),
        "takes": takes.model if takes else "",
        "better": better.model if better else "",
        "folder": str(model_store()),
        "can": place.installer is not None,
        "going": show_going(place.installer),
    }


def show_speed(offer: Offer | None) -> dict[str, Any] | None:
    """Minutes for an hour of talk, and whether that was measured here or follows from another model's."""
    return {"minutes": offer.minutes_per_hour, "measured": offer.measured} if offer else None


def missing() -> list[str]:
    """Models without which nothing can be transcribed or de-identified; any recogniser stands for the usual one."""
    manifest = manifests.load()
    hears = any(installed(model.name) for model in manifest if model.task == "transcription")
    return [
        model.name
        for model in manifest.defaults()
        if not installed(model.name) and not (model.task == "transcription" and hears)
    ]


def show_going(installer: Installer | None) -> dict[str, Any] | None:
    """The installation that goes on, or how the last one ended."""
    last = installer.last if installer else None
    if last is None:
        return None
    return {
        "models": list(last.models),
        "done": last.bytes_here,
        "of": last.bytes_in_all,
        "left": last.seconds_left,
        "running": last.code is None,
        "stopped": last.stopped,
        "well": last.code == 0,
        "problem": told(last.problem),
        "offline": "no connection" in last.problem,
    }


def install(place: Place, _path: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Begin to install some models, in a process that may use the network; this one never does."""
    names = texts_of(body, "models")
    if not names or len(names) > MOST_NAMES:
        raise RequestError(422)
    if place.installer is None:
        raise RequestError(409, NOT_FROM_HERE)
    place.installer.install(names)
    return {"going": show_going(place.installer)}


def stop(place: Place, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """End the installation; what has arrived is kept."""
    if place.installer is not None:
        place.installer.stop()
    return {}


def measure_speed(_place: Place, _path: Mapping[str, str], _body: dict[str, Any]) -> dict[str, Any]:
    """Try the installed recogniser on a minute of the sample recording, as `models install` does."""
    done = subprocess.run([sys.executable, "-c", MEASURE], capture_output=True, check=False)  # noqa: S603 - our own words
    return {"well": done.returncode == 0}
