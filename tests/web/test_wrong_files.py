"""What is wrong in a policy, in recognizers or in the manifest of models is told in each language of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.deidentify import policy
from pipeline.deidentify.registries import read_registry
from pipeline.errors import PolicyError, RecognizersError, SettingsError
from pipeline.models import manifest
from pipeline.resources import config_path, manifest_path
from pipeline.study.changing import change_settings
from pipeline.study.study import Study
from pipeline.web.texts import languages
from pipeline.web.told import speak, told, told_error
from pipeline.wrong_values import OTHERWISE
from tests.study.conftest import key_file, study, tmp_path  # noqa: F401 - fixtures
from tests.study.test_wrong_values import WRONG
from tests.web.house import page_on

OTHERS = [code for code in languages() if code != "en"]
RULE = 'phone = { action = "remove" }'
# What a person may get wrong in a policy, besides a wrong value at a key.
CHANGES = [
    (RULE, ""), (RULE, f"{RULE}\nzorb = {{ action = \"keep\" }}"), (RULE, 'phone = { action = "generalise" }'),
    (RULE, 'phone = "remove"'), (RULE, 'phone = { action = "remove", colour = 1 }'),
    ("certain = 0.67", "certain = 0.1"), ("[thresholds.lenient]", "[thresholds.lax]"),
    ("[ages]", "[agess]"), ("[classes]", "[classes"), ("description", "descr"), ('top = 90', 'top = """'),
    (RULE, 'phone = { action = "remove", thresholds = { balanced = { certain = 5 } } }'),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    speak("en")


def wrong_policies() -> Iterator[str]:
    """Our default policy with one thing wrong in it: every key with every wrong value, and what else there is."""
    ours = config_path("policies", f"{policy.DEFAULT}.toml").read_text(encoding="utf-8")
    yield from (ours.replace(*change) for change in CHANGES)
    for key in ("name", "description", "dates", "certain", "width", "top"):
        for value in WRONG:
            yield re.sub(rf"(?m)^{key} = .*$", f"{key} = {value}".replace("\\", ""), ours, count=1)
    yield from (ours.replace(RULE, f"phone = {{ action = {value} }}") for value in WRONG)


def policy_errors(folder: Path) -> Iterator[PolicyError]:
    path = folder / "own.toml"
    for text in wrong_policies():
        path.write_text(text, encoding="utf-8")
        yield from _refused(path)
    path.write_bytes(b"\xff\xfe\x00")
    yield from _refused(path)
    yield from _refused("nonesuch")
    yield from _refused(folder / "none.toml")
    yield from _refused(folder)


def _refused(path: str | Path) -> Iterator[PolicyError]:
    try:
        policy.load(path)
    except PolicyError as error:
        yield error


@pytest.mark.parametrize("language", OTHERS)
def test_every_mistake_in_a_policy_is_told(language: str, tmp_path: Path) -> None:  # noqa: F811
    """By its key, without its value, and with no word of English left: each of several mistakes too."""
    found = list(policy_errors(tmp_path))
    whys = {error.facts["why"] for error in found}
    assert len(whys) > 30
    assert [why for why in whys if "Zorblatt" in why or "7391" in why or why.endswith(OTHERWISE)] == []
    for why in whys:
        told_whole(language, PolicyError(file="own.toml", why=why))


def told_whole(language: str, error: SettingsError) -> None:
    """Each of its reasons is told in the language, with the keys it names; and so is its text, as a run that ended
    early leaves it for the page."""
    speak(language)
    own = told_error(error)
    assert told(str(error)) == own
    for reason in error.facts["why"].split("; "):
        assert reason not in own, (reason, own)
        key, colon, _ = reason.partition(": ")
        assert not colon or re.search(r"\s", key) or key in own, (reason, own)


