#!/usr/bin/env bash
# Figures of this machine, each with the command that made it: this one.
# usage: bench.sh main|alloc|floating|log [--json FILE]     (root; uses network namespaces named nn-* as the demo does, and services of its own with fsync)
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() { die "usage: bench.sh main|alloc|floating|log [--json FILE]"; }

WORK='' JSON='' NAME=''

# shellcheck disable=SC2317 # called by the trap
finish() {
  local code=$?
  trap - EXIT
  if [ -d "$NOVANET_SERVICES_DIR" ]; then "$ROOT/scripts/services.sh" down || code=1; fi
  rm -rf "$WORK"
  exit "$code"
}

while [ $# -gt 0 ]; do
  case "$1" in
    --json) [ $# -ge 2 ] || usage; shift; JSON=$(realpath -m -- "$1") ;;
    main|alloc|floating|log) NAME=$1 ;;
    *) usage ;;
  esac
  shift
done
[ -n "$NAME" ] || usage

need_root
exec 7>/run/novanet-demo.lock
flock -n 7 || die "A demo or another benchmark is running."
WORK=$(mktemp -d "${TMPDIR:-/tmp}/novanet-bench.XXXXXX")
chmod 711 "$WORK"
export NOVANET_SERVICES_DIR=$WORK/services
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
[ "$NAME" != floating ] || need_packages iptables
need_packages dnsmasq-base dnsmasq-utils nftables libnftables1 conntrack iproute2 procps
# What outlives this script must not hold its lock.
"$ROOT/scripts/build.sh" 7>&-
"$ROOT/scripts/services.sh" up
# shellcheck source=/dev/null
source "$NOVANET_SERVICES_DIR/env"
arguments=(--bin "$ROOT/artifacts/bin" --logs "$ROOT/artifacts/bench" --commit "$(git -C "$ROOT" rev-parse --short HEAD 2>/dev/null || echo unknown)")
[ -z "$JSON" ] || arguments+=(--json "$JSON")
"$ROOT/artifacts/bin/novanet-simulator" bench "$NAME" "${arguments[@]}" 7>&-
