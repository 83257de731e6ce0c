"""What the server says is in the catalogue: each error, each reason, in each language of the page."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from contextvars import copy_context
from pathlib import Path

import click
import pytest

import pipeline
from pipeline import errors
from pipeline.batch.failures import SENTENCES
from pipeline.batch.job import LEAVES
from pipeline.batch.under_way import Note
from pipeline.cli.main import main
from pipeline.deidentify.explain import _rules
from pipeline.erase.plan import WHAT
from pipeline.errors import SessionDeidError
from pipeline.export.registry import formats
from pipeline.study.study import Study
from pipeline.study.withdrawals import Reason
from pipeline.verify.classes import class_titles
from pipeline.verify.heard_well import HeardWell
from pipeline.verify.progress import Progress
from pipeline.verify.reading import HowRead
from pipeline.verify.session import make_statement
from pipeline.verify.sightings import WHY_WORDS
from pipeline.verify.telling import SAID_OF
from pipeline.web.texts import catalogue, languages
from pipeline.web.told import SAID, speak, told, told_error
from tests.study.conftest import key_file, study, tmp_path  # noqa: F401 - fixtures
from tests.web.house import page_on

ROOT = Path(pipeline.__file__).parent
OTHERS = [code for code in languages() if code != "en"]
# What only a terminal or a file can cause: nothing of it reaches the page.
TERMINAL = {
    "SessionDeidError", "DeclinedError", "LabelFileError", "MistypedError", "NotLiftedError",
    "PortTakenError", "WrongLabelsKeyError",
}  # fmt: skip
# Rooms whose reasons the page can show, by the errors they are reasons of.
TOLD_ROOMS = ("verify", "web", "study/review_store.py", "study/approving.py", "study/roster.py", "study/changing.py", "study/reopening.py", "speakers/participants.py", "study/intake")  # fmt: skip


# Made of facts that are told by themselves, or that a library words (pydantic, of a value typed into a field).
FACTS_ALONE = {"7: 7"}

# Names of passes, and what only a fault of ours can raise.
NO_REASONS = {
    "cut at turns", "doubt faint numbers", "a detector found something outside the dialogue",
    "edits overlap or lie outside the text",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    speak("en")


def every_error() -> list[type[SessionDeidError]]:
    """Each class of the tree, those of other modules too."""
    for module in pkgutil.walk_packages(pipeline.__path__, "pipeline."):
        if (
            not module.name.startswith(("pipeline.cli", "pipeline.models.convert"))
            and "__main__" not in module.name
        ):
            importlib.import_module(module.name)

    def below(kind: type[SessionDeidError]) -> Iterator[type[SessionDeidError]]:
        yield kind
        for each in kind.__subclasses__():
            yield from below(each)

    return [kind for kind in below(SessionDeidError) if kind.__module__.startswith("pipeline.")]


def test_every_error_is_told() -> None:
    """Each class has its sentence; those the page cannot show are listed by name."""
    found = {kind.__name__ for kind in every_error()}
    in_page = {key.removeprefix("error.") for key in catalogue("en") if key.startswith("error.")}
    assert found - in_page == TERMINAL
    assert in_page <= found


@pytest.mark.parametrize("language", OTHERS)
def test_an_error_is_told_with_its_facts(language: str) -> None:
    """In the other language, raised just now or kept as text in a ledger, with every fact it names."""
    for kind in every_error():
        if kind.__name__ in TERMINAL or not kind.problem:
            continue
        names = set(re.findall(r"\{(\w+)\}", kind.problem + kind.remedy))
        error = kind(**{name: f"x{n}" for n, name in enumerate(sorted(names))})
        speak(language)
        said = told_error(error)
        assert said != str(error), kind
        assert told(str(error)) == said, kind
        assert told(str(error.for_study())) == said, kind
        shown = set(re.findall(r"\{(\w+)\}", catalogue(language)[f"error.{kind.__name__}"]))
        assert all(error.facts[name] in said for name in shown)


def test_no_error_sends_anybody_to_a_terminal() -> None:
    """A person at the page has no terminal: what to do now is on the page. What needs one says who does it."""
    commands = "|".join(main.list_commands(click.Context(main)))
    sending = {
        key
        for key, text in catalogue("en").items()
        if key.startswith(("error.", "said.")) and re.search(rf"session-deid (?:{commands})\b", text)
    }
    assert sending == {"error.UnknownSealedError"}


@pytest.mark.parametrize("language", languages())
def test_the_page_names_no_option(language: str) -> None:
    """Whoever works in it never gave one: a choice is made under Settings."""
    said = {key for key, text in catalogue(language).items() if re.search(r"(?<![\w-])--[a-z]", text)}
    assert said == {"error.UnknownSealedError"}


@pytest.mark.parametrize("language", languages())
def test_every_stage_that_can_fail_has_its_words(language: str) -> None:
    """A card says at which one: "Failed while ..."."""
    stages = {"decode", *LEAVES, "attribute", "redact"}
    assert {f"failed.{stage}" for stage in stages} <= set(catalogue(language))


@pytest.mark.parametrize("language", languages())
def test_what_helps_an_engine_is_told_as_the_page_does_it(language: str) -> None:
    """Each remedy that engines and the store of models give as a fact."""
    speak(language)
    found = [
        *literals("EngineMissingError", "install", ("transcribe",)),
        *literals("*", "remedy", ("models/store.py",)),
    ]
    assert len(found) > 5
    assert [text for _, text in found if told(text) == text] == []


@pytest.mark.parametrize("language", OTHERS)
def test_why_a_run_on_a_cluster_ended_is_told(language: str, study: Study) -> None:  # noqa: F811
    """Whoever looks at the page did not begin it: each reason, and the whole through the front door."""
    speak(language)
    found = [
        *literals("ClusterError", "why", ("batch",)),
        *literals("ClusterError", "what", ("batch",)),
    ]
    assert len(found) > 10
    assert [text for _, text in found if " " in text and told(text) == text] == []
    problem = errors.ClusterError(what="the scheduler", why="the connection was lost")
    note = Note(study.folder)
    note.begin(1)
    note.end(problem.exit_code, str(problem))
    told_there = (
        page_on(study).send("GET", "/api/week", headers={"accept-language": language}).json()["problem"]
    )
    assert told_there == told_error(problem)
    assert "cluster" not in told_there
    assert not re.search(r"docs/|run again", told_there)


def literals(
    call: str, keyword: str | None, rooms: tuple[str, ...] = TOLD_ROOMS
) -> Iterator[tuple[str, str]]:
    """The text of every call of that name in the rooms below, with {names} where facts stand."""
    for path in sorted(ROOT.rglob("*.py")):
        name = str(path.relative_to(ROOT))
        if not name.startswith(rooms if keyword else "web"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or call not in (getattr(node.func, "id", ""), "*"):
                continue
            given = [k.value for k in node.keywords if k.arg == keyword] if keyword else node.args[1:]
            yield from ((name, text) for each in given for text in _texts(each))


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(p.value) if isinstance(p, ast.Constant) else "7" for p in node.values)
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


@pytest.mark.parametrize("language", OTHERS)
def test_every_reason_is_told(language: str) -> None:
    """Whatever the page's own refusals, a decision, a review, the roster or taking in can give as a reason."""
    speak(language)
    found = [*literals("RequestError", None), *literals("*", "why"), *literals("refusal_page", None)]
    assert len(found) > 60
    assert [each for each in found if told(each[1]) == each[1] and each[1] not in FACTS_ALONE] == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_of_a_table_is_told(language: str) -> None:
    """Rules, classes, steps, what is destroyed, formats, why a recording was set aside."""
    speak(language)
    sentences = [
        *_rules().values(), *(title for _, title in class_titles().values()), *SAID_OF.values(), *WHAT.values(),
        *(each.help for each in formats().values() if " " in each.help), *WHY_WORDS.values(),
        *(sentence for each in SENTENCES.values() for sentence in re.findall(r"[^. ][^.]*\.", each)),
        *(reason.meaning for reason in Reason),
    ]  # fmt: skip
    assert [each for each in sentences if told(each) == each and " " in each] == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_reason_of_de_identification_is_told(language: str) -> None:
    """A question's card and the report say why: each sentence of these rooms but what names a pass or is raised."""
    speak(language)
    found = {
        text
        for path in (ROOT / "deidentify").rglob("*.py")
        if path.name != "policy.py"  # whose sentences are of a file that somebody wrote
        for text in sentences(path)
    }
    assert len(found) > 30
    assert {text for text in found if told(text) == text} == NO_REASONS


