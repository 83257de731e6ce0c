"""Formats of dictation programs that no free decoder reads, told by their first bytes or their ending."""

from __future__ import annotations

from pathlib import PurePath
from typing import BinaryIO

STARTS = (
    (b"\x03ds2", "an Olympus/Philips dictation file (DS2)"),
    (b"\x02dss", "an Olympus/Philips dictation file (DSS)"),
    (b"\x03dss", "an Olympus/Philips dictation file (DSS)"),
    (b"\x06dss", "an Olympus/Philips dictation file (DSS)"),
    (b"MS_VOICE", "a Sony IC Recorder voice file (DVF, MSV)"),
    (b"#!SILK_V3", "a voice message (SILK)"),
    (b"\x02#!SILK_V3", "a voice message (SILK)"),
)
ENDINGS = {
    ".ds2": "an Olympus/Philips dictation file (DS2)",
    ".dss": "an Olympus/Philips dictation file (DSS)",
    ".dvf": "a Sony IC Recorder voice file (DVF)",
    ".msv": "a Sony IC Recorder voice file (MSV)",
    ".icd": "a Sony IC Recorder voice file (ICD)",
    ".vox": "a Dialogic voice file (VOX)",
    ".rmj": "a Sanyo voice file (RMJ)",
    ".sri": "a digital voice recorder's own file (SRI)",
    ".trs": "a transcription program's own file (TRS)",
    ".zoom": "a Zoom recording that was not converted yet: open Zoom, which finishes it as M4A",
}


def dictation_format(stream: BinaryIO, name: str) -> str:
    """What a file is that could not be decoded, "" where it is none of these."""
    stream.seek(0)
    head = stream.read(16)
    by_start = next((what for start, what in STARTS if head.startswith(start)), "")
    return by_start or ENDINGS.get(PurePath(name).suffix.lower(), "")
