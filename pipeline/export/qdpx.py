"""REFI-QDA project (.qdpx, QDA-XML 1.0 of REFI-QDA 1.5): what NVivo, ATLAS.ti, MAXQDA and others open.

    project.qde          codes (one a participant), cases (participants, roles), sources, selections
    sources/GUID.txt     each transcript as plain text, UTF-8, line feeds, no byte order mark

A selection's positions count Unicode code points from 0, the end after the last. GUIDs come from
names (UUID version 5), so the same study gives the same bytes.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.export.conventions import DRAFT_MARK, Passage, Sheet
from pipeline.export.document import Participant, clock
from pipeline.export.options import ExportOptions
from pipeline.export.xml import NO_DATE, Element, new_root, sub, to_bytes, when, zip_bytes

NAMESPACE = "urn:QDA-XML:project:1.0"
_GUIDS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:session-deid:refi-qda")
UNQUOTABLE = "Not to be quoted"
UNQUOTABLE_ABOUT = "Said by a participant who did not agree to be quoted."
_COLOURS = ("#1F77B4", "#FF7F0E", "#2CA02C", "#D62728", "#9467BD", "#8C564B", "#E377C2", "#BCBD22", "#17BECF")


@dataclass(frozen=True, slots=True)
class _Source:
    """A transcript as text, with where each passage's words stand in it."""

    guid: str
    sheet: Sheet
    text: str = field(repr=False)
    places: tuple[tuple[int, int], ...]


def render(sheet: Sheet, options: ExportOptions) -> bytes:
    """One recording as a project."""
    return render_project([sheet], options)


def render_project(sheets: Sequence[Sheet], options: ExportOptions) -> bytes:
    """A study as one project: a text source a recording, a case a participant."""
    study = next((s.study for s in sheets if s.study), "") or "Transcripts"
    sources = [_source(study, number, sheet) for number, sheet in enumerate(sheets)]
    people = _people(sheets)
    root = _project(study, sources)
    _add_codebook(root, study, people, options)
    _add_cases(root, study, people, sources, options)
    holder = sub(root, "Sources")
    for source in sources:
        _add_source(holder, study, source, options)
    _add_description(root, sheets)
    files = [(f"sources/{s.guid}.txt", s.text.encode("utf-8")) for s in sources]
    return zip_bytes([("project.qde", to_bytes(root)), *files])


def _guid(*parts: object) -> str:
    return str(uuid.uuid5(_GUIDS, "\x1f".join(map(str, parts))))


def _source(study: str, number: int, sheet: Sheet) -> _Source:
    lines = [DRAFT_MARK] if sheet.draft else []
    lines += [f"{name}: {value}" for name, value in sheet.heading]
    parts = ["\n".join(lines) + "\n"]
    at, places = len(parts[0]), []
    for p in sheet.passages:
        opening = f"\n{p.participant}" + (f" [{p.time}]" if p.time else "") + ": "
        places.append((at + len(opening), at + len(opening) + len(p.text)))
        parts += [opening, p.text, "\n"]
        at = places[-1][1] + 1
    return _Source(_guid(study, "source", number, sheet.recording), sheet, "".join(parts), tuple(places))


def _people(sheets: Sequence[Sheet]) -> list[Participant]:
    """Everybody of the study once; a role from the first recording that knows it."""
    people: dict[str, Participant] = {}
    for person in (p for sheet in sheets for p in sheet.participants):
        if person.code not in people or not people[person.code].role:
            people[person.code] = person
    return sorted(people.values(), key=lambda p: p.code)


def _project(study: str, sources: Sequence[_Source]) -> Element:
    tool = sources[0].sheet if sources else None
    origin = f"{tool.tool} {tool.version}" if tool else "session-deid"
    date = max((when(s.sheet.verified_at) for s in sources), default=NO_DATE)
    user = _guid("user")
    facts = {"name": study, "origin": origin, "creatingUserGUID": user, "creationDateTime": date}
    root = new_root(f"{{{NAMESPACE}}}Project", facts, {None: NAMESPACE})
    sub(sub(root, "Users"), "User", guid=user, name="session-deid")
    return root


