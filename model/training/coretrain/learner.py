"""One process's part of a training step: gradients of its rows, and the update of the parameters it owns.

Processes on one machine share parameters and gradients through shared memory; no socket is opened. Two
single-threaded processes keep about twice the speed of one with two threads when anything else runs on the machine,
because every small parallel region of the latter waits for the slower core.
"""

from __future__ import annotations

from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from typing import Any

import torch
from torch import Tensor, nn

from coretrain.model import Core
from coretrain.muon import Muon
from coretrain.settings import Settings


@dataclass(frozen=True)
class Shared:
    """What the processes have in common: gradients [process, parameter], seconds used, a barrier."""

    gradients: Tensor
    clock: Tensor
    barrier: Barrier | None

    def wait(self) -> None:
        if self.barrier:
            self.barrier.wait()


def share(core: Core, processes: int, barrier: Barrier | None) -> Shared:
    count = core.size() if processes > 1 else 0
    gradients = torch.zeros(processes, count).share_memory_()  # type: ignore[no-untyped-call]
    clock = torch.zeros(processes + 1, dtype=torch.float64).share_memory_()  # type: ignore[no-untyped-call]
    return Shared(gradients, clock, barrier)


def for_muon(name: str, parameter: Tensor) -> bool:
    return parameter.dim() == 2 and not name.startswith("embedding")


class Learner:
    def __init__(self, rank: int, core: Core, settings: Settings, shared: Shared) -> None:
        self.rank, self.core, self.settings, self.shared = rank, core, settings, shared
        self.named = list(core.named_parameters())
        self.owner = self._split_ownership()
        self.optimisers = self._optimisers()
        self._rates = [[group["lr"] for group in optimiser.param_groups] for optimiser in self.optimisers]
        self._loss: Any = torch.compile(core) if settings.compile else core

    def _split_ownership(self) -> dict[str, int]:
        """Largest first to whoever has least: the update of a matrix costs about its size."""
        load = [0] * self.settings.processes
        owner: dict[str, int] = {}
        for name, parameter in sorted(self.named, key=lambda pair: -pair[1].numel()):
            owner[name] = load.index(min(load))
            load[owner[name]] += parameter.numel()
        return owner

    def _optimisers(self) -> list[torch.optim.Optimizer]:
        settings = self.settings
        mine = [(name, parameter) for name, parameter in self.named if self.owner[name] == self.rank]
        matrices = [parameter for name, parameter in mine if for_muon(name, parameter)]
        others = [parameter for name, parameter in mine if not for_muon(name, parameter)]
        made: list[torch.optim.Optimizer] = []
        if matrices:
            made.append(Muon(matrices, settings.matrix_rate, 0.95, settings.weight_decay, settings.bf16))
        if others:
            made.append(torch.optim.AdamW(others, lr=settings.other_rate, betas=(0.9, 0.95), weight_decay=0.0))
        return made

    def loss(self, inputs: Tensor, labels: Tensor) -> Tensor:
        with torch.autocast(self.settings.device, torch.bfloat16, enabled=self.settings.bf16):
            out: Tensor = self._loss(inputs, labels)
        return out

    def gradients(self, inputs: Tensor, labels: Tensor) -> Tensor:
        """Adds the gradients of one pass; the loss stays on the device, so that a GPU is not waited for."""
        loss = self.loss(inputs, labels) / self.settings.passes
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.detach() * self.settings.passes

    def update(self, rate: float) -> None:
        """Everyone's gradients are averaged and clipped; each process updates what it owns."""
        for optimiser, bases in zip(self.optimisers, self._rates, strict=True):
            for group, base in zip(optimiser.param_groups, bases, strict=True):
                group["lr"] = base * rate
        if self.settings.processes == 1:
            nn.utils.clip_grad_norm_(self.core.parameters(), self.settings.clip)
        else:
            self._exchange()
        for optimiser in self.optimisers:
            optimiser.step()
        self.core.zero_grad(set_to_none=True)
        self.shared.wait()

    def _exchange(self) -> None:
        own = [p.grad.reshape(-1) for _, p in self.named if p.grad is not None]
        torch.cat(own, out=self.shared.gradients[self.rank])
        self.shared.wait()
        mean = self.shared.gradients.mean(0)
        scale = min(1.0, self.settings.clip / (float(mean.norm()) + 1e-9))
        start = 0
        for name, parameter in self.named:
            end = start + parameter.numel()
            parameter.grad = mean[start:end].view_as(parameter) * scale if self.owner[name] == self.rank else None
            start = end
