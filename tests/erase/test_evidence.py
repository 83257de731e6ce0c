"""Certificates and reports are compared with the audit chain before they count: by `audit verify` and by an archive."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli.main import main
from pipeline.erase import signing
from pipeline.erase.destroy import destroy
from pipeline.erase.loss import find_loss
from pipeline.erase.withdraw import Claim, withdraw
from pipeline.errors import AuditBrokenError, CertificateError
from pipeline.study.audit_check import check_study
from pipeline.study.exporting import documents, withdrawal_certificates
from pipeline.study.study import Study
from pipeline.study.vault.states import Artifact
from pipeline.study.withdrawals import Reason
from tests.erase.test_destroy import verified_study

FILES = ["R0001.certificate.json", "R0001.certificate.html"]
FILES += ["R0002.withdrawal.certificate.json", "R0002.withdrawal.certificate.html"]


def ended(folder: Path) -> Study:
    """One recording destroyed, one withdrawn, each with its certificate."""
    study = verified_study(folder, recordings=2)
    destroy(study, "R0001", by="x")
    seen = find_loss(study, study.recording("R0002"))
    withdraw(study, "R0002", Claim("Rev Iewer", Reason.CONSENT_WITHDRAWN, seen), by="tester")
    return study


def change(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"R000", b"R001", 1))


def sign_another(file: Path) -> None:
    """Whole and signed, by a study of the attacker's own."""
    from nacl.signing import SigningKey

    key = SigningKey(b"\x07" * 32)
    true = signing.check(file.read_bytes(), file="c")
    make = signing.to_html if file.suffix == ".html" else signing.to_json
    public = key.verify_key.encode().hex()
    file.write_bytes(make(true, sign=lambda data: key.sign(data).signature, public_key=public))


def lose(file: Path) -> None:
    file.unlink()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("done", [change, sign_another, lose])
def test_a_false_certificate_is_found_and_gets_into_no_archive(
    tmp_path: Path, name: str, done: Callable[[Path], None]
) -> None:
    """The page as much as the JSON; also one that checks by itself, and one that is missing."""
    with ended(tmp_path) as study:
        check_study(study)
        done(study.folder / "certificates" / name)
        with pytest.raises(AuditBrokenError, match=name):
            check_study(study)
        with pytest.raises(AuditBrokenError, match=name):
            take_evidence(study)


def take_evidence(study: Study) -> None:
    """What a package is made of."""
    list(documents(study, evidence=True))
    withdrawal_certificates(study)


def test_what_lies_beside_the_certificates_gets_into_no_archive(tmp_path: Path) -> None:
    """A page somebody put there under a likely name."""
    with ended(tmp_path) as study:
        for name in ("R0001.certificate.new.html", "R0003.withdrawal.certificate.html"):
            (study.folder / "certificates" / name).write_text("<p>All is well.</p>")
        (document,) = documents(study, evidence=True)
        names = [file.name for file in (*document.certificates, *withdrawal_certificates(study))]
        assert sorted(names) == sorted(FILES)


def test_a_package_with_a_false_page_is_not_written(tmp_path: Path) -> None:
    """By the command: it ends with 49, and there is no package."""
    with ended(tmp_path) as study:
        change(study.folder / "certificates" / "R0001.certificate.html")
    call = ["export", "--format", "package", "--to", str(tmp_path / "out")]
    done = CliRunner().invoke(
        main, [*call, "--study", str(tmp_path / "study"), "--key-file", str(tmp_path / "study.key")]
    )
    assert isinstance(done.exception, AuditBrokenError)
    assert not (tmp_path / "out").exists()


def test_an_older_report_in_its_place_gets_into_no_archive(tmp_path: Path) -> None:
    """Row and sealed file of an earlier report, put back together: authentic, and not what the chain told of last."""
    with verified_study(tmp_path) as study:
        row = study.rows.artifact("R0001", "report")
        assert row is not None
        path = study.vault.path("R0001", row.file)
        older, content = row, path.read_bytes()
        study.keep("R0001", Artifact.REPORT, study.artifact("R0001", Artifact.REPORT))
        list(documents(study, evidence=True))
        path.write_bytes(content)
        with study.ledger.transaction():
            study.rows.put_artifact(older)
        with pytest.raises(AuditBrokenError, match="the report of R0001"):
            list(documents(study, evidence=True))


@pytest.mark.parametrize("suffix", ["json", "html"])
def test_the_command_checks_what_destroy_names(tmp_path: Path, suffix: str) -> None:
    """`certificate check` on either file, alone and against its study; changed, it ends with 58."""
    with ended(tmp_path) as study:
        file = study.folder / "certificates" / f"R0001.certificate.{suffix}"
    for more in ([], ["--study", str(tmp_path / "study")]):
        done = CliRunner().invoke(main, ["certificate", "check", str(file), *more])
        assert done.exit_code == 0, done.output
        assert "the signature holds" in done.output
    change(file)
    done = CliRunner().invoke(main, ["certificate", "check", str(file)])
    assert isinstance(done.exception, CertificateError)
    assert done.exception.exit_code == 58
