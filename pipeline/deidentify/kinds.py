"""Which kind of number an ID is: by its own form, and by what was said right before it.

A detector calls every identifying number an ID. HIPAA's list counts record numbers, plates and accounts apart, and
a policy may treat them apart, so the cue ("the rego's", "her N H I is") decides where there is one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.language.text import fold
from pipeline.records import Span, Utterance

_WINDOW = 80
_HANDLE = re.compile(r"\bunderscore\b|^\s*@|^at \w+ (?:dot|underscore)\b")
# The kind a cue announces; of several before a number the last one counts, of two at one place the first here.
_CUES = (
    ("NHI", r"\bn ?\.?h ?\.?i\b|\bnational health index\b"),
    ("NHS", r"\bn ?\.?h ?\.?s\b"),
    ("MEDICARE", r"\bmedicare\b"),
    ("HEALTH_PLAN", r"\b(?:insurance|policy|member(?:ship)?|health plan) (?:number|id|card|is)\b"),
    (
        "SSN",
        r"\bsocial security\b|\bs ?s ?n\b|\bnational insurance\b|\bi ?r ?d\b|\bt ?f ?n\b|\btax (?:file )?number\b",
    ),
    ("PASSPORT", r"\bpassport\b"),
    ("PLATE", r"\b(?:number|licen[cs]e|registration|rego) ?plates?\b|\bplates?\b|\brego\b|\bregistration\b"),
    ("LICENCE", r"\blicen[cs]e\b|\bcertificate\b"),
    ("ACCOUNT", r"\baccount\b|\bsort code\b|\b(?:credit|debit|bank) ?card\b|\bcard number\b"),
    ("MEDICAL_RECORD", r"\b(?:hospital|patient|record|chart|file|case) (?:number|id|no)\b|\bm ?r ?n\b"),
    ("DEVICE", r"\bserial\b|\bdevice (?:number|id)\b"),
    (
        "HANDLE",
        r"\b(?:instagram|insta|twitter|facebook|snapchat|tiktok|discord|handle|user ?name|gamertag|skype)\b",
    ),
)
_CUE = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _CUES))
_FAX = re.compile(r"\bfax\b")
_BIRTH = re.compile(r"\bbirth\b|\bborn\b|\bd ?o ?b\b|\bbirthday\b")


def tell_kinds(spans: Sequence[Span], utterances: Sequence[Utterance]) -> list[Span]:
    """The spans, numbers and dates given their kind where the talk tells it; everything else as it was."""
    return [_tell(span, utterances) for span in spans]


def _tell(span: Span, utterances: Sequence[Utterance]) -> Span:
    if span.type not in ("ID", "PHONE", "DATE"):
        return span
    before = _before(span, utterances)
    if span.type == "PHONE":
        kind = "FAX" if _FAX.search(before) else span.type
    elif span.type == "DATE":
        kind = "DATE_OF_BIRTH" if _BIRTH.search(before) else span.type
    else:
        kind = _kind_of_id(span, before)
    return replace(span, type=kind)


def _kind_of_id(span: Span, before: str) -> str:
    if _HANDLE.search(fold(span.text)):
        return "HANDLE"
    cues = [m.lastgroup for m in _CUE.finditer(before)]
    return cues[-1] or span.type if cues else span.type


def _before(span: Span, utterances: Sequence[Utterance]) -> str:
    """The talk right before a span, from the utterance before if its own has little."""
    own = utterances[span.utterance].text[: span.start_char]
    asked = utterances[span.utterance - 1].text if span.utterance else ""
    return fold(f"{asked} {own}")[-_WINDOW:]
