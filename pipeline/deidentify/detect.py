"""Find identifiers in a transcript: Presidio's analyzer with our recognizers over the whole dialogue.

    detector = load()
    spans = detector.find(utterances, roster)

The registry is config/recognizers.yaml; what becomes of a candidate is pipeline.deidentify.passes's business.
"""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pipeline.deidentify import dialogue as dialogues
from pipeline.deidentify import other_languages
from pipeline.deidentify.findings import Findings
from pipeline.deidentify.merge import Candidate, as_candidate
from pipeline.deidentify.registries import read_registry
from pipeline.records import Evidence, Roster, Span, Utterance
from pipeline.resources import config_path

if TYPE_CHECKING:
    from presidio_analyzer import AnalysisExplanation, AnalyzerEngine, RecognizerResult

    from pipeline.deidentify.engine import SpeechEngine
    from pipeline.deidentify.passes import Finding
    from pipeline.deidentify.policy import Policy, Sensitivity
    from pipeline.deidentify.recognizers.base import View

# The least score that is looked at at all; what is made of a score is the policy's business.
DOUBT = 0.3
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
        self, analyzer: AnalyzerEngine, engine: SpeechEngine, language: str, finding: Finding
    ) -> None:
        self._analyzer, self._engine = analyzer, engine
        self._language, self._finding = language, finding

    def find(self, utterances: Sequence[Utterance], roster: Roster | None = None) -> tuple[Span, ...]:
        """Sorted spans that are sure enough to be acted on; none overlaps another, offsets count characters of each
        utterance's text."""
        found = self.examine(utterances, roster).spans
        return tuple(s for s in found if self._finding.acts(as_candidate(s), s.text))

    def examine(self, utterances: Sequence[Utterance], roster: Roster | None = None) -> Findings:
        """Those, doubtful ones besides them, and what is allowed to stay."""
        found, view = self.recognise(utterances, roster)
        return self.settle(found, view) if view else Findings(())

    def recognise(
        self, utterances: Sequence[Utterance], roster: Roster | None = None
    ) -> tuple[list[Candidate], View | None]:
        """What the recognizers propose, and what they saw; nothing was seen where nothing is said."""
        dialogue = dialogues.build(utterances, roster)
        if not dialogue.content:
            return [], None
        artifacts = self._engine.look(dialogue)
        results = self._analyzer.analyze(
            text=dialogue.text, language=self._language, nlp_artifacts=artifacts, score_threshold=DOUBT
        )
        return [_candidate(r) for r in results], artifacts.view

    def settle(self, found: Sequence[Candidate], view: View, left_out: Collection[str] = ()) -> Findings:
        """What the passes make of it, without those named (or what recognizers named so propose)."""
        from pipeline.deidentify.passes import as_spans

        without = {*self._finding.left_out, *left_out}
        finding = replace(self._finding, left_out=without)
        settled = finding.find([c for c in found if c.found_by not in without], view)
        spans = sorted(as_spans(settled, view.dialogue), key=_place)
        return Findings(
            tuple(s for s in spans if s.action != "keep"), tuple(s for s in spans if s.action == "keep")
        )


def load(
    language: str = "en",
    sensitivity: Sensitivity = "balanced",
    policy: Policy | None = None,
    left_out: Collection[str] = frozenset(),
) -> Detector | other_languages.PresidioDetector:
    """A detector with its models loaded; `policy` says which scores are acted on (the default one otherwise), and
    recognizers and passes named in `left_out` are skipped. Raises ModelMissingError when a model is not installed,
    LanguageUnsupportedError for a language without one, RecognizersError for recognizers that cannot be read, ValueError
    for a sensitivity there is not."""
    from pipeline.deidentify import policy as policies
    from pipeline.deidentify.engine import SpeechEngine
    from pipeline.deidentify.passes import Finding

    if sensitivity not in policies.SENSITIVITIES:
        raise ValueError(f"no sensitivity {sensitivity!r}; there are {', '.join(policies.SENSITIVITIES)}")
    acts = policies.acts_on(policy or policies.load(), sensitivity)
    if language != "en":
        return other_languages.load(language, acts)
    engine = SpeechEngine(language)
    engine.load()
    return Detector(_analyzer(engine, language), engine, language, Finding(acts, left_out))


def models_of(language: str) -> tuple[str, ...]:
    """The names of the models that look for identifiers in a language."""
    from pipeline.deidentify.lean import without

    with without("torch"):
        from pipeline.deidentify.engine import spacy_model

    return (spacy_model(), "talk") if language == "en" else (other_languages.names_model(language),)


def _analyzer(engine: SpeechEngine, language: str) -> AnalyzerEngine:
    from presidio_analyzer import AnalyzerEngine

    from pipeline.deidentify import recognizers

    # Presidio finds a class by its name among the subclasses that are imported.
    for module in pkgutil.iter_modules(recognizers.__path__):
        importlib.import_module(f"{recognizers.__name__}.{module.name}")
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    registry = read_registry(config_path("recognizers.yaml"))
    return AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=[language])


def _candidate(result: RecognizerResult) -> Candidate:
    facts: dict[str, Any] = result.recognition_metadata or {}
    rule, score = _rule_of(result), min(1.0, float(result.score))
    why = _why(result.analysis_explanation)
    return Candidate(
        result.start,
        result.end,
        _PRESIDIO_TYPES.get(result.entity_type, result.entity_type),
        score,
        rule,
        str(facts.get("tier", "")),
        str(facts.get("reason", "")),
        (Evidence(rule, round(score, 3), why),),
    )


def _why(explained: AnalysisExplanation | None) -> str:
    """Presidio's own word for what was found: a recognizer's note, or the name of its pattern."""
    if explained is None:
        return ""
    return str(explained.textual_explanation or explained.pattern_name or "")


def _rule_of(result: RecognizerResult) -> str:
    return str((result.recognition_metadata or {}).get(result.RECOGNIZER_NAME_KEY, "presidio"))


def _place(span: Span) -> tuple[int, int]:
    return span.utterance, span.start_char
