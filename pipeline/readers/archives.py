"""Whether an archive of XML (.docx, .odt) is one we open at all: looked at before any library unpacks it.

An archive may unpack to gigabytes, and XML may define entities that grow without end or name other files. Neither is
ever in what a word processor writes.
"""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from pathlib import Path

from pipeline.errors import TranscriptFormatError

MOST_FILES = 5000
MOST_XML_BYTES = (
    64 << 20
)  # a day of talk with all its formatting is a tenth of it; parsed it takes ten times as much
MOST_BYTES = 512 << 20  # with pictures, which nobody parses
DOCTYPES = tuple("<!doctype".encode(code) for code in ("ascii", "utf-16-le", "utf-16-be"))
TOO_LARGE = "it unpacks to more than a transcript can be"
HAS_DOCTYPE = "its XML holds a document type definition, which no word processor writes"
DAMAGED = "the archive it consists of is damaged"


def check_archive(data: bytes, path: Path) -> None:
    """Raise TranscriptFormatError for an archive that is too large, damaged, or defines a document type.

    What is no archive is let through: its reader says what it is. Sizes are those the archive's directory states;
    nothing reads further than these.
    """
    if not data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            files = archive.infolist()
            xml = [each for each in files if Path(each.filename).suffix.lower() in (".xml", ".rels")]
            if (
                len(files) > MOST_FILES
                or sum(each.file_size for each in xml) > MOST_XML_BYTES
                or sum(each.file_size for each in files) > MOST_BYTES
            ):
                raise TranscriptFormatError(file=path, why=TOO_LARGE)
            for each in xml:
                if _has_doctype(archive.read(each)):
                    raise TranscriptFormatError(file=path, why=HAS_DOCTYPE)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        OSError,
        RuntimeError,
        ValueError,
        OverflowError,
    ):
        raise TranscriptFormatError(file=path, why=DAMAGED) from None


def _has_doctype(xml: bytes) -> bool:
    small = xml.lower()
    return any(each in small for each in DOCTYPES)
