"""Every error a user can cause, with its exit code. A message says what happened, to which file,
and what to do now; it never carries words of a transcript, names or keys.

    SessionDeidError                       1   (never raised itself)
    ├── InputError                     10-19   a file given to us
    ├── ModelError                     20-29   models and engines
    ├── SettingsError                  30-39   settings, rosters, policies, transcripts to read
    ├── StudyError                     40-49   the study folder: keys, vault, ledger, lock, disk; also 72, 73
    ├── VerifyError                    50-59   verification and destruction refused
    ├── SomeFailedError                   60   some files or recordings failed, the others are done
    ├── DestroyError                   61-64   destruction refused or not proven
    ├── ClusterError                   65-69   the cluster
    ├── InternalError                     70   a bug of ours
    └── OutOfMemoryError                  71   there was not enough memory

Everybody imports them from here. 0 is success, 2 a wrong command line (click), 130 Ctrl-C. docs/exit-codes.md lists them all.
"""

from __future__ import annotations

from pipeline.errors.base import *  # noqa: F403 - one tree, one import path
from pipeline.errors.destroy import *  # noqa: F403 - one tree, one import path
from pipeline.errors.inputs import *  # noqa: F403 - one tree, one import path
from pipeline.errors.models import *  # noqa: F403 - one tree, one import path
from pipeline.errors.settings import *  # noqa: F403 - one tree, one import path
from pipeline.errors.study import *  # noqa: F403 - one tree, one import path
from pipeline.errors.verify import *  # noqa: F403 - one tree, one import path
