"""The models under Presidio: spaCy and our classifier of talk read the dialogue once, all recognizers share what they saw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

from pipeline.deidentify.dialogue import Dialogue, from_text
from pipeline.deidentify.questions import Questions
from pipeline.deidentify.recognizers.base import View
from pipeline.deidentify.talk import TalkReader
from pipeline.language.lexicon import Band, band, is_name, is_plain_word
from pipeline.models import store

# Only the entity recogniser of the pipeline is used; the rest would cost four times its time.
_UNUSED_PIPES = ["tagger", "parser", "attribute_ruler", "lemmatizer", "senter"]
SPACY_MODELS = ("en_core_web_md", "en_core_web_sm")


class SpeechArtifacts(NlpArtifacts):  # type: ignore[misc]
    """Presidio's artifacts with our view of the dialogue in tow."""

    def __init__(self, view: View, engine: NlpEngine, language: str) -> None:
        # Lower case for lemmas: Presidio's context words are compared with these.
        super().__init__(
            [], view.doc, [t.idx for t in view.doc], [t.lower_ for t in view.doc], None, language
        )
        self.nlp_engine = engine
        self.view = view


def spacy_model() -> str:
    """The English pipeline in use: the best that is installed."""
    return next((n for n in SPACY_MODELS if store.installed(n)), SPACY_MODELS[0])


class SpeechEngine(NlpEngine):  # type: ignore[misc]
    """Presidio's NLP engine for talk. Raises ModelMissingError when a model is not installed."""

    def __init__(self, language: str = "en") -> None:
        self._language = language
        self._spacy: Any = None
        self._talk: TalkReader | None = None

    def load(self) -> None:
        """Load the models, ours from the package and the others from the store."""
        import spacy

        self._spacy = spacy.load(store.find(spacy_model()), exclude=_UNUSED_PIPES)
        self._talk = TalkReader()

    def is_loaded(self) -> bool:
        return self._spacy is not None

    def look(self, dialogue: Dialogue) -> SpeechArtifacts:
        """Run the models over a dialogue."""
        if self._talk is None:
            self.load()
        assert self._talk is not None
        doc = self._spacy(recase(dialogue))
        view = View(dialogue, Questions(dialogue), doc, self._talk.read(dialogue))
        return SpeechArtifacts(view, self, self._language)

    # Unused arguments below are Presidio's signature.
    def process_text(self, text: str, language: str) -> SpeechArtifacts:  # noqa: ARG002
        return self.look(from_text(text))

    def process_batch(
        self, texts: Iterable[str], language: str, **_: object
    ) -> Iterator[tuple[str, SpeechArtifacts]]:
        return ((text, self.process_text(text, language)) for text in texts)

    def is_stopword(self, word: str, language: str) -> bool:  # noqa: ARG002
        return bool(self._spacy.vocab[word].is_stop)

    def is_punct(self, word: str, language: str) -> bool:  # noqa: ARG002
        return bool(self._spacy.vocab[word].is_punct)

    def get_supported_entities(self) -> list[str]:
        return ["PERSON", "LOCATION", "ORG", "NRP"]

    def get_supported_languages(self) -> list[str]:
        return [self._language]


def recase(dialogue: Dialogue) -> str:
    """The joined text with likely names capitalised where the transcript has no capitals at all.

    spaCy's model leans on capitals. Offsets stay the same.
    """
    if dialogue.is_cased:
        return dialogue.text
    letters = list(dialogue.text)
    for t in dialogue.tokens:
        rare = band(t.fold) < Band.COMMON and len(t.fold) > 3
        if t.opens_sentence or t.fold == "i" or ((is_name(t.fold) or rare) and not is_plain_word(t.fold)):
            first = letters[t.start].upper()
            letters[t.start] = first if len(first) == 1 else letters[t.start]
    return "".join(letters)
