# shellcheck shell=bash
# Sourced by the other scripts: where the repository is, how to speak, and what the machine must have.

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
export ROOT
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# The SDK without ICU, as its install script leaves it on a bare machine, must work as well.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1

if [ -t 2 ] && [ -z "${NO_COLOR:-}" ]; then
  BOLD=$'\e[1m' RED=$'\e[31m' PLAIN=$'\e[0m'
else
  BOLD='' RED='' PLAIN=''
fi

# Everything that is said on the way goes to stderr: stdout belongs to a script's result.
say() { printf '%s%s%s\n' "$BOLD" "$*" "$PLAIN" >&2; }
fail() { printf '%s%s%s\n' "$RED" "$*" "$PLAIN" >&2; }
die() { fail "$*"; exit 1; }

is_root() { [ "$(id -u)" = 0 ]; }
need_root() { is_root || die "$(basename "$0") changes this machine's network namespaces or installs packages: run it as root."; }

need_dotnet() {
  if ! command -v dotnet >/dev/null; then
    [ -x "$HOME/.dotnet/dotnet" ] || die "The .NET 10 SDK is missing: install it (Ubuntu: apt-get install dotnet-sdk-10.0; elsewhere see https://dot.net) and make sure that 'dotnet' is on PATH."
    PATH="$HOME/.dotnet:$PATH"
  fi
  dotnet --list-sdks | grep -q '^10\.' || die "The .NET 10 SDK is missing: 'dotnet --list-sdks' shows only: $(dotnet --list-sdks | cut -d' ' -f1 | paste -sd' ')."
}

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# need_packages PACKAGE...: installs those that are missing, and starts none of the services that come with them.
need_packages() {
  local missing=() package
  for package in "$@"; do is_installed "$package" || missing+=("$package"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || die "Missing packages, and this is neither Debian nor Ubuntu: ${missing[*]}."
  is_root || die "Missing packages (installing them takes root): ${missing[*]}."
  say "Installing ${missing[*]}"
  ( install_quietly "${missing[@]}" ) || die "The packages could not be installed: ${missing[*]}."
}

# In a subshell of its own, whose EXIT trap needs its variables. One at a time, since policy-rc.d is the machine's.
install_quietly() {
  policy=/usr/sbin/policy-rc.d made=''
  exec 8>/run/novanet-packages.lock
  flock 8
  log=$(mktemp)
  trap 'rm -f "$log"; [ -z "$made" ] || rm -f "$policy"' EXIT
  # One of ours that a killed run left behind is taken over, anybody else's is kept.
  if [ ! -e "$policy" ] || grep -qs 'written by novanetbus' "$policy"; then
    made=yes
    printf '#!/bin/sh\n# written by novanetbus for the time of an installation\nexit 101\n' > "$policy"
    chmod 755 "$policy"
  fi
  export DEBIAN_FRONTEND=noninteractive
  keep_off_at_boot "$@"
  local apt=(apt-get -y -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  "${apt[@]}" update >"$log" 2>&1 8>&- </dev/null || fail "apt-get update: $(tail -n 1 "$log")"
  "${apt[@]}" install --no-install-recommends "$@" >"$log" 2>&1 8>&- </dev/null || { tail -n 20 "$log" >&2; return 1; }
  keep_disabled "$@"
}

# cloud-init, which the tests run in a place of its own, would take this machine for a new instance at its next boot. The file is cloud-init's own way
# to say no; it is there before cloud-init is.
keep_off_at_boot() {
  local package
  for package in "$@"; do
    if [ "$package" = cloud-init ]; then mkdir -p /etc/cloud && touch /etc/cloud/cloud-init.disabled; fi
  done
}

# Servers that came with our packages must not come up by themselves at the next boot either.
keep_disabled() {
  [ -d /run/systemd/system ] || return 0
  local package
  for package in "$@"; do
    case "$package" in
      rabbitmq-server) systemctl disable --quiet rabbitmq-server.service epmd.service epmd.socket 2>/dev/null || true ;;
      postgresql) systemctl disable --quiet postgresql.service 2>/dev/null || true ;;
    esac
  done
}

# wait_until SECONDS COMMAND...: true as soon as the command is; false when the time is up.
wait_until() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.1
  done
}

# 802.1Q, in a namespace of its own.
kernel_has_vlans() { unshare --net sh -c 'ip link add nic type dummy && ip link add link nic name vlan1 type vlan id 1' >/dev/null 2>&1; }

# The kernel's own table; needs no program.
port_is_free() { ! grep -qE ":$(printf '%04X' "$1") [0-9A-F]+:0000 0A" /proc/net/tcp /proc/net/tcp6 2>/dev/null; }
