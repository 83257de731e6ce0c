"""What every engine promises, written once; test_engines.py runs it on each engine and model."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.errors import LanguageUnknownError
from pipeline.records import Audio, Transcription
from pipeline.transcribe import Transcriber
from pipeline.transcribe.names_heard import Question, Rescorer
from pipeline.transcribe.vad import Region, SpeechDetector, find_speech
from pipeline.transcribe.windows import Window
from pipeline.transcribe.words import uncovered

# What is said in the clip, by the sample's own truth; a small model hears most of it
SAID = {"welcome", "everyone", "consultants", "hospital", "running", "group", "weeks", "start"}


def plain(heard: Transcription) -> set[str]:
    """The words without case and punctuation."""
    return {word.text.lower().strip(".,?!") for word in heard.words}


class TranscriberContract:
    """Subclasses give the fixture `engine`; its recording of the clip is made once a class."""

    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls) -> Transcriber:
        raise NotImplementedError

    @pytest.fixture(scope="class")
    @classmethod
    def rescorer(cls, engine: Transcriber, speech: Audio) -> Rescorer:
        raise NotImplementedError

    @pytest.fixture(scope="class")
    @classmethod
    def shares(cls) -> list[float]:
        return []

    @pytest.fixture(scope="class")
    @classmethod
    def heard(cls, engine: Transcriber, speech: Audio, shares: list[float]) -> Transcription:
        return engine.transcribe(speech, language="en", progress=shares.append)

    def test_it_says_who_heard(self, engine: Transcriber, heard: Transcription) -> None:
        """Engine, model, language and length are recorded with the words."""
        assert (heard.engine, heard.model, heard.language) == (engine.name, engine.model, "en")
        assert heard.duration == pytest.approx(16.0)

    def test_it_hears_the_words(self, heard: Transcription) -> None:
        """At least seven of eight plain words of the clip are there."""
        assert len(plain(heard) & SAID) >= len(SAID) - 1

    def test_words_are_ordered_within_the_recording(self, heard: Transcription) -> None:
        """Times rise, ends follow starts, probabilities are shares, texts are stripped."""
        starts = [word.start for word in heard.words]
        assert starts == sorted(starts)
        assert all(0 <= w.start <= w.end <= heard.duration for w in heard.words)
        assert all(0 <= w.probability <= 1 and w.text == w.text.strip() != "" for w in heard.words)

    def test_times_are_true(self, heard: Transcription) -> None:
        """ "six weeks" closes the first turn at 12.2 s; the aligner is within half a second."""
        last = next(w for w in heard.words if w.text.lower().startswith("weeks"))
        assert last.end == pytest.approx(12.1, abs=0.5)

    def test_every_second_of_speech_is_covered(self, heard: Transcription, speech: Audio) -> None:
        """By words, or by [inaudible]."""
        regions = find_speech(SpeechDetector().probabilities(speech))
        assert regions
        assert uncovered(regions, heard.words) == []

    def test_progress_rises_to_one(self, heard: Transcription, shares: list[float]) -> None:
        """It never falls, and ends at the end."""
        assert heard.words
        assert shares == sorted(shares)
        assert shares[-1] == 1.0

    def test_nothing_is_heard_where_nobody_speaks(self, engine: Transcriber) -> None:
        """No word, not even [inaudible], in silence, in hiss, and in no sound at all."""
        hiss = np.random.default_rng(1).normal(0, 0.02, 16_000 * 5).astype(np.float32)
        for samples in (np.zeros(80_000, np.float32), hiss, np.zeros(0, np.float32)):
            assert engine.transcribe(Audio(samples), language="en").words == ()

    def test_hints_do_not_put_words_into_mouths(self, engine: Transcriber, speech: Audio) -> None:
        """Names nobody said stay out, and the rest is still heard."""
        hinted = engine.transcribe(speech, language="en", hints=("Mockingham Testleigh", "Samplewood"))
        assert not {"mockingham", "testleigh", "samplewood"} & plain(hinted)
        assert len(plain(hinted) & SAID) >= len(SAID) - 2

    def test_it_tells_what_was_said_from_what_was_not(self, rescorer: Rescorer) -> None:
        """Given the sound, the words spoken are likelier than others that sound somewhat like them; it is the
        sound that speaks for them, for on silence they lead by less."""
        window = Window((Region(6.0, 12.6),))
        question = Question(3.0, 6.4, ("you for the next six weeks", "you for the next six geese"))
        ((said, other),) = rescorer.rescore(window, [question])
        ((expected, unexpected),) = rescorer.rescore(None, [question])
        assert said > other
        assert said - other > expected - unexpected

    def test_no_question_has_no_answer(self, rescorer: Rescorer) -> None:
        """An empty batch is no error."""
        assert rescorer.rescore(None, []) == []

    def test_a_language_it_does_not_know_is_refused(self, engine: Transcriber) -> None:
        """A mistyped code ends in one line."""
        with pytest.raises(LanguageUnknownError, match="xx"):
            engine.transcribe(Audio(np.zeros(16_000, np.float32)), language="xx")
