"""What must stay: candidates that are drugs, diseases, eponyms, everyday things, modal verbs, times and doses."""

from __future__ import annotations

import re
from functools import cache

from pipeline.deidentify.dialogue import Dialogue
from pipeline.deidentify.merge import ROSTER, Candidate
from pipeline.deidentify.word_names import CALENDAR
from pipeline.language.cues import EPONYMOUS, MONTHS_AS_NAMES
from pipeline.language.lexicon import is_given, is_name, is_place
from pipeline.language.numbers import MONTHS
from pipeline.language.text import fold
from pipeline.language.wordlists import read

_SURE_ANYWAY, _BEYOND_DOUBT = 0.93, 0.97
_SURE_EPONYM = 0.85
# Likeness from which a word is a drug misspelt: at 0.77 about one surname or town in 2,000 is taken for one.
_AS_SPELT = 0.77
# One letter of eight or more off: a drug ("Levedopa") though the candidate be sure, unless somebody says that it is their
# name; three in 2,000 listed surnames, names of places and given names come that near.
_ONE_LETTER_OFF = 0.87
_NUMERIC = frozenset({"DATE", "PHONE", "ID", "ADDRESS", "AGE"})
_UNIT_AFTER = re.compile(
    r"[ ,]*(?:milligrams?|mgs?|mils?|mls?|micrograms?|mcg|grams?|kilos?|kgs?|units?|tablets?|capsules?|puffs?|drops?|times|hours?|hourly|minutes?|mins?|"
    r"seconds?|percent|per cent|%|o'?clock|a\.?m\b|p\.?m\b|in the (?:morning|afternoon|evening)|at night|degrees|over (?:\d|\w+ty)|out of|beats|per minute|a day|a week|"
    r"feet|foot|inch(?:es)?|cent\w*|metres?|meters?|miles?|kilometres?|stone|pounds?|quid|dollars?|bucks|euros?)\b",
    re.IGNORECASE,
)
_CLOCK_BEFORE = re.compile(
    r"\b(?:half past|quarter (?:past|to)|past|at about|around about|section|type|stage|grade|chapter|page|level|blood pressure|pulse|temperature|sats|heart rate|score|peak flow)(?: (?:is|was|of|about))? ?$",
    re.IGNORECASE,
)
# Stems that the WHO gives to groups of generic names (International Nonproprietary Names, 2018 list of stems); those of
# three letters and such as end ordinary names ("-ane", "-ast") are left out.
_STEMS = re.compile(
    r"(?:azepam|azolam|azole|caine|cillin|cycline|dipine|floxacin|formin|gliptin|gliflozin|lukast|mab|mycin|nidazole|olol|oxetine|prazole|pril|profen|sartan|"
    r"semide|setron|statin|terol|thiazide|tidine|triptan|triptyline|vir|zepine|zolamide|apine|idone|piprazole|methasone|sone|solone|parin|xaban|codone|morphone|tadine|zine|"
    r"prost|prostol|aldehyde|tocin|relin|tinib|ciclib|platin|rubicin|glutide|glitazone|fibrate|dronate|dronic|coxib|grel|grelor|gatran|"
    r"stigmine|racetam|barbital|curium|conazole|bactam|penem|oxacin|vastatin|thromycin|phylline|nidazole|dralazine|osin|parib|trexate|"
    r"teplase|tecan|vaptan|kinra|cept|orphan|perone|peridol|promazine|tryptiline|oxone|nazole)$"
)
_MANY_BEFORE = re.compile(
    r"\b(?:we're|we are|we were|they're|they are|they were|there are|there were|you're all) $"
)
_OF_AGES = re.compile(r"years?|months?|weeks?|days?|yrs?|plus|this|as|was|is|us")
_FRACTION = re.compile(r"(?<![\d/])(\d{1,3})/(\d{1,3})(?![\d/])")
_DATED = re.compile(
    r"\b(?:on|born|birth|dob|since|date|dated|from|until|till|by|d\.o\.b\.?)(?: (?:is|was|the|of))*:? $",
    re.IGNORECASE,
)
_MONTH_ALONE = frozenset(MONTHS)
# Greek and Latin endings of diseases, signs and operations.
DISEASES = re.compile(
    r"(?:itis|osis|oses|ism|a?emias?|oma|algia|pathy|plasty|scopy|ectomy|phobia|philia|megaly|uria|rrho?ea|pno?ea|plegia|paresis|"
    r"[ao]lgesia|[ao]?esthesia|ostomy|otomy|centesis|o?edema|dynia|trophy|ography|ogram|penia|kinesia|phasia|phagia|phonia|praxia)$"
)
_SHORTEST_DISEASE = 8


