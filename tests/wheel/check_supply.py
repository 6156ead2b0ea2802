"""What is shipped: the same wheel twice, byte by byte; a bill of materials; known weaknesses of locked packages.

Run by `make supply`; it builds and asks an advisory service, so it is no pytest module. Writes dist/sbom.json.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
BORN = "1767225600"
"""SOURCE_DATE_EPOCH, 2026-01-01: the time of everything in the wheel."""
AUDIT_S = 120


def main() -> None:
    uv = os.environ.get("UV", "uv")
    sums = [wheel_sum(uv) for _ in range(2)]
    assert sums[0] == sums[1], f"two builds differ: {sums}"
    print(f"wheel: the same bytes twice, sha256 {sums[0]}")
    print(bill(uv, REPOSITORY / "dist" / "sbom.json"))
    print(audit(uv))


def wheel_sum(uv: str) -> str:
    """Checksum of a wheel built from a copy of the sources, elsewhere each time."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        names = subprocess.run(
            ["git", "ls-files", "-z", "lsp", "model/inhouse", "context", "pyproject.toml", "README.md", "LICENSE",
             "NOTICE"],
            capture_output=True, cwd=REPOSITORY, check=True, text=True,
        ).stdout  # fmt: skip
        for name in filter(None, names.split("\0")):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(REPOSITORY / name, copy / name)
        environment = {**os.environ, "SOURCE_DATE_EPOCH": BORN}
        command = [uv, "build", "--quiet", "--wheel", "--out-dir", f"{folder}/dist", str(copy)]
        subprocess.run(command, check=True, env=environment)
        (wheel,) = (Path(folder) / "dist").glob("*.whl")
        return hashlib.sha256(wheel.read_bytes()).hexdigest()


def bill(uv: str, file: Path) -> str:
    """Write the bill of what a user installs; what came of it."""
    command = [uv, "export", "--quiet", "--locked", "--no-dev", "--format", "cyclonedx1.5"]
    done = subprocess.run(
        [*command, "--preview-features", "sbom-export"], capture_output=True, cwd=REPOSITORY, check=False
    )
    if done.returncode:
        return "SKIPPED: this uv writes no bill of materials; install a newer one"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(done.stdout)
    return f"dist/sbom.json: {len(json.loads(done.stdout)['components'])} components, CycloneDX 1.5"


def audit(uv: str) -> str:
    """What pip-audit says of the locked packages; where it or its service is not to be had, that. Weaknesses raise."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "requirements.txt"
        export = [uv, "export", "--quiet", "--locked", "--no-dev", "--no-emit-project", "--no-hashes"]
        wanted.write_bytes(subprocess.run(export, capture_output=True, cwd=REPOSITORY, check=True).stdout)
        command = [uv, "tool", "run", "pip-audit", "--no-deps", "--disable-pip", "-f", "json", "-r", str(wanted)]
        try:
            done = subprocess.run(command, capture_output=True, timeout=AUDIT_S, check=False, text=True)
            found = json.loads(done.stdout)["dependencies"]
        except (OSError, ValueError, KeyError, subprocess.TimeoutExpired) as error:
            return f"SKIPPED: pip-audit had no advisory service to ask ({type(error).__name__})"
    weak = [one for one in found if one.get("vulns")]
    assert not weak, f"known weaknesses: {weak}"
    return f"pip-audit: {len(found)} packages, no known weakness"


if __name__ == "__main__":
    main()
