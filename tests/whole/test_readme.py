"""The README shows what the demo really prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs import make_readme
from tests.conftest import ROOT, SAMPLES
from tests.whole.conftest import Run


@pytest.mark.slow
def test_the_readme_shows_what_the_demo_gives(run: Run, tmp_path: Path) -> None:
    """A fresh run of the demo's command gives the README's transcript, but for a word here and there."""
    from rapidfuzz import fuzz

    roster = str(SAMPLES / "roster.csv")
    result = run(
        "deidentify", SAMPLES / "session-s1.m4a", "--out", "out", "--roster", roster, "--language", "en"
    )
    assert result.returncode == 0, result.stderr
    shown = make_readme.shown(make_readme.README.read_text(encoding="utf-8"))
    assert fuzz.ratio(shown, make_readme.example(tmp_path / "out")) > 90


def test_every_command_the_readme_names_exists() -> None:
    """No command in README.md or docs/study.md has been renamed away."""
    from pipeline.cli.main import COMMANDS

    for page in (ROOT / "README.md", ROOT / "docs" / "study.md"):
        named = re.findall(r"session-deid ([a-z]+)", page.read_text(encoding="utf-8"))
        assert named
        assert set(named) - set(COMMANDS) == set()


def test_links_between_the_pages_lead_somewhere() -> None:
    """Every relative link of README.md and docs/ points to a file that is there."""
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} -> {target}"


def test_the_architecture_s_page_names_the_rooms_there_are() -> None:
    """Every path it names is there, and every room and module at the top of pipeline/ stands in its table."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w/]+(?:\.py|/))`", page))
    places = (ROOT, ROOT / "pipeline")
    assert {each for each in named if not any((place / each).exists() for place in places)} == set()
    rooms = {f"{each.name}/" for each in (ROOT / "pipeline").iterdir() if (each / "__init__.py").exists()}
    modules = {each.name for each in (ROOT / "pipeline").glob("[!_]*.py")}
    assert (rooms | modules) - named == set()
