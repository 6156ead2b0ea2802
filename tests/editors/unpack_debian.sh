#!/usr/bin/env bash
# unpack_debian.sh SUITE FOLDER PACKAGE...: unpacks packages of a Debian suite, with all that they depend on, its C library
# too, into FOLDER. Changes nothing outside FOLDER, installs nothing and needs no root.
set -euo pipefail
suite=$1 root=$2
shift 2

# The mirror is whichever this machine's own apt is configured for.
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
  sed -nE 's/^(URIs:|deb (\[[^]]*\] )?)[[:space:]]*([^ ]*\/debian)\/? ?.*/\3/p' | head -1 || true)
[ -n "$mirror" ] || { echo "no Debian mirror in apt's configuration" >&2; exit 1; }

apt=$root.apt
rm -rf "$apt" "$root"
trap 'rm -rf "$apt"' EXIT
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
apt-get install -y -qq --download-only "$@" >/dev/null
for package in "$apt"/cache/archives/*.deb; do dpkg-deb -x "$package" "$root"; done
