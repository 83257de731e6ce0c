"""Signed certificates: the JSON, and the page that carries it; both are checked here.

JSON layout: {"certificate": {...}, "signature": {"algorithm": "Ed25519", "public_key": hex, "value": hex}};
the signature is over the certificate object as canonical JSON (keys sorted, no spaces, UTF-8), behind the
line "session-deid certificate 1\\n". It is checked over the object as it stands in the file, so what an earlier
version signed keeps checking.

The page holds that JSON, and is signed as a whole: its last line is a comment with an Ed25519 signature over all
bytes before it, behind the line "session-deid certificate page 1\\n". So what is read on it is what was signed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from pipeline.erase.certificate import Certificate
from pipeline.erase.participant_certificate import FORMAT as PARTICIPANT_FORMAT
from pipeline.erase.participant_certificate import ParticipantCertificate
from pipeline.errors import CertificateError
from pipeline.study.strict_json import read_strictly

CONTEXT, PAGE_CONTEXT = b"session-deid certificate 1\n", b"session-deid certificate page 1\n"
ALGORITHM = "Ed25519"
SIGNED_PARTS = {"certificate", "signature"}
SIGNATURE_PARTS = {"algorithm", "public_key", "value"}
AnyCertificate = Certificate | ParticipantCertificate
TEMPLATES = {Certificate: "certificate.html", ParticipantCertificate: "participant.html"}
Sign = Callable[[bytes], bytes]

_LAST_LINE = re.compile(rb"<!-- session-deid certificate page 1: ([0-9a-f]{128}) -->\n\Z")
_CARRIED = re.compile(rb'<script type="application/json" id="certificate">(.*?)</script>', re.DOTALL)


def canonical(plain: Mapping[str, Any]) -> bytes:
    """The bytes that are signed: of the certificate object as it stands in the file, whatever version wrote it."""
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return CONTEXT + text.encode()


def to_json(certificate: AnyCertificate, *, sign: Sign, public_key: str) -> bytes:
    """The signed certificate; `sign` makes an Ed25519 signature of the bytes it is given."""
    value = sign(canonical(certificate.plain())).hex()
    signature = {"algorithm": ALGORITHM, "public_key": public_key, "value": value}
    whole = {"certificate": certificate.plain(), "signature": signature}
    return json.dumps(whole, indent=1, ensure_ascii=False).encode() + b"\n"


def to_html(certificate: AnyCertificate, *, sign: Sign, public_key: str) -> bytes:
    """A page that prints well, carries the signed certificate, and is signed itself."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    signed = to_json(certificate, sign=sign, public_key=public_key).decode()
    carried = Markup(signed.replace("<", "\\u003c").replace("&", "\\u0026"))  # noqa: S704 - no markup is left in it
    loader = PackageLoader("pipeline.erase", "templates")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    template = environment.get_template(TEMPLATES[type(certificate)])
    page = template.render(c=certificate, public_key=public_key, carried=carried).rstrip("\n") + "\n"
    signature = sign(PAGE_CONTEXT + page.encode()).hex()
    return page.encode() + f"<!-- session-deid certificate page 1: {signature} -->\n".encode()


def check(data: bytes, *, file: str, public_key: str | None = None) -> AnyCertificate:
    """The certificate of a signed JSON file, or of a page, if its signatures hold; raises CertificateError otherwise.

    `public_key` is the study's (hexadecimal). Without it the signature is checked against the key the
    file itself names, which shows that nothing was changed since signing but not who signed.
    """
    try:
        if not data.lstrip().lower().startswith(b"<"):
            return _check_json(data, public_key)[0]
        return _check_page(data, public_key)
    except _BadError as bad:
        raise CertificateError(file=file, why=str(bad)) from None


def _read(plain: Any) -> AnyCertificate:
    of = ParticipantCertificate if plain.get("format") == PARTICIPANT_FORMAT else Certificate
    certificate: AnyCertificate = of.model_validate(plain)
    return certificate


class _BadError(Exception):
    """Why a file is no valid certificate."""


def _check_json(data: bytes, public_key: str | None) -> tuple[AnyCertificate, str]:
    """The certificate and the key that signed it."""
    try:
        whole = read_strictly(data)
        plain, signature = whole["certificate"], whole["signature"]
        certificate = _read(plain)
        named, value, algorithm = (signature[part] for part in ("public_key", "value", "algorithm"))
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError):
        raise _BadError("it is not one of our certificates, or a part is missing or stands twice") from None
    if set(whole) != SIGNED_PARTS or set(signature) != SIGNATURE_PARTS:
        raise _BadError("it holds something that is not signed")
    if algorithm != ALGORITHM:
        raise _BadError("it names a kind of signature that is not ours")
    if public_key and named != public_key:
        raise _BadError("another study signed it")
    if not _holds(str(named), canonical(plain), str(value)):
        raise _BadError("it was changed after it was signed")
    return certificate, str(named)


def _check_page(data: bytes, public_key: str | None) -> AnyCertificate:
    last, carried = _LAST_LINE.search(data), _CARRIED.findall(data)
    if last is None or len(carried) != 1:
        raise _BadError(
            "the page carries no signed certificate (an earlier version wrote it, or it was cut); the file ending in "
            ".json beside it can be checked"
        )
    certificate, named = _check_json(carried[0], public_key)
    if not _holds(named, PAGE_CONTEXT + data[: last.start()], last[1].decode()):
        raise _BadError("the page was changed after it was signed")
    return certificate


def _holds(public_key: str, data: bytes, signature: str) -> bool:
    from nacl.exceptions import CryptoError
    from nacl.signing import VerifyKey

    try:
        VerifyKey(bytes.fromhex(public_key)).verify(data, bytes.fromhex(signature))
    except (CryptoError, ValueError, TypeError):
        return False
    return True
