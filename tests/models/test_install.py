"""Models arrive whole or not at all, from the first source that delivers what was published."""

from __future__ import annotations

import hashlib
import http.server
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli.models import models as command
from pipeline.errors import ModelInstallError, ModelMissingError, ModelUnknownError, SettingsError
from pipeline.models import manifest as manifests
from pipeline.models.install import install, install_all, problems, remove
from pipeline.models.manifest import ArchiveSource, Model, PinnedFile, UrlSource
from pipeline.models.store import find, installed
from pipeline.transcribe import choosing, speeds

WEIGHTS = bytes(range(256)) * 40_000  # 10 MB: several chunks


class _Server(http.server.BaseHTTPRequestHandler):
    """Serves `files` with ranges; breaks off after `break_after` bytes when that is set."""

    files: dict[str, bytes]
    break_after: int | None
    ranges: list[str]

    def do_GET(self) -> None:
        body = self.files.get(self.path)
        if body is None:
            self.send_error(404)
            return
        start = 0
        if asked := self.headers.get("Range"):
            self.ranges.append(asked)
            start = int(asked.removeprefix("bytes=").rstrip("-"))
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        end = len(body) if self.break_after is None else start + self.break_after
        self.wfile.write(body[start:end])

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[type[_Server]]:
    """A local publisher; its address is `server.address`."""
    handler = type("Handler", (_Server,), {"files": {}, "break_after": None, "ranges": []})
    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    handler.address = f"http://127.0.0.1:{httpd.server_port}"
    thread = threading.Thread(target=httpd.serve_forever)
    thread.start()
    yield handler
    httpd.shutdown()
    thread.join()
    httpd.server_close()


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty model store."""
    monkeypatch.setenv("SESSION_DEID_MODELS", str(tmp_path / "store"))
    return tmp_path / "store"


def pinned(data: bytes, url: str, path: str = "model.bin", **extra: object) -> PinnedFile:
    return PinnedFile(path=path, sha256=hashlib.sha256(data).hexdigest(), size=len(data), url=url, **extra)


def model(*sources: object) -> Model:
    facts = {
        "name": "m",
        "task": "names",
        "licence": "MIT",
        "homepage": "h",
        "languages": ("en",),
        "about": "a",
    }
    return Model(**facts, source=sources)


def by_url(*files: PinnedFile) -> UrlSource:
    return UrlSource(kind="url", files=files)


def quiet(*_: object) -> None:
    """No progress shown."""


def test_a_model_arrives_whole_and_is_found(server: type[_Server], store: Path) -> None:
    """What the publisher serves lies in the store, byte for byte, with a receipt."""
    server.files["/w"] = WEIGHTS
    wanted = model(by_url(pinned(WEIGHTS, server.address + "/w")))
    install(wanted, progress=quiet, say=quiet)
    assert (find("m") / "model.bin").read_bytes() == WEIGHTS
    assert problems(wanted) == []
    assert not (store / ".incoming" / "m").exists()


def test_an_interrupted_download_goes_on_where_it_broke_off(server: type[_Server]) -> None:
    """The second try asks only for the bytes that are missing."""
    server.files["/w"], server.break_after = WEIGHTS, 3_000_000
    wanted = model(by_url(pinned(WEIGHTS, server.address + "/w")))
    with pytest.raises(ModelInstallError):
        install(wanted, progress=quiet, say=quiet)
    server.break_after = None
    install(wanted, progress=quiet, say=quiet)
    assert server.ranges == ["bytes=3000000-"]
    assert (find("m") / "model.bin").read_bytes() == WEIGHTS


def test_a_file_that_is_not_what_was_published_is_refused(server: type[_Server]) -> None:
    """Another file under the right name never reaches the store, and the next source is tried."""
    server.files.update({"/bad": WEIGHTS[::-1], "/good": WEIGHTS})
    bad = PinnedFile(**pinned(WEIGHTS, server.address + "/bad").model_dump())
    said: list[str] = []
    install(
        model(by_url(bad), by_url(pinned(WEIGHTS, server.address + "/good"))), progress=quiet, say=said.append
    )
    assert (find("m") / "model.bin").read_bytes() == WEIGHTS
    assert "not what was published" in said[0]


def test_when_every_source_fails_each_reason_is_given(server: type[_Server]) -> None:
    """The error names both sources' reasons and nothing is installed."""
    gone = pinned(WEIGHTS, server.address + "/none")
    closed = pinned(WEIGHTS, "http://127.0.0.1:9/none")
    with pytest.raises(ModelInstallError, match=r"answered 404.*no connection"):
        install(model(by_url(gone), by_url(closed)), progress=quiet, say=quiet)
    with pytest.raises(ModelMissingError):
        find("m")


