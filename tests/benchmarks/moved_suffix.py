"""What it costs in quality that a prefix-first model's suffix is moved instead of read again, on the embedded core.

Lines of real files are typed again, several in a row, with the prompt in the prefix-first order. After each line break
the suffix's cells are moved (Session._splice); how likely the true next line is then is compared with the same prompt
read exactly, and how often both would choose the same token. `refreshed` reads exactly at every fourth line, as idle
time would. The core was trained both ways: 64 % of its rows suffix first, 24 % prefix first (model/training).
The last line of output is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inhouse.model import CancelFlag, FillRequest
from inhouse.model.families import Family, fim_tokens
from inhouse.model.gguf import read_header
from inhouse.model.layout import Layout, Prompt
from inhouse.model.native import Weights
from inhouse.model.session import Session
from inhouse.model.store import embedded_core

LINES = 8
"""Typed in a row at a place."""
REFRESH = 4


@dataclass(frozen=True)
class Read:
    """A true line as the model saw it coming."""

    log_likelihoods: NDArray[np.float64]
    choices: NDArray[np.int64]


class Typist:
    """One way of keeping the cells while lines are typed."""

    def __init__(self, weights: Weights, layout: Layout, session: Session, refresh_every: int | None) -> None:
        self.weights = weights
        self.layout = layout
        self.session = session
        self.refresh_every = refresh_every
        """1: always exact; None: never."""

    def line(self, request: FillRequest, truth: Sequence[int], number: int) -> Read:
        """How likely the true line is behind this prompt."""
        prompt: Prompt = self.layout.prompt(request)
        cancel = CancelFlag()
        exact = self.refresh_every is not None and number % self.refresh_every == 0
        if exact:
            self.session.forget(request.path)
        self.session.evaluate(request.path, prompt.ids, cancel, None if exact else prompt.suffix)
        first = self.session.logits().astype(np.float64)
        rows = [first]
        if len(truth) > 1:
            self.session.verify(truth[:-1])
            rows += [self.session.logits(row).astype(np.float64) for row in range(len(truth) - 1)]
        self.session.shorten(len(prompt.ids))
        logs = [float(row[token] - _log_total(row)) for row, token in zip(rows, truth, strict=True)]
        return Read(np.array(logs), np.array([int(row.argmax()) for row in rows]))


def _log_total(row: NDArray[np.float64]) -> float:
    top = float(row.max())
    return top + float(np.log(np.exp(row - top).sum()))


def places(files: Sequence[Path], wanted: int, seed: int) -> Iterator[tuple[str, int, list[str]]]:
    """(path, first typed line, all lines) of places in files long enough, chosen with a seed."""
    rng = random.Random(seed)
    texts = [(str(file), file.read_text("utf-8").splitlines(keepends=True)) for file in files]
    long = [(name, lines) for name, lines in texts if len(lines) >= 120]
    for _ in range(wanted):
        name, lines = rng.choice(long)
        yield name, rng.randrange(40, len(lines) - 40 - LINES), lines


def main() -> None:
    options = arguments()
    weights = Weights(embedded_core().path)
    tokens = fim_tokens(read_header(embedded_core().path))

    def typist(refresh_every: int | None) -> Typist:
        layout = Layout(tokens, Family("prefix first", "psm"), weights.tokenize, 1536)
        return Typist(weights, layout, Session(weights, 1536, options.threads), refresh_every)

    ways = {"exact": typist(1), "moved": typist(None), "refreshed": typist(REFRESH)}
    found: dict[str, list[Read]] = {name: [] for name in ways}
    files = [file for root in options.roots for file in sorted(root.rglob("*.py"))]
    for name, start, lines in places(files, options.places, 1):
        after = "".join(lines[start + LINES :])
        for way in ways.values():
            way.session.forget()
        for number in range(LINES):
            line = lines[start + number]
            if not line.strip():
                continue
            request = FillRequest(name, "".join(lines[: start + number]), "\n" + after)
            truth = weights.tokenize(line)[:48]
            for kind, reads in found.items():
                reads.append(ways[kind].line(request, truth, number))
    print(json.dumps(summary(found, options)))


def summary(found: dict[str, list[Read]], options: argparse.Namespace) -> dict[str, object]:
    exact = np.concatenate([read.log_likelihoods for read in found["exact"]])
    chosen = np.concatenate([read.choices for read in found["exact"]])
    first = np.cumsum([0, *(len(read.choices) for read in found["exact"][:-1])])
    result: dict[str, object] = {"places": options.places, "lines": len(first), "tokens": len(exact)}
    for name, reads in found.items():
        logs = np.concatenate([read.log_likelihoods for read in reads])
        same = np.concatenate([read.choices for read in reads]) == chosen
        result[name] = {
            "log_likelihood_a_token": round(float(logs.mean()), 4),
            "difference": round(float((logs - exact).mean()), 4),
            "same_choice": round(float(same.mean()), 4),
            "same_first_choice": round(float(same[first].mean()), 4),
        }
    return result


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("roots", type=Path, nargs="+")
    parser.add_argument("--places", type=int, default=60)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
