"""The error tree: every class says what happened and what to do, every code is documented and means one thing."""

from __future__ import annotations

import inspect
import pickle
import re
import string
from itertools import combinations

import pytest

from pipeline import errors
from pipeline.errors import EXIT_BUG, EXIT_INTERRUPTED, SessionDeidError
from tests.conftest import ROOT

CLICK_USAGE = 2
TREE = [
    each
    for _, each in inspect.getmembers(errors, inspect.isclass)
    if issubclass(each, SessionDeidError) and each is not SessionDeidError
]
RAISED = [each for each in TREE if each.problem]
# What a study's run can end with, or set a recording aside for; labels in a file are `redact`'s alone.
OF_A_RUN = [
    each
    for each in RAISED
    if issubclass(each, (errors.InputError, errors.ModelError, errors.SettingsError))
    and each is not errors.LabelFileError
]
# Two wrong ways to name a study's folder; nobody's script would treat them apart.
ONE_MEANING = {(errors.StudyExistsError, errors.StudyMissingError)}


def facts_of(kind: type[SessionDeidError]) -> dict[str, str]:
    names = [name for _, name, _, _ in string.Formatter().parse(kind.problem + kind.remedy) if name]
    return dict.fromkeys(names, "x\x1b[2J\ny")


@pytest.mark.parametrize("kind", RAISED, ids=lambda kind: kind.__name__)
def test_a_message_is_one_line_and_crosses_processes(kind: type[SessionDeidError]) -> None:
    """Sentences, without control characters of a file's name; the same again after pickling."""
    error = kind(**facts_of(kind))
    assert str(error).isprintable()
    assert kind.problem.endswith(".")
    assert not kind.remedy or kind.remedy.endswith((".", "}", "RECOVERY", "FOLDER", "--interactive"))
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.exit_code) == (kind, str(error), kind.exit_code)


@pytest.mark.parametrize("kind", OF_A_RUN, ids=lambda kind: kind.__name__)
def test_what_a_run_tells_names_no_option_that_nobody_gave(kind: type[SessionDeidError]) -> None:
    """What is chosen stands in study.toml, for cron and the page alike."""
    assert not re.search(r"(?<![\w-])--[a-z]", str(kind(**facts_of(kind)).for_study()))


def test_every_code_is_documented_and_none_that_is_not_used() -> None:
    """docs/exit-codes.md is what scripts rely on."""
    table = re.findall(r"^\| (\d+) \|", (ROOT / "docs" / "exit-codes.md").read_text(), re.MULTILINE)
    used = {each.exit_code for each in RAISED} | {0, CLICK_USAGE, EXIT_INTERRUPTED}
    assert sorted(map(int, table)) == sorted(used)
    assert not {0, 1, CLICK_USAGE, EXIT_INTERRUPTED} & {each.exit_code for each in RAISED}
    assert [each for each in RAISED if each.exit_code == EXIT_BUG] == [errors.InternalError]


def test_a_code_means_one_thing() -> None:
    """Classes share a code only when one is a kind of the other, or both of a third that is raised."""
    for one, other in combinations(sorted(RAISED, key=lambda each: each.__name__), 2):
        if one.exit_code != other.exit_code or (one, other) in ONE_MEANING:
            continue
        shared = [each for each in one.__mro__ if each in other.__mro__ and each in RAISED]
        assert any(each.exit_code == one.exit_code for each in shared), (one, other)