def test_files_of_a_failed_source_do_not_stay_beside_those_of_the_next(server: type[_Server]) -> None:
    """A half-delivered source leaves nothing in the model's folder."""
    server.files.update({"/a": b"a", "/w": WEIGHTS})
    half = by_url(
        pinned(b"a", server.address + "/a", "stray.txt"), pinned(b"x", server.address + "/none", "x")
    )
    install(model(half, by_url(pinned(WEIGHTS, server.address + "/w"))), progress=quiet, say=quiet)
    assert sorted(p.name for p in find("m").iterdir()) == ["model.bin", "receipt.json"]


def test_a_damaged_model_is_noticed_and_installed_anew(server: type[_Server]) -> None:
    """verify names the damaged file; install replaces it."""
    server.files["/w"] = WEIGHTS
    wanted = model(by_url(pinned(WEIGHTS, server.address + "/w")))
    install(wanted, progress=quiet, say=quiet)
    with (find("m") / "model.bin").open("r+b") as f:
        f.write(b"\xff\xff")
    assert problems(wanted) == ["model.bin"]
    install(wanted, progress=quiet, say=quiet)
    assert problems(wanted) == []


def test_a_whole_model_is_not_fetched_again(server: type[_Server]) -> None:
    """The second install asks the publisher for nothing."""
    server.files["/w"] = WEIGHTS
    wanted = model(by_url(pinned(WEIGHTS, server.address + "/w")))
    install(wanted, progress=quiet, say=quiet)
    server.files.clear()
    assert install(wanted, progress=quiet, say=quiet) == ""


def test_a_forged_receipt_does_not_make_other_weights_whole(server: type[_Server]) -> None:
    """The manifest's digest counts, not only what the receipt says was installed."""
    server.files["/w"] = WEIGHTS
    wanted = model(by_url(pinned(WEIGHTS, server.address + "/w")))
    install(wanted, progress=quiet, say=quiet)
    receipt = find("m") / "receipt.json"
    (find("m") / "model.bin").write_bytes(b"other")
    was, now = hashlib.sha256(WEIGHTS).hexdigest(), hashlib.sha256(b"other").hexdigest()
    receipt.write_text(receipt.read_text().replace(was, now))
    assert problems(wanted) == ["model.bin"]


def test_an_archive_gives_its_folder_and_no_code(server: type[_Server], tmp_path: Path) -> None:
    """Only the named folder's data files are taken; Python files in it are left out."""
    archive = tmp_path / "a.whl"
    with zipfile.ZipFile(archive, "w") as z:
        z.writestr("en/en-1/meta.json", "{}")
        z.writestr("en/en-1/ner/model", "weights")
        z.writestr("en/en-1/code.py", "print()")
        z.writestr("en/other.txt", "no")
    data = archive.read_bytes()
    server.files["/a.whl"] = data
    digest = hashlib.sha256(data).hexdigest()
    source = ArchiveSource(kind="archive", url=server.address + "/a.whl", sha256=digest, root="en/en-1")
    install(model(source), progress=quiet, say=quiet)
    found = sorted(str(p.relative_to(find("m"))) for p in find("m").rglob("*") if p.is_file())
    assert found == ["meta.json", "ner/model", "receipt.json"]


