"""The study key, and the ways to it: passphrase, key file, the system's keyring, recovery file.

The study key is 32 random bytes. It is never stored; `keys.json` holds it wrapped, once for each way
in, all equal and independent (XChaCha20-Poly1305 with a 24-byte random nonce; the study, the kind of
way and its name are bound to it):

    passphrase   the wrapping key is scrypt(passphrase, salt; n, r, p as stored)
    file         the wrapping key is the content of a key file (mode 0600), for cron
    keyring      the wrapping key is 32 random bytes kept by the operating system's keyring
    recovery     like file; printed and put in a safe

A way opens both rings of the study, or one of them alone: then the keys of that ring are wrapped in place of the study
key, and the ring is bound to them as well (pipeline.study.vault.study_key).
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipeline.errors import (
    KeyChangeError,
    KeyUnavailableError,
    WrongKeyError,
)
from pipeline.language.text import compose
from pipeline.study.vault import system_keyring
from pipeline.study.vault.key_files import KEY_BYTES, read_key_file, read_key_text
from pipeline.study.vault.study_key import Ring, StudyKey, material_bytes

PASSPHRASE_MIN_CHARACTERS = 8
SCRYPT_MOST_BYTES = (1 << 31) - 2  # what the library can be given as a limit

WrapKind = Literal["passphrase", "file", "keyring", "recovery"]


class ScryptCost(BaseModel):
    """Cost of turning a passphrase into a key; 2**17, 8, 1 takes about 0.4 s and 128 MiB."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    n: int = Field(default=1 << 17, ge=1 << 14, le=1 << 20)
    r: int = Field(default=8, ge=8, le=16)
    p: int = Field(default=1, ge=1, le=4)

    @property
    def room_bytes(self) -> int:
        """How much memory scrypt may take: twice its 128 n r (RFC 7914), and a little."""
        return 256 * self.n * self.r + (1 << 20)

    @model_validator(mode="after")
    def _check_possible(self) -> Self:
        """What the library would refuse in words of its own."""
        if self.n & (self.n - 1) or self.room_bytes > SCRYPT_MOST_BYTES:
            raise ValueError("n must be a power of 2, and the memory it takes under 2 GiB")
        return self


class Wrap(BaseModel):
    """One way into the study, and the ring it opens."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field(pattern=r"^[0-9a-f]{8}$")
    kind: WrapKind
    wrapped: str = Field(repr=False)
    salt: str = Field(default="", repr=False, pattern=r"^(?:[0-9a-fA-F]{2})*$")
    scrypt: ScryptCost | None = None
    ring: Ring = Ring.BOTH


class KeyBook(BaseModel):
    """What keys.json holds: the study's id, the audit chain's public key, and the wraps."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    version: Literal[1] = 1
    study: str = Field(pattern=r"^[0-9a-f]{32}$")
    audit_key: str = Field(pattern=r"^[0-9a-f]{64}$")
    wraps: tuple[Wrap, ...]


@dataclass(frozen=True, slots=True)
class Passphrase:
    """Open by a passphrase somebody typed."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyFile:
    """Open by a key file or a recovery file."""

    path: Path


@dataclass(frozen=True, slots=True)
class SystemKeyring:
    """Open by the secret the operating system's keyring keeps for this study."""


@dataclass(frozen=True, slots=True)
class KeyText:
    """Open by a recovery sheet (or a key file's text) somebody typed."""

    text: str = field(repr=False)


KeySource = Passphrase | KeyFile | SystemKeyring | KeyText


def wrap_bytes(key: bytes, plain: bytes, bound: bytes) -> bytes:
    """XChaCha20-Poly1305: 24-byte random nonce, then the ciphertext with its authenticator."""
    import nacl.bindings as sodium

    nonce = secrets.token_bytes(sodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES)
    return nonce + sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plain, bound, nonce, key)


def unwrap_bytes(key: bytes, wrapped: bytes, bound: bytes) -> bytes | None:
    """The plain bytes, or None when the key, the binding or the bytes are wrong."""
    import nacl.bindings as sodium
    from nacl.exceptions import CryptoError

    size = sodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
    try:
        return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(wrapped[size:], bound, wrapped[:size], key)
    except (CryptoError, ValueError, TypeError):
        return None


# --- the wraps ------------------------------------------------------------------------------------


