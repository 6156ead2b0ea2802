"""A GPU that is not there, or too small, costs speed and never the answers; nothing is left loaded on the way."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from inhouse.model import ModelError, placing
from inhouse.model.native import Weights
from inhouse.model.placing import Placement, placed
from inhouse.model.session import Session
from inhouse.model.store import embedded_core

pytestmark = pytest.mark.integration

WANTED = Placement(context_tokens=256, threads=1, gpu_layers=99, flash_attention="auto", kv_type="f16")


def loaded(wanted: Placement) -> int:
    """How many layers are on the GPU."""
    weights, session, layers = placed(embedded_core().path, wanted)
    session.close()
    weights.close()
    return layers


def test_without_a_gpu_the_cpu_does_the_work(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placing, "offloads_to_gpu", lambda: False)
    with caplog.at_level(logging.WARNING):
        assert loaded(WANTED) == 0

    (line,) = caplog.messages
    assert "built without a GPU" in line
    assert "inhouse doctor" in line


@pytest.mark.parametrize("part", ["weights", "cache"])
def test_a_gpu_that_is_too_small_leaves_it_to_the_cpu(
    part: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[Weights] = []

    class Small(Weights):
        def __init__(self, path: Path, gpu_layers: int = 0) -> None:
            if gpu_layers and part == "weights":
                raise ModelError("no room for the weights")
            super().__init__(path)
            self.gpu_layers = gpu_layers

        def close(self) -> None:
            closed.append(self)
            super().close()

    def session(weights: Small, *rest: object) -> Session:
        if weights.gpu_layers:
            raise ModelError("no room for the cache")
        return Session(weights, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(placing, "offloads_to_gpu", lambda: True)
    monkeypatch.setattr(placing, "Weights", Small)
    monkeypatch.setattr(placing, "Session", session)
    with caplog.at_level(logging.WARNING):
        weights, opened, layers = placed(embedded_core().path, WANTED)

    assert layers == 0
    (line,) = caplog.messages
    assert f"no room for the {part}" in line
    assert "set a smaller gpu_layers" in line
    assert len(closed) == (part == "cache"), "what was loaded in vain is given back"
    opened.close()
    weights.close()


def test_what_fails_on_the_cpu_too_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def session(*_: object) -> Session:
        raise ModelError("not enough memory")

    monkeypatch.setattr(placing, "Session", session)
    with pytest.raises(ModelError, match="not enough memory"):
        placed(embedded_core().path, WANTED)