def reason_to_keep(candidate: Candidate, dialogue: Dialogue) -> str:
    """Why a candidate identifies nobody, in words for people; "" when it may."""
    if candidate.score >= _SURE_ANYWAY and candidate.found_by == ROSTER:
        return ""
    measured = candidate.type in _NUMERIC and _is_measure(candidate, dialogue.text)
    if candidate.type == "DATE" and candidate.found_by == "SpokenDateRecognizer":
        return "a measure or a time of day" if measured else ""
    if measured:
        return "a dose, a measure or a time of day"
    return _reason_of_words(candidate, dialogue)


def _reason_of_words(candidate: Candidate, dialogue: Dialogue) -> str:
    text = fold(dialogue.text[candidate.start : candidate.end]).strip(" .,")
    said = _phrases(text, candidate, dialogue)
    by_place = candidate.found_by == "WordNameRecognizer" and text in CALENDAR  # "mummy Sunday"
    weak = candidate.score < _SURE_ANYWAY and not by_place
    name = candidate.type in ("PERSON", "LOCATION", "ORG")
    reasons = {
        "a drug, a disease, a test, or the name one of them bears": any(
            _is_medical_phrase(p, candidate) for p in said
        ),
        "the name of a disease in this talk": weak and _names_disease_here(text, candidate, dialogue),
        "words that are no name here": any(_is_kept(p, text, candidate, weak=weak) for p in said),
        "like a drug or a disease": name and _is_medical(text, candidate.score),
        "a month": name and candidate.type != "ORG" and text in _MONTH_ALONE - MONTHS_AS_NAMES,
    }
    return next((why for why, holds in reasons.items() if holds), "")


def _is_kept(phrase: str, text: str, candidate: Candidate, *, weak: bool) -> bool:
    """A listed phrase; a word alone where little speaks for a name. Where one that is somebody's name elsewhere stands
    was judged when it was found again."""
    again = candidate.found_by == "mentions" and candidate.type == "PERSON" and phrase == text
    return phrase in read("keep_words") and (" " in phrase or (weak and not again))


def _is_medical_phrase(phrase: str, candidate: Candidate) -> bool:
    if phrase in read("medical_words"):
        return True
    return phrase in read("eponyms") and not _is_surname_too(phrase, candidate)


def _names_disease_here(text: str, candidate: Candidate, dialogue: Dialogue) -> bool:
    """ "He's down with Zorley's ... Zorley's disease, it is": never said but as the bearer of a disease."""
    if candidate.type != "PERSON" or " " in text or is_given(text):
        return False
    said = dialogue.plain
    mentions = list(re.finditer(rf"\b{re.escape(text)}\b('s\b)?", said))
    borne = any(m[1] and EPONYMOUS.match(said[m.end() : m.end() + 30]) for m in mentions)
    return borne and all(m[1] for m in mentions)


def _phrases(text: str, candidate: Candidate, dialogue: Dialogue) -> list[str]:
    """The candidate itself, and with the words right behind it: "Adam's apple", "Bell's palsy", "kia ora"."""
    behind = fold(dialogue.text[candidate.end : candidate.end + 24]).split("\n")[0]
    joined = re.match(r"('s)?(?: ([\w']+))?(?: ([\w']+))?", behind)
    found = [text]
    if joined:
        own = text + (joined[1] or "")
        found += [own] * bool(joined[1]) + [f"{own} {joined[2]}"] * bool(joined[2])
        found += [f"{own} {joined[2]} {joined[3]}"] * bool(joined[3])
    return found


