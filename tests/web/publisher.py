"""A publisher of small models on this computer, and a manifest that names it, for every process a test starts."""

from __future__ import annotations

import hashlib
import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CHUNK = 64 * 1024
# Read by every Python that finds it on its path: the command line, as the page's helper starts it, among them.
CUSTOM = """
import os
if "SESSION_DEID_TEST_MANIFEST" in os.environ:
    from pathlib import Path
    import pipeline.resources
    pipeline.resources.manifest_path = lambda: Path(os.environ["SESSION_DEID_TEST_MANIFEST"])
"""


class Publisher:
    """Serves bytes under names, slowly where `seconds` a chunk are given; knows what was asked of it."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.seconds = 0.0
        self.asked: list[str] = []
        publisher = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = publisher.files[self.path.strip("/")]
                publisher.asked.append(self.headers.get("Range", ""))
                start = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").rstrip("-"))
                self.send_response(206 if start else 200)
                self.send_header("Content-Length", str(len(body) - start))
                self.end_headers()
                for at in range(start, len(body), CHUNK):
                    try:
                        self.wfile.write(body[at : at + CHUNK])
                    except OSError:  # whoever asked is gone
                        return
                    time.sleep(publisher.seconds)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def model(self, name: str, data: bytes, *, task: str = "transcription", default: bool = True) -> str:
        """A model of one file, served, as it stands in a manifest."""
        self.files[name] = data
        digest = hashlib.sha256(data).hexdigest()
        return (
            f'[[model]]\nname = "{name}"\ntask = "{task}"\nlicence = "MIT"\nhomepage = "h"\nlanguages = ["*"]\n'
            f'about = "a"\ndefault = {str(default).lower()}\nwork = 1.0\n[[model.source]]\nkind = "url"\n'
            f'files = [{{ path = "model.bin", url = "{self.address}/{name}", sha256 = "{digest}", size = {len(data)} }}]\n'
        )


@contextmanager
def publishing(folder: Path, patch: pytest.MonkeyPatch, models: dict[str, bytes]) -> Iterator[Publisher]:
    """A publisher with these recognisers, an empty store, and a manifest of nothing else."""
    publisher = Publisher()
    thread = threading.Thread(target=publisher.server.serve_forever)
    thread.start()
    manifest = folder / "manifest.toml"
    manifest.write_text("\n".join(publisher.model(name, data) for name, data in models.items()))
    (folder / "site").mkdir()
    (folder / "site" / "sitecustomize.py").write_text(CUSTOM)
    patch.syspath_prepend(str(folder / "site"))
    patch.setenv("SESSION_DEID_TEST_MANIFEST", str(manifest))
    patch.setenv("SESSION_DEID_MODELS", str(folder / "store"))
    patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    patch.setattr("pipeline.models.manifest.manifest_path", lambda: manifest)
    try:
        yield publisher
    finally:
        publisher.server.shutdown()
        publisher.server.server_close()
        thread.join()
