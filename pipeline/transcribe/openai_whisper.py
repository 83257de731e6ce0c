"""The reference engine: OpenAI's own Whisper in PyTorch, beam 5, the same weights, and the same contract."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.errors import EngineMissingError, LanguageUnknownError, ModelMissingError
from pipeline.models.convert.whisper import CHECKPOINT
from pipeline.models.store import why_unreadable
from pipeline.records import Audio, Transcription, Word
from pipeline.transcribe.alignment import Piece, fit_pieces
from pipeline.transcribe.base import Progress
from pipeline.transcribe.decoding import Speech, decode_all
from pipeline.transcribe.hinted import hinted_words
from pipeline.transcribe.hints import as_prompt
from pipeline.transcribe.names_heard import Question, mark_names
from pipeline.transcribe.rescoring import by_torch, silence
from pipeline.transcribe.vad import SpeechDetector
from pipeline.transcribe.windows import Window
from pipeline.transcribe.words import glue

BEAM = 5
LANGUAGE_WINDOWS = 3


class OpenaiWhisper:
    """See pipeline.transcribe.base.Transcriber."""

    name = "openai-whisper"

    def __init__(self, folder: Path, *, threads: int, device: str) -> None:
        """Load the checkpoint in `folder` (without pickle's dangers: weights only) for the device cpu or cuda.

        Raises EngineMissingError when openai-whisper is not installed, ModelMissingError when the
        model has no checkpoint for it, ModelDamagedError or EngineFailedError when that cannot be read.
        """
        try:
            import torch
            import whisper.model
        except ImportError:
            raise EngineMissingError(engine=self.name, install="Run: pip install openai-whisper") from None
        torch.set_num_threads(threads)
        if not (folder / CHECKPOINT).is_file():
            raise ModelMissingError(model=folder.name)
        try:
            checkpoint = torch.load(folder / CHECKPOINT, map_location="cpu", weights_only=True)
            loaded = whisper.model.Whisper(whisper.model.ModelDimensions(**checkpoint["dims"]))
            loaded.load_state_dict(checkpoint["model_state_dict"], strict=True)
        except Exception as error:  # torch raises whatever the damage leads to
            raise why_unreadable(self.name, folder, CHECKPOINT, error) from None
        if (heads := checkpoint.get("alignment_heads")) is not None:
            loaded.register_buffer("alignment_heads", _mask(heads, loaded), persistent=False)
        _read_vocabulary(loaded)
        self._whisper: Any = loaded.to(device).eval()
        self._detector = SpeechDetector()
        self.model, self.device = folder.name, device

    def try_out(self) -> None:
        """Encode silence, as the first step of every window."""
        import torch
        import whisper

        mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(silence()), self._whisper.dims.n_mels)
        with torch.inference_mode():
            self._whisper.embed_audio(mel[None].to(self._whisper.device)).cpu()

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
        chosen = self._language(speech, language)
        decoder = _Decoder(self._whisper, audio, chosen, as_prompt(hints), hinted_words(hints))
        words = mark_names(decoder, speech.windows, decode_all(speech, decoder), hints, chosen)
        return Transcription(audio.duration, chosen, self.name, self.model, tuple(words))

    def align(self, audio: Audio, pieces: Sequence[Piece], language: str) -> list[list[Word]]:
        """The times of given words; see pipeline.transcribe.alignment.Aligner."""
        import whisper
        from whisper.timing import find_alignment
        from whisper.tokenizer import get_tokenizer

        model = self._whisper
        tokenizer = get_tokenizer(model.is_multilingual, num_languages=model.num_languages, language=language)
        found = []
        for piece in pieces:
            samples = audio.samples[round(piece.start * audio.rate) : round(piece.end * audio.rate)]
            mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(samples), model.dims.n_mels).to(
                model.device
            )
            frames = max(4, round(100 * (piece.end - piece.start)))
            tokens = tokenizer.encode(" " + " ".join(piece.words))
            timings = find_alignment(model, tokenizer, tokens, mel, frames)
            timed = [(t.word, t.start, t.end, float(t.probability)) for t in timings]
            found.append(fit_pieces(piece, timed))
        return found

    def _language(self, speech: Speech, given: str | None) -> str:
        """The language given, else the one most likely over the first windows of speech, by their lengths.

        Raises LanguageUnknownError when the model does not know the given one.
        """
        import whisper
        from whisper.tokenizer import LANGUAGES

        if given is not None:
            if given not in (LANGUAGES if self._whisper.is_multilingual else ("en",)):
                raise LanguageUnknownError(model=self.model, language=given)
            return given
        if not self._whisper.is_multilingual:
            return "en"

        totals: dict[str, float] = {}
        for window in speech.windows[:LANGUAGE_WINDOWS]:
            sound = whisper.pad_or_trim(window.samples(speech.audio))
            mel = whisper.log_mel_spectrogram(sound, self._whisper.dims.n_mels).to(self._whisper.device)
            for code, probability in self._whisper.detect_language(mel)[1].items():
                totals[code] = totals.get(code, 0.0) + probability * window.length
        return max(totals, key=lambda code: totals[code]) if totals else "en"


def _read_vocabulary(model: Any) -> None:
    """Read once (openai-whisper keeps it), for it leaves the file open and Python would warn."""
    from whisper.tokenizer import get_tokenizer

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        get_tokenizer(model.is_multilingual, num_languages=model.num_languages)


def _mask(heads: Any, model: Any) -> Any:
    """The pairs (layer, head) as the sparse mask openai-whisper keeps."""
    import torch

    mask = torch.zeros(model.dims.n_text_layer, model.dims.n_text_head, dtype=torch.bool)
    mask[heads[:, 0], heads[:, 1]] = True
    return mask.to_sparse()


@dataclass(frozen=True, slots=True)
class _Decoder:
    """The engine with one recording's language and hints set."""

    whisper: Any
    audio: Audio
    language: str
    prompt: str = field(repr=False)
    hinted: frozenset[str] = field(default=frozenset(), repr=False)
    parallel: int = 1
    batch: int = 1

    def decode(self, windows: Sequence[Window], *, hinted: bool = True) -> list[list[Word]]:
        """Each window's words, in times of the recording."""
        prompt, beam = (self.prompt, BEAM) if hinted else ("", None)  # None: the likeliest token each time
        return [self._one(window, prompt, beam) for window in windows]

    def rescore(self, window: Window | None, questions: Sequence[Question]) -> list[list[float]]:
        """See pipeline.transcribe.names_heard.Rescorer."""
        import whisper
        from whisper.tokenizer import get_tokenizer

        model = self.whisper
        sound = whisper.pad_or_trim(window.samples(self.audio) if window else silence())
        mel = whisper.log_mel_spectrogram(sound, model.dims.n_mels).to(model.device)
        tokenizer = get_tokenizer(
            model.is_multilingual, num_languages=model.num_languages, language=self.language
        )
        return by_torch(model, model.embed_audio(mel[None]), questions, tokenizer)

    def _one(self, window: Window, prompt: str, beam: int | None) -> list[Word]:
        result = self.whisper.transcribe(
            window.samples(self.audio),
            language=self.language,
            beam_size=beam,
            word_timestamps=True,
            initial_prompt=prompt or None,
            carry_initial_prompt=bool(prompt),
            fp16=self.whisper.device.type == "cuda",
            verbose=None,
        )
        pieces = [
            (
                part["word"],
                window.real_time(part["start"]),
                window.real_time(part["end"], ending=True),
                part["probability"],
            )
            for segment in result["segments"]
            for part in segment["words"]
        ]
        return glue(pieces, self.language)
