"""What is heard a second time without hints: cheap where it goes wrong, and never worse than what the hints gave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.records import Audio
from pipeline.transcribe import Transcriber
from tests.transcribe.contract import SAID, plain

LOOP = 200
NAMES = ("Mockingham Testleigh", "Samplewood")


class LoopsWithoutHints:
    """A model that, asked for its one likeliest text without hints, repeats itself without end; with `always`,
    whenever it has no hints."""

    def __init__(self, model: Any, bare_prompt: int, *, always: bool) -> None:
        self._model, self._bare_prompt, self._always = model, bare_prompt, always
        self.sampled = self.looped = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def generate(self, encoded: Any, prompts: Sequence[Sequence[int]], **options: Any) -> list[Any]:
        self.sampled += "sampling_temperature" in options
        results = self._model.generate(encoded, prompts, **options)
        bare = len(prompts[0]) <= self._bare_prompt
        if not bare or not (self._always or options.get("beam_size") == 1):
            return list(results)
        self.looped += 1
        return [
            SimpleNamespace(
                sequences_ids=[[r.sequences_ids[0][0]] * LOOP], scores=r.scores, no_speech_prob=0.0
            )
            for r in results
        ]


@pytest.fixture
def looping(
    engine_of: Callable[[str, str], Transcriber], monkeypatch: pytest.MonkeyPatch
) -> Callable[[bool], tuple[Transcriber, LoopsWithoutHints]]:
    def make(always: bool) -> tuple[Transcriber, LoopsWithoutHints]:
        engine: Any = engine_of("faster-whisper", "whisper-tiny.en")
        whisper = engine._whisper
        model = LoopsWithoutHints(whisper.model, bare_prompt=3, always=always)
        monkeypatch.setattr(whisper, "model", model)
        return engine, model

    return make


@pytest.mark.parametrize("always", [False, True])
def test_a_loop_without_hints_costs_one_more_try_and_no_word(
    looping: Callable[[bool], tuple[Transcriber, LoopsWithoutHints]], speech: Audio, always: bool
) -> None:
    """More hypotheses are tried, no temperature; where those loop too, what was heard with hints stands."""
    engine, model = looping(always)
    heard = engine.transcribe(speech, language="en", hints=NAMES)
    assert model.looped > 0
    assert model.sampled == 0
    assert len(plain(heard) & SAID) >= len(SAID) - 2
    assert max(map(len, (w.text for w in heard.words))) < LOOP


def test_without_any_hints_a_loop_is_heard_again_in_other_ways(
    looping: Callable[[bool], tuple[Transcriber, LoopsWithoutHints]], speech: Audio
) -> None:
    """There nothing else stands: temperatures rise as far as they go."""
    engine, model = looping(True)
    engine.transcribe(speech, language="en")
    assert model.looped > 0
    assert model.sampled > 0
