"""Muon: momentum, made orthogonal by Newton-Schulz steps, for the weight matrices inside the blocks.

bf16 on a GPU and wherever the processor multiplies bf16 in hardware, else float32. Embeddings and norms are not its
business: they go to AdamW.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

COEFFICIENTS = (3.4445, -4.7750, 2.0315)


def orthogonal(x: Tensor, steps: int = 5) -> Tensor:
    """x: count, rows, columns; singular values are brought near 1."""
    a, b, c = COEFFICIENTS
    tall = x.size(-2) > x.size(-1)
    x = x.mT if tall else x
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.mT if tall else x


class Muon(torch.optim.Optimizer):
    def __init__(
        self,
        parameters: Iterable[Tensor],
        lr: float = 0.02,
        momentum: float = 0.95,
        weight_decay: float = 0.01,
        low_precision: bool = False,
    ) -> None:
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})
        self.low_precision = low_precision

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for same in self._by_shape(group["params"]).values():
                self._step_same_shape(same, group)

    def _by_shape(self, parameters: list[Tensor]) -> dict[torch.Size, list[Tensor]]:
        shapes: dict[torch.Size, list[Tensor]] = {}
        for parameter in parameters:
            if parameter.grad is not None:
                shapes.setdefault(parameter.shape, []).append(parameter)
        return shapes

    def _step_same_shape(self, parameters: list[Tensor], group: dict[str, float]) -> None:
        updates = torch.stack([self._with_momentum(parameter, group["momentum"]) for parameter in parameters])
        updates = orthogonal(updates.bfloat16() if self.low_precision else updates)
        rows, columns = parameters[0].shape
        scale = group["lr"] * max(1.0, rows / columns) ** 0.5
        for parameter, update in zip(parameters, updates, strict=True):
            parameter.mul_(1 - group["lr"] * group["weight_decay"])
            parameter.add_(update.to(parameter.dtype), alpha=-scale)

    def _with_momentum(self, parameter: Tensor, momentum: float) -> Tensor:
        assert parameter.grad is not None, "parameters without a gradient are left out above"
        state = self.state[parameter]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(parameter)
        average: Tensor = state["momentum"]
        average.lerp_(parameter.grad, 1 - momentum)
        return parameter.grad.lerp(average, momentum)