@pytest.mark.parametrize("language", OTHERS)
def test_reasons_in_a_row_are_told_each_by_itself(language: str) -> None:
    """Two reasons together have the form of one with the other as its fact."""
    why = "ages.width: must be 1 or more; thresholds.strict.likely: must be 1 or less; dates: must be a text"
    told_whole(language, PolicyError(file="own.toml", why=why))
    assert " must " not in told_error(PolicyError(file="own.toml", why=why))


PATTERN = "\n  - {{name: Own, supported_language: fr, supported_entity: PERSON, patterns: [{}]}}\n"
# What is wrong with recognizers, and what is said of it.
WRONG_RECOGNIZERS = {
    "{ours}\n  - {{name: [\n": " is not YAML",
    "{ours}\n\t- a: b\n": " is not YAML",
    "- a\n- b\n": "it is not YAML with a list called recognizers",
    "": "it is not YAML with a list called recognizers",
    "supported_languages: [fr]\n": "it is not YAML with a list called recognizers",
    "{ours}" + PATTERN.format('{{name: a, regex: "(((", score: 0.5}}'): "the regex of a pattern is no regular",
    "{ours}" + PATTERN.format("{{name: a, score: 0.5}}"): "recognizers.patterns: is no value",
    "{ours}\n  - {{name: NoSuchRecognizer, type: predefined}}\n": "recognizers: is no value",
    "{ours}\n  - {{name: Own, supported_language: fr, patterns: []}}\n": "supported_entity: is missing",
    "{ours}\nfoo: 1\n": "foo: is no setting there is",
}  # fmt: skip


@pytest.mark.parametrize("content", WRONG_RECOGNIZERS)
def test_every_mistake_in_recognizers_is_refused_and_told(
    content: str,
    tmp_path: Path,  # noqa: F811
) -> None:
    """A language's own file is written by whoever adds it: Presidio's exceptions become an error with the file."""
    ours = config_path("languages", "fr.yaml").read_text(encoding="utf-8")
    path = tmp_path / "xx.yaml"
    path.write_text(content.replace("{{", "{").replace("}}", "}").replace("{ours}", ours), encoding="utf-8")
    with pytest.raises(RecognizersError, match=r"xx\.yaml") as refused:
        read_registry(path)
    assert WRONG_RECOGNIZERS[content] in str(refused.value)
    for language in OTHERS:
        told_whole(language, refused.value)


def test_recognizers_that_are_no_text_are_refused(tmp_path: Path) -> None:  # noqa: F811
    path = tmp_path / "xx.yaml"
    path.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(RecognizersError, match="it is not text in UTF-8"):
        read_registry(path)


@pytest.mark.parametrize(
    "change", [('task = "', 'tusk = "'), ("[[model]]", "[[model]"), ("size = ", "size = -")]
)
def test_a_mistake_in_the_manifest_is_told(change: tuple[str, str], tmp_path: Path) -> None:  # noqa: F811
    """Settings lists the models that it names."""
    path = tmp_path / "manifest.toml"
    text = manifest_path().read_text(encoding="utf-8").replace(*change)
    path.write_text(text.replace("size = -", 'size = "much" # '), encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        manifest.load(path)
    for language in OTHERS:
        told_whole(language, refused.value)


def test_the_page_tells_it_in_the_browsers_language(study: Study, tmp_path: Path) -> None:  # noqa: F811
    """Through the front door: a study with a policy of its own, which somebody changes by mistake."""
    own = tmp_path / "own.toml"
    ours = config_path("policies", f"{policy.DEFAULT}.toml").read_text(encoding="utf-8")
    own.write_text(ours, encoding="utf-8")
    change_settings(study, {"policy": str(own)})
    own.write_text(ours.replace(RULE, 'phone = { action = "erase" }'), encoding="utf-8")
    page = page_on(study)
    page.post("/api/language", {"language": "de"})
    said = page.post("/api/settings", {"reviewers": 2}).json()["error"]
    assert "classes.phone.action: muss eines von diesen sein: remove, generalise, flag, keep." in said
    assert "„Einstellungen“" in said
