"""Group talks put together from scenes: exchanges of one to five turns each, drawn anew every epoch.

A scene file holds exchanges of one kind of group, divided by blank lines, marked as dialogues are. People come
back under the names they have in the file, so a talk of many exchanges has its cast.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from pathlib import Path

from models.talk.dialogues import Dialogue, read_text

SCENES = Path(__file__).parent / "scenes"
LENGTHS = (8, 20)  # exchanges of a talk, at least and at most
STRAY_SHARE = 0.25  # of its exchanges come from other groups

Scenes = Sequence[Sequence[Dialogue]]


def read_scenes(
    folder: Path = SCENES, *, only: Collection[str] = (), without: Collection[str] = ()
) -> list[list[Dialogue]]:
    """The exchanges of each file, in the order of the files' names; all files, or those named."""
    files = [
        f for f in sorted(folder.glob("*.txt")) if f.stem not in without and (not only or f.stem in only)
    ]
    return [
        [read_text(block) for block in file.read_text(encoding="utf-8").split("\n\n") if block.strip()]
        for file in files
    ]


def compose(scenes: Scenes, count: int, rng: random.Random) -> list[Dialogue]:
    """So many talks, each mostly of one group's exchanges, in any order."""
    return [_compose_one(scenes, rng) for _ in range(count)]


def _compose_one(scenes: Scenes, rng: random.Random) -> Dialogue:
    own = rng.choice(scenes)
    wanted = rng.randint(*LENGTHS)
    chosen = rng.sample(own, min(len(own), round(wanted * (1 - STRAY_SHARE))))
    chosen += [rng.choice(rng.choice(scenes)) for _ in range(wanted - len(chosen))]
    rng.shuffle(chosen)
    return tuple(turn for exchange in chosen for turn in exchange)
