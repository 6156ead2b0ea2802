from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from coretrain import checkpoint, lookup, settings, train, travel
from coretrain.checkpoint import Progress
from coretrain.model import Core, Shape, angles, rotate
from coretrain.muon import orthogonal
from coretrain.special import Special

TINY = Shape(vocabulary=64, width=192, layers=2, heads=2, kv_heads=1, feed_forward=64, context=32)


def test_still_pairs_do_not_turn_and_the_others_turn_by_distance_only() -> None:
    torch.manual_seed(0)
    turn = angles(TINY)
    x = torch.randn(1, 1, 32, 64)
    turned = rotate(x, turn)
    still = 2 * TINY.turning_pairs
    assert torch.equal(turned[..., still:], x[..., still:])
    same = rotate(x[:, :, :1].expand(1, 1, 32, 64), turn)[0, 0]
    assert torch.allclose(same[3] @ same[8], same[10] @ same[15], atol=1e-3)


def test_a_token_sees_nothing_behind_it() -> None:
    torch.manual_seed(0)
    core = Core(TINY)
    tokens = torch.randint(7, 64, (1, 20))
    changed = tokens.clone()
    changed[0, 15] = 8
    assert torch.allclose(core.logits(tokens)[0, :15], core.logits(changed)[0, :15], atol=1e-5)


def test_padding_is_not_learnt() -> None:
    torch.manual_seed(0)
    core = Core(TINY)
    tokens = torch.randint(7, 64, (1, 8))
    labels = tokens.clone()
    labels[0, 4:] = -100
    short = core(tokens[:, :4], tokens[:, :4])
    assert core(tokens, labels).item() == pytest.approx(short.item(), abs=1e-4)


def test_muon_brings_singular_values_near_one() -> None:
    torch.manual_seed(0)
    values = torch.linalg.svdvals(orthogonal(torch.randn(2, 24, 48)))
    assert 0.5 < float(values.min()) < float(values.max()) < 1.5


def test_a_core_that_starts_with_lookup_expects_what_it_saw_before() -> None:
    torch.manual_seed(0)
    core = Core(Shape(vocabulary=512, layers=2, context=128))
    lookup.prepare(core)
    core.norm.weight.data *= 4
    once = torch.randint(7, 512, (4, 40))
    twice = torch.cat((once, once), 1)
    loss = torch.nn.functional.cross_entropy(
        core.logits(twice)[:, :-1].flatten(0, 1), twice[:, 1:].flatten(), reduction="none"
    ).view(4, -1)
    assert float(loss[:, 40:].mean()) < float(loss[:, :39].mean()) - 1


def test_weights_travel_in_pieces_and_in_the_repository(tmp_path: Path) -> None:
    core = Core(TINY)
    checkpoint.save(tmp_path / "core.pt", core, Progress(step=3, tokens=99))
    assert travel.pack_weights(tmp_path / "core.pt", tmp_path / "pieces") == 1
    checkpoint.save_npz(tmp_path / "core.npz", core, Progress(step=3, tokens=99))
    for again, progress in (travel.unpack_weights(tmp_path / "pieces"), checkpoint.load(tmp_path / "core.npz")):
        assert (progress.tokens, again.shape) == (99, TINY)
        assert torch.allclose(again.embedding.weight, core.embedding.weight, atol=1e-3)


def test_a_damaged_piece_is_noticed(tmp_path: Path) -> None:
    travel.split(b"weights" * 100, tmp_path, {})
    (tmp_path / "piece00.bin").write_bytes(b"weights" * 99)
    with pytest.raises(ValueError, match="pieces"):
        travel.join(tmp_path)


@pytest.fixture
def job(tmp_path: Path) -> train.Job:
    chance = np.random.default_rng(1)
    line = chance.integers(len(Special), 64, 33).astype(np.uint16)
    np.save(tmp_path / "rows.npy", np.stack([np.roll(line, i) for i in range(64)]))
    tiny = replace(
        settings.load("smoke"), shape=TINY, processes=1, rows_per_batch=4, warm_up_steps=2, lookup_start=False
    )
    rows = tmp_path / "rows.npy"
    return train.Job(tiny, [rows], rows, [1] * 64, tmp_path / "run", budget_s=3.0)


@pytest.mark.parametrize("processes", [1, 2])
def test_training_learns_saves_and_goes_on(job: train.Job, processes: int) -> None:
    job = replace(job, settings=replace(job.settings, processes=processes))
    train.run(job)
    core, progress = checkpoint.load(job.out / "final.pt")
    inputs = torch.from_numpy(np.load(job.rows[0])[:4].astype(np.int64))
    assert core(inputs[:, :-1], inputs[:, 1:]).item() < 4.0
    train.run(replace(job, budget_s=progress.used_s + 1.5))
    assert checkpoint.load(job.out / "final.pt")[1].step > progress.step
