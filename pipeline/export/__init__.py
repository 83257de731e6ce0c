"""De-identified transcripts in the formats other tools read.

    from pipeline.export import ExportDocument, ExportOptions, write
    data = write(document, "docx", options=ExportOptions(wording="clean"))

`write` gives the bytes of one recording in one format; `write_project` those of several in one
qdpx; `pipeline.export.package.write` a study package for an archive.
"""

from pipeline.export.document import Attachment, ExportDocument, Participant
from pipeline.export.options import ExportOptions, options_from_table
from pipeline.export.registry import Format, formats, write, write_project

__all__ = [
    "Attachment",
    "ExportDocument",
    "ExportOptions",
    "Format",
    "Participant",
    "formats",
    "options_from_table",
    "write",
    "write_project",
]
