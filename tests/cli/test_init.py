"""`init` asks in the same five steps as the page; where there is no terminal it asks for nothing but a passphrase."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli.main import main
from pipeline.study.study import Study
from pipeline.study.vault.keys import KeyFile, Passphrase

PASSPHRASE = "correct horse battery"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person sits there."""
    for name in ("pipeline.cli.init.at_terminal", "pipeline.cli.study_options.can_be_asked"):
        monkeypatch.setattr(name, lambda: True)


@pytest.mark.usefixtures("terminal")
def test_the_five_steps_at_a_terminal(tmp_path: Path) -> None:
    """Name, passphrase twice, recovery file, people and places, rules: each kept in the study."""
    recovery = tmp_path / "recovery.key"
    typed = [
        *("Balint group", PASSPHRASE, PASSPHRASE, str(recovery)),
        *("", "Tess Quorn", "", "Nerida Vale", "", "Oakfield", ""),
        *("gdpr", "2", "soon", "7", "2026-114"),
    ]
    result = CliRunner().invoke(main, ["init", str(tmp_path / "study")], input="\n".join(typed) + "\n")
    assert result.exit_code == 0, result.output
    with Study.open(tmp_path / "study", Passphrase(PASSPHRASE)) as study:
        rules = study.settings
        assert (rules.name, rules.policy, rules.reviewers, rules.destroy_after_days) == (
            "Balint group",
            "gdpr",
            2,
            7,
        )
        assert rules.ethics_approval == "2026-114"
        roster = study.roster.load()
        assert [(p.code, p.name, p.role) for p in roster.people] == [
            ("P01", "Tess Quorn", ""),
            ("F01", "Nerida Vale", "facilitator"),
        ]
        assert roster.sites == ("Oakfield",)
    Study.open(tmp_path / "study", KeyFile(recovery)).close()


@pytest.mark.usefixtures("terminal")
def test_enter_leaves_everything_as_it_is(tmp_path: Path) -> None:
    """A name from the folder, no recovery file (and a word about it), nobody in the roster, the usual rules."""
    typed = ["", PASSPHRASE, PASSPHRASE, "", "", "", "", "", "", "", "", ""]
    result = CliRunner().invoke(main, ["init", str(tmp_path / "study")], input="\n".join(typed) + "\n")
    assert result.exit_code == 0, result.output
    assert "a forgotten passphrase loses everything" in result.output
    with Study.open(tmp_path / "study", Passphrase(PASSPHRASE)) as study:
        assert (study.settings.name, study.settings.reviewers) == ("study", 1)
        assert study.roster.load().people == ()


def test_without_a_terminal_nothing_is_asked(tmp_path: Path) -> None:
    """As a script makes a study."""
    arguments = ["init", str(tmp_path / "study"), "--key-file", str(tmp_path / "key")]
    result = CliRunner().invoke(main, arguments, input="")
    assert result.exit_code == 0, result.output
