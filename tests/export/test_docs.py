"""The page about transcripts shows what the program does."""

from __future__ import annotations

from dataclasses import fields

from docs.make_examples import PAGE, renew
from pipeline.export import ExportOptions, formats, options_from_table

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_examples_are_current() -> None:
    """`python -m docs.make_examples` would change nothing."""
    assert renew(TEXT) == TEXT


def test_every_format_and_every_setting_is_explained() -> None:
    """Nothing can be chosen that the page does not name."""
    assert [name for name in formats() if f"`{name}`" not in TEXT and f"--format {name}" not in TEXT] == []
    settings = {f.name for f in fields(ExportOptions)} - {"draft", "pseudonyms"}
    assert [name for name in settings if f"    {name} = " not in TEXT] == []


def test_the_settings_shown_are_the_defaults() -> None:
    """The [export] table of the page can be read and is what holds without it."""
    import tomllib

    block = TEXT[TEXT.index("    [export]\n") : TEXT.index("| convention |")]
    table = tomllib.loads("\n".join(line.strip() for line in block.splitlines()))["export"]
    del table["pseudonyms"]
    assert options_from_table(table) == ExportOptions()
