#!/usr/bin/env bash
# The main job with real packets, on a fresh Debian or Ubuntu machine: two hosts, an outside, six VMs, and every promise as a step with its proof.
# usage: demo.sh [--keep] [--json FILE]     plays it; exit 0 only if every step held
#        demo.sh --down                     takes away what --keep left running
#
# It lives in network namespaces named nn-*, with a fresh database, and uses the services of scripts/services.sh (NOVANET_SERVICES_DIR as there):
# those that run already stay up, those that it starts go with it.
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

SERVICES=${NOVANET_SERVICES_DIR:-$ROOT/.services}
LOGS=$ROOT/artifacts/demo
# There while the services are the demo's own to stop; holds their directory.
OURS=$LOGS/services
SIMULATOR=$ROOT/artifacts/bin/novanet-simulator

usage() { die "usage: demo.sh [--keep] [--json FILE] | demo.sh --down"; }

take_away() {
  local code=0 started
  if [ -x "$SIMULATOR" ]; then "$SIMULATOR" demo down 7>&- || code=1; fi
  if [ -f "$OURS" ]; then
    started=$(cat "$OURS")
    NOVANET_SERVICES_DIR=$started "$ROOT/scripts/services.sh" down || code=1
    rm -f "$OURS"
  fi
  return $code
}

# What became of a demo that did not reach its story.
write_failure() {
  [ -n "$JSON" ] && [ ! -s "$JSON" ] || return 0
  printf '{"passed":false,"steps":[{"name":"%s","passed":false,"proof":"it failed; see what was printed","milliseconds":0}]}\n' "$DOING" > "$JSON"
}

# shellcheck disable=SC2317 # called by the trap
finish() {
  local code=$?
  trap - EXIT
  if [ -z "$KEEP" ] || [ ! -f "$LOGS/kept" ]; then take_away || code=1; fi
  write_failure
  exit "$code"
}

start_services() {
  DOING="services start"
  say "Services: RabbitMQ and PostgreSQL on loopback, with fsync"
  # A database whose server was not running before is ours to stop.
  "$ROOT/scripts/services.sh" status >/dev/null 2>&1 || echo "$SERVICES" > "$OURS"
  "$ROOT/scripts/services.sh" up
  # shellcheck source=/dev/null
  source "$SERVICES/env"
}

build() {
  DOING="the programs build"
  say "Programs: building into artifacts/bin"
  # What outlives this script must not hold its lock.
  "$ROOT/scripts/build.sh" 7>&-
}

play() {
  DOING="the demo runs"
  local code=0 arguments=(--bin "$ROOT/artifacts/bin" --logs "$LOGS")
  [ -z "$JSON" ] || arguments+=(--json "$JSON")
  [ -z "$KEEP" ] || arguments+=(--keep)
  "$SIMULATOR" demo run "${arguments[@]}" 7>&- || code=$?
  if [ "$code" != 0 ]; then fail "A step did not hold. The programs' output is in $LOGS"; fi
  if [ -n "$KEEP" ]; then touch "$LOGS/kept" && explain; fi
  return $code
}

explain() {
  cat <<EOF

It is left running. To explore it (as root):
  source $SERVICES/env; export PATH=$ROOT/artifacts/bin:\$PATH
  novanet-simulator vm list --output table          novanet fixed list
  novanet-simulator vm start web --host host-a --project red
  ip netns exec nn-vm-red-1 bash                    ip netns exec nn-host-a nft list ruleset
To take it away: scripts/demo.sh --down
EOF
}

KEEP='' JSON='' DOWN='' DOING='the demo starts'
while [ $# -gt 0 ]; do
  case "$1" in
    --keep) KEEP=yes ;;
    --down) DOWN=yes ;;
    --json) [ $# -ge 2 ] || usage; shift; JSON=$(realpath -m -- "$1") ;;
    *) usage ;;
  esac
  shift
done

need_root
mkdir -p "$LOGS"
# One demo at a time: the namespaces' names are the machine's.
exec 7>/run/novanet-demo.lock
flock -n 7 || die "Another demo is running."
rm -f "$LOGS/kept"
if [ -n "$DOWN" ]; then take_away; exit; fi

[ -z "$JSON" ] || rm -f "$JSON"
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
need_packages dnsmasq-base dnsmasq-utils nftables libnftables1 conntrack iproute2 iputils-ping udhcpc procps curl
build
start_services
rm -f "$LOGS"/*.log
play
