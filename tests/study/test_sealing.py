"""Sealed files: what comes back is what went in, or an error; never anything else."""

from __future__ import annotations

import io
import os
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import SealBrokenError
from pipeline.study.vault.sealed_reader import SealedReader, open_bytes
from pipeline.study.vault.sealing import CHUNK_BYTES, START, Binding, seal, seal_bytes
from tests.memory import more_memory

KEY = bytes(range(32))
HERE = Binding("study", "R0001", "source")
SIZES = st.one_of(
    st.integers(0, 300),
    st.sampled_from([CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 200_000]),
)


@given(SIZES, st.integers(0, 1 << 32))
@settings(max_examples=40, deadline=None)
def test_what_is_sealed_comes_back(size: int, seed: int) -> None:
    """Any content of any length round-trips, whole or read in pieces from anywhere."""
    chance = random.Random(seed)
    data = chance.randbytes(size)
    sealed = seal_bytes(data, KEY, HERE)
    assert open_bytes(sealed, KEY, HERE) == data
    reader = io.BufferedReader(SealedReader(io.BytesIO(sealed), KEY, HERE))
    for _ in range(5):
        at, count = chance.randrange(size + 1), chance.randrange(70_000)
        reader.seek(at)
        assert reader.read(count) == data[at : at + count]


def test_ten_thousand_damaged_files_are_refused() -> None:
    """Bit flips, cuts, swapped, dropped and repeated chunks, bytes added: an error each time, no content."""
    chance = random.Random(7)
    data = chance.randbytes(3 * 500)
    sealed = seal_bytes(data, KEY, HERE)
    for _ in range(10_000):
        damaged = damage(sealed, chance)
        if damaged == sealed:
            continue
        with pytest.raises(SealBrokenError):
            open_bytes(damaged, KEY, HERE)


def damage(sealed: bytes, chance: random.Random) -> bytes:
    """One of the ways a file goes wrong."""
    copy = bytearray(sealed)
    at, other = chance.randrange(len(copy)), chance.randrange(len(copy))
    way = chance.randrange(5)
    if way == 0:
        copy[at] ^= 1 << chance.randrange(8)
    elif way == 1:
        del copy[at:]
    elif way == 2:
        copy[at], copy[other] = copy[other], copy[at]
    elif way == 3:
        copy += chance.randbytes(1 + chance.randrange(40))
    else:
        del copy[min(at, other) : max(at, other)]
    return bytes(copy)


@pytest.mark.parametrize(
    "order", [(0, 2, 1, 3), (1, 0, 2, 3), (0, 1, 1, 2, 3), (0, 2, 3), (0, 1, 2), (3,), (0, 1, 3, 2)]
)
def test_chunks_out_of_place_are_refused(order: tuple[int, ...]) -> None:
    """Whole chunks reordered, repeated or dropped (the last too) never open."""
    sealed = seal_bytes(os.urandom(3 * CHUNK_BYTES + 100), KEY, HERE)
    step = CHUNK_BYTES + 17
    chunks = [sealed[START + i * step : START + (i + 1) * step] for i in range(4)]
    with pytest.raises(SealBrokenError):
        open_bytes(sealed[:START] + b"".join(chunks[i] for i in order), KEY, HERE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        Binding("study", "R0002", "source"),
        Binding("study", "R0001", "approved"),
        Binding("other", "R0001", "source"),
    ],
)
def test_a_file_opens_only_where_it_belongs(elsewhere: Binding) -> None:
    """The same key does not open a file moved to another recording, kind or study."""
    with pytest.raises(SealBrokenError):
        open_bytes(seal_bytes(b"content", KEY, HERE), KEY, elsewhere)


def test_an_older_version_of_a_file_is_refused() -> None:
    """A whole, authentic file that is not the one the ledger knows does not open."""
    import hashlib

    old, new = seal_bytes(b"old", KEY, HERE), seal_bytes(b"new", KEY, HERE)
    with pytest.raises(SealBrokenError):
        open_bytes(old, KEY, HERE, digest=hashlib.sha256(new).hexdigest())


def test_a_file_changed_while_it_is_read_is_refused() -> None:
    """After the check of the whole, each chunk is checked again as it is read."""
    sealed = bytearray(seal_bytes(os.urandom(3 * CHUNK_BYTES), KEY, HERE))
    under = io.BytesIO(bytes(sealed))
    reader = SealedReader(under, KEY, HERE)
    under.getbuffer()[START + CHUNK_BYTES + 50] ^= 1
    reader.seek(CHUNK_BYTES + 1)
    with pytest.raises(SealBrokenError):
        reader.read(10)


