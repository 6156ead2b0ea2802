"""Builds the corpus: archives in, one compressed file of kept source files out, with a table of what was left out.

Held-out packages are read first (see dedupe.py). Nothing here fetches.
"""

from __future__ import annotations

import json
import lzma
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TextIO

from coretrain import archives, filters
from coretrain.dedupe import Seen
from coretrain.manifest import Pinned

PACKAGE_CAP_BYTES = 3_000_000
"""No project may own the core's style: of larger ones a fixed, evenly spread part of the files is read."""


@dataclass(frozen=True)
class SourceFile:
    package: str
    path: str
    language: str
    licence: str
    split: str
    text: str


@dataclass
class PackageReport:
    name: str
    version: str
    licence: str
    split: str
    source: str
    files: int = 0
    kept_bytes: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


def build(pinned: Iterable[Pinned], archive_folder: Path, out: Path) -> list[PackageReport]:
    """Write `out` (JSON lines, xz) and return one report a package."""
    seen = Seen()
    reports: list[PackageReport] = []
    ordered = sorted(pinned, key=lambda row: (row.split != "held", row.source, row.name))
    # Preset 1: 90 MB take half a minute instead of three, and this file never travels.
    with lzma.open(out, "wt", preset=1, encoding="utf-8") as sink:
        for row in ordered:
            archive = archive_folder / row.split / row.file
            report = PackageReport(row.name, row.version, archives.licence(archive), row.split, row.source)
            if filters.permissive(report.licence):
                _keep(archives.members(archive), report, seen, sink)
            else:
                report.left_out["licence"] += row.size_bytes
            reports.append(report)
            print(_line(report), flush=True)
        report = PackageReport("cpython", archives.standard_library_version(), "PSF-2.0", "train", "stdlib")
        _keep(archives.standard_library(), report, seen, sink)
        reports.append(report)
    return reports


def _keep(members: Iterable[archives.Member], report: PackageReport, seen: Seen, sink: TextIO) -> None:
    kept: list[SourceFile] = []
    for member in members:
        why = filters.why_rejected(member.path, member.language, member.raw)
        text = "" if why else filters.clean(member.raw)
        why = why or seen.why_known(text)
        if why:
            report.left_out[why] += len(member.raw)
            continue
        kept.append(SourceFile(report.name, member.path, member.language, report.licence, report.split, text))
    for file in _capped(_without_compiled_twins(kept, report), report):
        report.files += 1
        report.kept_bytes += len(file.text.encode())
        sink.write(json.dumps(asdict(file)) + "\n")


def _without_compiled_twins(files: list[SourceFile], report: PackageReport) -> list[SourceFile]:
    """Packages often ship a.ts and the a.js compiled from it; what a person wrote is kept."""
    written = {_stem(file.path) for file in files if file.language == "typescript"}
    twins = [file for file in files if file.language == "javascript" and _stem(file.path) in written]
    report.left_out["compiled_twin"] += sum(len(file.text) for file in twins)
    return [file for file in files if file not in twins] if twins else files


def _stem(path: str) -> str:
    """The last folder and the name without its ending: the trees above differ (src/, lib/, es/)."""
    return "/".join(path.split(".")[0].split("/")[-2:])


def _capped(files: list[SourceFile], report: PackageReport) -> Iterator[SourceFile]:
    """Neighbouring files stay together, since they are each other's context: whole folders are kept or left out."""
    total = sum(len(file.text) for file in files)
    share = min(1.0, PACKAGE_CAP_BYTES / max(1, total))
    folders = sorted({file.path.rpartition("/")[0] for file in files})
    chosen = {folder for i, folder in enumerate(folders) if int((i + 1) * share) > int(i * share)}
    for file in files:
        if file.path.rpartition("/")[0] in chosen:
            yield file
        else:
            report.left_out["cap"] += len(file.text)


def read(path: Path, split: str | None = None) -> Iterator[SourceFile]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            file = SourceFile(**json.loads(line))
            if split is None or file.split == split:
                yield file


def _line(report: PackageReport) -> str:
    left = ", ".join(f"{why} {size / 1e6:.1f}" for why, size in report.left_out.most_common(4))
    head = f"{report.name:28s} {report.version:12s} {report.licence[:30]:30s} {report.files:5d} files"
    return f"{head} {report.kept_bytes / 1e6:6.2f} MB kept; MB left out: {left}"


def table(reports: Iterable[PackageReport]) -> str:
    """CORPUS.md's table."""
    lines = [
        "| package | from | version | licence | use | files | kept MB |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for r in sorted(reports, key=lambda r: (r.split, r.source, r.name)):
        use = "held out" if r.split == "held" else "trained on" if r.files else "left out"
        lines.append(
            f"| {r.name} | {r.source} | {r.version} | {r.licence[:60]} | {use} | {r.files} | {r.kept_bytes / 1e6:.2f} |"
        )
    return "\n".join(lines)


def totals(reports: Iterable[PackageReport]) -> str:
    rows = list(reports)
    left: Counter[str] = sum((r.left_out for r in rows), Counter())
    lines = []
    for split in ("train", "held"):
        part = [r for r in rows if r.split == split]
        files, size = sum(r.files for r in part), sum(r.kept_bytes for r in part)
        lines.append(f"{split}: {len(part)} packages, {files} files, {size / 1e6:.1f} MB kept")
    lines.append("left out, MB: " + ", ".join(f"{why} {size / 1e6:.1f}" for why, size in left.most_common()))
    return "\n".join(lines)


def write_card(path: Path, reports: Iterable[PackageReport]) -> None:
    rows = list(reports)
    path.write_text(_CARD.format(totals=totals(rows), table=table(rows)))


_CARD = """# What the core has read

Written by `python -m coretrain corpus --card`. Packages are fetched by name, pinned in `manifest.json`, with the
ordinary package clients; their code is not part of this repository. Only packages under permissive licences are read;
vendored, bundled, compiled and generated files, files with secrets, copies and near-copies are left out, e-mail
addresses are replaced, and of a large package only a part of its folders is read (see `coretrain/filters.py`,
`dedupe.py`, `corpus.py`). Held-out packages are never trained on; all figures are measured on them.

```
{totals}
```

{table}
"""
