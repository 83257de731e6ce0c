"""A certificate is whole, signed, readable, and says no more than is true."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from pipeline.erase import certificate as certificates
from pipeline.erase import signing
from pipeline.erase.certificate import Approval, Certificate, Check, Destroyed
from pipeline.erase.medium import Medium
from pipeline.erase.plain_files import PlainCopies
from pipeline.errors import CertificateError
from tests.conftest import ROOT

KEY = SigningKey(b"\x01" * 32)
PUBLIC = KEY.verify_key.encode().hex()


def make(**changes: object) -> Certificate:
    facts: dict[str, object] = {
        "study": "Example Study",
        "recording": "week-1",
        "source_sha256": "ab" * 32,
        "source_bytes": 1_234_567,
        "duration": 3661.0,
        "key_id": "k-1",
        "destroyed": (Destroyed(what="sealed audio", bytes=1_240_000, sha256_sealed="cd" * 32),),
        "method": ("cryptographic erase", "overwrite"),
        "tool": "session-deid 0.1.0",
        "checks": (Check(how="the sealed file can no longer be opened", passed=True),),
        "transcript_sha256": "ef" * 32,
        "approvals": (Approval(name="A Reviewer", at="2026-01-02T03:04:05+00:00", statement="I listened."),),
        "destroyed_by": "A Reviewer",
        "destroyed_at": "2026-01-03T03:04:05+00:00",
        "limits": ("Backups are not covered.",),
    }
    return Certificate.model_validate({**facts, **changes})


def signed(certificate: Certificate) -> bytes:
    return signing.to_json(certificate, sign=lambda m: KEY.sign(m).signature, public_key=PUBLIC)


def paged(certificate: Certificate) -> bytes:
    return signing.to_html(certificate, sign=lambda m: KEY.sign(m).signature, public_key=PUBLIC)


def test_a_signed_certificate_checks() -> None:
    """What was signed is what the check returns, with and without the study's key at hand."""
    data = signed(make())
    assert signing.check(data, file="c.json") == make()
    assert signing.check(data, file="c.json", public_key=PUBLIC) == make()


@pytest.mark.parametrize("version", [1, 2])
def test_one_that_an_earlier_version_wrote_still_checks(version: int) -> None:
    """As it was written then: what was signed is what stands in the file, not what this version would write."""
    data = (ROOT / "tests" / "data" / "certificates" / f"version-{version}.json").read_bytes()
    certificate = signing.check(data, file="c.json")
    assert (certificate.version, certificate.withdrawal is not None) == (version, version == 2)
    with pytest.raises(CertificateError, match="changed after"):
        signing.check(data.replace(b"300000", b"300001"), file="c.json")


