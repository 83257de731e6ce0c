"""Blend two trained classifiers of one shape by the mean of their weights.

    python -m models.talk.blend FIRST.onnx SECOND.onnx --share 0.5 [--lean 0.5] --out FILE

A classifier that was taught further on new text forgets some of the old; midway between the two lies one that knows
both (Wortsman et al., "Model soups", 2022). `--lean` makes it call more words identifying: text made for training holds
more names that are plainly none than talk does, and what is learnt there is too careful.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from models.talk.export import write
from models.talk.network import TalkNetwork, from_onnx
from pipeline.deidentify.talk import LABELS


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("first", type=Path)
    p.add_argument("second", type=Path)
    p.add_argument("--share", type=float, default=0.5, help="of the second's weights")
    p.add_argument(
        "--lean",
        type=float,
        default=0.0,
        help="taken from the score of a word that identifies nobody (logit)",
    )
    p.add_argument("--out", type=Path, required=True)
    a = p.parse_args()
    network = blend(a.first, a.second, a.share)
    with torch.no_grad():
        network.head.bias[0] -= a.lean
    write(network.eval(), a.first, a.out)


def blend(first: Path, second: Path, share: float) -> TalkNetwork:
    """The network between two."""
    network, other = from_onnx(first, len(LABELS)), from_onnx(second, len(LABELS))
    theirs = other.state_dict()
    mixed = {name: torch.lerp(w, theirs[name], share) for name, w in network.state_dict().items()}
    network.load_state_dict(mixed)
    return network


if __name__ == "__main__":
    main()
