"""What is wrong in a file that somebody wrote (settings, a policy, recognizers, the manifest of models), in sentences
of our own: the page tells each of them in its languages.

pydantic and tomllib word their errors themselves, in English, and some of their sentences hold the value. Here is one
sentence for each of pydantic's error types that these files can raise
(https://docs.pydantic.dev/latest/errors/validation_errors/).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

# pydantic's error type, and what is wrong; holes are facts of its `ctx`.
SENTENCES: dict[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "is no setting there is",
    "literal_error": "must be one of these: {expected}",
    "string_type": "must be a text",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    **dict.fromkeys(
        ("int_type", "int_parsing", "int_parsing_size", "int_from_float"), "must be a whole number"
    ),
    **dict.fromkeys(("float_type", "float_parsing", "finite_number"), "must be a number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "must be true or false"),
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be {le} or less",
    **dict.fromkeys(("tuple_type", "list_type"), "must be a list"),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), "must be a table"),
    "path_type": "must be a path",
}
OTHERWISE = "is no value for this setting"
NOT_UTF8 = "it is not text in UTF-8"
NOT_TOML = "line {line} is not TOML"
CUT_TOML = "it is not TOML: it ends too early"


def say_not_toml(error: tomllib.TOMLDecodeError | UnicodeDecodeError) -> str:
    """Why a file is not TOML: the line, as tomllib names it in its sentence, and never what stands there."""
    if isinstance(error, UnicodeDecodeError):
        return NOT_UTF8
    line = re.search(r"\(at line (\d+),", str(error))
    return NOT_TOML.format(line=line[1]) if line else CUT_TOML


def say_wrong(error: Mapping[str, Any]) -> str:
    """One of pydantic's errors with the key where it is one key's fault, and never with the value."""
    # "[key]" is how pydantic says that the last part of the key is what is wrong.
    key = ".".join(str(part) for part in error["loc"] if part != "[key]")
    words = _words(error)
    return f"{key}: {words}" if key else words


def _words(error: Mapping[str, Any]) -> str:
    if error["type"] == "value_error":  # raised by our own check, in its own words
        return str(error["ctx"]["error"])
    facts = {name: _fact(value) for name, value in error.get("ctx", {}).items()}
    return SENTENCES.get(error["type"], OTHERWISE).format_map(facts)


def _fact(value: object) -> str:
    """Choices as pydantic lists them ("'a', 'b' or 'c'"), with commas; numbers without a needless fraction."""
    if isinstance(value, float):
        return f"{value:g}"
    return str(value).replace(" or ", ", ").replace("'", "")
