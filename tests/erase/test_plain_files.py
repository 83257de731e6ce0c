"""What a certificate knows of a recording's plain copies: what the audit chain says, never more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.erase.plain_files import PlainCopies, find_plain_copies
from pipeline.study.intake.settling import Shape
from pipeline.study.intake.sightings import Sighting
from pipeline.study.study import Study
from tests.study.conftest import CHEAP, make_sound, take


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    with Study.create(tmp_path / "study", key_file=tmp_path / "study.key", cost=CHEAP) as made:
        yield made


def hand_in(study: Study, path: Path, data: bytes, *, here: bool, keep: bool = False) -> None:
    """Import a file as from this disk or from another."""
    make_sound(path, data)
    with pytest.MonkeyPatch.context() as patch:
        for module in ("receiving", "sightings"):
            patch.setattr(f"pipeline.study.intake.{module}.lies_here", lambda _study, _device: here)
        take(study, path, keep=keep)


@pytest.mark.parametrize(
    ("handed", "lay_here"),
    [
        ((True,), True),
        ((False,), False),
        ((False, False), False),
        ((False, True), True),
        ((True, False), True),
    ],
)
def test_one_file_on_this_disk_is_enough(
    study: Study, tmp_path: Path, handed: tuple[bool, ...], lay_here: bool
) -> None:
    """The same sound handed in again and again, from here and from elsewhere."""
    for number, here in enumerate(handed):
        hand_in(study, tmp_path / f"{number}.wav", b"sound" * 100, here=here)
    found = find_plain_copies(study, "R0001")
    assert found.source_here is lay_here
    counts = {where: handed.count(where) for where in set(handed)}
    assert set(found.files) == {(where, "removed", count) for where, count in counts.items()}


def test_a_kept_file_is_left(study: Study, tmp_path: Path) -> None:
    """It is not told of as removed."""
    hand_in(study, tmp_path / "a.wav", b"sound" * 100, here=True, keep=True)
    assert find_plain_copies(study, "R0001").files == ((True, "left", 1),)


EARLIER = [  # what the facts of an entry were before they told the disk
    ((), None),
    ((("sealed", {}),), None),
    ((("sealed", {"from_this_disk": False}), ("source removed", {})), False),
    ((("sealed", {"from_this_disk": True}), ("source removed", {})), True),
    ((("sealed", {"from_this_disk": False}), ("sealed again", {"from_this_disk": True})), True),
    ((("sealed", {"from_this_disk": False}), ("sealed again", {})), None),
]


@pytest.mark.parametrize(("entries", "lay_here"), EARLIER)
def test_what_is_not_on_record_is_not_known(
    study: Study, entries: tuple[tuple[str, dict[str, object]], ...], lay_here: bool | None
) -> None:
    """An earlier version, or a stream, did not say where the sound lay: then it may have lain here."""
    with study.ledger.transaction():
        for event, facts in entries:
            study.audit.append(event, "R0007", facts)
    assert find_plain_copies(study, "R0007").source_here is lay_here


def test_an_unsealed_copy_counts_as_here_unless_it_is_known_to_be_elsewhere(study: Study) -> None:
    """Three were written, one of them to another disk, of one an earlier version did not say."""
    with study.ledger.transaction():
        for facts in ({}, {"to_this_disk": True}, {"to_this_disk": False}):
            study.audit.append("unsealed", "R0007", facts)
    assert find_plain_copies(study, "R0007") == PlainCopies(unsealed=3, unsealed_here=2)


def test_the_mark_of_a_file_is_keyed_by_the_study(study: Study, tmp_path: Path) -> None:
    """The same file in two studies has two marks: nobody without the key can try names against one."""
    make_sound(tmp_path / "a.wav", b"sound" * 100)
    shape = Shape.of(tmp_path / "a.wav")
    with Study.create(tmp_path / "other", key_file=tmp_path / "other.key", cost=CHEAP) as other:
        mine, theirs = (Sighting.of(each, tmp_path / "a.wav", shape) for each in (study, other))
    assert mine == Sighting.of(study, tmp_path / "a.wav", shape)
    assert mine.file != theirs.file
    assert mine.here
