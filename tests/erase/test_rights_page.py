"""docs/rights.md and docs/keeping.md name commands, options and settings that exist."""

from __future__ import annotations

import re

import click

from pipeline.cli.main import COMMANDS, main
from pipeline.study.retention import Retention
from tests.conftest import ROOT

PAGES = ("rights", "keeping")


def text_of(page: str) -> str:
    return (ROOT / "docs" / f"{page}.md").read_text()


def test_every_command_and_option_named_exists() -> None:
    found = 0
    for page in PAGES:
        for line in re.findall(r"`(?:session-deid )?(\w+(?: [^`]*)?)`", text_of(page)):
            name = line.split()[0]
            if name not in COMMANDS:
                continue
            command = main.get_command(click.Context(main), name)
            if isinstance(command, click.Group) and " " in line:
                command = command.get_command(click.Context(command), line.split()[1])
            assert command is not None
            known = {each for param in command.params for each in param.opts}
            assert set(re.findall(r"--[a-z-]+", line)) <= known, (page, line)
            found += 1
    assert found > 8


def test_every_rule_named_is_one() -> None:
    """And every rule there is is explained on the page about keeping."""
    named = {rule for page in PAGES for rule in re.findall(r"`(\w+_(?:before|after|until))`", text_of(page))}
    assert named == set(Retention.model_fields)
