"""Detection in languages that have no recognizers for speech of their own: Presidio with the language's spaCy model.

The seam for further languages: a model of the manifest (task "names") whose `languages` hold it is enough to start;
recognizers made for its speech can follow, as for English. Roster names, sites and staff are always found.
"""

from __future__ import annotations

import logging
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pipeline.errors import LanguageUnsupportedError
from pipeline.models import manifest, store
from pipeline.records import Roster, Span, Utterance

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerResult

    from pipeline.deidentify.detect import Findings

SURE = 0.8
DOUBTFUL = 0.3
_TYPES = {
    "PHONE_NUMBER": "PHONE",
    "EMAIL_ADDRESS": "EMAIL",
    "DATE_TIME": "DATE",
    "ORGANIZATION": "ORG",
    "CREDIT_CARD": "ID",
    "IBAN_CODE": "ID",
}
_QUASI = frozenset({"NRP", "ORG", "DATE", "AGE"})


def names_model(language: str) -> str:
    """The model that finds names in a language: an installed one, else the first there is to install.

    Raises LanguageUnsupportedError when the manifest knows none.
    """
    fitting = [m.name for m in manifest.load() if m.task == "names" and language in m.languages]
    if not fitting:
        raise LanguageUnsupportedError(language=language)
    return next((name for name in fitting if store.installed(name)), fitting[0])


class PresidioDetector:
    """Presidio's own recognizers and a spaCy model, with the roster; the same seam as detect.Detector."""

    def __init__(self, analyzer: AnalyzerEngine, language: str, threshold: float) -> None:
        self._analyzer, self._language, self._threshold = analyzer, language, threshold

    def find(self, utterances: Sequence[Utterance], roster: Roster | None = None) -> tuple[Span, ...]:
        """Sorted spans that do not overlap; offsets count characters of each utterance's text."""
        return self.examine(utterances, roster).spans

    def examine(self, utterances: Sequence[Utterance], roster: Roster | None = None) -> Findings:
        """Spans as `find` gives them, and the doubtful ones below the threshold."""
        from pipeline.deidentify.detect import Findings

        text = "\n".join(u.text for u in utterances)
        results = self._analyzer.analyze(
            text=text,
            language=self._language,
            score_threshold=DOUBTFUL,
            ad_hoc_recognizers=list(_roster_recognizers(roster, self._language)),
        )
        spans = list(_to_spans(_without_overlaps(results), utterances))
        sure = tuple(s for s in spans if s.score >= self._threshold)
        return Findings(sure, tuple(s for s in spans if s.score < self._threshold))


def load(language: str, threshold: float) -> PresidioDetector:
    """A detector for a language; raises LanguageUnsupportedError or ModelMissingError."""
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    path = str(store.find(names_model(language)))
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    engine = SpacyNlpEngine(models=[{"lang_code": language, "model_name": path}])
    engine.load()
    registry = RecognizerRegistry(supported_languages=[language])
    registry.load_predefined_recognizers(languages=[language], nlp_engine=engine)
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=[language])
    return PresidioDetector(analyzer, language, threshold)


def _roster_recognizers(roster: Roster | None, language: str) -> Iterator[EntityRecognizer]:
    from presidio_analyzer import PatternRecognizer

    if roster is None:
        return
    people = [n for p in roster.people for n in (p.name, *p.name.split(), *p.nicknames) if len(n) > 1]
    for entity, words in (("PERSON", [*people, *roster.staff]), ("LOCATION", [*roster.sites, *roster.other])):
        if words:
            yield PatternRecognizer(
                supported_entity=entity,
                name="RosterRecognizer",
                deny_list=sorted(set(words), key=len, reverse=True),
                deny_list_score=1.0,
                supported_language=language,
            )


def _without_overlaps(results: Sequence[RecognizerResult]) -> list[RecognizerResult]:
    chosen: list[Any] = []
    for result in sorted(results, key=lambda r: (-r.score, r.start - r.end, r.start)):
        if all(result.end <= c.start or c.end <= result.start for c in chosen):
            chosen.append(result)
    return sorted(chosen, key=lambda r: r.start)


def _to_spans(results: Sequence[RecognizerResult], utterances: Sequence[Utterance]) -> Iterator[Span]:
    starts = [0]
    for utterance in utterances:
        starts.append(starts[-1] + len(utterance.text) + 1)
    for result in results:
        number = bisect_right(starts, result.start) - 1
        text = utterances[number].text
        start, end = result.start - starts[number], min(result.end - starts[number], len(text))
        if start >= end:
            continue
        kind = _TYPES.get(result.entity_type, result.entity_type)
        facts = result.recognition_metadata or {}
        yield Span(
            number,
            start,
            end,
            kind,
            "quasi" if kind in _QUASI else "direct",
            round(min(1.0, float(result.score)), 3),
            str(facts.get("recognizer_name", "presidio")),
            text[start:end],
            uncertain=result.score < SURE,
            reason="found with little evidence" if result.score < SURE else "",
        )
