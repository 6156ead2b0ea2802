"""Gives code-server's workbench stock VS Code's gate: an extension may not use proposed API that it did not declare.

code-server lifts the gate for every extension, so an extension could pass here and throw in VS Code itself.
Usage: stock_gate.py <.../code-server/lib/vscode/out>
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

LIFTED_IN_HOST = re.compile(r"(this\._envEnablesProposedApiForAll)=!0")
LIFTED_IN_CHECK = re.compile(
    r"(function ([\w$]+)\(([\w$]+),([\w$]+)\)\{)return!0"
    r"(\}function [\w$]+\(\3,\4\)\{if\(!\2\(\3,\4\)\)throw new Error\(`Extension)"
)
DECLARED = r"\1return!!(\3.enabledApiProposals&&\3.enabledApiProposals.includes(\4))\5"


def main(out: Path) -> int:
    changes = 0
    for path in out.rglob("*.js"):
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
        text, in_host = LIFTED_IN_HOST.subn(r"\1=!1", text)
        text, in_check = LIFTED_IN_CHECK.subn(DECLARED, text)
        if in_host or in_check:
            changes += in_host + in_check
            path.unlink()  # npm may have linked the file to others: theirs stays as it is
            path.write_text(text, encoding="utf-8", errors="surrogateescape")
    print(f"the gate for proposed API is back in {changes} places")
    return 0 if changes else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
