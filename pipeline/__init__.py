"""session-deid: recordings of group sessions to de-identified transcripts, offline.

The folders follow a recording's way: audio, transcribe, speakers, deidentify, verify, erase,
export. `flow` connects them; `study` keeps what they leave; `cli` is the thin front.

The one thing done at import, in every process of ours (commands, workers, clusters', benchmarks, tests) before any
library: ONNX Runtime reports to its makers unless this variable stands before its own import; switching it off later
comes after its first report (its Privacy.md, "Disabling Telemetry").
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

__version__ = "0.1.0"
