#!/usr/bin/env bash
# run_neovim.sh [NAME-PATTERN]: the Neovim plugin's tests in every Neovim that can be had here. Installs them itself.
# INHOUSE_EDITORS is where they go (default: below the temporary folder).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
editors=${INHOUSE_EDITORS:-${TMPDIR:-/tmp}/inhouse-editors}
export XDG_STATE_HOME=$editors/state # Neovim writes logs there
failed=0
tested=0
if ! command -v tmux >/dev/null && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq && apt-get install -y -qq --no-install-recommends tmux >/dev/null || true
fi
for wanted in trixie:0.10 forky:0.12; do
  suite=${wanted%:*} version=${wanted#*:}
  if ! "$here/install_neovim.sh" "$suite" "$editors/neovim-$suite" >/dev/null; then
    echo "SKIPPED: NEOVIM $version COULD NOT BE INSTALLED FROM DEBIAN $suite" >&2
    continue
  fi
  nvim=$editors/neovim-$suite/nvim
  "$nvim" --version | head -1
  "$nvim" --version | head -1 | grep -q "v$version" || echo "NOTE: $suite no longer has Neovim $version" >&2
  tested=$((tested + 1))
  "$nvim" --clean -l "$here/neovim/tests.lua" "$@" || failed=1
  [ "$#" -eq 0 ] || continue
  "$nvim" --clean -l "$here/neovim/real.lua" || [ "$?" -eq 77 ] || failed=1
  if command -v tmux >/dev/null; then
    "$nvim" --clean -l "$here/neovim/terminal.lua" || failed=1
  else
    echo "SKIPPED: NO tmux; NEOVIM $version WAS NOT TRIED IN A TERMINAL" >&2
  fi
done
[ "$tested" -gt 0 ] || { echo "SKIPPED: NO NEOVIM, NOTHING WAS TESTED" >&2; exit 77; }
exit "$failed"
