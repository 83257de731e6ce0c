"""What is wrong in study.toml is told in sentences of our own, each of which the page knows in its languages."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from pipeline.errors import SettingsError, StudyError
from pipeline.export.options import ExportOptions
from pipeline.study.retention import Retention
from pipeline.study.settings import FILE_NAME, StudySettings, read_settings
from pipeline.web.told import speak, told
from pipeline.wrong_values import OTHERWISE, SENTENCES

PLANTED = "Zorblatt 7391"
# As they stand in TOML, with the planted value where one can be written.
WRONG = [
    f'"{PLANTED}"', f'["{PLANTED}"]', f'{{ a = "{PLANTED}" }}', "73.91", "-7391", "739173917391739173917391",
    "true", "nan", "inf", "2036-12-31T07:39:01", '""', f'"{PLANTED * 500}"',
]  # fmt: skip


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    speak("en")


def reasons(folder: Path) -> Iterator[str]:
    """What is said of every setting with every wrong value, as reading the file says it."""
    path = folder / FILE_NAME
    for key in StudySettings.model_fields:
        for value in WRONG:
            yield from _reason(
                path, f'name = "Balint group"\n{key} = {value}\n' if key != "name" else f"name = {value}\n"
            )
    for key in Retention.model_fields:
        for value in WRONG:
            yield from _reason(path, f'name = "Balint group"\n[retention]\n{key} = {value}\n')
    for field in fields(ExportOptions):
        for value in WRONG:
            yield from _reason(path, f'name = "Balint group"\n[export]\n{field.name} = {value}\n')
    for table in ('P01 = "a"\nP02 = "a"', 'P01 = "[a]"', 'seven = "a"', "P01 = 7"):
        yield from _reason(path, f'name = "Balint group"\n[export.pseudonyms]\n{table}\n')
    yield from _reason(path, "reviewers = 1\n")
    yield from _reason(path, 'name = "Balint group"\nreviewers = \n')
    yield from _reason(path, 'name = "Balint')
    path.write_bytes(b'name = "Balint \xe9"')
    yield from _refused(path)
    yield from _reason(path, 'name = "Balint group"\nsettle = 3\n')
    day = datetime.date(2036, 12, 31)
    yield from _reason(path, f'name = "Balint group"\n[retention]\nwords_until = {day}\n')
    yield from _reason(
        path, f'name = "Balint group"\n[retention]\nsound_not_before = {day}\nsound_not_after = 2030-01-01\n'
    )


def _reason(path: Path, text: str) -> Iterator[str]:
    path.write_text(text, encoding="utf-8")
    yield from _refused(path)


def _refused(path: Path) -> Iterator[str]:
    try:
        read_settings(path.parent)
    except SettingsError as error:
        yield error.facts["why"]
    except StudyError:
        raise AssertionError(path.read_bytes()) from None


def test_no_reason_holds_the_value_and_each_is_told_in_every_language(tmp_path: Path) -> None:
    """Whatever is mistyped: the key is named, the value is not, and German and French say it too."""
    found = set(reasons(tmp_path))
    assert len(found) > 40
    assert [each for each in found if "Zorblatt" in each or "7391" in each or "73.91" in each] == []
    assert [each for each in found if each.endswith(OTHERWISE)] == []
    for language in ("de", "fr"):
        speak(language)
        assert [each for each in found if told(each) == each] == []


def test_every_kind_of_sentence_is_told_in_every_language() -> None:
    """Those no value of today brings out as well."""
    filled = [
        f"speakers: {sentence.format(expected='a, b', min_length=1, max_length=9, gt=0, ge=1, lt=9, le=9)}"
        for sentence in {*SENTENCES.values(), OTHERWISE}
    ]
    for language in ("de", "fr"):
        speak(language)
        assert [each for each in filled if told(each) == each] == []
