"""Replays pinned public packages and their renamed twins in all arms, and writes one table.

Usage: public_set.py FOLDER [--only NAME ...] [--also DIR ...] [--sample N] [--arm ARM ...]
                     [--steps replay conventions typed] [--no-twins] [--threads N] [--model M]

Packages are fetched by name and version with the package client (pip, through whatever index it is set up with), once,
into FOLDER/packages, and checked against their sha256; nothing is run of them. Twins are made beside them (twin.py).
--also DIR takes a checkout as it lies there for one more package; --only without a name leaves out the pinned ones.
Rows are kept in FOLDER/rows: a run that was broken off goes on where it was. The report is FOLDER/report.json and .md.
None of these packages is in the core's training data, in what the gate and the mix were fitted on, or in what anything
was tuned on.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PINS = HERE / "public_set.json"
ARMS = ("full", "plain", "ring", "snippets", "no-retrieval", "no-mix", "ngram")


@dataclass(frozen=True, slots=True)
class Pin:
    name: str
    version: str
    file: str
    sha256: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pins", type=Path, default=PINS, help="other packages, such as those to develop on")
    parser.add_argument("--only", nargs="*", default=None, metavar="NAME")
    parser.add_argument("--also", nargs="+", type=Path, default=[], metavar="DIR", help="checkouts, as they are")
    parser.add_argument("--sample", type=int, default=105, help="holes in each project")
    parser.add_argument("--cap", type=int, default=10, help="positions of each convention")
    parser.add_argument("--arm", nargs="+", default=list(ARMS))
    parser.add_argument(
        "--steps", nargs="+", default=["replay", "conventions"], choices=["replay", "conventions", "typed"]
    )
    parser.add_argument("--no-twins", action="store_true")
    parser.add_argument("--alternatives", type=int, default=1)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--model")
    options = parser.parse_args()
    pins = [Pin(**entry) for entry in json.loads(options.pins.read_text())["packages"]]
    chosen = [pin for pin in pins if options.only is None or pin.name in options.only]
    if len(chosen) < len(options.only or []):
        sys.exit(f"--only: known are {', '.join(pin.name for pin in pins)}")
    results: list[dict[str, Any]] = []
    for folder in options.also:
        results.append(measured(folder.name, "", "real", folder.resolve(), options))
        write(options.folder, results)
    for pin in chosen:
        project = unpacked(pin, options.folder / "packages")
        kinds = [("real", project)]
        if not options.no_twins:
            kinds.append(("twin", twin_of(project, options.folder / "twins" / pin.name)))
        for kind, root in kinds:
            results.append(measured(pin.name, pin.version, kind, root, options))
            write(options.folder, results)
    print((options.folder / "report.md").read_text())


def unpacked(pin: Pin, folder: Path) -> Path:
    """The package's own files, fetched once and checked."""
    target = folder / pin.name
    archive = folder / "archives" / pin.file
    if not archive.exists():
        archive.parent.mkdir(parents=True, exist_ok=True)
        pip = shutil.which("pip") or sys.exit("pip is not on the PATH; it fetches the packages")
        command = [pip, "download", "--no-deps", "--only-binary", ":all:"]  # a wheel: nothing is built or run
        subprocess.run([*command, "-d", str(archive.parent), f"{pin.name}=={pin.version}"], check=True)
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != pin.sha256:
        sys.exit(f"{archive}: its sha256 is {found}, not {pin.sha256}; remove it and fetch it again")
    if not target.exists():
        target.mkdir(parents=True)
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(target, [name for name in wheel.namelist() if ".dist-info/" not in name])
    return target


def twin_of(project: Path, out: Path) -> Path:
    if not out.exists():
        subprocess.run([sys.executable, str(HERE / "twin.py"), str(project), str(out)], check=True)
    return out


def measured(name: str, version: str, kind: str, root: Path, options: argparse.Namespace) -> dict[str, Any]:
    """What the commands of `inhouse bench` say of one project."""
    rows = options.folder / "rows"
    rows.mkdir(parents=True, exist_ok=True)
    arms = [part for arm in options.arm for part in ("--arm", arm)]
    common = [*arms, "--json", *(["--model", options.model] if options.model else [])]
    common += ["--threads", str(options.threads)] if options.threads else []
    found: dict[str, Any] = {"package": name, "version": version, "kind": kind}
    started = time.monotonic()
    if "replay" in options.steps or "typed" in options.steps:
        out = rows / f"{name}-{kind}.jsonl"
        command = ["replay", "--root", str(root), "--sample", str(options.sample), "--out", str(out)]
        command += ["--alternatives", str(options.alternatives)]
        command += ["--against", "plain"] if "plain" in options.arm else []
        command += ["--typed"] if "typed" in options.steps else []
        found["replay"] = bench([*command, *common])
    if "conventions" in options.steps:
        out = rows / f"{name}-{kind}-conventions.jsonl"
        command = ["conventions", "--root", str(root), "--cap", str(options.cap), "--out", str(out)]
        found["conventions"] = bench([*command, *common])
    found["seconds"] = round(time.monotonic() - started, 1)
    return found


