"""`python -m coretrain STEP --work DIR`: every step from a list of names to a measured GGUF."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from coretrain import manifest
from coretrain.tokenizer import Encoder

HERE = manifest.HERE


def fetch(options: argparse.Namespace) -> None:
    archives = options.work / "archives"
    if options.lock:
        manifest.write_manifest(manifest.fetch(manifest.read_packages(), archives))
    else:
        pinned = manifest.read_manifest()
        wanted = [manifest.Wanted(row.name, row.source, row.split, row.version) for row in pinned]
        manifest.fetch(wanted, archives)
    manifest.verify(manifest.read_manifest(), archives)


def corpus(options: argparse.Namespace) -> None:
    from coretrain import corpus as made

    reports = made.build(manifest.read_manifest(), options.work / "archives", options.work / "corpus.jsonl.xz")
    print(made.totals(reports))
    if options.card:
        made.write_card(HERE / "CORPUS.md", reports)


def tokenizer(options: argparse.Namespace) -> None:
    from coretrain import corpus as made
    from coretrain import tokenizer as trained

    trained.train(made.read(options.work / "corpus.jsonl.xz", "train"), options.vocabulary, options.tokenizer)


def rows(options: argparse.Namespace) -> None:
    import numpy as np

    from coretrain import corpus as made
    from coretrain import rows as packed

    plan = packed.Plan(options.tokenizer, options.rows, options.context, options.seed)
    files = made.read(options.work / "corpus.jsonl.xz", options.split)
    parts = [part for _, part in packed.build(files, plan, options.processes)]
    # A trainer may be waiting for the file in this folder: it appears whole.
    part = options.out.with_suffix(".part")
    with part.open("wb") as file:
        np.save(file, packed.shuffled(parts, options.seed))
    part.replace(options.out)


def train(options: argparse.Namespace) -> None:
    from coretrain import settings
    from coretrain import train as training

    job = training.Job(
        settings=settings.load(options.config, options.set),
        rows=options.rows,
        held=options.held,
        token_bytes=Encoder(options.tokenizer).lengths_bytes(),
        out=options.out,
        budget_s=options.minutes * 60,
        clock=options.clock,
        start=options.start,
    )
    (options.out).mkdir(parents=True, exist_ok=True)
    (options.out / "command.json").write_text(json.dumps({k: str(v) for k, v in vars(options).items()}, indent=1))
    training.run(job)


def pack(options: argparse.Namespace) -> None:
    from coretrain import travel

    print(travel.pack_weights(options.checkpoint, options.out), "pieces")


def unpack(options: argparse.Namespace) -> None:
    from coretrain import checkpoint, travel

    checkpoint.save(options.out, *travel.unpack_weights(options.pieces))


def graft(options: argparse.Namespace) -> None:
    from coretrain import checkpoint, settings
    from coretrain import graft as grafting

    core = grafting.from_gguf(options.gguf, options.tokenizer, settings.load(options.config).shape)
    checkpoint.save(options.out, core, checkpoint.Progress(tokens=options.tokens))


def export(options: argparse.Namespace) -> None:
    import numpy as np

    from coretrain import check_logits, checkpoint
    from coretrain import export as exporting

    core, progress = checkpoint.load(options.checkpoint)
    tokens = progress.tokens_before + progress.tokens
    description = (
        f"{core.size() / 1e6:.1f}M parameters, trained from scratch on {tokens / 1e6:.1f}M tokens of permissively "
        "licensed Python, TypeScript and JavaScript; suffix-prefix-middle"
    )
    options.out.mkdir(parents=True, exist_ok=True)
    plain = options.out / f"{options.name}-f16.gguf"
    exporting.to_gguf(core, options.tokenizer, plain, options.name, description)
    checkpoint.save_npz(options.out / f"{options.name}-f16.npz", core, progress)
    sequences = [[int(i) for i in row[:700]] for row in np.load(options.held)[:4]]
    for kind in ("f16", *options.kinds):
        path = options.out / f"{options.name}-{kind}.gguf"
        if kind != "f16":
            exporting.quantise(plain, path, kind)
        print(f"{path.name}: {path.stat().st_size} bytes, {check_logits.compare(core, path, sequences)}", flush=True)


def check_tokens(options: argparse.Namespace) -> None:
    import itertools

    from coretrain import check_tokens as checking
    from coretrain import corpus as made

    files = itertools.islice(made.read(options.work / "corpus.jsonl.xz"), 0, options.files * 4, 4)
    result = checking.compare(options.gguf, options.tokenizer, [file.text for file in files])
    print(result)
    if result.different:
        raise SystemExit("llama.cpp's tokens differ")


def measure(options: argparse.Namespace) -> None:
    from coretrain import corpus as made
    from coretrain import held_holes, measure_bytes, measure_fim

    files = list(made.read(options.work / "corpus.jsonl.xz", "held"))
    held = held_holes.HeldOut(files)
    if "bytes" in options.what:
        picked = measure_bytes.pick(files, options.files)
        print(measure_bytes.measure(options.gguf, picked, options.room), flush=True)
    if "fim" in options.what:
        settings = [measure_fim.SETTINGS[number] for number in options.settings]
        for figures in measure_fim.measure(options.gguf, held, options.holes, options.room, settings):
            print(measure_fim.line(figures), flush=True)
    if "copying" in options.what:
        print(measure_fim.line(measure_fim.measure_copying(held, options.holes)), flush=True)
    if "memory" in options.what:
        from coretrain import measure_memory

        train = made.read(options.work / "corpus.jsonl.xz", "train")
        known = measure_memory.training_runs(train, Encoder(options.tokenizer))
        print(measure_memory.measure(options.gguf, held, known, options.prompts, options.room), flush=True)


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m coretrain", description=__doc__)
    steps = top.add_subparsers(required=True)

    def step(name: str, run: object, text: str) -> argparse.ArgumentParser:
        made = steps.add_parser(name, help=text)
        made.set_defaults(run=run)
        made.add_argument("--work", type=Path, default=HERE / "work", help="folder for everything large")
        made.add_argument("--tokenizer", type=Path, default=HERE / "tokenizer.json")
        return made

    one = step("fetch", fetch, "fetch the packages of manifest.json and check their hashes")
    one.add_argument("--lock", action="store_true", help="resolve packages.toml anew and write manifest.json")

    one = step("corpus", corpus, "filter and de-duplicate them into corpus.jsonl.xz")
    one.add_argument("--card", action="store_true", help="write CORPUS.md")

    one = step("tokenizer", tokenizer, "train the tokenizer")
    one.add_argument("--vocabulary", type=int, default=8192)

    one = step("rows", rows, "pack training rows")
    one.add_argument("--rows", type=int, required=True)
    one.add_argument("--context", type=int, default=2048)
    one.add_argument("--split", choices=("train", "held"), default="train")
    one.add_argument("--seed", type=int, default=1)
    one.add_argument("--processes", type=int, default=2)
    one.add_argument("--out", type=Path, required=True)

    one = step("train", train, "train, or go on training")
    one.add_argument("--config", required=True, help="a name in configs/")
    one.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    one.add_argument("--rows", type=Path, nargs="+", required=True)
    one.add_argument("--held", type=Path, required=True)
    one.add_argument("--out", type=Path, required=True)
    one.add_argument("--minutes", type=float, required=True)
    one.add_argument("--clock", choices=("wall", "cpu"), default="wall")
    one.add_argument("--start", type=Path, help="checkpoint or .npz to begin with")

    one = step("pack", pack, "cut a checkpoint's weights (bf16) into pieces of 15 MiB")
    one.add_argument("--checkpoint", type=Path, required=True)
    one.add_argument("--out", type=Path, required=True)

    one = step("unpack", unpack, "make a checkpoint of such pieces")
    one.add_argument("--pieces", type=Path, required=True)
    one.add_argument("--out", type=Path, required=True)

    one = step("graft", graft, "carry an earlier core's weights over to this tokenizer, as a checkpoint to begin with")
    one.add_argument("--gguf", type=Path, required=True)
    one.add_argument("--config", required=True)
    one.add_argument("--tokens", type=int, required=True, help="how many tokens the earlier core was trained on")
    one.add_argument("--out", type=Path, required=True)

    one = step("export", export, "write GGUFs and the float weights that a later run goes on from")
    one.add_argument("--checkpoint", type=Path, required=True)
    one.add_argument("--name", required=True)
    one.add_argument("--held", type=Path, required=True, help="rows to compare logits on")
    one.add_argument("--kinds", nargs="*", default=["q8_0"])
    one.add_argument("--out", type=Path, required=True)

    one = step("check-tokens", check_tokens, "compare the tokenizer with llama.cpp's")
    one.add_argument("--gguf", type=Path, required=True)
    one.add_argument("--files", type=int, default=1500)

    one = step("measure", measure, "bits per byte, exact match, name copying, recitation")
    one.add_argument("--gguf", type=Path)
    one.add_argument("--what", nargs="+", choices=("bytes", "fim", "copying", "memory"), default=["bytes", "fim"])
    one.add_argument("--room", type=int, default=1024, help="tokens of a prompt")
    one.add_argument("--files", type=int, default=60)
    one.add_argument("--holes", type=int, default=500)
    one.add_argument("--settings", type=int, nargs="+", default=[0, 1, 2], help="0 file, 1 project, 2 project in PSM")
    one.add_argument("--prompts", type=int, default=200)
    return top


def main() -> None:
    options = parser().parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
