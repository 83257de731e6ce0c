"""The parts of a Word file python-docx has no call for: line numbers, fields, a watermark."""

from __future__ import annotations

from typing import Any

_VML = "urn:schemas-microsoft-com:vml"
_OFFICE = "urn:schemas-microsoft-com:office:office"


def add_line_numbers(section: Any) -> None:
    """Number every line through the document (ECMA-376, 17.6.8, lnNumType)."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    numbers = OxmlElement("w:lnNumType")
    numbers.set(qn("w:countBy"), "1")
    numbers.set(qn("w:restart"), "continuous")
    properties = section._sectPr
    # The schema wants it right after the page's size and margins.
    properties.find(qn("w:pgMar")).addnext(numbers)


def skip_line_numbers(style: Any) -> None:
    """Paragraphs of this style are not counted."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = style.element.get_or_add_pPr()
    mark = OxmlElement("w:suppressLineNumbers")
    # ECMA-376, 17.3.1.26: its place is after these and before all others.
    earlier = ("pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr")
    at = sum(child.tag in {qn(f"w:{name}") for name in earlier} for child in properties)
    properties.insert(at, mark)


def add_field(paragraph: Any, instruction: str) -> None:
    """A field Word computes, such as PAGE."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def add_watermark(paragraph: Any, text: str) -> None:
    """A grey word across each page, as Word's own Design > Watermark makes it (VML in the header)."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    style = (
        "position:absolute;margin-left:0;margin-top:0;width:420pt;height:140pt;rotation:315;z-index:-251658752;"
        "mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
        "mso-position-vertical:center;mso-position-vertical-relative:margin"
    )
    paragraph._p.append(
        parse_xml(
            f'<w:r {nsdecls("w")} xmlns:v="{_VML}" xmlns:o="{_OFFICE}"><w:pict>'
            '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" '
            'path="m@7,l@8,m@5,21600l@6,21600e"><v:path textpathok="t" o:connecttype="rect"/>'
            '<v:textpath on="t" fitshape="t"/></v:shapetype>'
            f'<v:shape id="DraftWatermark" type="#_x0000_t136" style="{style}" fillcolor="silver" stroked="f">'
            f'<v:fill opacity=".4"/><v:textpath style="font-family:&quot;Calibri&quot;;font-size:1pt" string="{text}"/>'
            "</v:shape></w:pict></w:r>"
        )
    )
