"""Commands are tried on recordings of random bytes, as the study's own tests are."""

from __future__ import annotations

from tests.study.conftest import _any_bytes_are_sound

__all__ = ["_any_bytes_are_sound"]
