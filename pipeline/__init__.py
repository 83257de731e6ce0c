"""session-deid: recordings of group sessions to de-identified transcripts, offline.

The folders follow a recording's way: audio, transcribe, speakers, deidentify, verify, erase,
export. `flow` connects them; `study` keeps what they leave; `cli` is the thin front.
"""

__version__ = "0.1.0"
