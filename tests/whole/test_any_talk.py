"""Whatever is said goes the whole way: words to speakers, de-identified, reported, exported in every format."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.deidentify.failsafe import UNREAD_TYPE
from pipeline.export import ExportOptions, formats, package, write, write_project
from pipeline.export.reading import read
from pipeline.flow import Choices, Engines
from pipeline.oneshot import OneShot
from pipeline.records import Person, Roster
from tests.whole.pretend import Talk, stages_for

PLAIN = "the bus was late again and nobody was cross about it so we had tea".split()
NUMBERS = ["4", "15", "2", "021", "555", "0199", "seventeen", "twenty-four", "1.5", "12%", "£30", "3rd", "%"]
OTHER_SCRIPTS = [
    "東京",
    "は",
    "Москва",
    "الرياض",
    "שלום",
    "กรุงเทพ",
    "Ελλάδα",
    "हिन्दी",
    "한국어",
    "👋🏽",
    "ﷺ",
    "İI",
]
NAMES = ["Tess", "Quillfeather,", "Dr", "I'm", "Anna.", "T-E-S-S", "called", "O'Testley"]
ROSTER = Roster(
    (Person("P01", "Tess Quillfeather", ("Tessie",)), Person("F01", "Ada Testley", (), "facilitator"))
)

one_kind = st.sampled_from([PLAIN, NUMBERS, OTHER_SCRIPTS, NAMES]).flatmap(
    lambda words: st.lists(st.sampled_from(words), max_size=25)
)
anything = st.lists(
    st.sampled_from([*PLAIN, *NUMBERS, *OTHER_SCRIPTS, *NAMES]) | st.text(max_size=8), max_size=25
)
talks = st.builds(
    Talk,
    (one_kind | anything).map(tuple),
    st.lists(st.integers(1, 3), max_size=4).map(tuple),
    st.floats(0.0, 1.0),
)


@pytest.fixture(scope="module")
def engines() -> Engines:
    """The de-identifier, loaded once."""
    return Engines(Choices())


def check_the_whole_way(engines: Engines, talk: Talk, roster: Roster | None) -> None:
    with tempfile.TemporaryDirectory() as place:
        out = Path(place)
        work = OneShot(stages_for({"any": talk}, engines, roster), out / "out")
        (outcome,) = work.process([Path("any.wav")], lambda _: lambda _: None)
        assert outcome.error is None, str(outcome.error)
        report = json.loads((out / "out" / "any.report.json").read_text(encoding="utf-8"))
        # Nothing broke on the words: what breaks is taken out whole.
        assert UNREAD_TYPE not in [c["kind"] for c in report["classes"]]
        document = read(out / "out" / "any.json")
        draft = ExportOptions(draft=True)
        for kind in formats():
            assert isinstance(write(document, kind, options=draft), bytes)
        assert write_project([document, document], options=draft)
        assert package.write([document], out / "package", options=draft).is_dir()


@example(talk=Talk(()), named=False)
@example(talk=Talk(("",)), named=False)
@example(talk=Talk(("tea",)), named=False)
@example(talk=Talk(tuple(PLAIN)), named=False)
@example(talk=Talk(tuple(NUMBERS)), named=True)
@example(talk=Talk(tuple(OTHER_SCRIPTS)), named=True)
@example(talk=Talk(tuple(PLAIN), ()), named=True)
@given(talk=talks, named=st.booleans())
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
def test_any_talk_goes_the_whole_way(engines: Engines, talk: Talk, named: bool) -> None:
    """No name, no words, one word, only numbers, another script: a transcript, a report and every export."""
    check_the_whole_way(engines, talk, ROSTER if named else None)


@pytest.mark.slow
@given(talk=talks, named=st.booleans())
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_many_talks_go_the_whole_way(engines: Engines, talk: Talk, named: bool) -> None:
    """The same with many more."""
    check_the_whole_way(engines, talk, ROSTER if named else None)
