"""A study of many recordings: how long listing, an idle run, opening and checking take.

    python -m bench.batch.many [COUNT]

Makes the study in a temporary folder (sealed artifacts small, rows and audit entries as a real run
leaves them), then times the commands as a user calls them, each in a process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pipeline.study.audit import now
from pipeline.study.keys import ScryptCost
from pipeline.study.rows import ArtifactRow, RecordingRow
from pipeline.study.states import Artifact, Part, State
from pipeline.study.study import Study


def make_study(folder: Path, key_file: Path, count: int) -> None:
    """A study of `count` redacted recordings, with a small sealed file each."""
    with Study.create(folder, key_file=key_file, name="many", cost=ScryptCost(n=1 << 14)) as study:
        study.roster.add("Some Body", ("Somebody",))
        study.ledger.query("PRAGMA synchronous = OFF")
        for first in range(1, count + 1, 1000):
            with study.ledger.transaction():
                for number in range(first, min(first + 1000, count + 1)):
                    add_recording(study, number)


def add_recording(study: Study, number: int) -> None:
    """One recording with the entries of its whole way to `redacted`."""
    recording, moment = f"R{number:04d}", now()
    for part in Part:
        study.rows.put_key(recording, part.value, os.urandom(32))
    digest = f"{number:064x}"
    study.audit.append("received", recording, {"state": "received", "digest": digest, "size": 1})
    seq = 0
    for state in (State.SEALED, State.TRANSCRIBED, State.ATTRIBUTED, State.REDACTED):
        detail: dict[str, object] = {"state": state.value}
        if state is State.REDACTED:
            detail["artifacts"] = {"redaction": digest}
        seq = study.audit.append(state.value, recording, detail)
    study.rows.put_artifact(
        ArtifactRow(recording, Artifact.REDACTION.value, "redaction-00.sealed", digest, 1, 1, moment, seq)
    )
    row = RecordingRow(
        number,
        recording,
        f"session-{number}",
        State.REDACTED,
        None,
        None,
        digest,
        1,
        3600.0,
        moment,
        moment,
        seq,
    )
    study.rows.put_recording(row)
    place = study.vault.folder / recording
    place.mkdir(parents=True)
    (place / "redaction-00.sealed").write_bytes(b"x")


def timed(*arguments: str, study: Path, key_file: Path) -> float:
    """Seconds a command takes from start to end."""
    command = [
        sys.executable,
        "-m",
        "pipeline",
        *arguments,
        "--study",
        str(study),
        "--key-file",
        str(key_file),
    ]
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as place:
        study, key_file = Path(place) / "study", Path(place) / "key"
        make_study(study, key_file, count)
        print(f"{count} recordings, ledger {(study / 'ledger.sqlite3').stat().st_size / 1e6:.0f} MB")
        for arguments in (
            ("run",),
            ("status",),
            ("status", "--json"),
            ("status", "R0005"),
            ("audit", "verify"),
        ):
            print(f"{' '.join(arguments):15} {timed(*arguments, study=study, key_file=key_file):6.2f} s")


if __name__ == "__main__":
    main()
