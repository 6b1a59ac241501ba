"""What both stages of training share: the device, vectors of token lists, InfoNCE. Development only; needs torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def device() -> str:
    """`cuda` where there is a graphics card, else `cpu`."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def embed(bag: Any, texts: Sequence[Sequence[int]]) -> Any:
    """`(n, dimension)` tensor where `bag` is, rows L2-normalised."""
    import torch

    offsets = np.cumsum([0, *(len(tokens) for tokens in texts[:-1])])
    flat = np.concatenate([np.asarray(tokens, dtype=np.int64) for tokens in texts])
    place = bag.weight.device
    return torch.nn.functional.normalize(
        bag(torch.from_numpy(flat).to(place), torch.from_numpy(offsets).to(place)), dim=-1
    )


def info_nce(one: Any, other: Any, temperature: float, alike: Any = None) -> Any:
    """InfoNCE both ways over `(n, d)` rows of which the i-th belong together; pairs marked in `alike` count as neither."""
    import torch
    from torch.nn.functional import cross_entropy

    scores = one @ other.T / temperature
    if alike is not None:
        scores = scores.masked_fill(alike, -1e4)
    right = torch.arange(len(one), device=scores.device)
    return (cross_entropy(scores, right) + cross_entropy(scores.T, right)) / 2
