"""Recognizers as a file lists them, in Presidio's own registry format (https://microsoft.github.io/presidio/)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import RecognizersError
from pipeline.wrong_values import NOT_UTF8, OTHERWISE, say_wrong

if TYPE_CHECKING:
    from presidio_analyzer.nlp_engine import NlpEngine
    from presidio_analyzer.recognizer_registry import RecognizerRegistry
    from pydantic import ValidationError

NO_LIST = "it is not YAML with a list called recognizers"


def read_registry(path: Path, engine: NlpEngine | None = None) -> RecognizerRegistry:
    """The recognizers of a file; raises RecognizersError saying what is wrong with it."""
    from presidio_analyzer.recognizer_registry import RecognizerRegistryProvider

    # Presidio finds a class by its name among the subclasses that are imported; every language's file names this one.
    from pipeline.deidentify.recognizers import written_emails  # noqa: F401

    try:
        provider = RecognizerRegistryProvider(conf_file=str(path), nlp_engine=engine)
        return provider.create_recognizer_registry()
    except (ValueError, TypeError, AttributeError) as error:
        # Presidio raises any of these for a file that is wrong, and hands on what its libraries raised.
        raise RecognizersError(file=path, why=_say(error.__cause__ or error.__context__)) from error


def _say(cause: BaseException | None) -> str:
    """In sentences of our own, as far as the libraries below say where the mistake is."""
    from pydantic import ValidationError

    if isinstance(cause, ValidationError):
        return _say_invalid(cause)
    if (mark := getattr(cause, "problem_mark", None)) is not None:  # yaml.MarkedYAMLError
        return f"line {mark.line + 1} is not YAML"
    if isinstance(cause, UnicodeDecodeError):
        return NOT_UTF8
    if isinstance(cause, re.error) or type(cause).__module__.startswith("regex"):
        return "the regex of a pattern is no regular expression"
    return NO_LIST


def _say_invalid(cause: ValidationError) -> str:
    wrong = cause.errors(include_input=False, include_url=False)[0]
    if wrong["type"] == "value_error":  # Presidio's own words, in English
        return f"{'.'.join(map(str, wrong['loc']))}: {OTHERWISE}"
    return say_wrong(wrong)
