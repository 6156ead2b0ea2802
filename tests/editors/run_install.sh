#!/usr/bin/env bash
# run_install.sh [LAZY.NVIM]: the install lines of docs/editors.md, as they stand there, tried with an empty home in every
# Neovim that run_neovim.sh has installed: Neovim's own packages, and lazy.nvim if a checkout or clone of it is named.
# `inhouse` lies in ~/.local/bin, outside of PATH, as `uv tool install` leaves it; it is the scripted server.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
editors=${INHOUSE_EDITORS:-${TMPDIR:-/tmp}/inhouse-editors}
python=$(command -v python3)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

block() { # LANGUAGE PATTERN: the block of docs/editors.md that holds the pattern
  awk -v language="$1" -v pattern="$2" '
    $0 == "```" language { inside = 1; text = ""; next }
    $0 == "```" && inside { inside = 0; if (text ~ pattern) { printf "%s", text; exit } }
    inside { text = text $0 "\n" }' "$root/docs/editors.md"
}

home() { # makes an empty home with the server, a project and this clone
  export HOME=$work/home-$1
  unset XDG_DATA_HOME XDG_CONFIG_HOME XDG_STATE_HOME XDG_CACHE_HOME
  mkdir -p "$HOME/.local/bin" "$HOME/.config/nvim" "$HOME/project"
  printf '{"rules": []}' >"$HOME/script.json"
  printf '#!/bin/sh\nexec %s %s %s %s utf-16 "$@"\n' "$python" "$here/scripted_server.py" "$HOME/script.json" "$HOME/trace.jsonl" \
    >"$HOME/.local/bin/inhouse"
  chmod +x "$HOME/.local/bin/inhouse"
  echo 'x = 1' >"$HOME/project/a.py"
  echo 'vim.g.loaded_python3_provider = 0' >"$HOME/.config/nvim/init.lua"
}

attempt() { # NVIM NAME: opens a file as a user does, and waits for the server
  local said
  said=$(cd "$HOME/project" && "$1" --headless a.py '+lua local ok = vim.wait(20000, function()
    return package.loaded["inhouse.client"] and require("inhouse.client").state == "ready" end)
    io.stdout:write(ok and "READY" or "NOT READY") vim.cmd("qall!")' 2>&1)
  case $said in
    *"NOT READY"* | *Error*) echo "FAIL  $("$1" --version | head -1): $2: $said"; failed=1 ;;
    *READY*) echo "ok    $("$1" --version | head -1): $2" ;;
    *) echo "FAIL  $("$1" --version | head -1): $2: $said"; failed=1 ;;
  esac
}

failed=0
tried=0
for nvim in "$editors"/neovim-*/nvim; do
  [ -x "$nvim" ] || continue
  tried=1
  home "package-$(basename "$(dirname "$nvim")")"
  (cd "$root" && eval "$(block sh 'pack/inhouse/start')")
  block lua "require\\\\('inhouse'\\\\).setup\\\\(\\\\)  -- in init.lua" >>"$HOME/.config/nvim/init.lua"
  attempt "$nvim" "Neovim's own packages"

  [ -n "${1:-}" ] || { echo "SKIPPED: no lazy.nvim was named"; continue; }
  home "lazy-$(basename "$(dirname "$nvim")")"
  git clone -q "$1" "$HOME/lazy.nvim"
  {
    echo "vim.opt.runtimepath:prepend('$HOME/lazy.nvim')"
    echo "require('lazy').setup({"
    block lua "dir = '/path/to/inhouse" | sed "s|/path/to/inhouse|$root|; s/^}/},/"
    echo "}, { root = '$HOME/plugins', lockfile = '$HOME/lock.json', install = { missing = false }, rocks = { enabled = false } })"
  } >>"$HOME/.config/nvim/init.lua"
  attempt "$nvim" "lazy.nvim"
done
[ "$tried" -eq 1 ] || { echo "SKIPPED: NO NEOVIM; run run_neovim.sh before" >&2; exit 77; }
exit "$failed"
