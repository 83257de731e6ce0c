"""The catalogue of the page's texts: each language whole, each text used, each key there."""

from __future__ import annotations

import ast
import contextlib
import json
import re
from pathlib import Path

import pytest

from pipeline.study.settings import StudySettings
from pipeline.study.study import Study
from pipeline.study.vault.states import State
from pipeline.study.withdrawals import Reason
from pipeline.web.changing import RULES, SHOWN, choices
from pipeline.web.pages import HERE, PAGES
from pipeline.web.texts import catalogue, languages
from pipeline.web.week import ACTIONS
from tests.study.conftest import key_file, study, tmp_path  # noqa: F401 - fixtures
from tests.web.house import page_on
from tests.web.page_texts import untold_in_script, untold_in_template

FACT = re.compile(r"\{(\w+)\}")
SCRIPTS = sorted((HERE / "static").glob("*.js"))
TEMPLATES = sorted((HERE / "templates").glob("*.html"))


def raw(language: str) -> dict[str, str]:
    """A language's own file."""
    found: dict[str, str] = json.loads((HERE / "texts" / f"{language}.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("language", [code for code in languages() if code != "en"])
def test_a_language_says_all_that_english_says(language: str) -> None:
    """The same keys, the same facts in each text, nothing left in English by mistake."""
    english, own = raw("en"), raw(language)
    assert list(own) == list(english)
    for key, text in english.items():
        assert sorted(FACT.findall(own[key])) == sorted(FACT.findall(text)), key
        assert bool(own[key]) == bool(text), key
    same = [
        key for key, text in english.items() if own[key] == text and len(text.split()) > 2 and "{" not in text
    ]
    assert same == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_says_nothing_of_its_own(script: Path) -> None:
    """Whatever a person reads comes from the catalogue, or it would be English in every language."""
    assert untold_in_script(script.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_says_nothing_of_its_own(template: Path) -> None:
    """Nor does the page around the scripts."""
    assert untold_in_template(template.read_text(encoding="utf-8")) == []


def test_text_of_its_own_is_found() -> None:
    """What the two tests above look for, where it is and where it is not."""
    assert untold_in_script(
        'say("Put right."); t("frame.cancel"); make("p", { class: "quiet small" }, "all done");'
    ) == [
        "Put right.",
        "all done",
    ]
    assert untold_in_script(
        'const a = `${b ? "it is" : `Is this ${c}?`} x`; /* "No text" */ d.match(/"Not a text"/); // "Nor this"'
    ) == [
        "it is",
        "Is this …?",
    ]
    assert untold_in_template(
        '<p aria-label="{{ say("a") }}" title="A name">Hello {{ say("b") }}</p><kbd>Space</kbd>'
    ) == [
        "A name",
        "Hello",
    ]


def test_every_key_the_scripts_use_is_there() -> None:
    """Keys written out in the scripts and the frame; those put together from a word of the server as well."""
    known = catalogue("en")
    used: set[str] = set()
    for script in SCRIPTS:
        text = script.read_text(encoding="utf-8")
        used |= set(re.findall(r'\bt\("([^"]+)"', text))
        for chosen in re.findall(r'\bt\([^"`]*\? ("[^"]+" : (?:[^"]*\? )?"[^"]+"(?: : "[^"]+")?)', text):
            used |= set(re.findall(r'"([^"]+)"', chosen))
    used |= set(re.findall(r'"(help\.[^"]+)"', (HERE / "static" / "keys.js").read_text(encoding="utf-8")))
    for template in TEMPLATES:
        used |= set(re.findall(r'say\("([^"~]+)"(?!\s*~)', template.read_text(encoding="utf-8")))
    used |= {f"page.{name}" for name in (*PAGES, "unlock")}
    used |= {f"state.{state.value}" for state in State if state is not State.RECEIVED}
    used |= {f"act.{action}" for actions in ACTIONS.values() for action in actions}
    used |= {f"reason.{reason.value}" for reason in Reason}
    used |= {f"setting.{name}{part}" for name in (*SHOWN, *RULES) for part in ("", ".about")}
    used |= {
        f"choice.{each['id']}"
        for name in ("policy", "sensitivity", "style", "reviewers")
        for each in choices()[name]
    }
    missing = sorted(key for key in used if key not in known and f"{key}.other" not in known)
    assert missing == []
    assert set(SHOWN) <= set(StudySettings.model_fields)


@pytest.mark.parametrize("language", languages())
def test_what_counts_has_its_forms(language: str) -> None:
    """A text with {n} that counts things has one for one thing, and one for others."""
    own = raw(language)
    for key in own:
        if key.endswith(".one"):
            assert f"{key[:-4]}.other" in own


def test_the_language_is_chosen_on_the_page(study: Study) -> None:  # noqa: F811
    """By the browser's, or by choice; one that there is not is refused."""
    page = page_on(study)
    assert 'language = "en"' in page.send("GET", "/texts.js").text
    german = page.send("GET", "/texts.js", headers={"accept-language": "de-CH,de;q=0.9,en;q=0.8"}).text
    assert 'language = "de"' in german
    assert page.post("/api/language", {"language": "fr"}).status_code == 200
    assert 'language = "fr"' in page.send("GET", "/texts.js").text
    assert page.post("/api/language", {"language": "../en"}).status_code == 422


def test_every_event_of_the_record_is_readable() -> None:
    """Each kind of entry that the code writes has its words, so that the last entries can be read."""
    known = catalogue("en")
    written = events_written()
    assert {"verified", "destroyed", "reopened", "hold placed", "check failed"} <= written
    assert sorted(e for e in written if f"event.{e}" not in known and f"event.{e}.other" not in known) == []


def events_written() -> set[str]:
    """What is given as an event's name: written out, by a constant of its module, or by a state."""
    found = {state.value for state in State if state.value not in ("in review", "destroying", "withdrawing")}
    for path in (HERE.parent).rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants: dict[str, str] = {}
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name | ast.Tuple):
                with contextlib.suppress(ValueError):
                    value = ast.literal_eval(node.value)
                    names = (
                        node.targets[0].elts if isinstance(node.targets[0], ast.Tuple) else [node.targets[0]]
                    )
                    values = value if isinstance(node.targets[0], ast.Tuple) else (value,)
                    constants |= {
                        n.id: v
                        for n, v in zip(names, values, strict=True)
                        if isinstance(n, ast.Name) and isinstance(v, str)
                    }
        passed = places_of_events(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                given = [k.value for k in node.keywords if k.arg == "event"]
                at = passed.get(ast.unparse(node.func).rpartition(".")[2], len(node.args))
                given += node.args[at : at + 1]
                if isinstance(node.func, ast.Attribute) and ast.unparse(node.func).endswith("audit.append"):
                    given += node.args[:1]
                found |= {name for each in given for name in _names(each, constants)}
    return found


def places_of_events(tree: ast.Module) -> dict[str, int]:
    """The functions of a module that are given an event's name, and as which of their arguments."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names = [each.arg for each in node.args.args if each.arg != "self"]
            if "event" in names:
                found[node.name] = names.index("event")
    return found


def _names(node: ast.expr, constants: dict[str, str]) -> set[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.IfExp):
        return _names(node.body, constants) | _names(node.orelse, constants)
    return {constants[node.id]} if isinstance(node, ast.Name) and node.id in constants else set()