def _is_surname_too(eponym: str, candidate: Candidate) -> bool:
    """ "Doctor Wells": an eponym by itself, without 's or a word for a disease, found surely as a person."""
    return (
        " " not in eponym
        and "'" not in eponym
        and candidate.score >= _SURE_EPONYM
        and candidate.type == "PERSON"
    )


def is_like_medicine(word: str) -> bool:
    """A word that is spelt like a drug or ends like a disease, and that no list has as a name or place."""
    return _is_medical(word, 0.0)


def _is_medical(text: str, score: float) -> bool:
    """A drug or disease, by more likeness the surer the name was found."""
    if score >= _BEYOND_DOUBT:
        return False
    if score >= _SURE_ANYWAY:
        return _like_a_drug(text) >= _ONE_LETTER_OFF
    return _like_a_drug(text) >= _AS_SPELT or _is_disease(text)


def _is_disease(text: str) -> bool:
    """One word that ends as diseases and operations do; never a known name of a person or place."""
    known = is_name(text) or is_place(text)
    return len(text) >= _SHORTEST_DISEASE and " " not in text and not known and bool(DISEASES.search(text))


@cache
def _like_a_drug(text: str) -> float:
    """How like a drug's name a word is, as a recogniser may spell it: 0 to 1; 0 for a known name of a person
    or place."""
    if (
        " " in text
        or len(text) < 6
        or is_name(text)
        or (is_place(text) and text not in read("medical_words"))
    ):
        return 0.0
    from rapidfuzz import process
    from rapidfuzz.distance import Levenshtein

    stem = _AS_SPELT if _STEMS.search(text) else 0.0
    best = process.extractOne(text, sorted(read("medical_words")), scorer=Levenshtein.normalized_similarity)
    return max(stem, best[1] if best else 0.0)


def _is_fraction(candidate: Candidate, text: str) -> bool:
    """Figures over figures ("29/30", "37/40 weeks"), unless they are said to be a date."""
    for m in _FRACTION.finditer(text, max(0, candidate.start - 4), min(len(text), candidate.end + 4)):
        if m.start() <= candidate.start and candidate.end <= m.end():
            month = int(m[1]) <= 31 and int(m[2]) <= 12
            return not (month and _DATED.search(text[: m.start()][-24:]))
    return False


def _is_behind_drug(candidate: Candidate, text: str) -> bool:
    """ "Amitriptyline, twenty five": how much of it is taken."""
    drug = re.search(r"([^\W\d_]+)[ ,]*$", text[max(0, candidate.start - 24) : candidate.start])
    return drug is not None and _like_a_drug(fold(drug[1])) >= _AS_SPELT


def _counts_people(candidate: Candidate, text: str) -> bool:
    """ "We're six teachers": how many, not how old."""
    if not _MANY_BEFORE.search(fold(text[max(0, candidate.start - 16) : candidate.start])):
        return False
    behind = re.match(r" ([a-z]+s)\b", fold(text[candidate.end : candidate.end + 24]))
    return behind is not None and not _OF_AGES.match(behind[1])


def _is_measure(candidate: Candidate, text: str) -> bool:
    """A dose, a clock time, a vital sign: by the unit behind or the word before."""
    if _is_fraction(candidate, text):
        return True
    if candidate.type == "AGE":
        return _is_behind_drug(candidate, text) or _counts_people(candidate, text)
    if candidate.type == "DATE" and any(m in fold(text[candidate.start : candidate.end]) for m in MONTHS):
        return False
    after, before = (
        text[candidate.end : candidate.end + 24],
        text[max(0, candidate.start - 24) : candidate.start],
    )
    return bool(_UNIT_AFTER.match(after) or _CLOCK_BEFORE.search(before))