def _add_codebook(root: Element, study: str, people: Sequence[Participant], options: ExportOptions) -> None:
    """A code for each participant, under "Speakers"; one for what may not be quoted."""
    closed = [person for person in people if person.quotable is False]
    if not people or not (options.coded_turns or closed):
        return
    codes = sub(sub(root, "CodeBook"), "Codes")
    if closed:
        facts = {"guid": _guid(study, "not to be quoted"), "name": UNQUOTABLE, "isCodable": "true"}
        sub(sub(codes, "Code", **facts, color="#6B3F00"), "Description", UNQUOTABLE_ABOUT)
    if not options.coded_turns:
        return
    top = sub(codes, "Code", guid=_guid(study, "speakers"), name="Speakers", isCodable="false")
    for number, person in enumerate(people):
        colour = _COLOURS[number % len(_COLOURS)]
        facts = {
            "guid": _guid(study, "code", person.code),
            "name": person.code,
            "isCodable": "true",
            "color": colour,
        }
        code = sub(top, "Code", **facts)
        if person.role:
            sub(code, "Description", person.role)


def _add_cases(
    root: Element,
    study: str,
    people: Sequence[Participant],
    sources: Sequence[_Source],
    options: ExportOptions,
) -> None:
    if not people:
        return
    role = _guid(study, "variable", "role")
    sub(sub(root, "Variables"), "Variable", guid=role, name="Role", typeOfVariable="Text")
    cases = sub(root, "Cases")
    for person in people:
        case = sub(cases, "Case", guid=_guid(study, "case", person.code), name=person.code)
        if options.coded_turns:
            sub(case, "CodeRef", targetGUID=_guid(study, "code", person.code))
        if person.role:
            value = sub(case, "VariableValue")
            sub(value, "VariableRef", targetGUID=role)
            sub(value, "TextValue", person.role)
        for source in sources:
            if any(p.participant == person.code for p in source.sheet.passages):
                sub(case, "SourceRef", targetGUID=source.guid)


def _add_source(holder: Element, study: str, source: _Source, options: ExportOptions) -> None:
    facts = {
        "guid": source.guid,
        "name": source.sheet.recording,
        "plainTextPath": f"internal://{source.guid}.txt",
    }
    facts |= {"creatingUser": _guid("user"), "creationDateTime": when(source.sheet.verified_at)}
    element = sub(holder, "TextSource", **facts)
    if source.sheet.draft:
        sub(element, "Description", DRAFT_MARK)
    closed = source.sheet.unquotable
    for number, (passage, place) in enumerate(zip(source.sheet.passages, source.places, strict=True)):
        codes = [_guid(study, "code", passage.participant)] if options.coded_turns else []
        codes += [_guid(study, "not to be quoted")] if passage.participant in closed else []
        if codes:
            _add_turn(element, source, number, passage, place, codes)


def _add_turn(
    element: Element,
    source: _Source,
    number: int,
    passage: Passage,
    place: tuple[int, int],
    codes: Sequence[str],
) -> None:
    """A speaker's turn as a selection that carries the speaker's code, and one more where it may not be quoted."""
    made = {"creatingUser": _guid("user"), "creationDateTime": when(source.sheet.verified_at)}
    facts = {
        "guid": _guid(source.guid, "turn", number),
        "name": f"{passage.participant} {clock(passage.start)}",
    }
    span = {"startPosition": str(place[0]), "endPosition": str(place[1])}
    selection = sub(element, "PlainTextSelection", **facts, **span, **made)
    for nth, code in enumerate(codes):
        more = (nth,) if nth else ()
        coding = sub(selection, "Coding", guid=_guid(source.guid, "coding", number, *more), **made)
        sub(coding, "CodeRef", targetGUID=code)


def _add_description(root: Element, sheets: Sequence[Sheet]) -> None:
    drafts = [s.recording for s in sheets if s.draft]
    text = "De-identified transcripts."
    sub(root, "Description", f"{text} {DRAFT_MARK} ({', '.join(drafts)})" if drafts else text)
