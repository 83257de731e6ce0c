"""Is what the decoder wrote to be believed: loops, guesses at noise, and text nobody spoke."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

# Thresholds of the Whisper paper's long-form decoding (Radford et al. 2022, section 4.5)
COMPRESSION_LIMIT = 2.4
LOG_PROB_LIMIT = -1.0
NO_SPEECH_LIMIT = 0.6
TOKENS_PER_SECOND_LIMIT = 12.0  # the fastest speech has 8 words a second; more is a loop


@dataclass(frozen=True, slots=True)
class Heard:
    """One decoded window: text tokens, their mean log probability, and the no-speech probability."""

    tokens: tuple[int, ...] = field(repr=False)
    text: str = field(repr=False)
    log_prob: float
    no_speech: float
    seconds: float

    @property
    def loops(self) -> bool:
        """Repeats itself, or holds more than can be said in the time."""
        return compression(self.text) > COMPRESSION_LIMIT or (
            len(self.tokens) > 20 and len(self.tokens) > TOKENS_PER_SECOND_LIMIT * self.seconds
        )

    @property
    def doubtful(self) -> bool:
        """Not to be believed as it stands."""
        return self.loops or self.log_prob < LOG_PROB_LIMIT

    @property
    def silent(self) -> bool:
        """The model itself says that nobody speaks, and its text is a guess."""
        return self.no_speech > NO_SPEECH_LIMIT and self.log_prob < LOG_PROB_LIMIT

    @property
    def worth_again(self) -> bool:
        """Worth another try: doubtful, and somebody speaks."""
        return self.doubtful and not self.silent


def compression(text: str) -> float:
    """How many times smaller zlib makes the text."""
    data = text.encode("utf-8")
    return len(data) / len(zlib.compress(data)) if data else 0.0


def better(first: Heard, second: Heard) -> Heard:
    """The one that does not loop; of two such the likelier."""
    return max(first, second, key=lambda heard: (not heard.loops, heard.log_prob))
