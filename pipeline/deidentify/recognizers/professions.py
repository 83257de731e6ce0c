"""Occupations of people, said of somebody ("I'm a lawyer", "she works as a falconer") or rare in themselves.
Roles of care and training (doctor, nurse, student) identify nobody in a study of such people and stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, partial

from pipeline.deidentify.recognizers.base import Hit, SpeechRecognizer, View, each
from pipeline.language.lexicon import Band, band
from pipeline.language.wordlists import read, rule_phrases, rule_words

_of = partial(rule_phrases, "professions")
_LEAD = (
    rf"(?:{_of('is_one')}|{_of('persons')} (?:is|was))(?: {_of('adverbs')})*"
    rf"(?: {_of('articles')})(?: {_of('adjectives')})*"
)


@cache
def _said() -> re.Pattern[str]:
    jobs = "|".join(sorted((re.escape(j) for j in read("occupations")), key=len, reverse=True))
    return re.compile(rf"\b{_LEAD} (?P<job>{jobs})s?\b(?!')")


@cache
def _alone() -> re.Pattern[str]:
    jobs = "|".join(sorted((re.escape(j) for j in read("occupations")), key=len, reverse=True))
    return re.compile(rf"\b(?P<job>{jobs})s?\b")


_OF_NOBODY = 0.38  # "the milkman came"
_CARE = rule_words("professions", "care")
_COMMON_SENSES = rule_words("professions", "common_senses")


_ASKED = re.compile(
    r"\b(?:i'?m|i am|i work as|work as|he's|she's|she is|he is|it's|as) (?:\w+ ){0,2}?(?:a|an) (?P<job>(?:[a-z'-]+ ){0,2}?[a-z'-]+(?:er|or|ist|ian|ant|eur|man|woman|person|officer|assistant|executive|clerk|agent|chef|nanny))\b"
)
_NO_JOB = rule_words("professions", "no_job")


def _is_wondered_at(view: View, match: re.Match[str]) -> bool:
    """ "A falconer? Seriously?": said of somebody just spoken of."""
    line = view.dialogue.plain[: match.start()].rsplit("\n", 1)[-1]
    return line in ("a ", "an ")


class ProfessionRecognizer(SpeechRecognizer):
    """Occupations."""

    ENTITIES = ("PROFESSION",)

    def find(self, view: View) -> Iterator[Hit]:
        for m in each(view, _said()):
            yield view.hit(m, "PROFESSION", 0.88, "job")
        for m in each(view, _ASKED):
            last = m["job"].split()[-1]
            if (
                view.questions.near("job", m.start(), words=14, turns=2)
                and last not in _NO_JOB
                and last not in _CARE
            ):
                yield view.hit(m, "PROFESSION", 0.75, "job")
        for m in each(view, _alone()):
            job = m["job"]
            asked = view.questions.near("job", m.start(), words=14, turns=2)
            if asked:
                yield view.hit(m, "PROFESSION", 0.8, "job")
            elif job not in _COMMON_SENSES and min(band(w) for w in job.split()) < Band.UNCOMMON:
                yield view.hit(m, "PROFESSION", 0.6 if _is_wondered_at(view, m) else _OF_NOBODY, "job")
