"""docs/rights.md and docs/keeping.md name rules that exist."""

from __future__ import annotations

import re

from pipeline.study.retention import Retention
from tests.conftest import ROOT

PAGES = ("rights", "keeping")


def text_of(page: str) -> str:
    return (ROOT / "docs" / f"{page}.md").read_text()


def test_every_rule_named_is_one() -> None:
    """And every rule there is is explained on the page about keeping."""
    named = {rule for page in PAGES for rule in re.findall(r"`(\w+_(?:before|after|until))`", text_of(page))}
    assert named == set(Retention.model_fields)
