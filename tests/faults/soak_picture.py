"""Draws what the soak recorded: small panels over the hours, a line for each editor and figure. SVG by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

WIDTH, HEIGHT, LEFT, TOP, GAP = 340, 170, 60, 40, 60
COLOURS = ("#0b62a4", "#d9822b", "#2f8f5b")
DASHES = {"one": "", "two": ' stroke-dasharray="5 3"'}

Row = Mapping[str, Any]

PANELS: tuple[tuple[str, tuple[tuple[str, Callable[[Row], float]], ...]], ...] = (
    ("answer, ms", tuple((name, lambda row, name=name: row[name]) for name in ("p50", "p95", "p99"))),  # type: ignore[misc]
    ("answered, % of requests", (("", lambda row: 100 * (1 - row["failed"] / max(1, row["requests"]))),)),
    ("memory, MB", (("", lambda row: row["bytes"] / 1e6),)),
    ("open at once", (("descriptors", lambda row: row["descriptors"]), ("threads", lambda row: row["threads"]))),
)


def draw(rows: Sequence[Row]) -> str:
    """The picture: two panels beside each other, two below."""
    hours = max(int(row["hour"]) for row in rows)
    panels = [
        panel(rows, hours, title, lines, number % 2 * (WIDTH + LEFT + 20), number // 2 * (HEIGHT + TOP + GAP))
        for number, (title, lines) in enumerate(PANELS)
    ]
    width, height = 2 * (WIDTH + LEFT + 20) + 20, 2 * (HEIGHT + TOP + GAP)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'font-family="sans-serif" font-size="12" fill="#333">\n'
        f'<rect width="{width}" height="{height}" fill="white"/>\n' + "\n".join(panels) + "\n</svg>\n"
    )


def panel(
    rows: Sequence[Row], hours: int, title: str, lines: Sequence[tuple[str, Callable[[Row], float]]], x: int, y: int
) -> str:
    """One panel with its axes; values from zero, so that a slope is as steep as it is."""
    top = max(value(row) for _, value in lines for row in rows) * 1.1 or 1.0
    parts = [
        f'<g transform="translate({x + LEFT},{y + TOP})">',
        f'<text x="0" y="-14" font-weight="bold">{title}</text>',
    ]
    for step in range(5):
        level, height = top * step / 4, HEIGHT - HEIGHT * step / 4
        parts.append(f'<line x1="0" x2="{WIDTH}" y1="{height}" y2="{height}" stroke="#ddd"/>')
        parts.append(f'<text x="-6" y="{height + 4}" text-anchor="end">{level:.0f}</text>')
    parts += [
        f'<text x="{_x(hour, hours)}" y="{HEIGHT + 18}" text-anchor="middle">{hour}</text>'
        for hour in range(1, hours + 1)
    ]
    parts.append(
        f'<text x="{WIDTH / 2}" y="{HEIGHT + 36}" text-anchor="middle">hour (dashed: the second editor)</text>'
    )
    for number, (name, value) in enumerate(lines):
        for editor, dash in DASHES.items():
            points = " ".join(
                f"{_x(int(row['hour']), hours):.1f},{HEIGHT - HEIGHT * value(row) / top:.1f}"
                for row in rows
                if row["editor"] == editor
            )
            parts.append(f'<polyline points="{points}" fill="none" stroke="{COLOURS[number]}" stroke-width="2"{dash}/>')
        parts.append(f'<text x="{100 + 90 * number}" y="-14" fill="{COLOURS[number]}">{name}</text>')
    return "\n".join([*parts, "</g>"])


def _x(hour: int, hours: int) -> float:
    return 10 + (WIDTH - 20) * (hour - 1) / max(1, hours - 1)
