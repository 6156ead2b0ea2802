"""Starts the first two layers as what a copying model ends up with anyway: heads that look up and copy.

Layer 0: heads that attend to the token one, two and three back and note it. Layer 1: heads that find an earlier place
whose noted token is the present one, and copy what stood there (an "induction" circuit). At the few million tokens a
CPU can train, a model has hardly begun to find this by itself. It only sets weights; training may change every one.
"""

from __future__ import annotations

import torch
from torch import Tensor

from coretrain.model import Attention, Block, Core, Shape

CONSTANT = 0.16
"""One embedding dimension is the same for every token, so that a head can attend by distance alone."""
SHARPNESS = 0.8
NOTE_GAIN = 0.22
MATCH_GAIN = 2.3
COPY_GAIN = 0.3


@torch.no_grad()
def prepare(core: Core, seed: int = 0) -> None:
    """Needs two layers, a width of three heads, and half of the rotary pairs standing still."""
    shape = core.shape
    generator = torch.Generator().manual_seed(seed)
    for block in core.blocks:
        assert isinstance(block, Block), "a core is made of blocks"
        block.feed_forward.down.weight.zero_()
        block.attention.o.weight.zero_()
    core.embedding.weight[:, 0] = CONSTANT
    reader, notes = _bases(shape.width, generator)
    first, second = core.blocks[0], core.blocks[1]
    assert isinstance(first, Block), "a core is made of blocks"
    assert isinstance(second, Block), "a core is made of blocks"
    _note_previous(first.attention, shape, reader, notes)
    _match_and_copy(second.attention, shape, reader, notes)


def _bases(width: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Two random orthonormal bases (rows) that leave the constant dimension alone."""
    made = []
    for _ in range(2):
        square = torch.linalg.qr(torch.randn(width - 1, width - 1, generator=generator)).Q
        made.append(torch.cat((torch.zeros(width - 1, 1), square), 1))
    return made[0], made[1]


def _note_previous(attention: Attention, shape: Shape, reader: Tensor, notes: Tensor) -> None:
    head = shape.head_width
    pairs = torch.arange(shape.turning_pairs)
    frequencies = shape.rope_base ** (-2.0 * pairs / head)
    attention.q.weight[:, 0] = 0
    attention.k.weight[:, 0] = 0
    attention.k.weight.view(shape.kv_heads, head, -1)[:, 2 * pairs, 0] = SHARPNESS
    queries = attention.q.weight.view(shape.heads, head, -1)
    outputs = attention.o.weight.view(-1, shape.heads, head)
    attention.v.weight.view(shape.kv_heads, head, -1)[:] = reader[:head] * NOTE_GAIN
    for index in range(min(3, shape.heads)):
        back = index + 1
        queries[index, 2 * pairs, 0] = SHARPNESS * torch.cos(back * frequencies)
        queries[index, 2 * pairs + 1, 0] = -SHARPNESS * torch.sin(back * frequencies)
        outputs[:, index] = notes[index * head : (index + 1) * head].T * NOTE_GAIN


def _match_and_copy(attention: Attention, shape: Shape, reader: Tensor, notes: Tensor) -> None:
    head, still = shape.head_width, 2 * shape.turning_pairs
    wide, half = head - still, (head - still) // 2
    group = shape.heads // shape.kv_heads
    queries = attention.q.weight.view(shape.heads, head, -1)
    keys = attention.k.weight.view(shape.kv_heads, head, -1)
    values = attention.v.weight.view(shape.kv_heads, head, -1)
    outputs = attention.o.weight.view(-1, shape.heads, head)
    for index in range(shape.heads):
        kv = index // group
        copied = reader[head + kv * (head // 2) : 2 * head + kv * (head // 2)]
        values[kv], outputs[:, index] = copied, copied.T * COPY_GAIN / group
        if kv == 0:
            queries[index, still:] = reader[:wide] * MATCH_GAIN
            keys[kv, still:] = notes[:wide] * MATCH_GAIN
        else:
            queries[index, still : still + half] = reader[:half] * MATCH_GAIN
            keys[kv, still : still + half] = notes[:half] * MATCH_GAIN
            queries[index, still + half :] = notes[half:wide] * MATCH_GAIN
            keys[kv, still + half :] = notes[head + half : head + wide] * MATCH_GAIN
