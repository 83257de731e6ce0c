"""Imports without what they would load for nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from threading import get_ident
from types import ModuleType


class _Refusal(MetaPathFinder):
    """Says of one module that it is not installed, to one thread: others may need it at the same moment."""

    def __init__(self, module: str) -> None:
        self._module, self._thread = module, get_ident()

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> None:
        if fullname == self._module and get_ident() == self._thread:
            raise ModuleNotFoundError(f"{fullname} is not needed here", name=fullname)


@contextmanager
def without(module: str) -> Iterator[None]:
    """Within the block this thread imports nothing of `module`, unless it is loaded already.

    spaCy's library takes torch along wherever it is installed, which our models never use: 0.19 GB and
    some seconds.
    """
    refusal = _Refusal(module)
    sys.meta_path.insert(0, refusal)
    try:
        yield
    finally:
        sys.meta_path.remove(refusal)
