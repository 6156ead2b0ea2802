#!/usr/bin/env bash
# run_emacs.sh FOLDER...: lsp-mode 10 in a real Emacs, with the configuration that docs/editors.md gives, against the
# scripted server. The FOLDERs hold lsp-mode and what it needs, one package each, as package archives unpack them.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
command -v emacs >/dev/null || { echo "SKIPPED: NO EMACS" >&2; exit 77; }
[ "$#" -gt 0 ] || { echo "SKIPPED: NO lsp-mode WAS NAMED" >&2; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/bin" "$work/project"
printf '{"rules": [{"before": "    ", "items": ["return a + b", "pass"]}]}' >"$work/script.json"
printf '#!/bin/sh\nexec %s %s %s %s utf-16 "$@"\n' "$(command -v python3)" "$here/scripted_server.py" "$work/script.json" \
  "$work/trace.jsonl" >"$work/bin/inhouse"
chmod +x "$work/bin/inhouse"
awk '$0 == "```elisp" { inside = 1; next } $0 == "```" { inside = 0 } inside' "$here/../../docs/editors.md" >"$work/configuration.el"
printf 'def add(a, b):\n    ' >"$work/project/shapes.py"
paths=()
for folder in "$@"; do paths+=(-L "$folder"); done
emacs --version | head -1
HOME=$work PATH=$work/bin:$PATH timeout 120 emacs --batch "${paths[@]}" -l "$here/emacs/try.el" \
  "$work/configuration.el" "$work/project/shapes.py" "$(printf 'def add(a, b):\n    return a + b')"
grep -q inhouse.accepted "$work/trace.jsonl" || { echo "the server did not hear of it"; exit 1; }
echo "ok    Emacs with lsp-mode: asked, drawn, accepted, told"