def test_anybody_can_check_one_by_what_the_docs_say() -> None:
    """Canonical JSON in UTF-8, keys sorted, no spaces, behind its line: a name in any script is signed as it stands."""
    whole = json.loads(signed(make(study="Übung 研究")))
    plain = json.dumps(whole["certificate"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert "Übung 研究" in plain
    signature = bytes.fromhex(whole["signature"]["value"])
    KEY.verify_key.verify(b"session-deid certificate 1\n" + plain.encode(), signature)


@given(st.data())
def test_any_change_of_a_fact_is_found(data: st.DataObject) -> None:
    """Changing any value of the certificate breaks its signature."""
    whole = json.loads(signed(make()))
    field = data.draw(
        st.sampled_from(["study", "recording", "source_sha256", "source_bytes", "destroyed_by", "limits"])
    )
    value = whole["certificate"][field]
    whole["certificate"][field] = (
        [] if isinstance(value, list) else value + 1 if isinstance(value, int) else value + "x"
    )
    with pytest.raises(CertificateError, match="changed after"):
        signing.check(json.dumps(whole).encode(), file="c.json")


@given(st.binary(max_size=300))
def test_anything_else_is_refused(data: bytes) -> None:
    """Bytes that are no certificate give the error, never a crash."""
    with pytest.raises(CertificateError):
        signing.check(data, file="c.json")


def test_the_page_checks_as_the_json_does() -> None:
    """The file `destroy` names, and whose foot says that it can be checked."""
    page = paged(make(limits=("</script><b>&amp;", "<!-- -->")))
    assert signing.check(page, file="c.html") == make(limits=("</script><b>&amp;", "<!-- -->"))
    assert signing.check(page, file="c.html", public_key=PUBLIC).study == "Example Study"
    other = SigningKey(b"\x02" * 32).verify_key.encode().hex()
    with pytest.raises(CertificateError, match="another study"):
        signing.check(page, file="c.html", public_key=other)


@given(st.data())
def test_no_byte_of_the_page_can_be_changed(data: st.DataObject) -> None:
    """What a person reads on it is signed, not only the JSON it carries: changed, cut or added to, it is refused."""
    page = paged(make())
    at = data.draw(st.integers(0, len(page) - 1))
    change = data.draw(st.sampled_from(["flip", "cut", "add"]))
    flipped = bytes([page[at] ^ data.draw(st.integers(1, 255))])
    changed = {
        "flip": page[:at] + flipped + page[at + 1 :],
        "cut": page[:at],
        "add": page[:at] + data.draw(st.binary(min_size=1, max_size=20)) + page[at:],
    }[change]
    with pytest.raises(CertificateError):
        signing.check(changed, file="c.html")


def test_the_words_on_a_page_cannot_be_another_certificate_s() -> None:
    """A true certificate carried by a page that says something else."""
    one, other = paged(make()), paged(make(recording="week-2"))
    carried = one[one.index(b"<script") : one.index(b"</script>")]
    mixed = other.replace(other[other.index(b"<script") : other.index(b"</script>")], carried)
    with pytest.raises(CertificateError, match="page was changed"):
        signing.check(mixed, file="c.html")


TWICE = b'{"certificate": {"x": 1}, '


@pytest.mark.parametrize(
    "changed",
    [
        lambda data: data.replace(b'"study"', b'"study": "Another", "study"', 1),
        lambda data: TWICE + data.lstrip()[1:],
        lambda data: data.replace(b'"Ed25519"', b'"none"'),
        lambda data: data.replace(b'"algorithm": "Ed25519",', b""),
        lambda data: data.replace(b'"signature": {', b'"note": "all is well", "signature": {'),
        lambda data: data.replace(b"3661.0", b"NaN"),
        lambda data: b"[" * 100_000 + data,
        lambda data: data.replace(b'"study"', b'"deep": ' + b"[" * 50 + b"]" * 50 + b', "study"', 1),
    ],
)
def test_what_two_readers_could_read_differently_is_refused(changed: Callable[[bytes], bytes]) -> None:
    """A key twice, an unknown kind of signature, something unsigned, no number, nesting without end."""
    data = signed(make())
    assert changed(data) != data
    with pytest.raises(CertificateError):
        signing.check(changed(data), file="c.json")


def test_a_certificate_of_another_study_is_refused() -> None:
    """With the study's key at hand, a validly self-signed file of somebody else does not pass."""
    other = SigningKey(b"\x02" * 32).verify_key.encode().hex()
    with pytest.raises(CertificateError, match="another study"):
        signing.check(signed(make()), file="c.json", public_key=other)


def test_the_page_shows_everything_and_escapes_it() -> None:
    """All facts are on the page; markup in a name is shown, not run."""
    page = paged(make(destroyed_by="<b>A</b>", other_copies=("the recorder's card",)))
    text = page.decode()
    for needed in (
        "week-1",
        "1:01:01",
        "1,234,567",
        "ab" * 32,
        "k-1",
        "I listened.",
        "Passed",
        PUBLIC,
        "recorder&#39;s card",
    ):
        assert needed in text
    assert "<b>A</b>" not in text
    assert "http" not in text.replace("<html", "")


def test_limits_fit_the_medium() -> None:
    """A solid state disk, an unknown one and a magnetic one each get their own sentence; none is praised."""
    solid = certificates.limits(
        Medium(file_system="ext4", rotational=False), plain=PlainCopies(source_here=False), other_copies=()
    )
    magnetic = certificates.limits(
        Medium(file_system="ext4", rotational=True), plain=PlainCopies(source_here=False), other_copies=()
    )
    unknown = certificates.limits(Medium(), plain=PlainCopies(), other_copies=("card",))
    assert any("on a solid state disk or a network folder does not reliably reach" in s for s in solid)
    for_copies = certificates.limits(
        Medium(file_system="btrfs", rotational=True), plain=PlainCopies(source_here=False), other_copies=()
    )
    assert any("on a copy-on-write file system does not reliably reach" in s for s in for_copies)
    assert any("encrypt the disk to cover them" in s for s in solid)
    assert any("in place on a magnetic disk" in s for s in magnetic)
    assert any("not known for this medium" in s for s in unknown)
    assert any("may have lain unsealed" in s for s in unknown)


def test_a_medium_is_described_by_all_that_is_known_of_it() -> None:
    """The keys a reader of the JSON goes by; what could not be read is null, never left out."""
    medium = Medium("/dev/sda1", "Model 7", "S-1", "btrfs", rotational=True, encrypted=False)
    assert certificates.describe(medium) == {
        "device": "/dev/sda1",
        "model": "Model 7",
        "serial": "S-1",
        "file system": "btrfs",
        "rotational": True,
        "copy-on-write": True,
        "network": False,
        "encrypted": False,
    }
    assert set(certificates.describe(Medium()).values()) == {None}
    assert make(medium=certificates.describe(medium)).plain()["medium"]["copy-on-write"] is True


def test_what_it_certifies_in_a_line() -> None:
    assert make().outcome() == "week-1: destroyed 2026-01-03T03:04:05+00:00 by A Reviewer"
    why = {"reason": "unusable", "meaning": "m", "statements": (), "transcript": "none"}
    assert make(withdrawal=why).outcome().endswith("by A Reviewer (withdrawn: unusable)")


def said_of(**known: object) -> str:
    return " ".join(certificates.limits(Medium(), plain=PlainCopies(**known), other_copies=()))  # type: ignore[arg-type]


def test_cryptographic_erase_is_not_claimed_when_the_plain_file_lay_there() -> None:
    """A recording that lay unsealed on the medium is said to have done so, and what became of that file."""
    for fate, said in (
        ("removed", "overwritten and removed"),
        ("left", "left where it was"),
        ("unknown", "not on record"),
    ):
        told = said_of(source_here=True, files=((True, fate, 1),))
        assert "lay unsealed" in told
        assert "not a cryptographic erase" in told
        assert f"1 on this file system ({said}" in told.replace("whether it was removed is ", "")
    assert "may have lain unsealed" in said_of(source_here=None)


def test_every_plain_file_is_told_of() -> None:
    """Each the study was handed, on whatever medium, and files written by unseal."""
    files = ((False, "removed", 1), (False, "left", 2))
    told = said_of(source_here=False, files=files)
    assert "imported from another file system" in told
    assert "1 on another file system (overwritten and removed)" in told
    assert "2 on another file system (left where it was" in told
    assert "left where it was" not in said_of(source_here=False, files=files[:1])
    assert "is not on record" in said_of()
    assert "unseal; how often: 2, 1 of them on this file system" in said_of(unsealed=2, unsealed_here=1)
    assert "unseal; how often" not in said_of()
