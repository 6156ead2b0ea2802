"""Trains the core on a CPU (processes that share memory) or on a GPU, for a given budget, from where it was left.

Makes no data and exports nothing: rows in, checkpoints and a log out.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor, multiprocessing

from coretrain import checkpoint, lookup
from coretrain.checkpoint import Progress
from coretrain.data import RowFiles
from coretrain.learner import Learner, Shared, share
from coretrain.model import IGNORED, Core
from coretrain.schedule import rate
from coretrain.settings import Settings

HELD_ROWS = 8
"""Rows of held-out projects that are scored at every save: 16,000 tokens, a few seconds on one core."""


@dataclass(frozen=True)
class Job:
    settings: Settings
    rows: Sequence[Path]
    held: Path
    token_bytes: Sequence[int]
    """Length of every token, for bits per byte."""
    out: Path
    budget_s: float
    clock: Literal["wall", "cpu"] = "wall"
    start: Path | None = None
    """Weights to begin with; a checkpoint in `out` goes first."""


def run(job: Job) -> None:
    job.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(job.settings.seed)
    core, progress = _begin(job)
    processes = job.settings.processes
    if processes == 1:
        _work(0, job, core, progress, share(core, 1, None))
        return
    core.share_memory()
    context = multiprocessing.get_context("spawn")
    shared = share(core, processes, context.Barrier(processes))
    workers = [context.Process(target=_work, args=(rank, job, core, progress, shared)) for rank in range(processes)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        raise SystemExit(f"a training process failed: {[worker.exitcode for worker in workers]}")


def _begin(job: Job) -> tuple[Core, Progress]:
    last = job.out / "last.pt"
    if last.is_file():
        return checkpoint.load(last)
    if job.start:
        core, before = checkpoint.load(job.start)
        return core, Progress(tokens_before=before.tokens_before + before.tokens)
    core = Core(job.settings.shape)
    if job.settings.lookup_start:
        lookup.prepare(core)
    return core, Progress()


def _work(rank: int, job: Job, core: Core, progress: Progress, shared: Shared) -> None:
    if job.settings.device == "cpu":
        torch.set_num_threads(1)
    Worker(rank, job, core.to(job.settings.device), progress, shared).work()


class Worker:
    def __init__(self, rank: int, job: Job, core: Core, progress: Progress, shared: Shared) -> None:
        self.rank, self.job, self.core, self.progress, self.shared = rank, job, core, progress, shared
        self.learner = Learner(rank, core, job.settings, shared)
        self.rows = RowFiles(job.rows)
        self.losses: list[Tensor] = []
        self.logged_s = self.saved_s = self.used_before = 0.0
        self.started = self.started_cpu = 0.0
        self.logged_tokens = 0
        checkpoint.load_state(self._state_path("last"), progress.step, self.learner.optimisers)

    def work(self) -> None:
        self._compile()
        self.started = time.time()
        self.started_cpu = time.process_time()
        self.used_before = self.progress.used_s
        self.logged_s = self.saved_s = self.used_before
        self.logged_tokens = self.progress.tokens
        steady = self.used() < 1 - self.job.settings.decay_share
        while (used := self.used()) < 1:
            if steady and used >= 1 - self.job.settings.decay_share:
                steady = False
                self.save("steady")
            self.step(used)
        self.save("last")
        self.save("final")
        self.log(with_held=True)

    def _compile(self) -> None:
        inputs, labels = self.rows.batch(0, self.job.settings.rows_per_batch, self.job.settings.device)
        self.learner.gradients(inputs, labels)
        self.core.zero_grad(set_to_none=True)
        self.shared.wait()

    def used(self) -> float:
        """Share of the budget, the same number in every process."""
        clock, processes = self.shared.clock, self.job.settings.processes
        spent = time.process_time() - self.started_cpu if self.job.clock == "cpu" else time.time() - self.started
        clock[1 + self.rank] = spent
        self.shared.wait()
        if self.rank == 0:
            clock[0] = self.used_before + float(clock[1 : 1 + processes].mean())
        self.shared.wait()
        self.progress = replace(self.progress, used_s=float(clock[0]))
        return float(clock[0]) / self.job.budget_s

    def step(self, used: float) -> None:
        settings, progress = self.job.settings, self.progress
        per_pass = settings.rows_per_batch * settings.processes
        for index in range(settings.passes):
            first = progress.rows + index * per_pass + self.rank * settings.rows_per_batch
            inputs, labels = self.rows.batch(first, settings.rows_per_batch, settings.device)
            self.losses.append(self.learner.gradients(inputs, labels))
        self.learner.update(rate(progress.step, used, settings.warm_up_steps, settings.decay_share))
        rows = per_pass * settings.passes
        tokens = rows * self.rows.context
        self.progress = replace(
            progress, step=progress.step + 1, rows=progress.rows + rows, tokens=progress.tokens + tokens
        )
        self._log_and_save()

    def _log_and_save(self) -> None:
        """By the shared clock, so that all processes decide alike: they wait for each other when saving."""
        now = self.progress.used_s
        saves = now - self.saved_s >= self.job.settings.save_every_s
        if saves or now - self.logged_s >= self.job.settings.log_every_s:
            self.log(with_held=saves)
            self.logged_s, self.logged_tokens = now, self.progress.tokens
        if saves:
            self.save("last")
            self.saved_s = now

    def _state_path(self, name: str) -> Path:
        return self.job.out / f"{name}.state{self.rank}.pt"

    def save(self, name: str) -> None:
        self.shared.wait()
        checkpoint.save_state(self._state_path(name), self.progress.step, self.learner.optimisers)
        if self.rank == 0:
            checkpoint.save(self.job.out / f"{name}.pt", self.core, self.progress)
        self.shared.wait()

    def log(self, with_held: bool = False) -> None:
        if self.rank:
            self.losses.clear()
            return
        seconds = max(1e-9, self.progress.used_s - self.logged_s)
        entry = asdict(self.progress) | {
            "used_s": round(self.progress.used_s, 1),
            "used": round(self.progress.used_s / self.job.budget_s, 4),
            "loss": round(float(torch.stack(self.losses).mean()), 4) if self.losses else None,
            "tokens_per_s": round((self.progress.tokens - self.logged_tokens) / seconds),
            "at": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime()),
        }
        if with_held:
            entry["held_bits_per_byte"] = round(self.held_bits_per_byte(), 4)
        self.losses.clear()
        with (self.job.out / "log.jsonl").open("a") as log:
            log.write(json.dumps(entry) + "\n")
        print(entry, flush=True)

    @torch.no_grad()
    def held_bits_per_byte(self) -> float:
        """Over FIM rows of held-out projects, context and all; `measure` scores whole files."""
        held, lengths = RowFiles([self.job.held]), torch.tensor(self.job.token_bytes)
        nats = size = 0.0
        for index in range(min(HELD_ROWS, len(held))):
            inputs, labels = held.batch(index, 1, self.job.settings.device)
            count = int((labels != IGNORED).sum())
            nats += float(self.core(inputs, labels)) * count
            size += float(lengths[labels[labels != IGNORED].cpu()].sum())
        return nats / math.log(2) / size