def test_an_archive_cannot_write_outside_its_folder(server: type[_Server], tmp_path: Path) -> None:
    """A member with .. in its name stops the installation."""
    archive = tmp_path / "a.whl"
    with zipfile.ZipFile(archive, "w") as z:
        z.writestr("en/../../../evil", "x")
    data = archive.read_bytes()
    server.files["/a.whl"] = data
    digest = hashlib.sha256(data).hexdigest()
    with pytest.raises(ModelInstallError, match="outside its folder"):
        install(
            model(ArchiveSource(kind="archive", url=server.address + "/a.whl", sha256=digest, root="en")),
            progress=quiet,
            say=quiet,
        )


def test_one_model_that_fails_does_not_stop_the_others(server: type[_Server]) -> None:
    """install_all installs what it can and raises what failed."""
    server.files["/w"] = WEIGHTS
    good = model(by_url(pinned(WEIGHTS, server.address + "/w")))
    bad = model(by_url(pinned(b"x", server.address + "/none"))).model_copy(update={"name": "bad"})
    with pytest.raises(ModelInstallError, match="bad"):
        install_all([bad, good], progress=quiet, say=quiet)
    assert find("m").is_dir()


def test_our_manifest_is_complete() -> None:
    """Every model has a licence, a home page and at least one source with pinned digests."""
    manifest = manifests.load()
    names = [m.name for m in manifest]
    assert len(names) == len(set(names))
    assert {m.task for m in manifest.defaults()} == {"transcription", "diarization", "voiceprints", "names"}
    for m in manifest:
        assert m.source, m.name
        for source in m.source:
            assert source.kind == "archive" or source.files, m.name


def test_no_source_is_a_branch_that_moves() -> None:
    """A URL names a commit or a release: what is pinned by digest must stay where it is."""
    for m in manifests.load():
        for source in m.source:
            urls = [getattr(source, "url", ""), *(f.url for f in getattr(source, "files", ()))]
            assert not [u for u in urls if "/main/" in u or "/master/" in u], m.name


def test_a_malformed_manifest_is_named(tmp_path: Path) -> None:
    """An unknown key in the manifest is refused."""
    path = tmp_path / "manifest.toml"
    path.write_text("[[model]]\nname = 'x'\nsurprise = 1\n")
    with pytest.raises(SettingsError, match=r"manifest\.toml"):
        manifests.load(path)


def test_an_unknown_model_is_named() -> None:
    """Asking for a model that does not exist says where to look."""
    with pytest.raises(ModelUnknownError, match="models list"):
        manifests.load().get("no-such-model")


def test_list_shows_every_model_and_whether_it_is_installed() -> None:
    """`models list --json` prints one object a line, none installed in an empty store."""
    import json

    result = CliRunner().invoke(command, ["list", "--json"])
    rows = [json.loads(line) for line in result.output.splitlines()]
    assert len(rows) == len(list(manifests.load()))
    assert not any(r["installed"] for r in rows)


def test_a_model_can_be_removed_and_brought_back(server: type[_Server], store: Path) -> None:
    """`models remove` leaves nothing of it; one that is not there, or is none, is an error."""
    server.files["/w"] = WEIGHTS
    wanted = model(by_url(pinned(WEIGHTS, server.address + "/w")))
    install(wanted, progress=quiet, say=quiet)
    assert remove(wanted) > len(WEIGHTS)
    assert not [p for p in store.rglob("*") if p.is_file()]
    with pytest.raises(ModelMissingError):
        remove(wanted)
    install(wanted, progress=quiet, say=quiet)
    assert problems(wanted) == []
    assert isinstance(CliRunner().invoke(command, ["remove", "no-such"]).exception, ModelUnknownError)


