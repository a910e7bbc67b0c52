#!/usr/bin/env bash
# A deployment with real packets, on a fresh Debian or Ubuntu machine: hosts, an outside, VMs, and every promise as a step with its proof.
# usage: demo.sh [--model flat|flatdhcp|vlan] [--deployment multi|single|all-in-one] [--keep] [--json FILE]
#            plays it (default: flatdhcp multi, the main job); exit 0 only if every step held; 125: there is no guest that it could run in
#        demo.sh --down     takes away what --keep left running
#
# It lives in network namespaces named nn-*, with a fresh database, and uses the services of scripts/services.sh (NOVANET_SERVICES_DIR as there):
# those that run already stay up, those that it starts go with it. Where the kernel has no 802.1Q, the namespaces of "vlan" are in a guest that has (scripts/guest.sh);
# broker and database stay outside.
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

SERVICES=${NOVANET_SERVICES_DIR:-$ROOT/.services}
LOGS=$ROOT/artifacts/demo
# There while the services are the demo's own to stop; holds their directory.
OURS=$LOGS/services
# There while the broker has a virtual host for a second machine; holds the services' directory.
SECOND_MACHINE=$LOGS/second-machine
VHOST=novanet-demo-b
SIMULATOR=$ROOT/artifacts/bin/novanet-simulator
# shellcheck source=scripts/guest/outside.sh
source "$ROOT/scripts/guest/outside.sh"

MODELS=(flat flatdhcp vlan) DEPLOYMENTS=(multi single all-in-one)

usage() {
  fail "usage: demo.sh [--model $(IFS='|'; echo "${MODELS[*]}")] [--deployment $(IFS='|'; echo "${DEPLOYMENTS[*]}")] [--keep] [--json FILE] | demo.sh --down"
  exit 2
}

# one_of WORD WORD...: whether the first is among the others.
one_of() {
  local wanted=$1 word
  shift
  for word in "$@"; do [ "$word" != "$wanted" ] || return 0; done
  return 1
}

take_away() {
  local code=0 started
  if [ -x "$SIMULATOR" ]; then "$SIMULATOR" demo down 7>&- || code=1; fi
  leave_guest || code=1
  if [ -f "$SECOND_MACHINE" ]; then
    NOVANET_SERVICES_DIR=$(cat "$SECOND_MACHINE") "$ROOT/scripts/services.sh" rabbitmqctl -q delete_vhost "$VHOST" >/dev/null || code=1
    rm -f "$SECOND_MACHINE"
  fi
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

# Each machine that is all in one has a broker of its own: a virtual host is one, as far as programs can see.
second_machine() {
  local control=("$ROOT/scripts/services.sh" rabbitmqctl -q)
  DOING="the second machine has a broker"
  echo "$SERVICES" > "$SECOND_MACHINE"
  "${control[@]}" add_vhost "$VHOST" >/dev/null
  "${control[@]}" set_permissions -p "$VHOST" novanet '.*' '.*' '.*' >/dev/null
  ARGUMENTS+=(--further-broker "${ConnectionStrings__RabbitMq%/}/$VHOST")
}

build() {
  DOING="the programs build"
  say "Programs: building into artifacts/bin"
  # What outlives this script must not hold its lock.
  "$ROOT/scripts/build.sh" 7>&-
}

play() {
  DOING="the demo runs"
  local code=0
  if [ -n "$IN_GUEST" ]; then
    play_in_guest || code=$?
  else
    [ -z "$JSON" ] || ARGUMENTS+=(--json "$JSON")
    [ -z "$KEEP" ] || ARGUMENTS+=(--keep)
    "$SIMULATOR" demo run "${ARGUMENTS[@]}" --logs "$LOGS" 7>&- || code=$?
  fi
  if [ "$code" = 125 ]; then exit 125; fi
  if [ "$code" != 0 ]; then fail "A step did not hold. The programs' output is in $LOGS"; fi
  if [ -n "$KEEP" ]; then touch "$LOGS/kept" && explain; fi
  return $code
}

explain() {
  local vm=red-1 second=''
  if [ "$DEPLOYMENT" = all-in-one ]; then
    vm=a-1
    second="
The second machine, host-b, has a broker of its own: export ConnectionStrings__RabbitMq=\${ConnectionStrings__RabbitMq%/}/$VHOST"
  fi
  cat <<EOF

It is left running. To explore it (as root):
  source $SERVICES/env; export PATH=$ROOT/artifacts/bin:\$PATH
  novanet-simulator vm list --output table          novanet fixed list
  novanet-simulator vm start web --host host-a --project red
  ip netns exec nn-vm-$vm bash                    ip netns exec nn-host-a nft list ruleset$second
To take it away: scripts/demo.sh --down
EOF
}

MODEL=flatdhcp DEPLOYMENT=multi KEEP='' JSON='' DOWN='' IN_GUEST='' DOING='the demo starts'
while [ $# -gt 0 ]; do
  case "$1" in
    --keep) KEEP=yes ;;
    --down) DOWN=yes ;;
    --model) [ $# -ge 2 ] && one_of "$2" "${MODELS[@]}" || usage; shift; MODEL=$1 ;;
    --deployment) [ $# -ge 2 ] && one_of "$2" "${DEPLOYMENTS[@]}" || usage; shift; DEPLOYMENT=$1 ;;
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
need_packages dnsmasq-base dnsmasq-utils nftables libnftables1 conntrack iproute2 iputils-ping udhcpc procps curl tcpdump
ARGUMENTS=(--model "$MODEL" --deployment "$DEPLOYMENT" --bin "$ROOT/artifacts/bin")
if [ "$MODEL" = vlan ] && ! kernel_has_vlans; then need_guest; fi
build
start_services
if [ "$DEPLOYMENT" = all-in-one ]; then second_machine; fi
rm -f "$LOGS"/*.log
play
