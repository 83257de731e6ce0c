"""The pages name commands, options, keys and places that exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import click
import pytest

from pipeline.cli.main import COMMANDS, main
from tests.conftest import ROOT

PAGES = (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))
COMMAND = re.compile(r"\bsession-deid ((?:\\\n|[^\n`#|])+)|`([a-z]+ [^`\n]+)`")


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def commands_in(text: str) -> Iterator[list[str]]:
    """The words of each command, written out or in short (`hold REC`)."""
    for whole, short in COMMAND.findall(text):
        words = (whole or short).replace("\\\n", " ").split()
        if words and words[0] in COMMANDS:
            yield words


def options_of(words: list[str]) -> set[str]:
    """Those of the command these words begin with; a group's word must be a command of it."""
    found = main.get_command(click.Context(main), words[0])
    assert found is not None
    if isinstance(found, click.Group) and len(words) > 1 and words[1].strip("`.,;:)").islower():
        group, found = found, found.get_command(click.Context(found), words[1].strip("`.,;:)"))
        assert found is not None, (group.name, words[1])
    return {each for param in found.params for each in (*param.opts, *param.secondary_opts)} | {"--help"}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_and_option_named_exists(page: Path) -> None:
    """Renamed or taken out, it would be looked for in vain."""
    for words in commands_in(page.read_text(encoding="utf-8")):
        asked = {m[0] for word in words if (m := re.match(r"--[a-z][a-z-]*", word.lstrip("[(")))}
        assert asked <= options_of(words), (words, asked - options_of(words))


def test_commands_are_found_where_pages_name_them() -> None:
    """What the test above looks at, in each way of writing it, and what it would find wrong."""
    text = "`hold REC` or\n\n    session-deid key add \\\n      --ring analysis   # to read\n"
    assert list(commands_in(text)) == [["hold", "REC"], ["key", "add", "--ring", "analysis"]]
    assert "--ring" in options_of(["key", "add"])
    assert "--rung" not in options_of(["key", "add"])
    with pytest.raises(AssertionError):
        options_of(["key", "added"])
    assert sum(len(list(commands_in(page.read_text(encoding="utf-8")))) for page in PAGES) > 150


def anchor_of(heading: str) -> str:
    """As the usual renderers make it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    """To a file, and to a heading of it."""
    for target in re.findall(r"\]\(([^):]+)\)", page.read_text(encoding="utf-8")):
        file, _, anchor = target.partition("#")
        there = page.parent / file if file else page
        assert there.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", there.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in map(anchor_of, headings), target


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_modules_tests_and_targets_named_exist(page: Path) -> None:
    """`python -m bench.NAME`, `make NAME`, a test by its name: whoever would see a claim held looks there."""
    text = page.read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for module in re.findall(r"python -m ((?:bench|docs|pipeline|models)[a-z_.]*)", text):
        assert find_spec(module.rstrip(".")) is not None, module
    for target in re.findall(r"(?:`|^    )make ([a-z-]+)", text, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for name in set(re.findall(r"\btest_\w+", text)):
        assert name in NAMES_OF_TESTS, name


def _names_of_tests() -> set[str]:
    """Of files and of functions."""
    files = list((ROOT / "tests").rglob("test_*.py"))
    told = (
        re.findall(r"^ *def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE) for path in files
    )
    return {path.stem for path in files} | {name for names in told for name in names}


NAMES_OF_TESTS = _names_of_tests()


def test_the_keys_the_review_page_is_told_with_are_its_keys() -> None:
    """Each single letter in docs/review.md does something in the page, and each that does is told."""
    told = set(
        re.findall(r"`(?:Shift\+)?([A-Z])`", (ROOT / "docs" / "review.md").read_text(encoding="utf-8"))
    )
    script = (ROOT / "pipeline" / "web" / "static" / "keys.js").read_text(encoding="utf-8")
    actions = script.partition("const ACTIONS = {")[2].partition("};")[0]
    keys = {key.upper() for key in re.findall(r"(?:^|[\s,{])([a-z])(?::|,)", actions)}
    keys |= {
        key.upper() for key in re.findall(r'event\.key\.toLowerCase\(\) === "([a-z])"\) \{ reveal', script)
    }
    assert len(keys) > 20
    assert told == keys
