"""The default engine: CTranslate2's Whisper, batched over windows of detected speech.

int8 on a processor (no loss of words measured against float32, a third of the time), float16 on a
GPU. Windows do not depend on each other, so several are decoded at once, nothing drifts, and an
error in one cannot spread into the next.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from pipeline.errors import LanguageUnknownError, ModelDamagedError
from pipeline.malloc import large_blocks_kept
from pipeline.models.store import why_unreadable
from pipeline.records import Audio, Transcription, Word
from pipeline.transcribe.alignment import Piece, fit_pieces
from pipeline.transcribe.base import Progress
from pipeline.transcribe.decoding import Speech, decode_all
from pipeline.transcribe.heard import Heard, better
from pipeline.transcribe.hinted import hinted_words
from pipeline.transcribe.hints import as_prompt
from pipeline.transcribe.names_heard import Question, mark_names
from pipeline.transcribe.parallel import share_machine
from pipeline.transcribe.rescoring import KeptSound, as_array, by_ctranslate2, one_of, silence
from pipeline.transcribe.vad import SpeechDetector
from pipeline.transcribe.windows import Window
from pipeline.transcribe.words import glue

PREPENDED = "\"'“¿([{-"
APPENDED = "\"'.。,，!！?？:：”)]}、"
LANGUAGE_WINDOWS = 3  # windows asked for the language; their answers are averaged
RETRY_TEMPERATURES = (0.2, 0.6)
PLAIN_BEAM = (
    1  # of what is decoded beside it without hints; 3 gains nothing more (docs/benchmarks/transcribe.md)
)
BEAM = 3  # as few errors as 5 in an eighth less time; docs/benchmarks/transcribe.md compares 1, 2, 3 and 5


class FasterWhisper:
    """See pipeline.transcribe.base.Transcriber."""

    name = "faster-whisper"

    def __init__(self, folder: Path, *, threads: int, device: str) -> None:
        """Load the CTranslate2 model in `folder` for the device cpu or cuda.

        Raises ModelDamagedError when a file of it is missing or changed, EngineFailedError when whole files do not
        load; on cuda what CTranslate2 raises.
        """
        for needed in ("model.bin", "config.json", "tokenizer.json"):
            if not (folder / needed).is_file():  # else faster-whisper would look on the network
                raise ModelDamagedError(model=folder.name, file=needed)
        from faster_whisper import WhisperModel
        from faster_whisper.feature_extractor import FeatureExtractor

        kind = "float16" if device == "cuda" else "int8"
        self.on_gpu = device == "cuda"
        self._parallel, self._batch = share_machine((folder / "model.bin").stat().st_size, threads, device)
        try:
            self._whisper: Any = WhisperModel(
                str(folder),
                device=device,
                compute_type=kind,
                cpu_threads=threads // self._parallel,
                num_workers=self._parallel,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, MemoryError) as error:
            if self.on_gpu:  # the GPU's fault, unless the processor cannot load it either
                raise
            raise why_unreadable(self.name, folder, "model.bin", error) from None
        self._features: Any = FeatureExtractor(feature_size=self._whisper.model.n_mels)
        self._detector = SpeechDetector()
        self.model, self.device = folder.name, device

    def try_out(self) -> None:
        """Encode silence; on a GPU this needs all the libraries that a recording will need."""
        as_array(self.encode([self.features(silence())]))

    def transcribe(
        self,
        audio: Audio,
        *,
        language: str | None = None,
        hints: Sequence[str] = (),
        progress: Progress | None = None,
    ) -> Transcription:
        """Words with times; see the Protocol."""
        speech = Speech(audio, self._detector.probabilities(audio), progress)
        with large_blocks_kept():
            chosen = self._language(speech, language)
            decoder = _Decoder(self, speech.audio, chosen, hints)
            words = mark_names(decoder, speech.windows, decode_all(speech, decoder), hints, chosen)
        return Transcription(audio.duration, chosen, self.name, self.model, tuple(words))

    def _language(self, speech: Speech, given: str | None) -> str:
        """The language given, else the one most likely over the first windows of speech, by their lengths.

        Raises LanguageUnknownError when the model does not know the given one.
        """
        if given is not None:
            if given not in self._whisper.supported_languages:
                raise LanguageUnknownError(model=self.model, language=given)
            return given
        if not self._whisper.model.is_multilingual:
            return "en"
        totals: dict[str, float] = {}
        for window in speech.windows[:LANGUAGE_WINDOWS]:
            encoded = self.encode([self.features(window.samples(speech.audio))])
            for token, probability in self._whisper.model.detect_language(encoded)[0]:
                totals[token[2:-2]] = totals.get(token[2:-2], 0.0) + probability * window.length
        return max(totals, key=lambda code: totals[code]) if totals else "en"

    def align(self, audio: Audio, pieces: Sequence[Piece], language: str) -> list[list[Word]]:
        """The times of given words; see pipeline.transcribe.alignment.Aligner."""
        from faster_whisper.tokenizer import Tokenizer

        tokenizer: Any = Tokenizer(
            self._whisper.hf_tokenizer,
            self._whisper.model.is_multilingual,
            task="transcribe",
            language=language,
        )
        found = []
        with large_blocks_kept():
            for piece in pieces:
                samples = audio.samples[round(piece.start * audio.rate) : round(piece.end * audio.rate)]
                tokens = tokenizer.encode(" " + " ".join(piece.words))
                frames = math.ceil((piece.end - piece.start) * self._whisper.frames_per_second)
                encoded = self.encode([self.features(samples)])
                parts = self._whisper.find_alignment(tokenizer, [tokens], encoded, max(2, frames))[0]
                timed = [(p["word"], p["start"], p["end"], float(p["probability"])) for p in parts]
                found.append(fit_pieces(piece, timed))
        return found

    @cached_property
    def silence(self) -> Any:
        """What the encoder makes of silence, once for all recordings."""
        return as_array(self.encode([self.features(silence())]))[0]

    def features(self, samples: Any) -> Any:
        """Log-mel features of up to 30 s: (mels, 3000)."""
        from faster_whisper.audio import pad_or_trim

        return pad_or_trim(self._features(samples)[..., :-1])

    def encode(self, features: Sequence[Any]) -> Any:
        """What the encoder makes of windows' features.

        One by one on a processor: a window's attention stays in the cache (a sixth less time than six
        together) and needs its memory once.
        """
        import ctranslate2
        import numpy as np

        if self.on_gpu or len(features) == 1:
            return self._whisper.encode(np.stack(features))
        encoded = [np.array(self._whisper.encode(each)) for each in features]
        return ctranslate2.StorageView.from_array(np.concatenate(encoded))


class _Decoder:
    """The engine with one recording's language and hints set: decodes batches of windows."""

    def __init__(self, engine: FasterWhisper, audio: Audio, language: str, hints: Sequence[str]) -> None:
        from faster_whisper.tokenizer import Tokenizer
        from faster_whisper.transcribe import get_suppressed_tokens

        whisper = engine._whisper
        self._engine, self._whisper, self._audio, self.language = engine, whisper, audio, language
        self.parallel, self.batch = engine._parallel, engine._batch
        self._tokenizer: Any = Tokenizer(
            whisper.hf_tokenizer, whisper.model.is_multilingual, task="transcribe", language=language
        )
        self._suppressed = list(get_suppressed_tokens(self._tokenizer, [-1]))
        self.hinted = hinted_words(hints)
        self._prompt = self._prompt_tokens(as_prompt(hints))
        self._bare_prompt = self._prompt_tokens("")
        self._kept = KeptSound()
        self._at_hand = threading.local()

    def decode(self, windows: Sequence[Window], *, hinted: bool = True) -> list[list[Word]]:
        """Each window's words, in times of the recording. Doubtful windows are tried again.

        Beside hints with more hypotheses alone: rising temperature costs as much as hearing the window five times, and
        where all that is heard without hints loops, what was heard with them stands.
        """
        prompt, beam = (self._prompt, BEAM) if hinted else (self._bare_prompt, PLAIN_BEAM)
        temperatures = self._temperatures if hinted else (0.0,)
        encoded = self._encoded(windows)
        heard = self._generate(encoded, windows, prompt, beam, 0.0)
        final = [
            self._again(window, first, one_of(encoded, at), temperatures) if first.worth_again else first
            for at, (window, first) in enumerate(zip(windows, heard, strict=True))
        ]
        return self._aligned(encoded, windows, final)

    def rescore(self, window: Window | None, questions: Sequence[Question]) -> list[list[float]]:
        """See pipeline.transcribe.names_heard.Rescorer."""
        encoded = self._kept.get(window)
        if encoded is None:
            encoded = as_array(self._encode([window]))[0] if window else self._engine.silence
        return by_ctranslate2(self._whisper.model, encoded, questions, self._tokenizer)

    @property
    def _temperatures(self) -> tuple[float, ...]:
        """Of the tries without hints, in order; 0 only where the first hearing had hints."""
        return (0.0, *RETRY_TEMPERATURES) if self._prompt != self._bare_prompt else RETRY_TEMPERATURES

    def _again(self, window: Window, first: Heard, encoded: Any, temperatures: Sequence[float]) -> Heard:
        """Without hints, then with rising temperature, as Whisper's own long-form decoding does."""
        best = first
        for temperature in temperatures:
            next_try = self._generate(encoded, [window], self._bare_prompt, BEAM, temperature)[0]
            best = better(best, next_try)
            if not best.doubtful:
                break
        return best

    def _encoded(self, windows: Sequence[Window]) -> Any:
        """What the encoder makes of windows; of those this thread decoded just before, what it made then."""
        if getattr(self._at_hand, "windows", None) == windows:
            return self._at_hand.encoded
        encoded = self._encode(windows)
        self._at_hand.windows, self._at_hand.encoded = windows, encoded
        self._kept.keep(windows, encoded)
        return encoded

    def _encode(self, windows: Sequence[Window]) -> Any:
        return self._engine.encode([self._engine.features(w.samples(self._audio)) for w in windows])

    def _generate(
        self, encoded: Any, windows: Sequence[Window], prompt: list[int], beam: int, temperature: float
    ) -> list[Heard]:
        search = (
            {"beam_size": 1, "num_hypotheses": 5, "sampling_topk": 0, "sampling_temperature": temperature}
            if temperature
            else {"beam_size": beam}
        )
        results = self._whisper.model.generate(
            encoded,
            [prompt] * len(windows),
            max_length=self._whisper.max_length,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
            suppress_tokens=self._suppressed,
            **search,
        )
        return [self._heard(result, window) for result, window in zip(results, windows, strict=True)]

    def _heard(self, result: Any, window: Window) -> Heard:
        tokens = [t for t in result.sequences_ids[0] if t < self._tokenizer.eot]
        return Heard(
            tokens=tuple(tokens),
            text=self._tokenizer.decode(tokens).strip(),
            log_prob=result.scores[0] * len(result.sequences_ids[0]) / (len(result.sequences_ids[0]) + 1),
            no_speech=result.no_speech_prob,
            seconds=window.length,
        )

    def _aligned(self, encoded: Any, windows: Sequence[Window], heard: Sequence[Heard]) -> list[list[Word]]:
        """Times from the cross-attention of the model's alignment heads."""
        from faster_whisper.transcribe import merge_punctuations

        tokens = [[] if h.silent or h.loops else list(h.tokens) for h in heard]
        frames = [math.ceil(window.length * self._whisper.frames_per_second) for window in windows]
        alignments = self._whisper.find_alignment(self._tokenizer, tokens, encoded, frames)
        found = []
        for window, alignment in zip(windows, alignments, strict=True):
            merge_punctuations(alignment, PREPENDED, APPENDED)
            pieces = [
                (
                    part["word"],
                    window.real_time(part["start"]),
                    window.real_time(part["end"], ending=True),
                    float(part["probability"]),
                )
                for part in alignment
            ]
            found.append(glue(pieces, self.language))
        return found

    def _prompt_tokens(self, hints: str) -> list[int]:
        tokens: list[int] = self._whisper.get_prompt(
            self._tokenizer, [], without_timestamps=True, hotwords=hints or None
        )
        return tokens
