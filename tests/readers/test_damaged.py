"""Damaged and hostile documents: a message or a transcript, never an error of a library's, nor the memory."""

from __future__ import annotations

import random
import tracemalloc
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from pipeline import readers
from pipeline.errors import SessionDeidError, TranscriptFormatError
from pipeline.readers import archives
from tests.readers.test_readers import make_docx

PATH = Path("a.docx")


def build(document: Any) -> None:
    """Paragraphs, a table, a header, a style, a list: what a transcript made in Word holds."""
    document.sections[0].header.paragraphs[0].text = "Interview with Brogan"
    for line in ("Brogan: Good morning to all of you.", "Tui: Thank you, Brogan.", "Brogan: So it was."):
        document.add_paragraph(line).runs[0].bold = True
    table = document.add_table(rows=3, cols=2)
    for row in table.rows:
        row.cells[0].text, row.cells[1].text = "Tui", "It was a long day for every one of us."
    document.add_paragraph("Brogan: And then?", style="List Bullet")


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def mutated(data: bytes, chance: random.Random) -> bytes:
    """One change: in the archive's bytes, in a part's bytes, or in a part's elements."""
    way = chance.randrange(10)
    if way == 0:
        copy = bytearray(data)
        copy[chance.randrange(len(copy))] ^= 1 << chance.randrange(8)
        return bytes(copy)
    parts = parts_of(data)
    name = chance.choice(sorted(parts))
    if way == 1:
        del parts[name]
    elif way == 2:
        parts[name] = parts[name][: chance.randrange(len(parts[name]))]
    elif way == 3:
        parts[name] = parts[chance.choice(sorted(parts))]
    else:
        parts[name] = with_other_elements(parts[name], chance) if name.endswith((".xml", ".rels")) else b""
    return packed(parts)


def with_other_elements(xml: bytes, chance: random.Random) -> bytes:
    root = etree.fromstring(xml)
    every = list(root.iter())
    one, other = chance.choice(every), chance.choice(every)
    match chance.randrange(6):
        case 0 if one.getparent() is not None:
            one.getparent().remove(one)
        case 1:
            one.tag = other.tag
        case 2:
            one.attrib.clear()
        case 3:
            one.attrib.update(dict.fromkeys(one.attrib, "-1"))
        case 4:
            one.append(etree.fromstring(etree.tostring(other)))
        case _:
            one.text, one.tail = "\u0001x".replace("\u0001", ""), "y"
    return etree.tostring(root)


def read_and_write(data: bytes) -> None:
    source = readers.read_bytes(data, PATH)
    source.render({each.participant: "P01" for each in source.utterances}, NOTHING)


NOTHING = readers.Replacements({})


@pytest.mark.parametrize("seed", range(10))
def test_a_damaged_word_document_is_read_or_refused(seed: int) -> None:
    """34 mutants each: never a library's own exception."""
    chance, whole = random.Random(seed), make_docx(build)
    for number in range(34):
        data = mutated(whole, chance)
        try:
            read_and_write(data)
        except SessionDeidError:
            continue
        except Exception as foreign:
            pytest.fail(f"mutant {number}: {type(foreign).__name__}: {foreign}")


@pytest.mark.parametrize("code", ["utf-8", "utf-16"])
@pytest.mark.parametrize("name", ["word/document.xml", "[Content_Types].xml", "word/_rels/document.xml.rels"])
def test_a_document_type_is_refused(name: str, code: str) -> None:
    """It may define entities that grow without end, or name other files."""
    parts = parts_of(make_docx(build))
    xml = parts[name].decode().replace("UTF-8", code)
    head, _, rest = xml.partition("?>")
    laughing = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    parts[name] = f"{head}?>{laughing}{rest}".encode(code)
    with pytest.raises(TranscriptFormatError, match="document type"):
        readers.read_bytes(packed(parts), PATH)


@pytest.mark.parametrize("name", ["word/more.xml", "word/media/image1.png", "word/_rels/more.xml.rels"])
def test_an_archive_that_unpacks_to_gigabytes_is_refused_before_it_does(name: str) -> None:
    """A megabyte of zeros, a thousand times."""
    parts = parts_of(make_docx(build))
    out = BytesIO(packed(parts))
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(name, "w") as file,
    ):
        for _ in range(archives.MOST_BYTES // (1 << 20) + 1 if name.endswith("png") else 65):
            file.write(bytes(1 << 20))
    tracemalloc.start()
    with pytest.raises(TranscriptFormatError, match="unpacks to more"):
        readers.read_bytes(out.getvalue(), PATH)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50_000_000


def test_an_archive_of_very_many_files_is_refused() -> None:
    """Each costs a library a record of its own."""
    parts = {f"word/x{number}.bin": b"" for number in range(archives.MOST_FILES + 1)}
    with pytest.raises(TranscriptFormatError, match="unpacks to more"):
        readers.read_bytes(packed(parts), PATH)


@pytest.mark.parametrize("suffix", [".json", ".vtt", ".txt", ".docx"])
def test_nesting_and_noise_are_refused_in_every_format(suffix: str) -> None:
    """What makes a parser stumble names the file."""
    chance = random.Random(suffix)
    for data in (
        b"[" * 200_000,
        b'{"a":' * 100_000,
        chance.randbytes(3000),
        b"PK\x03\x04" + chance.randbytes(300),
    ):
        try:
            readers.read_bytes(data, Path(f"a{suffix}"))
        except SessionDeidError as error:
            assert f"a{suffix}" in str(error)  # noqa: PT017
