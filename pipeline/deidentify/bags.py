"""A set of words written as one string: easier to read and edit than a list of quoted ones."""

from __future__ import annotations


def bag(words: str) -> frozenset[str]:
    """The words of a string.

    >>> sorted(bag("oh um"))
    ['oh', 'um']
    """
    return frozenset(words.split())
