"""A file name that named a participant stays hidden when the roster that told so is gone or says something else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.batch.run import run_study
from pipeline.cli.main import main
from pipeline.erase.close import close_study
from pipeline.erase.destroy import destroy
from pipeline.study.audit_check import check_study
from pipeline.study.study import Study
from pipeline.study.vault.keys import KeyFile
from tests.batch.fakes import FakeStages, with_stages
from tests.batch.life import in_child, verify
from tests.erase.test_destroy import KILLED
from tests.export.leaks import everything_below
from tests.study.conftest import CHEAP, make_sound

NAME = "Zephyrine"


def opened(folder: Path) -> Study:
    return Study.open(folder / "study", KeyFile(folder / "study.key"), by="tester")


@pytest.fixture
def ended(tmp_path: Path) -> Path:
    """Two recordings destroyed, one of them called after a participant."""
    with Study.create(tmp_path / "study", key_file=tmp_path / "study.key", by="tester", cost=CHEAP) as study:
        study.roster.add(f"{NAME} Quorn", code="P07")
        make_sound(study.folder / "inbox" / "a-week.wav")
        make_sound(study.folder / "inbox" / f"interview_{NAME}.wav")
        run_study(study, with_stages(FakeStages), lambda _: None, sleep=lambda _: None)
        for row in list(study.recordings()):
            verify(study, row.id, 0)
            destroy(study, row.id, by="tester")
    return tmp_path


def shown(folder: Path) -> str:
    """Everything a person could see: the lists, an export, a package with its codebook, and the files' names."""
    where = ["--study", str(folder / "study"), "--key-file", str(folder / "study.key")]
    out = folder / "out"
    said = ""
    for call in (
        ["status"],
        ["status", "--json"],
        ["audit", "show", "--json"],
        ["export", "--all", "--format", "txt,csv,json", "--to", str(out)],
        ["export", "--format", "package", "--to", str(out)],
    ):
        done = CliRunner().invoke(main, [*call, *where])
        assert done.exit_code == 0, (call, done.output)
        said += done.output
    return (
        said + " ".join(str(path) for path in out.rglob("*")) + everything_below(out).decode(errors="replace")
    )


def test_closing_with_the_roster_brings_no_name_to_light(ended: Path) -> None:
    """It was R0002 before, and stays R0002; the other recording keeps its name."""
    with opened(ended) as study:
        (named,) = [row.id for row in study.recordings() if row.name == row.id]
        assert "roster" in close_study(study, with_roster=True)
        check_study(study)
        assert study.rows.recording(named).name == named
    said = shown(ended)
    assert NAME.lower() not in said.lower()
    assert "a-week" in said


def test_killed_while_closing_no_name_comes_to_light(ended: Path) -> None:
    """At every passage: roster and name go together or stay together, and closing again ends it."""
    for nth in range(1, 30):
        status = in_child(lambda: close_in(ended), fault=f"*:kill:{nth}")
        with opened(ended) as study:
            assert not any(NAME in row.name for row in study.recordings())
            check_study(study)
        if status == 0:
            break
        assert status == KILLED
    assert nth > 2
    with opened(ended) as study:
        close_study(study, with_roster=True)
        assert not any(NAME in row.name for row in study.rows.recordings())


def close_in(folder: Path) -> None:
    with opened(folder) as study:
        close_study(study, with_roster=True)


def test_closing_without_the_roster_changes_no_name(ended: Path) -> None:
    """The roster still tells, and the file's name is still there to look for."""
    with opened(ended) as study:
        close_study(study)
        assert any(NAME in row.name for row in study.rows.recordings())
        assert not any(NAME in row.name for row in study.recordings())


def import_another(study: Study, folder: Path) -> None:
    """The same code with another name: the one before is replaced."""
    file = folder / "roster.csv"
    file.write_text("code,name,nicknames,role\nP07,Ottoline Quorn,,student\n")
    study.roster.import_csv(file)


def rename(study: Study, _folder: Path) -> None:
    """The name before is kept as a nickname, or not at all."""
    study.roster.rename("P07", "Ottoline Quorn", ())


@pytest.mark.parametrize("changed", [import_another, rename])
def test_a_name_that_leaves_the_roster_stays_hidden(
    ended: Path, changed: Callable[[Study, Path], None]
) -> None:
    """Whatever takes it out of the roster."""
    with opened(ended) as study:
        changed(study, ended)
        assert not any(NAME in row.name for row in study.recordings())
        check_study(study)
    lines = CliRunner().invoke(
        main, ["status", "--json", "--study", str(ended / "study"), "--key-file", str(ended / "study.key")]
    )
    assert sorted(json.loads(line)["name"] for line in lines.output.splitlines()) == ["R0002", "a-week"]
