"""A transcript made elsewhere in a study: sealed, attributed by its names, and gone with its source."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli.main import main
from pipeline.records import Attribution, Redaction, Transcription, from_json
from pipeline.study.intake.transcripts import SourceTranscript, import_all, import_transcript, transcript_of
from pipeline.study.study import Study
from pipeline.study.vault.keys import KeyFile
from pipeline.study.vault.states import Artifact, State
from tests.audio.sounds import encode, tone
from tests.readers.made import FORMATS, TALK

SOUND = encode(tone(12.0, level=0.2), "flac", "flac", 16_000, "mono")


def put(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_it_is_sealed_and_only_then_removed(study: Study, tmp_path: Path) -> None:
    """Without sound the transcript is the source; nothing of it lies open anywhere."""
    path = put(tmp_path / "interview.docx", FORMATS["Word"][1](TALK))
    (taken,) = import_transcript(study, path, sleep=lambda _: None)
    assert (taken.outcome, taken.removed, path.exists()) == ("sealed", True, False)
    held = transcript_of(study, taken.recording)
    assert held is not None
    assert not held.has_sound
    assert [u.participant for u in held.read().utterances] == [
        "Ruth Haldane",
        "Tom Whitcombe",
        "Ruth Haldane",
    ]
    for file in study.folder.rglob("*"):
        assert not file.is_file() or b"Haldane" not in file.read_bytes()


def test_a_crash_in_between_is_finished_by_the_same_command(study: Study, tmp_path: Path) -> None:
    """Sealed, but the text not yet beside it: the file is still there, and the next import adds what lacks."""
    from pipeline.study.intake.importing import import_files

    path = put(tmp_path / "interview.vtt", FORMATS["WebVTT"][1](TALK))
    (half,) = import_files(study, [path], keep=True, sleep=lambda _: None)
    assert transcript_of(study, half.recording) is None
    (taken,) = import_all(study, [path], sleep=lambda _: None)
    assert (taken.outcome, taken.removed, taken.recording) == ("known", True, half.recording)
    assert transcript_of(study, half.recording) is not None


def test_one_that_cannot_be_read_costs_itself_alone(study: Study, tmp_path: Path) -> None:
    """A file that is not there (a share that went away) is told of by name, and the next one is taken in."""
    path = put(tmp_path / "b.vtt", FORMATS["WebVTT"][1](TALK))
    gone, taken = import_all(study, [tmp_path / "a.vtt", path], keep=True, sleep=lambda _: None)
    assert (gone.outcome, taken.outcome) == ("failed", "sealed")
    assert "a.vtt" in gone.why
    assert "no such file" in gone.why.lower()


@pytest.mark.parametrize("sound", [False, True])
def test_what_is_kept_is_told_once_for_each_file(study: Study, tmp_path: Path, sound: bool) -> None:
    """With --keep both files stay, and the chain tells the transcript by its digest."""
    data = FORMATS["SubRip"][1](TALK)
    text, heard = put(tmp_path / "i.srt", data), put(tmp_path / "i.flac", SOUND)
    taken = import_transcript(study, text, heard if sound else None, keep=True, sleep=lambda _: None)
    assert [(t.file, t.outcome, t.removed) for t in taken] == [
        (file, "sealed", False) for file in ([heard, text] if sound else [text])
    ]
    assert text.exists()
    sealed = study.audit.last_of("transcript sealed")
    assert sealed is not None
    told = sealed.facts()
    assert (told["transcript"], told["size"], told["with_sound"]) == (
        hashlib.sha256(data).hexdigest(),
        len(data),
        sound,
    )


def test_with_its_sound_the_sound_is_the_source(study: Study, tmp_path: Path) -> None:
    """Both files are sealed in one recording, and both are gone."""
    text = put(tmp_path / "i.srt", FORMATS["SubRip"][1](TALK))
    sound = put(tmp_path / "i.flac", SOUND)
    taken = import_transcript(study, text, sound, sleep=lambda _: None)
    assert [(t.outcome, t.removed) for t in taken] == [("sealed", True)] * 2
    assert {t.recording for t in taken} == {"R0001"}
    assert not text.exists()
    assert not sound.exists()
    with study.open_source("R0001") as source:
        assert source.read() == SOUND
    held = transcript_of(study, "R0001")
    assert held is not None
    assert held.has_sound


def test_a_transcribed_recording_is_given_none(study: Study, tmp_path: Path) -> None:
    """A transcript for a recording that went on already is refused and stays."""
    sound = put(tmp_path / "i.flac", SOUND)
    list(import_all(study, [sound], keep=True, sleep=lambda _: None))
    study.move("R0001", State.TRANSCRIBED)
    text = put(tmp_path / "i.srt", FORMATS["SubRip"][1](TALK))
    (taken,) = import_all(study, [text], sound, sleep=lambda _: None)
    assert taken.outcome == "failed"
    assert "is transcribed" in taken.why
    assert text.exists()
    assert sound.exists()


def test_a_source_transcript_shows_nothing_of_itself() -> None:
    """Its name and words stay out of its repr."""
    held = SourceTranscript.of(Path("Ruth Haldane.txt"), b"Ruth: hello", has_sound=False)
    assert "Ruth" not in repr(held)


@pytest.mark.slow
def test_mixed_sources_from_import_to_package(tmp_path: Path) -> None:
    """Word, captions and JSON beside each other: run, verify, export, destroy, package, as a person calls them."""
    study, key = tmp_path / "study", tmp_path / "k"

    def call(*arguments: object) -> str:
        result = CliRunner().invoke(
            main, [*map(str, arguments), "--study", str(study), "--key-file", str(key)]
        )
        assert result.exit_code == 0, (result.output, result.exception)
        return result.output

    CliRunner().invoke(main, ["init", str(study), "--key-file", str(key)])
    toml = study / "study.toml"
    text = toml.read_text().replace("settle_seconds = 2.0", "settle_seconds = 0")
    toml.write_text(text.replace("unattended_destroy = false", "unattended_destroy = true"))
    roster = put(
        tmp_path / "r.csv",
        b"code,name,nicknames,role\nP01,Ruth Haldane,,student\nP02,Tom Whitcombe,,student\n",
    )
    call("roster", "import", roster)
    sources = [
        put(tmp_path / name, FORMATS[kind][1](TALK))
        for kind, name in [
            ("Word", "a.docx"),
            ("WebVTT", "b.vtt"),
            ("JSON of WhisperX", "c.json"),
            ("OpenDocument", "d.odt"),
        ]
    ]
    call("import", *sources)
    assert not any(path.exists() for path in sources)
    assert call("run").count(": redacted") == 4
    with Study.open(study, KeyFile(key), by="tester") as opened:
        for row in opened.recordings():
            attribution = from_json(Attribution, opened.artifact(row.id, Artifact.ATTRIBUTION))
            assert [u.participant for u in attribution.utterances] == ["P01", "P02", "P01"]
            redaction = from_json(Redaction, opened.artifact(row.id, Artifact.REDACTION))
            said = " ".join(u.text for u in redaction.utterances)
            assert "Good morning [P02]." in said
            assert not {"Gregor", "Wellford", "Tom"} & set(said.replace(".", " ").replace("?", " ").split())
            heard = from_json(Transcription, opened.artifact(row.id, Artifact.TRANSCRIPTION))
            assert heard.engine == "transcript"
    for number in range(1, 5):
        call("verify", f"R000{number}", "--reviewer", "Rev Iewer", "--accept")
    call("export", "--all", "--format", "txt", "--to", tmp_path / "out")
    assert "P01" in next((tmp_path / "out").glob("*.txt")).read_text()
    call("destroy", "R0001", "--yes")
    certificate = next(study.rglob("R0001*.json"))
    facts = json.loads(certificate.read_text())["certificate"]
    assert any("a transcript's file as it was given, no sound" in gone["what"] for gone in facts["destroyed"])
    assert any(gone["what"] == "sealed source transcript" for gone in facts["destroyed"])
    call("export", "package", "--to", tmp_path / "package", "--all")
    assert "Haldane" not in "".join(
        p.read_text(errors="replace") for p in (tmp_path / "package").rglob("*") if p.is_file()
    )


@pytest.mark.slow
def test_with_its_sound_words_have_their_times_and_voices_their_people(tmp_path: Path) -> None:
    """The text of half a minute and its recording: roster codes, times of the sound, a voiceprint for each person,
    and the words that were heard otherwise marked."""
    import docx

    from tests.conftest import ROOT, SAMPLES

    truth = json.loads((SAMPLES / "truth" / "session-s1.json").read_text())
    codes = {
        row.split(",")[1]: row.split(",")[0] for row in (SAMPLES / "roster.csv").read_text().splitlines()
    }
    people = {person["id"]: (codes[person["name"]], person["name"]) for person in truth["speakers"]}
    said = [u for u in truth["utterances"] if u["end"] < 30.2]
    document = docx.Document()
    for u in said:
        text = u["text"].replace("six weeks", "twelve months")  # what the sound does not say
        document.add_paragraph(f"{people[u['speaker']][1]}: {text}")
    document.save(tmp_path / "interview.docx")
    put(
        tmp_path / "interview.mkv",
        (ROOT / "tests" / "data" / "cases" / "mkv-first-track-silent.mkv").read_bytes(),
    )
    study, key = tmp_path / "study", tmp_path / "k"

    def call(*arguments: object) -> str:
        result = CliRunner().invoke(
            main, [*map(str, arguments), "--study", str(study), "--key-file", str(key)]
        )
        assert result.exit_code == 0, (result.output, result.exception)
        return result.output

    CliRunner().invoke(main, ["init", str(study), "--key-file", str(key)])
    call("roster", "import", SAMPLES / "roster.csv")
    call("import", tmp_path / "interview.docx", "--sound", tmp_path / "interview.mkv")
    shown = call("run")
    assert "heard otherwise" in shown
    with Study.open(study, KeyFile(key), by="tester") as opened:
        attribution = from_json(Attribution, opened.artifact("R0001", Artifact.ATTRIBUTION))
        assert [u.participant for u in attribution.utterances] == [people[u["speaker"]][0] for u in said]
        for utterance, true in zip(attribution.utterances, said, strict=True):
            assert utterance.start == pytest.approx(true["start"], abs=0.3)
            assert utterance.end == pytest.approx(true["end"], abs=0.5)
        heard = from_json(Transcription, opened.artifact("R0001", Artifact.TRANSCRIPTION))
        assert heard.engine.startswith("transcript + ")
        doubted = {w.text for w in heard.words if w.probability <= 0.3}
        assert {"twelve", "months."} <= doubted
        assert {speaker[0] for speaker, _ in attribution.codes} == {"S"}  # each has a voice of the sound
        assert opened.voices.read() is not None
