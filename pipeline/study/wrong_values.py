"""What is wrong with a value of study.toml, in sentences of our own: the page tells each of them in its languages.

pydantic words its errors itself, in English, and some of its sentences hold the value. Here is one sentence for each
of its error types that the settings can raise (https://docs.pydantic.dev/latest/errors/validation_errors/).
"""

from __future__ import annotations

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


def say_wrong(error: Mapping[str, Any]) -> str:
    """One of pydantic's errors with the key where it is one key's fault, and never with the value."""
    key = ".".join(str(part) for part in error["loc"])
    words = _words(error)
    return f"{key}: {words}" if key else words


def _words(error: Mapping[str, Any]) -> str:
    if error["type"] == "value_error":  # raised by the settings themselves, in their own words
        return str(error["ctx"]["error"])
    facts = {name: _fact(value) for name, value in error.get("ctx", {}).items()}
    return SENTENCES.get(error["type"], OTHERWISE).format_map(facts)


def _fact(value: object) -> str:
    """Choices as pydantic lists them ("'a', 'b' or 'c'"), with commas; numbers without a needless fraction."""
    if isinstance(value, float):
        return f"{value:g}"
    return str(value).replace(" or ", ", ").replace("'", "")
