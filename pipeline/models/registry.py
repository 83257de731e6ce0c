"""A package of the Python registry as a file, to be opened as an archive: by pip where it is, else asked for here.

Environments made by uv and pipx have no pip. The index is then asked by its own protocol, JSON or HTML
(https://packaging.python.org/en/latest/specifications/simple-repository-api/), at the address that pip or uv would use:
PIP_INDEX_URL, UV_DEFAULT_INDEX, UV_INDEX_URL, pip's configuration files, or the public index.
"""

from __future__ import annotations

import base64
import configparser
import importlib.util
import json
import os
import re
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

PUBLIC_INDEX = "https://pypi.org/simple"
TIMEOUT_S = 20
INDEX_VARIABLES = ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL")
CERTIFICATE_VARIABLES = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
_ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.2"
_FOR_ANYWHERE = "-none-any.whl"


class RegistryError(Exception):
    """The registry did not deliver; the message is one phrase for people."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of a package as the index lists it."""

    name: str
    url: str
    sha256: str


def has_pip() -> bool:
    """Whether this Python has pip."""
    return importlib.util.find_spec("pip") is not None


def download_with_pip(requirement: str, folder: Path) -> None:
    """Let pip download a wheel into `folder`: its own configuration decides from where. Raises RegistryError."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
    command += ["--ignore-requires-python", "--only-binary", ":all:", "--dest", str(folder), requirement]
    result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if result.returncode:
        errors = [line for line in result.stderr.splitlines() if line.startswith("ERROR")]
        why = errors[-1].removeprefix("ERROR: ").rstrip(". ") if errors else "pip could not download it"
        raise RegistryError(why)


def find_wheel(requirement: str) -> Listed:
    """The wheel of `NAME==VERSION` on the index: one for any system where there is one. Raises RegistryError."""
    name, _, version = requirement.partition("==")
    page = urllib.parse.urljoin(f"{index_url()}/", f"{re.sub(r'[-_.]+', '-', name).lower()}/")
    try:
        request = urllib.request.Request(page, headers={"Accept": _ACCEPT})  # noqa: S310 - as configured
        with open_url(request) as answer:
            kind, body, place = answer.headers.get_content_type(), answer.read(), answer.url
    except urllib.error.HTTPError as error:
        raise RegistryError(f"the package index answered {error.code}") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        told = getattr(reason, "strerror", None) or type(reason).__name__
        raise RegistryError(f"no connection to the package index ({told})") from error
    files = list(_from_json(body, place) if kind.endswith("json") else _from_html(body, place))
    fits = [f for f in files if f.name.endswith(".whl") and f.name.split("-")[1:2] == [version]]
    if not fits:
        raise RegistryError("the package index has no wheel of it")
    return next((f for f in fits if f.name.endswith(_FOR_ANYWHERE)), fits[0])


def _from_json(body: bytes, place: str) -> Iterator[Listed]:
    try:
        for each in json.loads(body)["files"]:
            url = urllib.parse.urljoin(place, each["url"])
            yield Listed(each["filename"], url, (each.get("hashes") or {}).get("sha256", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise RegistryError("the package index's answer cannot be read") from None


class _Links(HTMLParser):
    """The links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]


def _from_html(body: bytes, place: str) -> Iterator[Listed]:
    links = _Links()
    links.feed(body.decode("utf-8", "replace"))
    for link in links.found:
        url, _, fragment = urllib.parse.urljoin(place, link).partition("#")
        digest = fragment.removeprefix("sha256=") if fragment.startswith("sha256=") else ""
        yield Listed(urllib.parse.unquote(url.rsplit("/", 1)[-1]), url, digest)


# --- where, and how -------------------------------------------------------------------------------


def index_url(environment: Mapping[str, str] = os.environ) -> str:
    """The index that pip or uv would ask."""
    for name in INDEX_VARIABLES:
        if chosen := environment.get(name):
            return chosen.rstrip("/")
    return (_of_pips_files(environment, "index-url") or PUBLIC_INDEX).rstrip("/")


def _of_pips_files(environment: Mapping[str, str], option: str) -> str:
    """An option of pip's configuration files, the nearest one's first; empty where none has it."""
    for place in _pips_files(environment):
        parser = configparser.RawConfigParser(strict=False)
        try:
            parser.read(place, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue
        for section in ("download", "global"):
            if chosen := parser.get(section, option, fallback="").strip():
                return chosen
    return ""


def _pips_files(environment: Mapping[str, str]) -> Iterator[Path]:
    """Where pip looks, https://pip.pypa.io/en/stable/topics/configuration/#location."""
    if chosen := environment.get("PIP_CONFIG_FILE"):
        yield Path(chosen)
        if chosen == os.devnull:
            return
    from platformdirs import site_config_path, user_config_path

    name = "pip.ini" if sys.platform == "win32" else "pip.conf"
    yield Path(sys.prefix) / name
    yield user_config_path("pip", appauthor=False, roaming=True) / name
    yield Path.home() / (".pip" if sys.platform != "win32" else "pip") / name
    yield site_config_path("pip", appauthor=False) / name
    if sys.platform != "win32":
        yield Path("/etc") / name


def open_url(request: urllib.request.Request) -> urllib.request._UrlopenRet:
    """Ask for a URL: a name and password in it go into a header, certificates are those of the system, of the variables
    that pip and others read, and of certifi (a Python that brings its own OpenSSL may know none)."""
    parts = urllib.parse.urlsplit(request.full_url)
    if parts.username is not None:
        host = parts.hostname or ""
        host = host if parts.port is None else f"{host}:{parts.port}"
        word = f"{urllib.parse.unquote(parts.username)}:{urllib.parse.unquote(parts.password or '')}"
        bare = urllib.parse.urlunsplit(parts._replace(netloc=host))
        request = urllib.request.Request(bare, headers=dict(request.header_items()))  # noqa: S310
        request.add_unredirected_header("Authorization", "Basic " + base64.b64encode(word.encode()).decode())
    context = _certificates() if parts.scheme == "https" else None
    return urllib.request.urlopen(request, timeout=TIMEOUT_S, context=context)  # noqa: S310


def _certificates(environment: Mapping[str, str] = os.environ) -> ssl.SSLContext:
    chosen = next((environment[n] for n in CERTIFICATE_VARIABLES if environment.get(n)), None)
    chosen = chosen or _of_pips_files(environment, "cert") or None
    context = ssl.create_default_context(cafile=chosen)
    if chosen is None:
        import certifi

        context.load_verify_locations(certifi.where())
    return context
