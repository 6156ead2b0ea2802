"""The core: a llama-architecture decoder whose tensors go into a GGUF as they are.

RoPE rotates adjacent pairs (ggml's NORM mode), RMSNorm, SwiGLU, head tied to the embedding. The slower half of the
rotary pairs does not turn at all: those dimensions match content at any distance, which is what copying a name from
far up in the context needs. llama.cpp reads that as `rope_freqs.weight`. It knows nothing of training or files.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

IGNORED = -100
"""Label of a token that is not to be learnt (padding)."""


@dataclass(frozen=True)
class Shape:
    vocabulary: int = 8192
    width: int = 256
    layers: int = 4
    heads: int = 4
    kv_heads: int = 4
    feed_forward: int = 768
    context: int = 2048
    rope_base: float = 10_000.0
    norm_epsilon: float = 1e-5
    head_width: int = 64
    turning_pairs: int = 16

    def rope_factors(self) -> list[float]:
        """Divisors of the rotary frequencies: 1 turns as usual, a huge one stands still."""
        pairs = self.head_width // 2
        return [1.0 if i < self.turning_pairs else 1e30 for i in range(pairs)]


class Angles(NamedTuple):
    cos: Tensor
    sin: Tensor


def angles(shape: Shape) -> Angles:
    exponents = torch.arange(0, shape.head_width, 2, dtype=torch.float64) / shape.head_width
    frequencies = shape.rope_base**-exponents / torch.tensor(shape.rope_factors(), dtype=torch.float64)
    turns = torch.arange(shape.context, dtype=torch.float64)[:, None] * frequencies
    return Angles(turns.cos().float(), turns.sin().float())


def rotate(x: Tensor, turn: Angles) -> Tensor:
    """x: batch, head, time, head width."""
    even, odd = x.view(*x.shape[:-1], -1, 2).unbind(-1)
    cos, sin = turn.cos.to(x.dtype), turn.sin.to(x.dtype)
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), -1).flatten(-2)


class RMSNorm(nn.Module):
    def __init__(self, width: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        return functional.rms_norm(x, (x.size(-1),), self.weight.to(x.dtype), self.epsilon)


class Attention(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        inner, kv_inner = shape.heads * shape.head_width, shape.kv_heads * shape.head_width
        self.q = nn.Linear(shape.width, inner, bias=False)
        self.k = nn.Linear(shape.width, kv_inner, bias=False)
        self.v = nn.Linear(shape.width, kv_inner, bias=False)
        self.o = nn.Linear(inner, shape.width, bias=False)

    def forward(self, x: Tensor, turn: Angles) -> Tensor:
        batch, time, _ = x.shape
        shape = self.shape
        q = rotate(self.q(x).view(batch, time, shape.heads, shape.head_width).transpose(1, 2), turn)
        k = rotate(self.k(x).view(batch, time, shape.kv_heads, shape.head_width).transpose(1, 2), turn)
        v = self.v(x).view(batch, time, shape.kv_heads, shape.head_width).transpose(1, 2)
        if shape.kv_heads != shape.heads:
            k = k.repeat_interleave(shape.heads // shape.kv_heads, 1)
            v = v.repeat_interleave(shape.heads // shape.kv_heads, 1)
        mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        out: Tensor = self.o(mixed.transpose(1, 2).reshape(batch, time, -1))
        return out


class FeedForward(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.gate = nn.Linear(shape.width, shape.feed_forward, bias=False)
        self.up = nn.Linear(shape.width, shape.feed_forward, bias=False)
        self.down = nn.Linear(shape.feed_forward, shape.width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.down(functional.silu(self.gate(x)) * self.up(x))
        return out


class Block(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.attention_norm = RMSNorm(shape.width, shape.norm_epsilon)
        self.attention = Attention(shape)
        self.feed_forward_norm = RMSNorm(shape.width, shape.norm_epsilon)
        self.feed_forward = FeedForward(shape)

    def forward(self, x: Tensor, turn: Angles) -> Tensor:
        x = x + self.attention(self.attention_norm(x), turn)
        out: Tensor = x + self.feed_forward(self.feed_forward_norm(x))
        return out


class Core(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = RMSNorm(shape.width, shape.norm_epsilon)
        turn = angles(shape)
        self.register_buffer("cos", turn.cos, persistent=False)
        self.register_buffer("sin", turn.sin, persistent=False)
        self._initialise()

    def _initialise(self) -> None:
        for name, parameter in self.named_parameters():
            if parameter.dim() != 2:
                continue
            std = 0.02 if name.startswith("embedding") else 0.5 / math.sqrt(parameter.size(1))
            if name.endswith(("o.weight", "down.weight")):
                std /= math.sqrt(2 * self.shape.layers)
            nn.init.normal_(parameter, 0, std)

    def hidden(self, tokens: Tensor) -> Tensor:
        time = tokens.size(1)
        turn = Angles(self.get_buffer("cos")[:time], self.get_buffer("sin")[:time])
        x = self.embedding(tokens)
        for block in self.blocks:
            x = block(x, turn)
        out: Tensor = self.norm(x)
        return out

    def logits(self, tokens: Tensor) -> Tensor:
        return functional.linear(self.hidden(tokens), self.embedding.weight)

    def forward(self, tokens: Tensor, labels: Tensor) -> Tensor:
        """Mean loss in nats a token."""
        logits = functional.linear(self.hidden(tokens).flatten(0, 1), self.embedding.weight)
        return functional.cross_entropy(logits.float(), labels.flatten(), ignore_index=IGNORED)

    def size(self) -> int:
        return sum(parameter.numel() for parameter in self.parameters())

    def flops_per_token(self, context: int) -> int:
        """Forward and backward, head included, causal attention counted at half."""
        matrices = sum(p.numel() for p in self.parameters() if p.dim() == 2)
        return 6 * matrices + 6 * self.shape.layers * context * self.shape.heads * self.shape.head_width