def test_two_sealings_of_the_same_content_differ() -> None:
    """A random header makes equal contents look different."""
    assert seal_bytes(b"same", KEY, HERE)[20:] != seal_bytes(b"same", KEY, HERE)[20:]


@pytest.mark.parametrize("size", [0, 5, CHUNK_BYTES, 2 * CHUNK_BYTES + 7])
def test_the_format_is_the_one_that_is_written_down(size: int) -> None:
    """A reader made from the module's text alone opens it, and so will a later version."""
    import nacl.bindings as sodium

    data = os.urandom(size)
    sealed = seal_bytes(data, KEY, HERE)
    assert sealed[:12] == b"SDEID\x00\x01\n" + bytes([0, 0, 1, 0])
    bound = sealed[:12] + b"\x05\0\0\0study" + b"\x05\0\0\0R0001" + b"\x06\0\0\0source"
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, sealed[12:36], KEY)
    opened, tags = b"", []
    for at in range(36, len(sealed), 65536 + 17):
        chunk = sealed[at : at + 65536 + 17]
        content, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(state, chunk, bound)
        opened += content
        tags.append(tag)
    assert opened == data
    assert tags == [0] * (len(tags) - 1) + [3]


def test_a_reader_starts_at_the_start_and_knows_what_it_read() -> None:
    """Read without a seek, the whole content comes; its size and digest are those of what was sealed."""
    data = os.urandom(CHUNK_BYTES + 10)
    target = io.BytesIO()
    receipt = seal(io.BytesIO(data), target, KEY, HERE)
    reader = SealedReader(io.BytesIO(target.getvalue()), KEY, HERE, digest=receipt.digest)
    assert (reader.tell(), reader.size, reader.plain_digest) == (0, len(data), receipt.plain_digest)
    assert io.BufferedReader(reader).read() == data


def test_a_closed_reader_lets_go_of_the_file_beneath() -> None:
    """Else a file that is to be overwritten would stay open, and cannot be unlinked on some systems."""
    under = io.BytesIO(seal_bytes(b"content", KEY, HERE))
    reader = SealedReader(under, KEY, HERE)
    reader.close()
    reader.close()  # once more does no harm
    assert under.closed
    with pytest.raises(ValueError, match="closed"):
        reader.read(1)


@pytest.mark.parametrize("cut", [0, START, START + 10])
def test_the_error_names_the_file(cut: int) -> None:
    """Which file of which recording, and what is wrong with it."""
    with pytest.raises(SealBrokenError, match="R0001/source") as caught:
        open_bytes(seal_bytes(b"content", KEY, HERE)[:cut], KEY, HERE)
    assert "None" not in str(caught.value)


def test_the_receipt_says_what_was_sealed() -> None:
    """Digests and sizes of the plain and of the sealed content."""
    import hashlib

    target = io.BytesIO()
    receipt = seal(io.BytesIO(b"abc"), target, KEY, HERE)
    assert receipt.plain_digest == hashlib.sha256(b"abc").hexdigest()
    assert receipt.digest == hashlib.sha256(target.getvalue()).hexdigest()
    assert (receipt.plain_size, receipt.size) == (3, len(target.getvalue()))


SEAL_AND_OPEN = """
from pipeline.study.vault.sealed_reader import SealedReader
from pipeline.study.vault.sealing import Binding, seal
here, key = Binding("s", "R", "source"), bytes(32)
with open(sys.argv[1], "rb") as source, open(sys.argv[2], "wb") as target:
    import nacl.bindings
    begin()
    seal(source, target, key, here)
with open(sys.argv[2], "rb") as sealed:
    reader = SealedReader(sealed, key, here)
    while reader.read(1 << 20): pass
"""


def test_two_hours_of_sound_seal_and_open_in_little_memory(tmp_path: Path) -> None:
    """A 230 MB file (2 h, 16 kHz, 16 bit) needs less than 64 MB more, sealing and opening."""
    with (tmp_path / "long.wav").open("wb") as file:
        file.truncate(2 * 3600 * 16_000 * 2)
    assert more_memory(SEAL_AND_OPEN, str(tmp_path / "long.wav"), str(tmp_path / "sealed")) < 64
