"""The page's scripts: sent from memory, asked for at once, and what a review waits for read beforehand."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from pipeline.web.scripts import FOLDER, modules_of
from tests.web.conftest import Page


def test_all_that_the_review_imports_is_asked_for_at_once(page: Page) -> None:
    """The page names every script that another one of it imports, and each is there."""
    text = page.send("GET", "/recordings/r1").text
    asked = set(re.findall(r'modulepreload" href="/static/([\w-]+)\.js"', text))
    imported = set()
    for name in (*asked, "review"):
        answer = page.send("GET", f"/static/{name}.js")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        imported |= set(re.findall(r'from "\./([\w-]+)\.js"|^import "\./([\w-]+)\.js"', answer.text, re.M))
    assert asked == {name for pair in imported for name in pair if name} == set(modules_of("review"))


@pytest.mark.parametrize(
    "name", ["nowhere.js", "..%2Fapp.py", "%2e%2e%2fapp.py", "../app.py", ".", "", "a/b.js"]
)
def test_nothing_else_is_sent(page: Page, name: str) -> None:
    assert page.send("GET", f"/static/{name}").status_code == 404


def test_they_are_sent_as_they_lie_in_their_folder(page: Page) -> None:
    for path in FOLDER.iterdir():
        answer = page.send("GET", f"/static/{path.name}")
        assert answer.content == path.read_bytes()
        assert answer.headers["cache-control"] == "no-store"


def test_after_warming_up_a_review_reads_no_word_list() -> None:
    """In a process of its own: what the first question needs is there before it is asked, and no study was needed."""
    code = (
        "import builtins, gzip\n"
        "from pipeline.web.warming import warm_up\n"
        "warm_up()\n"
        "def refuse(*what, **_): raise AssertionError(what)\n"
        "builtins.open = gzip.open = refuse\n"
        "from pathlib import Path\n"
        "Path.open = refuse\n"
        "from pipeline.verify.grounds import is_ordinary\n"
        "from pipeline.verify.queue import open_questions\n"
        "from pipeline.verify.state import Line, Mark, ReviewedTranscript\n"
        "mark = Mark('m', 4, 8, 'PERSON', 'direct', 1.0, '', 'flag', '', uncertain=True)\n"
        "line = Line('u', 'P01', 0.0, 1.0, \"I'm Anna\", marks=(mark,))\n"
        "(asked,) = open_questions(ReviewedTranscript(1.0, ('u',), {'u': line}))\n"
        "print([ground.key for ground in asked.grounds])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "['after', 'name']"