def make_wrap(
    study: str, key: StudyKey, source: KeySource, kind: WrapKind, cost: ScryptCost, ring: Ring = Ring.BOTH
) -> Wrap:
    """One more way into the study with this id, to one ring or both; of a keyring, its secret is kept there now.

    Raises RingNeededError for a ring that `key` does not open.
    """
    opened = key.narrowed(ring)
    name, salt = secrets.token_hex(4), secrets.token_bytes(16)
    scrypt = cost if kind == "passphrase" else None
    opener = _wrapping_key(source, study, name, salt, scrypt, create=True)
    wrapped = wrap_bytes(opener, opened.material, _bound(study, kind, name, ring)).hex()
    return Wrap(
        name=name, kind=kind, wrapped=wrapped, salt=salt.hex() if scrypt else "", scrypt=scrypt, ring=ring
    )


def with_wrap(book: KeyBook, wrap: Wrap) -> KeyBook:
    """The book with one more way."""
    return book.model_copy(update={"wraps": (*book.wraps, wrap)})


def drop_wraps(book: KeyBook, names: set[str]) -> KeyBook:
    """The book without some ways; the last one to either ring cannot be dropped."""
    left = tuple(wrap for wrap in book.wraps if wrap.name not in names)
    if not left:
        raise KeyChangeError(what="The last way into the study", why="cannot be removed")
    opened = {ring for wrap in left for ring in wrap.ring.opens}
    if lost := sorted(Ring.BOTH.opens - opened):
        raise KeyChangeError(what=f"The last way to the {lost[0].value} ring", why="cannot be removed")
    return book.model_copy(update={"wraps": left})


def forget_secrets(before: KeyBook, after: KeyBook) -> None:
    """Let the keyring forget the secrets of ways that are gone, once the book without them is written."""
    left = {wrap.name for wrap in after.wraps}
    for wrap in before.wraps:
        if wrap.name not in left and wrap.kind == "keyring":
            system_keyring.forget_secret(before.study, wrap.name)


def unlock(book: KeyBook, source: KeySource) -> StudyKey:
    """The study key, or one ring's; raises WrongKeyError when no wrap of the source's kind opens with it."""
    return find_way(book, source)[1]


def find_way(book: KeyBook, source: KeySource) -> tuple[Wrap, StudyKey]:
    """The way a source opens, and the key it gives; one that opens both rings goes before others.

    Raises WrongKeyError when it opens none, KeyUnavailableError when it cannot be read.
    """
    kinds = {
        Passphrase: ("passphrase",),
        KeyFile: ("file", "recovery"),
        KeyText: ("file", "recovery"),
        SystemKeyring: ("keyring",),
    }[type(source)]
    elsewhere: KeyUnavailableError | None = None
    for wrap in sorted(book.wraps, key=lambda wrap: list(Ring).index(wrap.ring)):
        if wrap.kind not in kinds:
            continue
        try:
            material = _unwrap(book, wrap, source)
        except KeyUnavailableError as error:
            if wrap.kind != "keyring":
                raise
            elsewhere = error  # another computer's keyring may hold it
            continue
        if material is not None and len(material) == material_bytes(wrap.ring):
            return wrap, StudyKey(material, wrap.ring)
    raise elsewhere or WrongKeyError(source=describe(source))


def _unwrap(book: KeyBook, wrap: Wrap, source: KeySource) -> bytes | None:
    salt = bytes.fromhex(wrap.salt)
    opener = _wrapping_key(source, book.study, wrap.name, salt, wrap.scrypt, create=False)
    return unwrap_bytes(opener, _from_hex(wrap.wrapped), _bound(book.study, wrap.kind, wrap.name, wrap.ring))


def describe(source: KeySource) -> str:
    """A name for people, without anything secret."""
    if isinstance(source, KeyFile):
        return str(source.path)
    named = {Passphrase: "The passphrase", KeyText: "The recovery sheet"}
    return named.get(type(source), "The system's keyring")


def _from_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _bound(study: str, kind: str, name: str, ring: Ring) -> bytes:
    one = "" if ring is Ring.BOTH else f"|{ring.value}"  # as earlier versions bound what opens both
    return f"session-deid wrap 1|{study}|{kind}|{name}{one}".encode()


def _wrapping_key(
    source: KeySource, study: str, name: str, salt: bytes, cost: ScryptCost | None, *, create: bool
) -> bytes:
    if isinstance(source, Passphrase):
        return _from_passphrase(source.text, salt, cost or ScryptCost())
    if isinstance(source, KeyFile):
        return read_key_file(source.path)
    if isinstance(source, KeyText):
        return read_key_text(source.text, source=describe(source))
    return system_keyring.make_secret(study, name) if create else system_keyring.read_secret(study, name)


def _from_passphrase(text: str, salt: bytes, cost: ScryptCost) -> bytes:
    plain = compose(text).encode()
    return hashlib.scrypt(
        plain, salt=salt, n=cost.n, r=cost.r, p=cost.p, maxmem=cost.room_bytes, dklen=KEY_BYTES
    )
