"""Find identifiers in a transcript: Presidio's analyzer with our recognizers over the whole dialogue.

    detector = load()
    spans = detector.find(utterances, roster)

The registry is config/recognizers.yaml; the models are spaCy and Rampart; keep rules, overlaps and further
mentions are settled in keep, merge and mentions.
"""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from pipeline.deidentify import dialogue as dialogues
from pipeline.deidentify import other_languages
from pipeline.deidentify.findings import Findings
from pipeline.records import Roster, Span, Utterance
from pipeline.resources import config_path

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine, RecognizerResult

    from pipeline.deidentify.engine import SpeechEngine
    from pipeline.deidentify.merge import Candidate
    from pipeline.deidentify.recognizers.base import View

Sensitivity = Literal["strict", "balanced", "lenient"]
# The least score that becomes a span. What lies between DOUBT and it is in `Findings.doubtful`.
THRESHOLDS: dict[Sensitivity, float] = {"strict": 0.4, "balanced": 0.55, "lenient": 0.68}
DOUBT = 0.3
# Spans within this distance above the threshold are marked uncertain, for a person to look at.
MARGIN = 0.12
_PRESIDIO_TYPES = {
    "PHONE_NUMBER": "PHONE",
    "EMAIL_ADDRESS": "EMAIL",
    "CREDIT_CARD": "ID",
    "IBAN_CODE": "ID",
    "DATE_TIME": "DATE",
    "ORGANIZATION": "ORG",
}


class Detector:
    """Finds identifiers; load it once a run, use it for many transcripts."""

    def __init__(
        self, analyzer: AnalyzerEngine, engine: SpeechEngine, language: str, threshold: float
    ) -> None:
        self._analyzer, self._engine = analyzer, engine
        self._language, self._threshold = language, threshold

    def find(self, utterances: Sequence[Utterance], roster: Roster | None = None) -> tuple[Span, ...]:
        """Sorted spans that do not overlap; offsets count characters of each utterance's text."""
        return self.examine(utterances, roster).spans

    def examine(self, utterances: Sequence[Utterance], roster: Roster | None = None) -> Findings:
        """Spans as `find` gives them, and besides them the doubtful ones below the threshold."""
        from pipeline.deidentify.heard_faintly import doubt_faint_numbers
        from pipeline.deidentify.merge import resolve, to_spans
        from pipeline.deidentify.name_classes import judge_classes
        from pipeline.deidentify.people_apart import part_people

        dialogue = dialogues.build(utterances, roster)
        if not dialogue.content:
            return Findings(())
        candidates, view = self._candidates(dialogue)
        chosen = resolve(c for c in candidates if c.score >= self._threshold)
        chosen = judge_classes(part_people(chosen, view), view)
        chosen = list(doubt_faint_numbers(chosen, dialogue))
        rest = [c for c in candidates if c.score < self._threshold and not any(c.meets(k) for k in chosen)]
        sure = self._threshold + MARGIN
        spans = sorted(to_spans(chosen, dialogue, sure), key=_place)
        return Findings(tuple(spans), tuple(sorted(to_spans(resolve(rest), dialogue, 1.1), key=_place)))

    def _candidates(self, dialogue: dialogues.Dialogue) -> tuple[list[Candidate], View]:
        from pipeline.deidentify.common_knowledge import without_common_knowledge
        from pipeline.deidentify.keep import keeps
        from pipeline.deidentify.mentions import spread
        from pipeline.deidentify.turn_ends import cut_at_turns
        from pipeline.deidentify.whole_names import grow

        artifacts = self._engine.look(dialogue)
        results = self._analyzer.analyze(
            text=dialogue.text, language=self._language, nlp_artifacts=artifacts, score_threshold=DOUBT
        )
        view = artifacts.view
        cut = [c for r in results for c in cut_at_turns(_candidate(r), dialogue)]
        found = [c for c in cut if not keeps(c, dialogue)]
        found = list(grow(without_common_knowledge(found, view), dialogue))
        again = [c for c in grow(spread(found, view), dialogue) if not keeps(c, dialogue)]
        return found + without_common_knowledge(again, view), view


def load(
    language: str = "en", sensitivity: Sensitivity = "balanced"
) -> Detector | other_languages.PresidioDetector:
    """A detector with its models loaded. Raises ModelMissingError when a model is not installed,
    LanguageUnsupportedError for a language without one, ValueError for a sensitivity there is not."""
    from pipeline.deidentify.engine import SpeechEngine

    if sensitivity not in THRESHOLDS:
        raise ValueError(f"no sensitivity {sensitivity!r}; there are {', '.join(THRESHOLDS)}")
    if language != "en":
        return other_languages.load(language, THRESHOLDS[sensitivity])
    engine = SpeechEngine(language)
    engine.load()
    return Detector(_analyzer(engine, language), engine, language, THRESHOLDS[sensitivity])


def models_of(language: str) -> tuple[str, ...]:
    """The names of the models that look for identifiers in a language."""
    from pipeline.deidentify.lean import without

    with without("torch"):
        from pipeline.deidentify.engine import spacy_model

    return (spacy_model(), "talk") if language == "en" else (other_languages.names_model(language),)


def _analyzer(engine: SpeechEngine, language: str) -> AnalyzerEngine:
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.recognizer_registry import RecognizerRegistryProvider

    from pipeline.deidentify import recognizers

    # Presidio finds a class by its name among the subclasses that are imported.
    for module in pkgutil.iter_modules(recognizers.__path__):
        importlib.import_module(f"{recognizers.__name__}.{module.name}")
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    provider = RecognizerRegistryProvider(conf_file=str(config_path("recognizers.yaml")))
    return AnalyzerEngine(
        registry=provider.create_recognizer_registry(), nlp_engine=engine, supported_languages=[language]
    )


def _candidate(result: RecognizerResult) -> Candidate:
    from pipeline.deidentify.merge import Candidate

    facts: dict[str, Any] = result.recognition_metadata or {}
    return Candidate(
        result.start,
        result.end,
        _PRESIDIO_TYPES.get(result.entity_type, result.entity_type),
        min(1.0, float(result.score)),
        str(facts.get(result.RECOGNIZER_NAME_KEY, "presidio")),
        str(facts.get("tier", "")),
        str(facts.get("reason", "")),
    )


def _place(span: Span) -> tuple[int, int]:
    return span.utterance, span.start_char
