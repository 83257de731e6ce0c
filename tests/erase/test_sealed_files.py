"""The certificate says of each file what really happened to it, on the medium where it lay."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.erase import erasing
from pipeline.erase.certificate import Certificate
from pipeline.erase.destroy import destroy
from pipeline.erase.loss import find_loss
from pipeline.erase.medium import Medium
from pipeline.erase.sealed_files import SAID
from pipeline.erase.withdraw import Claim, withdraw
from pipeline.errors import CopyFoundError, VaultMovedError
from pipeline.study.audit_check import check_study
from pipeline.study.study import Study
from pipeline.study.vault.states import State
from pipeline.study.withdrawals import Reason
from tests.batch.life import in_child
from tests.erase.test_copies import certificate_of, destroy_in, opened, sealed_file
from tests.erase.test_destroy import KILLED, verified_study


def fates(certificate: Certificate) -> dict[str, str]:
    return {gone.what: gone.fate for gone in certificate.destroyed if gone.bytes is not None}


def move_away(path: Path) -> None:
    path.rename(path.parents[3] / "moved away")


def replace_by_another(path: Path) -> None:
    """As long, and not it."""
    path.write_bytes(bytes(path.stat().st_size))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1000])


@pytest.mark.parametrize(
    ("done", "said"),
    [
        (move_away, SAID["missing", "missing"]),
        (replace_by_another, SAID["other", "overwritten"]),
        (cut, SAID["other", "overwritten"]),
    ],
)
def test_a_file_that_was_not_there_was_not_overwritten(
    tmp_path: Path, done: Callable[[Path], None], said: str
) -> None:
    """It may lie elsewhere: said of that file, and of no other."""
    with verified_study(tmp_path) as study:
        done(sealed_file(study, "source"))
        gone = destroy(study, "R0001", by="x")
        found = fates(certificate_of(study, gone))
        assert found.pop("sealed source audio") == said
        assert set(found.values()) == {SAID["whole", "overwritten"]}
        assert said.split(":")[0] in gone.page.read_text()
        check_study(study)


def test_what_befell_one_recording_is_not_told_of_another(tmp_path: Path) -> None:
    """A file that was missing and a check that failed stand in the certificate of their own recording alone."""
    with verified_study(tmp_path, recordings=2) as study:
        copy = study.folder / "copy"
        shutil.copy(sealed_file(study, "source"), copy)
        with pytest.raises(CopyFoundError):
            destroy(study, "R0001", by="x")
        copy.unlink()
        sealed_file(study, "diarization").unlink()
        first, second = (certificate_of(study, destroy(study, each, by="x")) for each in ("R0001", "R0002"))
        assert SAID["missing", "missing"] in fates(first).values()
        assert any("copy in the study's folder held" in told for told in first.limits)
        assert set(fates(second).values()) == {SAID["whole", "overwritten"]}
        assert second.medium_of_keys == {}, "the keys lay where the files did"
        assert not any("copy in the study's folder held" in told for told in second.limits)


def test_gone_between_the_plan_and_the_deed(tmp_path: Path) -> None:
    """There when it began, missing when it was its turn: both are said."""
    verified_study(tmp_path).close()
    assert in_child(lambda: destroy_in(tmp_path), fault="destroy.begun:kill") == KILLED
    with opened(tmp_path) as study:
        sealed_file(study, "source").unlink()
        found = fates(certificate_of(study, destroy(study, "R0001", by="x")))
        assert found["sealed source audio"] == SAID["whole", "missing"]


def test_overwritten_means_that_its_bytes_are_others(tmp_path: Path) -> None:
    """Looked at before it is cut and unlinked: as long as it was, and nothing of it left."""
    with verified_study(tmp_path) as study:
        path = sealed_file(study, "source")
        before = path.read_bytes()
    assert in_child(lambda: destroy_in(tmp_path), fault="destroy.files_overwritten:kill") == KILLED
    after = path.read_bytes()
    assert len(after) == len(before)
    assert not any(before[at : at + 16] in after for at in range(0, len(before) - 16, 16))


def link_vault(study: Study) -> Path:
    """The vault lies on another disk, with a link in its place."""
    elsewhere = study.folder.parent / "other disk"
    shutil.move(study.vault.folder, elsewhere)
    study.vault.folder.symlink_to(elsewhere)
    return study.vault.folder


def link_recording(study: Study) -> Path:
    folder = study.vault.folder / "R0001"
    shutil.move(folder, study.folder.parent / "R0001")
    folder.symlink_to(study.folder.parent / "R0001")
    return folder


def link_file(study: Study) -> Path:
    path = sealed_file(study, "source")
    shutil.move(path, study.folder.parent / path.name)
    path.symlink_to(study.folder.parent / path.name)
    return path


@pytest.mark.parametrize("linked", [link_vault, link_recording, link_file])
@pytest.mark.parametrize("stated", [False, True])
def test_sealed_files_behind_a_link_are_refused(
    tmp_path: Path, linked: Callable[[Study], Path], stated: bool
) -> None:
    """On which disk they lie could not be told: nothing is touched, and with the real thing in place it is done."""
    with verified_study(tmp_path) as study:
        link = linked(study)
        place = link.relative_to(study.folder).as_posix()
        with pytest.raises(VaultMovedError, match=place):
            state_or_destroy(study, stated)
        assert study.recording("R0001").state is State.VERIFIED
        with study.open_source("R0001") as source:
            assert len(source.read()) == 300_000
        target = link.readlink()
        link.unlink()
        shutil.move(target, link)
        state_or_destroy(study, stated)
        check_study(study)


def state_or_destroy(study: Study, stated: bool) -> None:
    if stated:
        claim = Claim("Rev Iewer", Reason.NOT_OF_THIS_STUDY, find_loss(study, study.recording("R0001")))
        withdraw(study, "R0001", claim, by="tester")
    else:
        destroy(study, "R0001", by="x")


def test_the_medium_is_the_one_the_files_lie_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk mounted in the vault's place is described, and the ledger's own besides, since it held the keys."""
    monkeypatch.setattr(erasing, "elsewhere", lambda _study: True)
    monkeypatch.setattr(erasing, "inspect", lambda folder: Medium(device=f"disk of {folder.name}"))
    with verified_study(tmp_path) as study:
        gone = destroy(study, "R0001", by="x")
        certificate = certificate_of(study, gone)
    assert certificate.medium["device"] == "disk of vault"
    assert certificate.medium_of_keys["device"] == "disk of study"
    assert "disk of study" in gone.page.read_text()


def test_what_a_crash_left_goes_with_the_rest(tmp_path: Path) -> None:
    """A sealed file of the recording no row stands for would else fail the check for ever."""
    with verified_study(tmp_path) as study:
        left = study.vault.folder / "R0001" / "source-00000000.sealed"
        left.write_bytes(bytes(range(256)) * 4)
        destroy(study, "R0001", by="x")
        assert not left.exists()
        assert study.recording("R0001").state is State.DESTROYED
