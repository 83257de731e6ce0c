"""What our recognizers have in common: they are Presidio recognizers that look at a whole dialogue."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from presidio_analyzer import AnalysisExplanation, EntityRecognizer, RecognizerResult

from pipeline.deidentify.dialogue import Dialogue, Token, from_text
from pipeline.deidentify.questions import Questions
from pipeline.deidentify.talk import Reading

NOTHING_READ = Reading({})


@dataclass(frozen=True, slots=True)
class Hit:
    """A find in joined-text offsets. `tier` empty means the type's usual tier."""

    start: int
    end: int
    type: str
    score: float
    tier: str = ""
    reason: str = ""


@dataclass
class View:
    """What a recognizer is given: the dialogue, what was asked in it, and the models' opinions.

    `doc` is spaCy's parse of the joined text; `readings` are the talk classifier's, one a token of the dialogue.
    """

    dialogue: Dialogue
    questions: Questions
    doc: Any = None
    readings: list[Reading] = field(default_factory=list, repr=False)

    @cached_property
    def _read_at(self) -> dict[int, Reading]:
        return {t.start: r for t, r in zip(self.dialogue.tokens, self.readings, strict=False)}

    def reading(self, token: Token) -> Reading:
        """The talk classifier's opinion of a word; of one it has not read, none."""
        return self._read_at.get(token.start, NOTHING_READ)

    def before(self, start: int, words: int = 7) -> str:
        """The content words of the same turn that lead up to an offset of the joined text, each with a space."""
        tokens = self.dialogue.content
        at = bisect_left(tokens, start, key=lambda t: t.start)
        first = max(0, at - words)
        turn = tokens[at].turn if at < len(tokens) else -1
        return "".join(t.fold + " " for t in tokens[first:at] if t.turn == turn)

    def hit(self, match: Any, type_: str, score: float, group: int | str = 0, tier: str = "") -> Hit:
        """A hit for a match (or one group of it) in the dialogue's plain text."""
        start, end = self.dialogue.span(match.start(group), match.end(group))
        return Hit(start, end, type_, score, tier)


class SpeechRecognizer(EntityRecognizer):  # type: ignore[misc]
    """Base of our recognizers: subclasses name their ENTITIES and fill in `find`."""

    ENTITIES: ClassVar[tuple[str, ...]] = ()

    def __init__(self, supported_language: str = "en", name: str | None = None, **_: object) -> None:
        super().__init__(
            supported_entities=list(self.ENTITIES), name=name, supported_language=supported_language
        )

    def load(self) -> None:
        """Nothing to load: models are the engine's, word lists are read on first use."""

    def find(self, view: View) -> Iterable[Hit]:
        """Yield what this recognizer sees in the dialogue."""
        raise NotImplementedError

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:
        """Presidio's call: uses the engine's view when there is one, else takes a line for a turn."""
        view = getattr(nlp_artifacts, "view", None) or _bare_view(text)
        return [_as_result(self.name, h) for h in self.find(view) if not entities or h.type in entities]


def _bare_view(text: str) -> View:
    dialogue = from_text(text)
    return View(dialogue, Questions(dialogue))


def _as_result(name: str, hit: Hit) -> RecognizerResult:
    facts = {RecognizerResult.RECOGNIZER_NAME_KEY: name, "tier": hit.tier, "reason": hit.reason}
    explained = AnalysisExplanation(name, hit.score, textual_explanation=hit.reason or None)
    return RecognizerResult(hit.type, hit.start, hit.end, hit.score, explained, recognition_metadata=facts)


def each(view: View, pattern: Any) -> Iterator[Any]:
    """Every match of a compiled pattern in the dialogue's plain text."""
    return iter(pattern.finditer(view.dialogue.plain))


def possible_starts(view: View, least: float) -> set[int]:
    """Where the words begin that the talk classifier gives at least this probability of identifying somebody;
    every word's where it has not read the dialogue."""
    if not view.readings:
        return {t.start for t in view.dialogue.tokens}
    read = zip(view.dialogue.tokens, view.readings, strict=True)
    return {t.start for t, reading in read if reading.any >= least}
