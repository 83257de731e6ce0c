"""What the talk classifier makes of each word of a dialogue: is it part of something that identifies, and of what.

The classifier is our own (models/talk: its text, its training): Rampart's network taught on invented
spoken dialogues, where names come without capitals, numbers as words, and answers without their questions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.deidentify.token_classifier import TokenClassifier
from pipeline.resources import talk_folder

if TYPE_CHECKING:
    from pipeline.deidentify.dialogue import Dialogue

# The classifier's labels in its order, and the type of candidate each stands for
LABELS = (
    ("O", ""), ("given", "PERSON"), ("sur", "PERSON"), ("spell", "PERSON"), ("place", "LOCATION"), ("country", "LOCATION"),
    ("addr", "ADDRESS"), ("post", "ADDRESS"), ("org", "ORG"), ("date", "DATE"), ("age", "AGE"), ("phone", "PHONE"),
    ("email", "EMAIL"), ("handle", "URL"), ("id", "ID"), ("nrp", "NRP"), ("job", "PROFESSION"),
)  # fmt: skip
GIVEN = next(at for at, (label, _) in enumerate(LABELS) if label == "given")
COUNTRY = next(at for at, (label, _) in enumerate(LABELS) if label == "country")


@dataclass(frozen=True, slots=True)
class Reading:
    """Probabilities that a word is part of a candidate of each type; what is left over says that it identifies nobody."""

    types: dict[str, float]
    country: float = 0.0
    given: float = 0.0  # probability of a given name, of all that may be a person's

    @property
    def likeliest(self) -> tuple[str, float]:
        """The type with the highest probability."""
        return max(self.types.items(), key=lambda pair: pair[1], default=("", 0.0))

    @property
    def name(self) -> float:
        """Probability of a person's name."""
        return self.types.get("PERSON", 0.0)

    @property
    def place(self) -> float:
        """Probability of a place."""
        return self.types.get("LOCATION", 0.0)

    @property
    def any(self) -> float:
        """Probability that the word is part of something that identifies."""
        return sum(self.types.values())


class TalkReader:
    """The classifier, loaded."""

    def __init__(self) -> None:
        folder = talk_folder()
        self._classifier = TokenClassifier(folder / "talk.onnx", folder / "tokenizer.json")

    def read(self, dialogue: Dialogue) -> list[Reading]:
        """A reading of each token of the dialogue, in order."""
        words = [(t.start, t.end) for t in dialogue.tokens]
        return [_reading(row) for row in self._classifier.judge(dialogue.text, words)]


def _reading(row: Any) -> Reading:
    types: dict[str, float] = {}
    for (_, kind), probability in zip(LABELS[1:], row[1:], strict=True):
        types[kind] = types.get(kind, 0.0) + float(probability)
    return Reading(types, float(row[COUNTRY]), float(row[GIVEN]))
