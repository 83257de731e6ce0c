"""Train the talk classifier: which words of a spoken dialogue identify somebody, and how.

    python -m models.talk.train [--epochs 10] [--seed 1] [--start FILE] [--hold-out 10] [--talks 0] [--share 1]
        [--held-scenes NAME,NAME] [--out FILE]

Starts from Rampart (`session-deid models install rampart`), reads the invented dialogues beside this file, tells
each one anew every epoch (vary.py), and writes an ONNX file in Rampart's form. Every tenth dialogue can be held out
and is then scored as written. An epoch of all of them takes two idle cores about four minutes.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from models.talk.compose import Scenes, compose, read_scenes
from models.talk.dialogues import DIALOGUES, Dialogue, read_all
from models.talk.export import write
from models.talk.network import TalkNetwork, from_onnx
from models.talk.pieces import IGNORED, label_pieces
from models.talk.vary import Pools, vary
from pipeline.deidentify.talk import LABELS
from pipeline.resources import talk_folder

WINDOW = 254  # pieces, as where it is used; [CLS] and [SEP] come on top
BATCH = 4
BODY_RATE, HEAD_RATE = 2e-4, 1e-3
WARM_UP = 0.06  # of all steps
DECAY = 0.01
FROZEN_LAYERS = 2

Batch = tuple[Tensor, Tensor, Tensor]


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--epochs", type=int, default=10)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--start", type=Path, help="go on from a file trained before instead of Rampart")
    p.add_argument("--hold-out", type=int, default=0, help="hold out every Nth dialogue")
    p.add_argument("--dialogues", type=Path, default=DIALOGUES)
    p.add_argument("--share", type=float, default=1.0, help="of the dialogues told in an epoch")
    p.add_argument("--talks", type=int, default=0, help="talks put together from scenes, an epoch")
    p.add_argument("--held-scenes", default="", help="scene files held out, divided by commas")
    p.add_argument(
        "--rate", type=float, default=1.0, help="of the usual learning rates; less where little is new"
    )
    p.add_argument("--threads", type=int, default=0, help="of the processor; 0: as many as it has")
    p.add_argument("--score", action="store_true", help="only score --start on what is held out")
    p.add_argument("--out", type=Path, default=Path(__file__).parent / "talk.onnx")
    a = p.parse_args()
    from tokenizers import Tokenizer

    from pipeline.models import store

    # What was trained before has Rampart's graph already.
    pattern = a.start or store.find("rampart") / "model_q4.onnx"
    tokenizer = Tokenizer.from_file(str(talk_folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    everything = read_all(a.dialogues)
    held = everything[:: a.hold_out] if a.hold_out else []
    learnt = [d for d in everything if d not in held]
    away = frozenset(filter(None, a.held_scenes.split(",")))
    unseen = [exchange for name in sorted(away) for exchange in read_scenes(only={name})[0]]
    torch.manual_seed(a.seed)
    torch.set_num_threads(a.threads or torch.get_num_threads())
    network = from_onnx(pattern, len(LABELS))
    if not a.score:
        told = Told(learnt, read_scenes(without=away), a.share, a.talks)
        train(network, told, tokenizer, a.epochs, random.Random(a.seed), a.rate)
        write(network.eval(), pattern, a.out)
    for name, dialogues in (("dialogues", held), ("scenes", unseen)):
        if dialogues:
            print(f"held out: {name}")
            report(network, dialogues, tokenizer)


@dataclass(frozen=True)
class Told:
    """What an epoch is made of."""

    dialogues: Sequence[Dialogue]
    scenes: Scenes
    share: float = 1.0
    talks: int = 0

    def epoch(self, rng: random.Random) -> list[Dialogue]:
        """A share of the dialogues, drawn anew, and so many talks of scenes."""
        count = round(self.share * len(self.dialogues))
        return [*rng.sample(list(self.dialogues), count), *compose(self.scenes, self.talks, rng)]

    @property
    def everything(self) -> list[Dialogue]:
        """All text there is to draw from."""
        return [*self.dialogues, *(exchange for group in self.scenes for exchange in group)]


def train(
    network: TalkNetwork, text: Told, tokenizer: Any, epochs: int, rng: random.Random, rate: float = 1.0
) -> None:
    """Adam with warm-up and linear decay."""
    freeze(network)
    pools = Pools(text.everything, rng)
    told = [_batches([vary(d, pools, rng) for d in text.epoch(rng)], tokenizer, rng) for _ in range(epochs)]
    steps = sum(map(len, told))
    body = [w for name, w in network.named_parameters() if w.requires_grad and not name.startswith("head")]
    optimizer = torch.optim.AdamW(
        [
            {"params": body, "lr": rate * BODY_RATE},
            {"params": network.head.parameters(), "lr": rate * HEAD_RATE},
        ],
        weight_decay=DECAY,
    )
    warm = max(1, round(WARM_UP * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, max(0.0, (steps - step) / (steps - warm)))
    )
    measure = nn.CrossEntropyLoss(ignore_index=IGNORED)
    network.train()
    torch.set_flush_denormal(True)
    for epoch, batches in enumerate(told, 1):
        began, losses = time.time(), []
        for ids, mask, labels in batches:
            loss = measure(network(ids, mask).flatten(0, 1), labels.flatten())
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        print(f"epoch {epoch}: loss {np.mean(losses):.4f}, {time.time() - began:.0f} s", flush=True)


def freeze(network: TalkNetwork) -> None:
    """Embeddings and the lowest layers stay as they are: they know spelling, and a third of the time is saved."""
    for part in (network.words, network.places, network.norm, *network.layers.layers[:FROZEN_LAYERS]):
        part.requires_grad_(requires_grad=False)
    network.kind.requires_grad = False


def _batches(dialogues: Sequence[Dialogue], tokenizer: Any, rng: random.Random) -> list[Batch]:
    """Windows that begin anywhere, mixed, of like length together."""
    cls, sep = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    windows = []
    for dialogue in dialogues:
        ids, labels = label_pieces(dialogue, tokenizer)
        first = -rng.randrange(WINDOW // 2)
        for start in range(first, len(ids), WINDOW):
            cut = slice(max(0, start), start + WINDOW)
            windows.append(([cls, *ids[cut], sep], [IGNORED, *labels[cut], IGNORED]))
    windows.sort(key=lambda w: len(w[0]))
    groups = [_padded(windows[n : n + BATCH]) for n in range(0, len(windows), BATCH)]
    rng.shuffle(groups)
    return groups


def _padded(windows: Sequence[tuple[list[int], list[int]]]) -> Batch:
    size = max(len(ids) for ids, _ in windows)
    ids = torch.zeros((len(windows), size), dtype=torch.long)
    mask = torch.zeros((len(windows), size), dtype=torch.bool)
    labels = torch.full((len(windows), size), IGNORED)
    for row, (pieces, kinds) in enumerate(windows):
        ids[row, : len(pieces)] = torch.tensor(pieces)
        mask[row, : len(pieces)] = True
        labels[row, : len(kinds)] = torch.tensor(kinds)
    return ids, mask, labels


def report(network: TalkNetwork, held: Sequence[Dialogue], tokenizer: Any) -> None:
    """Precision and recall by piece on dialogues as written: of each kind, and of anything identifying."""
    truth, found = map(np.concatenate, zip(*_judged(network, held, tokenizer), strict=True))
    for number, (label, _) in enumerate(LABELS[1:], 1):
        print(label, _rates(truth == number, found == number))
    print("anything", _rates(truth > 0, found > 0))


def _judged(
    network: TalkNetwork, held: Sequence[Dialogue], tokenizer: Any
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    network.eval()
    with torch.no_grad():
        for ids, mask, labels in _batches(held, tokenizer, random.Random(0)):
            real = labels != IGNORED
            yield labels[real].numpy(), network(ids, mask).argmax(-1)[real].numpy()


def _rates(truth: np.ndarray, found: np.ndarray) -> str:
    both = int((truth & found).sum())
    return f"precision {both / max(1, int(found.sum())):.3f} recall {both / max(1, int(truth.sum())):.3f} of {int(truth.sum())}"


if __name__ == "__main__":
    main()
