"""`session-deid export` for a study: opens it and lends its transcripts to the exporter."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from pipeline.cli.export import Loaded, make_command
from pipeline.cli.study_options import KEY_FILE_VARIABLE, open_study


def load_study(folder: Path | None, names: Sequence[str]) -> Loaded:
    """The documents of the recordings named, or of all; with them the audit chain, for a study package."""
    from pipeline.export.document import Attachment
    from pipeline.study.audit_export import as_html, as_json_lines
    from pipeline.study.documents import documents, exportable

    key_file = os.environ.get(KEY_FILE_VARIABLE)
    with open_study(folder, Path(key_file) if key_file else None) as study:
        entries = list(study.audit.entries())
        audit = (
            Attachment("audit.jsonl", as_json_lines(study, entries)),
            Attachment("audit.html", as_html(study, entries).encode()),
        )
        return Loaded(tuple(documents(study, exportable(study, names))), audit=audit)


export = make_command(load_study)
