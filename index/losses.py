"""What both stages of training share: vectors of token lists, and InfoNCE. Development only; needs torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def embed(bag: Any, texts: Sequence[Sequence[int]]) -> Any:
    """`(n, dimension)` tensor, rows L2-normalised."""
    import torch

    offsets = np.cumsum([0, *(len(tokens) for tokens in texts[:-1])])
    flat = torch.tensor([token for tokens in texts for token in tokens], dtype=torch.long)
    return torch.nn.functional.normalize(bag(flat, torch.from_numpy(offsets)), dim=-1)


def info_nce(one: Any, other: Any, temperature: float, alike: Any = None) -> Any:
    """InfoNCE both ways over `(n, d)` rows of which the i-th belong together; pairs marked in `alike` count as neither."""
    import torch
    from torch.nn.functional import cross_entropy

    scores = one @ other.T / temperature
    if alike is not None:
        scores = scores.masked_fill(alike, -1e4)
    right = torch.arange(len(one))
    return (cross_entropy(scores, right) + cross_entropy(scores.T, right)) / 2
