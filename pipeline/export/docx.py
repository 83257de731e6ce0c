"""Word: styles of its own to restyle by, Word's line numbers, page numbers, a header on every page."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from pipeline.export.conventions import DRAFT_MARK, Passage, Sheet
from pipeline.export.docx_parts import add_field, add_line_numbers, add_watermark, skip_line_numbers
from pipeline.export.options import ExportOptions
from pipeline.export.xml import repack, when
from pipeline.language.text import is_right_to_left

UTTERANCE, SPEAKER, TIME, FACT, DRAFT, UNQUOTABLE = (
    "Transcript Utterance",
    "Transcript Speaker",
    "Transcript Time",
    "Transcript Fact",
    "Transcript Draft",
    "Transcript Not Quotable",
)

_LONGEST_PROPERTY = 255  # characters, ECMA-376 part 2


def render(sheet: Sheet, options: ExportOptions) -> bytes:
    """The transcript as .docx, the same bytes for the same sheet and options."""
    import docx

    document = docx.Document()
    _add_styles(document)
    _add_properties(document.core_properties, sheet)
    _add_frame(document.sections[0], sheet, options)
    document.add_heading(sheet.title, 0)
    if sheet.draft:
        _add_draft_mark(document)
    for name, value in sheet.heading:
        line = document.add_paragraph(style=FACT)
        line.add_run(f"{name}\t").bold = True
        line.add_run(value)
    _add_passages(document, sheet)
    target = io.BytesIO()
    document.save(target)
    return repack(target.getvalue())


def _add_passages(document: Any, sheet: Sheet) -> None:
    """A paragraph each; space stands between speakers, none between a speaker's own."""
    from docx.shared import Pt

    styles = document.styles
    utterance, speaker, time = styles[UTTERANCE], styles[SPEAKER], styles[TIME]
    before = None
    for passage in sheet.passages:
        line = document.add_paragraph(style=utterance)
        if passage.participant == before:
            line.paragraph_format.space_before = Pt(2)
        line.add_run(passage.participant, speaker)
        line.add_run("\t")
        if passage.time:
            line.add_run(f"[{passage.time}]", time)
        line.add_run("\t")
        _add_text(line, passage, UNQUOTABLE if passage.participant in sheet.unquotable else None)
        before = passage.participant


def _add_text(line: Any, passage: Passage, style: str | None) -> None:
    run = line.add_run(passage.text, style)
    if is_right_to_left(passage.text):
        run.font.rtl = True


def _add_styles(document: Any) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Cm, Pt, RGBColor

    styles = document.styles
    styles["Normal"].font.name = "Calibri"
    styles["Normal"].font.size = Pt(11)
    utterance = styles.add_style(UTTERANCE, WD_STYLE_TYPE.PARAGRAPH)
    utterance.base_style = styles["Normal"]
    layout = utterance.paragraph_format
    layout.left_indent, layout.first_line_indent = Cm(3.6), Cm(-3.6)
    layout.tab_stops.add_tab_stop(Cm(1.4))
    layout.tab_stops.add_tab_stop(Cm(3.6))
    layout.space_before, layout.space_after = Pt(10), Pt(0)
    fact = styles.add_style(FACT, WD_STYLE_TYPE.PARAGRAPH)
    fact.base_style = styles["Normal"]
    fact.paragraph_format.left_indent, fact.paragraph_format.first_line_indent = Cm(3.6), Cm(-3.6)
    fact.paragraph_format.tab_stops.add_tab_stop(Cm(3.6))
    fact.paragraph_format.space_after = Pt(2)
    styles.add_style(SPEAKER, WD_STYLE_TYPE.CHARACTER).font.bold = True
    time = styles.add_style(TIME, WD_STYLE_TYPE.CHARACTER)
    time.font.size, time.font.color.rgb = Pt(9), RGBColor(0x59, 0x59, 0x59)
    unquotable = styles.add_style(UNQUOTABLE, WD_STYLE_TYPE.CHARACTER)
    unquotable.font.italic, unquotable.font.color.rgb = True, RGBColor(0x6B, 0x3F, 0x00)
    for style in (fact, styles["Title"]):
        skip_line_numbers(style)


def _add_draft_mark(document: Any) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import RGBColor

    draft = document.styles.add_style(DRAFT, WD_STYLE_TYPE.PARAGRAPH)
    draft.base_style = document.styles["Normal"]
    draft.font.bold, draft.font.color.rgb = True, RGBColor(0xB0, 0x00, 0x20)
    skip_line_numbers(draft)
    document.add_paragraph(DRAFT_MARK, draft)


def _add_frame(section: Any, sheet: Sheet, options: ExportOptions) -> None:
    """Header, footer and line numbers of every page, on A4."""
    from docx.shared import Cm

    section.page_width, section.page_height = Cm(21), Cm(29.7)
    # Leaves 16.5 cm, where the header's right tab stop stands.
    section.left_margin = section.right_margin = Cm(2.25)
    head = section.header.paragraphs[0]
    head.text = f"{sheet.title}\t\t{'DRAFT, not verified' if sheet.draft else 'De-identified transcript'}"
    if sheet.draft:
        add_watermark(head, "DRAFT")
    foot = section.footer.paragraphs[0]
    foot.add_run("\t\tPage ")
    add_field(foot, "PAGE")
    foot.add_run(" of ")
    add_field(foot, "NUMPAGES")
    if options.line_numbers:
        add_line_numbers(section)


def _add_properties(properties: Any, sheet: Sheet) -> None:
    """Document properties: none of them from this machine, its user or its clock."""
    date = dt.datetime.fromisoformat(when(sheet.verified_at))
    properties.author = properties.last_modified_by = sheet.tool
    properties.title = sheet.title[:_LONGEST_PROPERTY]
    properties.comments = DRAFT_MARK if sheet.draft else ""
    properties.created = properties.modified = date.astimezone(dt.UTC).replace(tzinfo=None)
    properties.revision = 1
