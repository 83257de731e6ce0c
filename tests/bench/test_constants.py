"""Numbers outside functions are found, and changed one at a time: a share of nothing would say nothing."""

from __future__ import annotations

from bench.constants import changes_of

MODULE = '''"""Ü: offsets are in bytes."""
SIZE_BYTES, NAME = 64 << 20, "ä4"  # 7
YES = True

class Taken:
    links: int = 1
    def twice(self, by=2):
        return by * 3
'''


def test_each_number_outside_functions_is_changed() -> None:
    """Doubled and one more, and halved; a shift's second number, functions and what is no number stay."""
    changed = [
        now
        for change in changes_of(MODULE)
        for was, now in zip(MODULE.splitlines(), change.made_in(MODULE).splitlines(), strict=True)
        if was != now
    ]
    assert changed == [
        'SIZE_BYTES, NAME = 129 << 20, "ä4"  # 7',
        'SIZE_BYTES, NAME = 32 << 20, "ä4"  # 7',
        "    links: int = 3",
    ]