@pytest.fixture
def recognisers(server: type[_Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A manifest with two recognisers that the local publisher has; an hour takes base six minutes on this computer."""
    entries = []
    for name, work, default in (("whisper-base", 1.0, "true"), ("whisper-small", 3.4, "false")):
        server.files[f"/{name}"] = WEIGHTS
        digest = hashlib.sha256(WEIGHTS).hexdigest()
        entries.append(
            f'[[model]]\nname = "{name}"\ntask = "transcription"\nwork = {work}\nlicence = "MIT"\nhomepage = "h"\n'
            f'languages = ["*"]\nabout = "a"\ndefault = {default}\n[[model.source]]\nkind = "url"\nfiles = '
            f'[{{ path = "model.bin", url = "{server.address}/{name}", sha256 = "{digest}", size = {len(WEIGHTS)} }}]\n'
        )
    place = tmp_path / "manifest.toml"
    place.write_text("\n".join(entries), encoding="utf-8")
    monkeypatch.setattr(manifests, "manifest_path", lambda: place)
    monkeypatch.setattr(choosing, "MODELS", ("whisper-base", "whisper-small"))
    monkeypatch.setattr(choosing, "this_machine", lambda: choosing.Machine(2, 32.0))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    speeds.keep("faster-whisper", "whisper-base", "auto", 0.1)


@pytest.mark.usefixtures("recognisers")
def test_the_recommended_recogniser_is_installed_without_a_question() -> None:
    """For scripts: what it will take here is said, and another call has nothing to do."""
    done = CliRunner().invoke(command, ["install", "--recommended"])
    assert done.exit_code == 0, done.output
    assert (
        "whisper-base, installed: about 6 minutes for an hour of talk (measured here), 0.0 GB" in done.output
    )
    assert "whisper-small, fewer errors by its publisher's figures: about 20 minutes" in done.output
    assert (find("whisper-small") / "model.bin").read_bytes() == WEIGHTS
    again = CliRunner().invoke(command, ["install", "--recommended"])
    assert "whisper-small is the best recogniser this computer can carry" in again.output


@pytest.mark.usefixtures("recognisers")
@pytest.mark.parametrize(("answer", "there"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_at_a_terminal_it_is_offered(answer: str, there: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """And installed only where a person says so."""
    monkeypatch.setattr("pipeline.cli.models.at_terminal", lambda: True)
    done = CliRunner().invoke(command, ["install"], input=answer)
    assert done.exit_code == 0, done.output
    assert "Install whisper-small now?" in done.output
    assert installed("whisper-small") is there


@pytest.mark.usefixtures("recognisers")
def test_a_script_and_names_are_asked_nothing() -> None:
    """What is named is installed, and no more."""
    for arguments in (["install"], ["install", "whisper-base"]):
        done = CliRunner().invoke(command, arguments)
        assert done.exit_code == 0, done.output
        assert "fewer errors" not in done.output
    assert not installed("whisper-small")


@pytest.mark.usefixtures("recognisers")
def test_a_recommended_model_whose_publisher_fails_is_an_error(server: type[_Server]) -> None:
    """The usual one stands."""
    del server.files["/whisper-small"]
    done = CliRunner().invoke(command, ["install", "--recommended"])
    assert isinstance(done.exception, ModelInstallError)
    assert installed("whisper-base")


def test_a_publishers_checkpoint_becomes_a_network_that_tells_voices_apart(server: type[_Server]) -> None:
    """The whole way of pyannote's newer voiceprints, with made-up weights: fetched past a source that asks for an account,
    checked, converted, tried; the checkpoint itself is not kept."""
    import io

    import torch

    from pipeline.speakers.diarization.networks import load_voiceprints
    from tests.models.test_convert_networks import published_resnet34

    buffer = io.BytesIO()
    torch.save({"state_dict": published_resnet34()}, buffer)
    server.files["/copy"] = buffer.getvalue()
    published = manifests.load().get("community-1-voiceprints")
    first, second = (
        by_url(pinned(buffer.getvalue(), server.address + path, "pytorch_model.bin", temporary=True))
        for path in ("/account", "/copy")
    )
    wanted = published.model_copy(update={"source": (first, second)})
    said: list[str] = []
    install(wanted, progress=quiet, say=said.append)
    assert "answered 404" in said[0]
    assert {p.name for p in find(wanted.name).iterdir()} == {"model.onnx", "receipt.json"}
    network = load_voiceprints(wanted, threads=1)
    assert (network.numbers, network.filterbank) == (256, "wespeaker")