def sentences(path: Path) -> Iterator[str]:
    """Texts of three to twenty words that begin small, as reasons do, and document nothing."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if (
            id(node) not in documents
            and 2 < len(text.split()) < 20
            and re.fullmatch(r"[a-z][\w',:; -]+", text)
        ):
            yield text


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("still_open", [0, 1, 4])
@pytest.mark.parametrize(
    "how",
    [
        HowRead(words=0),
        HowRead(words=900, by_eye=900, seconds=6.0),
        HowRead(
            words=900,
            by_eye=1,
            seconds=0.2,
            by_ear=30,
            heard_seconds=12.0,
            untimed=7,
            skimmed=400,
            skimmed_seconds=2.0,
        ),
    ],
)
@pytest.mark.parametrize("noise", [None, 6.0])
def test_a_statement_is_told_whole(language: str, how: HowRead, still_open: int, noise: float | None) -> None:
    """Sentence by sentence, with the figures the record keeps."""
    english = make_statement(
        Progress(2, 0, how, HeardWell(0.2, 0.1, -20.0, noise, listen_to_all=True)), still_open
    )
    speak(language)
    own = told(english)
    assert not set(re.findall(r"[^.!?]+[.!?]", english)) & set(re.findall(r"[^.!?]+[.!?]", own))
    assert re.findall(r"\d+", own) == re.findall(r"\d+", english)


@pytest.mark.parametrize(("language", "written"), [("en", "12,345"), ("de", "12.345"), ("fr", "12\u202f345")])
def test_a_large_number_is_written_as_the_language_does(language: str, written: str) -> None:
    """A German reads "9,000 Wörter" as nine."""
    how = HowRead(words=12345, by_eye=12345, seconds=2000.0)
    english = make_statement(Progress(2, 0, how, HeardWell(0.2, 0.1, -20.0, None, listen_to_all=False)), 0)
    speak(language)
    assert re.findall(r"12\D?345", told(english))[:1] == [written]


@pytest.mark.parametrize("language", OTHERS)
def test_a_sentence_is_put_into_the_language_once_a_request(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transcript gives one reason hundreds of times. Neither another language nor the next request gets what was
    kept, nor does a thread that answers another one at the same time."""
    from pipeline.web import told as room

    asked: list[tuple[str, str]] = []
    tell = room._tell

    def telling(into: str, text: str) -> str:
        asked.append((into, text))
        return tell(into, text)

    monkeypatch.setattr(room, "_tell", telling)
    reason = "it is verified"
    speak(language)
    own = {told(reason) for _ in range(3)}
    assert own == {catalogue(language)[SAID + reason]}
    assert asked == [(language, reason)]
    speak("en")
    assert told(reason) == reason
    copy_context().run(speak, language)  # another request
    assert told(reason) == reason
    assert asked == [(language, reason), ("en", reason)]
    speak(language)
    assert room._told.get() == {}
    assert {told(reason)} == own
    assert asked[2:] == [(language, reason)]


