"""Detection in languages that have no recognizers for speech of their own: Presidio with the language's spaCy model.

The seam for further languages: a model of the manifest (task "names") whose `languages` hold it is enough to start;
config/languages/CODE.yaml, in Presidio's registry format, adds its dates, ages, addresses and numbers. Roster names,
sites and staff are always found.
"""

from __future__ import annotations

import logging
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.deidentify.findings import Findings
from pipeline.deidentify.merge import ROSTER, Candidate, as_candidate, resolve
from pipeline.deidentify.registries import read_registry
from pipeline.errors import LanguageUnsupportedError
from pipeline.language.lexicon import Band, band, is_medical, is_name, is_place
from pipeline.language.text import fold
from pipeline.language.wordlists import read
from pipeline.models import manifest, store
from pipeline.records import Roster, Span, Utterance
from pipeline.resources import config_path

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry, RecognizerResult
    from presidio_analyzer.nlp_engine import NlpEngine

SURE = 0.8
DOUBTFUL = 0.3
_PUNCTUATION = ".,;:!?…«»\"'"
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

    def __init__(
        self, analyzer: AnalyzerEngine, language: str, acts: Callable[[Candidate, str], bool]
    ) -> None:
        self._analyzer, self._language, self._acts = analyzer, language, acts

    def find(self, utterances: Sequence[Utterance], roster: Roster | None = None) -> tuple[Span, ...]:
        """Sorted spans that are sure enough to be acted on; offsets count characters of each utterance's text."""
        found = self.examine(utterances, roster).spans
        return tuple(s for s in found if self._acts(as_candidate(s), s.text))

    def examine(self, utterances: Sequence[Utterance], roster: Roster | None = None) -> Findings:
        """Those, and doubtful ones besides them."""
        text = "\n".join(u.text for u in utterances)
        results = self._analyzer.analyze(
            text=text,
            language=self._language,
            score_threshold=DOUBTFUL,
            ad_hoc_recognizers=list(_roster_recognizers(roster, self._language)),
        )
        kept = (found for r in results if (found := _without_small_talk(r, text, self._language)))
        found = resolve(map(_candidate, kept), text, lambda c: self._acts(c, text[c.start : c.end]))
        return Findings(tuple(_to_spans(found, utterances)))


def load(language: str, acts: Callable[[Candidate, str], bool]) -> PresidioDetector:
    """A detector for a language; raises LanguageUnsupportedError, ModelMissingError or RecognizersError."""
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    path = str(store.find(names_model(language)))
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    engine = SpacyNlpEngine(models=[{"lang_code": language, "model_name": path}])
    engine.load()
    registry = _registry(language, engine)
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=[language])
    return PresidioDetector(analyzer, language, acts)


def _registry(language: str, engine: NlpEngine) -> RecognizerRegistry:
    """The recognizers of config/languages/CODE.yaml, else Presidio's own for the language; none asks the network."""
    from presidio_analyzer.recognizer_registry import RecognizerRegistry

    from pipeline.deidentify.recognizers.written_emails import OfflineEmailRecognizer

    settings = config_path("languages", f"{language}.yaml")
    if settings.is_file():
        return read_registry(settings, engine)
    registry = RecognizerRegistry(supported_languages=[language])
    registry.load_predefined_recognizers(languages=[language], nlp_engine=engine)
    registry.remove_recognizer("EmailRecognizer")
    registry.add_recognizer(OfflineEmailRecognizer(supported_language=language))
    return registry


def _without_small_talk(result: RecognizerResult, text: str, language: str) -> RecognizerResult | None:
    """A candidate less what names nobody: "Merci Zorblax" is the name alone, "Oui" and "Parkinson" nothing."""
    if _found_by(result) == ROSTER or (
        _found_by(result) != "SpacyRecognizer" and result.entity_type != "PERSON"
    ):
        return result
    words = [(m.start(), fold(m[0])) for m in re.finditer(r"\S*\w\S*", text[result.start : result.end])]
    telling = [start for start, word in words if not _is_everyday(word.strip(_PUNCTUATION), language)]
    if not telling:
        return None
    if result.entity_type == "PERSON":
        result.start += telling[0]
    return result


def _is_everyday(word: str, language: str) -> bool:
    """An ordinary word of the language that is no name anywhere, or a drug, a disease or its eponym."""
    if is_medical(word):
        return True
    name = is_name(word) or is_place(word) or word in read("countries")
    return not name and band(word, language) >= Band.EVERYDAY


def _roster_recognizers(roster: Roster | None, language: str) -> Iterator[EntityRecognizer]:
    from presidio_analyzer import PatternRecognizer

    if roster is None:
        return
    people = [n for p in roster.people for n in (p.name, *p.name.split(), *p.nicknames) if len(n) > 1]
    groups = {"PERSON": [*people, *roster.staff], "LOCATION": [*roster.sites, *roster.other]}
    for kind, said in roster.known:
        groups.setdefault(kind, []).append(said)
    for entity, words in groups.items():
        if words:
            yield PatternRecognizer(
                supported_entity=entity,
                name=ROSTER,
                deny_list=sorted(set(words), key=len, reverse=True),
                deny_list_score=1.0,
                supported_language=language,
            )


def _candidate(result: RecognizerResult) -> Candidate:
    kind = _TYPES.get(result.entity_type, result.entity_type)
    score = round(min(1.0, float(result.score)), 3)
    reason = "found with little evidence" if score < SURE else ""
    tier = "quasi" if kind in _QUASI else "direct"
    return Candidate(result.start, result.end, kind, score, _found_by(result), tier, reason)


def _to_spans(found: Sequence[Candidate], utterances: Sequence[Utterance]) -> Iterator[Span]:
    starts = [0]
    for utterance in utterances:
        starts.append(starts[-1] + len(utterance.text) + 1)
    for c in found:
        number = bisect_right(starts, c.start) - 1
        text = utterances[number].text
        start, end = c.start - starts[number], min(c.end - starts[number], len(text))
        if start < end:
            yield Span(
                number, start, end, c.type, c.known_tier, c.score, c.found_by, text[start:end],
                uncertain=bool(c.reason), reason=c.reason, evidence=c.evidence,
            )  # fmt: skip


def _found_by(result: RecognizerResult) -> str:
    return str((result.recognition_metadata or {}).get(result.RECOGNIZER_NAME_KEY, "presidio"))
