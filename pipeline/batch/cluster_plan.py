"""Which cluster a run goes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Tls:
    """Files of the cluster's TLS; without them Dask's own configuration is used."""

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Which cluster: a scheduler's address, or a number of workers through Slurm and a folder its nodes can see.

    `patience_s`: how long a worker may take for one recording.
    """

    scheduler: str = ""
    tls: Tls = field(default_factory=Tls)
    slurm_workers: int = 0
    shared_folder: str = ""
    patience_s: float = 7200.0