def test_what_is_not_ours_stays() -> None:
    """A name, a path, words of somebody: told as they are."""
    speak("de")
    for text in ("Talk of week 3", "/home/someone/recorder", "The quick fox. It ran; it hid", ""):
        assert told(text) == text


def test_the_catalogue_of_a_language_names_the_same_facts() -> None:
    """English sentence and key agree, but where the page says it otherwise than the terminal."""
    for key in catalogue("en"):
        if key.startswith(SAID):
            assert set(re.findall(r"\{(\w+)\}", key)) == set(re.findall(r"\{(\w+)\}", catalogue("en")[key]))


def test_a_refusal_comes_in_the_browsers_language(study: Study) -> None:  # noqa: F811
    """Through the front door: an error of the study, one of the page, and a page that is not there."""
    page = page_on(study)
    german = {"accept-language": "de"}
    assert (
        page.send("GET", "/api/recordings/R0099", headers=german).json()["error"]
        == "R0099: diese Aufnahme gibt es in dieser Studie nicht."
    )
    assert "Diese Seite gibt es nicht." in page.send("GET", "/nowhere", headers=german).text
    assert page.send("GET", "/api/recordings/R0099").json()["error"].endswith("in this study.")
    assert "error." not in page.send("GET", "/texts.js", headers=german).text
    assert errors.RecordingUnknownError(recording="R0099").facts == {"recording": "R0099"}
