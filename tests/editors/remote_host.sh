#!/usr/bin/env bash
# remote_host.sh FOLDER: a machine to log in to: an SSH server of its own on a free port of this machine, with keys made
# for it, and FOLDER/config for `ssh -F`, whose host is named `faraway`. Stays in the foreground; ends with a signal.
# Debian's package openssh-server is installed if it is lacking and this is root; 77: there is none.
set -euo pipefail
folder=$1
mkdir -p "$folder"
find_sshd() { command -v sshd || { [ -x /usr/sbin/sshd ] && echo /usr/sbin/sshd; } || true; }
if [ -z "$(find_sshd)" ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  # In this run level, Debian's packages start no service.
  (apt-get update -qq && RUNLEVEL=1 apt-get install -y -qq --no-install-recommends openssh-server openssh-client >/dev/null) >&2 || true
fi
sshd=$(find_sshd)
if [ -z "$sshd" ] || ! command -v ssh >/dev/null; then
  echo "SKIPPED: NO sshd OR NO ssh" >&2
  exit 77
fi
[ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd # sshd asks for it where root starts it
for name in host user; do
  [ -e "$folder/$name" ] || ssh-keygen -q -t ed25519 -N '' -C inhouse-test -f "$folder/$name"
done
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >"$folder/sshd_config" <<CONFIG
ListenAddress 127.0.0.1
Port $port
HostKey $folder/host
AuthorizedKeysFile $folder/user.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AllowTcpForwarding yes
Subsystem sftp internal-sftp
CONFIG
echo "[127.0.0.1]:$port $(cut -d ' ' -f 1,2 "$folder/host.pub")" >"$folder/known_hosts"
cat >"$folder/config.new" <<CONFIG
Host faraway
  HostName 127.0.0.1
  Port $port
  User $(id -un)
  IdentityFile $folder/user
  IdentitiesOnly yes
  UserKnownHostsFile $folder/known_hosts
  BatchMode yes
  LogLevel ERROR
CONFIG
"$sshd" -D -E "$folder/sshd.log" -f "$folder/sshd_config" &
trap 'kill %1 2>/dev/null || true' EXIT
trap 'exit 0' INT TERM
for attempt in $(seq 100); do
  kill -0 %1 2>/dev/null || { cat "$folder/sshd.log" >&2; exit 1; }
  ssh -F "$folder/config.new" faraway true 2>/dev/null && break
  [ "$attempt" -lt 100 ] || { cat "$folder/sshd.log" >&2; exit 1; }
  sleep 0.1
done
mv "$folder/config.new" "$folder/config" # whoever waits for it can log in now
wait %1
