#!/usr/bin/env bash
# run_other_editors.sh: what docs/editors.md says of Emacs and Helix, seen in them. Unpacks both from Debian's unstable suite
# below INHOUSE_EDITORS (about 120 MB to fetch). The server is the scripted one.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
editors=${INHOUSE_EDITORS:-${TMPDIR:-/tmp}/inhouse-editors}
root=$editors/others
if [ ! -e "$editors/others.ready" ]; then
  mkdir -p "$editors"
  "$here/unpack_debian.sh" sid "$root" emacs-nox elpa-lsp-mode hx >&2 || { echo "SKIPPED: DEBIAN'S PACKAGES COULD NOT BE HAD" >&2; exit 77; }
  touch "$editors/others.ready"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# The suite's programs need the suite's loader and libraries, not this machine's.
far="$root/usr/lib64/ld-linux-x86-64.so.2 --library-path $root/usr/lib/x86_64-linux-gnu"
emacs=$(echo "$root"/usr/share/emacs/[0-9]*)
mkdir -p "$work/bin" "$work/project"
cat >"$work/bin/emacs" <<RUN
#!/bin/sh
export EMACSLOADPATH=$(find "$emacs/lisp" -type d | tr '\n' ':') EMACSDATA=$emacs/etc EMACSDOC=$emacs/etc
exec $far $root/usr/bin/emacs-nox --dump-file=$(find "$root/usr/libexec" -name '*.pdmp') \\
  --eval '(setq native-comp-enable-subr-trampolines nil native-comp-jit-compilation nil)' "\$@"
RUN
chmod +x "$work/bin/emacs"
export PATH=$work/bin:$PATH
"$here/run_emacs.sh" "$root"/usr/share/emacs/site-lisp/elpa-src/* 2>"$work/said" || { cat "$work/said"; echo "FAIL  Emacs with lsp-mode"; failed=1; }

printf '{"rules": []}' >"$work/script.json"
printf 'def add(a, b):\n    ' >"$work/project/shapes.py"
printf '#!/bin/sh\nexec %s %s %s %s utf-16 "$@"\n' "$(command -v python3)" "$here/scripted_server.py" "$work/script.json" \
  "$work/trace.jsonl" >"$work/bin/inhouse"
chmod +x "$work/bin/inhouse"

# An editor that starts the server but neither knows inline completion nor asks for it; if it does, docs/editors.md is old.
does_not_ask() { # NAME
  if ! grep -q '"textDocument/didOpen"' "$work/trace.jsonl"; then
    echo "FAIL  $1: did not open the file in the server"
    failed=1
  elif grep -qE '"inlineCompletion"|textDocument/inlineCompletion' "$work/trace.jsonl"; then
    echo "FAIL  $1: knows inline completion now: say so in docs/editors.md"
    failed=1
  else
    echo "ok    $1: starts the server, opens the file in it, and does not ask"
  fi
  rm "$work/trace.jsonl"
}
HOME=$work timeout 120 emacs --batch -l "$here/emacs/eglot.el" "$work/project/shapes.py" >"$work/said" 2>&1 || cat "$work/said"
does_not_ask "Eglot $(zcat "$emacs/lisp/progmodes/eglot.el.gz" | sed -n 's/^;; Version: //p' | head -1)"

if command -v tmux >/dev/null; then
  mkdir -p "$work/.config/helix"
  cat >"$work/.config/helix/languages.toml" <<'TOML'
[language-server.inhouse]
command = "inhouse"
args = ["serve", "--stdio"]

[[language]]
name = "python"
language-servers = ["inhouse"]
TOML
  tmux -L "inhouse-helix-$$" -f /dev/null new-session -d -x 80 -y 20 \
    "cd '$work/project' && HOME='$work' HELIX_RUNTIME='$root/usr/share/helix/runtime' PATH='$PATH' $far $root/usr/bin/hx -c /dev/null shapes.py"
  for _ in $(seq 150); do
    grep -q '"textDocument/didOpen"' "$work/trace.jsonl" 2>/dev/null && break
    sleep 0.2
  done
  tmux -L "inhouse-helix-$$" send-keys G A r
  for _ in $(seq 150); do
    grep -q '"textDocument/didChange"' "$work/trace.jsonl" && break
    sleep 0.2
  done
  tmux -L "inhouse-helix-$$" capture-pane -p | head -3
  tmux -L "inhouse-helix-$$" kill-server
  does_not_ask "Helix $($far "$root/usr/bin/hx" --version | cut -d ' ' -f 2)"
else
  echo "SKIPPED: NO tmux; HELIX WAS NOT TRIED" >&2
fi
exit "$failed"
