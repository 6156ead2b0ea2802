#!/usr/bin/env bash
# run_visible.sh [CURSORS]: asks the server at that many real cursors (default 2000) with the embedded core, and as often
# with an engine of nasty answers, then shows each item to VS Code's own code and to the real Neovims that
# run_neovim.sh has installed. Needs the project's environment on PATH, and npm for the package monaco-editor.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
editors=${INHOUSE_EDITORS:-${TMPDIR:-/tmp}/inhouse-editors}
export XDG_STATE_HOME=$editors/state # Neovim writes logs there
items=$(mktemp)
trap 'rm -f "$items"' EXIT
export INHOUSE_CURSORS=${1:-2000} INHOUSE_ITEMS=$items
(cd "$here/../.." && python -m pytest -q -s --timeout 3000 tests/editors/visible)
failed=0
seen=0

monaco=$editors/monaco/node_modules/monaco-editor
if [ ! -d "$monaco" ] && command -v npm >/dev/null; then
  npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$editors/monaco" monaco-editor@0.57.0 || true
fi
if [ -d "$monaco" ]; then
  node "$here/visible/vscode.mjs" "$monaco" "$items" || failed=1
  seen=1
else
  echo "SKIPPED: VS CODE'S OWN CODE COULD NOT BE HAD FROM npm" >&2
fi
for nvim in "$editors"/neovim-*/nvim; do
  [ -x "$nvim" ] || continue
  "$nvim" --clean -l "$here/visible/neovim.lua" "$here/../../editor-plugins/neovim" "$items" || failed=1
  seen=1
done
[ "$seen" -eq 1 ] || { echo "SKIPPED: NO EDITOR'S OWN CODE, ONLY THE RULE IN PYTHON WAS CHECKED" >&2; exit 77; }
exit "$failed"