def bench(arguments: Sequence[str]) -> dict[str, Any] | None:
    """One command's report; None where it finds nothing to measure, which it says itself."""
    command = [sys.executable, "-m", "inhouse.cli", "bench", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode == 1:
        return None
    done.check_returncode()
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def write(folder: Path, results: Sequence[dict[str, Any]]) -> None:
    pooled = {kind: pool(folder / "rows", [one for one in results if one["kind"] == kind]) for kind in ("real", "twin")}
    report = {"packages": list(results), "pooled": pooled}
    (folder / "report.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    (folder / "report.md").write_text("\n".join(table(pooled)) + "\n", encoding="utf-8")


def pool(rows: Path, results: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """All packages of a kind together, resampled by file."""
    from dataclasses import asdict, replace

    from inhouse.replay.house_run import HouseRow, house_summaries
    from inhouse.replay.replay import Row
    from inhouse.replay.summary import summaries
    from inhouse.replay.typing_run import TypedRow, typed_summaries

    answers: list[Row] = []
    house: list[HouseRow] = []
    typed: list[TypedRow] = []
    for one in results:
        name = f"{one['package']}-{one['kind']}"

        def mark(value: str, package: str = one["package"]) -> str:
            return f"{package}/{value}"

        answers += [replace(row, id=mark(row.id), path=mark(row.path)) for row in read(rows / f"{name}.jsonl", Row)]
        found = read(rows / f"{name}-conventions.jsonl", HouseRow)
        house += [replace(row, id=mark(row.id), path=mark(row.path)) for row in found]
        keys = read(rows / f"{name}.typed.jsonl", TypedRow)
        typed += [replace(row, id=mark(row.id), path=mark(row.path)) for row in keys]
    return {
        "replay": [asdict(one) for one in summaries(answers, ["plain"])] if answers else [],
        "conventions": [asdict(one) for one in house_summaries(house, list(dict.fromkeys(row.arm for row in house)))],
        "typed": [asdict(one) for one in typed_summaries(typed, ["plain"])],
    }


def read(file: Path, kind: Any) -> list[Any]:
    if not file.exists():
        return []
    raw = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [kind.parse({name: value for name, value in row.items() if name != "run"}) for row in raw]


def table(pooled: dict[str, Any]) -> list[str]:
    """The report for people, in Markdown."""
    lines: list[str] = []
    for kind, found in pooled.items():
        if found["replay"]:
            lines += ["", f"## {kind}: holes", "", "| arm | cases | exact | any | F1 | shown | right of shown | ECE | "]
            lines[-1] += "intruded | invented, shown | p50 ms | exact, arm minus plain |"
            lines.append("|" + "---|" * 12)
        for one in found["replay"]:
            gap = one["against"].get("plain", {}).get("exact")
            shares = [one[name] for name in ("exact", "any_exact", "identifier_f1", "shown", "precision_shown")]
            shares += [one["calibration_error"], one["intrusion"], one["invented_shown"]]
            cells = [one["arm"], str(one["cases"]), *(f"{share:.1%}" for share in shares), f"{one['ms_p50']:.0f}"]
            lines.append("| " + " | ".join([*cells, interval(gap)]) + " |")
        if found["conventions"]:
            lines += [
                "",
                f"## {kind}: the house's ways",
                "",
                "| stratum | arm | cases | house first | foreign first | at most | shown: house | shown: foreign "
                "| odds | minus others: foreign first; odds |",
            ]
            lines.append("|" + "---|" * 10)
        for one in found["conventions"]:
            cells = [one["stratum"], one["arm"], str(one["cases"]), interval(one["house"]), interval(one["foreign"])]
            cells += [f"{one[name]:.1%}" for name in ("foreign_at_most", "shown_house", "shown_foreign")]
            gaps = [
                f"{other}: {interval(gap['foreign'])}; {interval(gap.get('odds'))}"
                for other, gap in one["against"].items()
            ]
            lines.append("| " + " | ".join([*cells, interval(one["odds"]), "<br>".join(gaps)]) + " |")
        if found["typed"]:
            lines += ["", f"## {kind}: keys", "", "| arm | texts | saved | false shows |", "|" + "---|" * 4]
        for one in found["typed"]:
            lines.append(f"| {one['arm']} | {one['texts']} | {interval(one['saved'])} | {one['false_shows']:.1%} |")
    return lines


def interval(value: dict[str, float] | None) -> str:
    return "" if value is None else f"{value['mean']:.1%} [{value['low']:.1%}, {value['high']:.1%}]"


if __name__ == "__main__":
    main()
