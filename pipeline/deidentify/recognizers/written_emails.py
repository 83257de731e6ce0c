"""Presidio's e-mail recognizer without its look-up on the network.

Presidio checks the domain with tldextract, which asks publicsuffix.org for its list first; nothing may leave the
computer while recordings are processed, so ours uses the list that tldextract carries.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from presidio_analyzer.predefined_recognizers import EmailRecognizer


class OfflineEmailRecognizer(EmailRecognizer):  # type: ignore[misc]
    """E-mail addresses with a domain that the packaged list of public suffixes knows."""

    def validate_result(self, pattern_text: str) -> bool:
        """Whether the address ends in a real domain."""
        return bool(self._domains(pattern_text).fqdn)

    @cached_property
    def _domains(self) -> Any:
        from tldextract import TLDExtract

        return TLDExtract(cache_dir=None, suffix_list_urls=())
