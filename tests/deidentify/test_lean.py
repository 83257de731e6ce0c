"""A module nobody needs is not loaded along; whoever needs it still gets it."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.deidentify.lean import without
from pipeline.models.store import installed


@pytest.fixture
def spare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A module that can be imported and is not yet."""
    (tmp_path / "spare_module.py").write_text("READY = True\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield "spare_module"
    sys.modules.pop("spare_module", None)


def test_it_is_refused_within_and_found_after(spare: str) -> None:
    """As if it were not installed; after the block, also after an error in it, it is there."""
    with pytest.raises(ModuleNotFoundError, match=spare), without(spare):
        importlib.import_module(spare)
    assert importlib.import_module(spare).READY


def test_what_is_loaded_already_stays(spare: str) -> None:
    """Nothing is taken from those who have it."""
    importlib.import_module(spare)
    with without(spare):
        assert importlib.import_module(spare).READY


def test_other_threads_still_get_it(spare: str) -> None:
    """A recogniser that needs it may be loading at the same moment."""
    with without(spare), ThreadPoolExecutor(1) as other:
        assert other.submit(importlib.import_module, spare).result().READY


@pytest.mark.slow
@pytest.mark.skipif(not installed("en_core_web_md"), reason="en_core_web_md is not installed")
def test_the_deidentifier_does_without_torch() -> None:
    """In a process of its own, as other tests load torch."""
    program = (
        "import sys\nfrom pipeline.deidentify.redact import load\nload()\nsys.exit('torch' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
