"""The seam for other languages: a spaCy model of the manifest is enough for a first de-identification."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli.redact import redact as command
from pipeline.deidentify import detect, other_languages
from pipeline.errors import LanguageUnsupportedError, ModelMissingError
from pipeline.models import manifest
from pipeline.records import Person, Roster, Utterance

TEXTS = (
    "Guten Morgen, ich bin Keziah und komme aus Musterstadt.",
    "Hallo Keziah, meine Adresse ist x@beispiel.de",
)


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store with a German pipeline: the real one's name, a tokenizer and two entities instead of its weights."""
    import spacy

    nlp = spacy.blank("de")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "PER", "pattern": "Keziah"}, {"label": "LOC", "pattern": "Musterstadt"}])  # type: ignore[attr-defined]
    nlp.to_disk(tmp_path / "de_core_news_sm")
    monkeypatch.setenv("SESSION_DEID_MODELS", str(tmp_path))


def utterances() -> list[Utterance]:
    return [Utterance("S1", float(i), i + 1.0, text) for i, text in enumerate(TEXTS)]


@pytest.mark.usefixtures("german")
def test_names_places_and_addresses_are_found_where_they_stand() -> None:
    """Each span names the right characters of its own utterance."""
    found = {(s.utterance, s.type, s.text) for s in detect.load("de").find(utterances())}
    assert {(0, "PERSON", "Keziah"), (0, "LOCATION", "Musterstadt"), (1, "EMAIL", "x@beispiel.de")} <= found


@pytest.mark.usefixtures("german")
def test_the_roster_is_found_in_any_language() -> None:
    """A name the model does not know is found because the roster holds it."""
    people = Roster((Person("P01", "Zorblax Quint"),))
    said = [Utterance("S1", 0, 1, "Ich heiße Zorblax.")]
    assert [s.text for s in detect.load("de").find(said, people)] == ["Zorblax"]


@pytest.mark.usefixtures("german")
def test_a_german_transcript_is_redacted_end_to_end(tmp_path: Path) -> None:
    """`redact --language de`: labels stand where names stood."""
    source, out = tmp_path / "in.json", tmp_path / "out.json"
    rows = [{"speaker": u.participant, "start": u.start, "end": u.end, "text": u.text} for u in utterances()]
    source.write_text(json.dumps({"utterances": rows}))
    result = CliRunner().invoke(
        command, [str(source), "--out", str(out), "--language", "de"], catch_exceptions=False
    )
    assert result.exit_code == 0
    text = out.read_text(encoding="utf-8")
    assert "Keziah" not in text
    assert "Musterstadt" not in text
    assert "[Person 1]" in text


def test_a_language_nobody_has_a_model_for_is_refused_by_name() -> None:
    """Nothing is let through in a language that cannot be read."""
    with pytest.raises(LanguageUnsupportedError, match="xx"):
        detect.load("xx")


def test_a_known_language_says_which_model_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """German without its model: the error holds the command."""
    monkeypatch.setenv("SESSION_DEID_MODELS", str(tmp_path / "empty"))
    with pytest.raises(ModelMissingError, match="models install de_core_news_sm"):
        detect.load("de")


def test_the_manifest_decides_which_languages_there_are() -> None:
    """Every language of a names model can be asked for."""
    languages = {code for m in manifest.load() if m.task == "names" for code in m.languages}
    assert {"en", "de"} <= languages
    assert all(other_languages.names_model(code) for code in languages)


FRENCH = {
    "Je m'appelle Margaux Zorblain, je suis médecin à Villefranche-sur-Saône.": {
        ("PERSON", "Margaux Zorblain"),
        ("LOCATION", "Villefranche-sur-Saône"),
    },
    "Merci Zorblaise. Oui, elle prend du paracétamol depuis trois semaines pour son Parkinson.": {
        ("PERSON", "Zorblaise"),
    },
    "Elle est née le 3 mars 1956, elle a 68 ans.": {("DATE", "3 mars 1956"), ("AGE", "68")},
    "Elle habite au 14 rue des Lilas, son numéro est le 06 12 34 56 78.": {
        ("LOCATION", "14 rue des Lilas"),
        ("PHONE", "06 12 34 56 78"),
    },
    "On se revoit lundi, dans 3 semaines.": set(),
}


@pytest.fixture(scope="module")
def french() -> other_languages.PresidioDetector:
    """The real French model, which `make test` installs."""
    detector = detect.load("fr")
    assert isinstance(detector, other_languages.PresidioDetector)
    return detector


@pytest.mark.parametrize(("text", "wanted"), FRENCH.items())
def test_french_is_found_with_its_own_model(
    french: other_languages.PresidioDetector, text: str, wanted: set[tuple[str, str]]
) -> None:
    """Names, places, dates, ages, addresses and numbers go; greetings, durations, drugs and diseases stay."""
    found = {(s.type, s.text) for s in french.find([Utterance("S1", 0, 1, text)])}
    assert found == wanted


def test_an_address_is_checked_without_the_network(
    french: other_languages.PresidioDetector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Presidio's own recognizer would ask publicsuffix.org for the list of domains."""
    import socket

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a look-up")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    said = "Son adresse est z.orblaise@exemple.fr, pas z@nulle.part"
    assert [s.text for s in french.find([Utterance("S1", 0, 1, said)]) if s.type == "EMAIL"] == [
        "z.orblaise@exemple.fr"
    ]


def test_a_report_names_the_models_of_its_language() -> None:
    """What found the identifiers is what the manifest has for the language."""
    assert detect.models_of("fr") == ("fr_core_news_sm",)
    assert detect.models_of("en") == ("en_core_web_md", "talk")


def test_every_language_with_patterns_of_its_own_has_a_model() -> None:
    """config/languages holds no file that nothing reads."""
    from pipeline.resources import config_path

    languages = {code for m in manifest.load() if m.task == "names" for code in m.languages}
    assert {file.stem for file in config_path("languages").iterdir()} <= languages
