#!/usr/bin/env bash
# What a change of a network's host costs, with real packets: three hosts, a network without multi_host, a VM that pings the outside and whose floating IP is pinged from there
# (every 10 ms), while its network host is drained, its worker is restarted, its worker is killed for good, and all of it is lost.
# usage: failover.sh     (root; services of its own with fsync, network namespaces named nf-*; takes about four minutes)
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

HOSTS=(a b c) NAMESPACES=(nf-segment nf-outside nf-a nf-b nf-c nf-vm)
declare -A PIDS=()

# shellcheck disable=SC2317 # called by the trap
finish() {
  local code=$? name pid
  trap - EXIT
  for pid in "${PIDS[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  for name in "${NAMESPACES[@]}"; do
    for pid in $(ip netns pids "$name" 2>/dev/null); do kill -KILL "$pid" 2>/dev/null || true; done
    ip netns del "$name" 2>/dev/null || true
  done
  if [ -d "$NOVANET_SERVICES_DIR" ]; then "$ROOT/scripts/services.sh" down >/dev/null || code=1; fi
  rm -rf "$WORK"
  exit "$code"
}

need_root
need_packages dnsmasq-base dnsmasq-utils nftables libnftables1 conntrack iproute2 iputils-ping udhcpc procps python3-pika
WORK=$(mktemp -d "${TMPDIR:-/tmp}/novanet-failover.XXXXXX")
chmod 711 "$WORK"
export NOVANET_SERVICES_DIR=$WORK/services
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
"$ROOT/scripts/build.sh"
"$ROOT/scripts/services.sh" up
# shellcheck source=/dev/null
source "$NOVANET_SERVICES_DIR/env"
export PATH=$ROOT/artifacts/bin:$PATH

join() { # NAMESPACE NIC BRIDGE PORT
  ip -n "$1" link add "$2" type veth peer name "$4" netns nf-segment
  ip -n nf-segment link set "$4" master "$3" up
  ip -n "$1" link set "$2" up
}

lay_out() {
  local name bridge kind
  for name in "${NAMESPACES[@]}"; do ip netns add "$name"; ip -n "$name" link set lo up; done
  for bridge in public internal; do
    ip -n nf-segment link add $bridge type bridge forward_delay 0 stp_state 0 mcast_snooping 0
    ip -n nf-segment link set $bridge up
  done
  for kind in iptables ip6tables arptables; do ip netns exec nf-segment sysctl -qw "net.bridge.bridge-nf-call-$kind=0" 2>/dev/null || true; done
  join nf-outside eth0 public outside
  ip -n nf-outside addr add 198.51.100.200/24 dev eth0
  for name in "${HOSTS[@]}"; do
    join "nf-$name" eth0 public "p-$name"
    join "nf-$name" eth1 internal "i-$name"
    ip -n "nf-$name" addr add "198.51.100.$(address_of "$name")/24" dev eth0
    ip -n "nf-$name" route add default via 198.51.100.200
  done
}

address_of() { printf '%d' $((11 + $(printf '%d' "'$1") - $(printf '%d' "'a"))); }

start() { # NAME COMMAND...
  local name=$1
  shift
  setsid "$@" >>"$WORK/$name.log" 2>&1 &
  PIDS[$name]=$!
}

start_worker() {
  local host=$1
  mkdir -p "$WORK/$host"
  start "$host" ip netns exec "nf-$host" novanet-worker --host "$host" --multi-host false --flat-interface eth1 --public-interface eth0 \
    --my-ip "198.51.100.$(address_of "$host")" --state-path "$WORK/$host"
}

alive() { [ "$(novanet host list --output json | tr -d " \n" | grep -o '"alive":true' | wc -l)" = "$1" ]; }

network_host() { novanet network show net --output json | tr -d " \n" | grep -o '"host":"[^"]*"' | head -n 1 | cut -d'"' -f4; }

await() { # SECONDS COMMAND...
  local until=$((SECONDS + $1))
  shift
  until "$@" 2>/dev/null; do [ $SECONDS -lt $until ] || die "Not so in time: $*"; sleep 0.5; done
}

is_host() { [ "$(network_host)" = "$1" ]; }

# An instance on a host, as a compute service has it; prints its port and MAC.
spawn() {
  /usr/bin/python3 - "$1" "$INSTANCE" <<'PYTHON'
import json, os, sys, pika
host, instance = sys.argv[1:]
connection = pika.BlockingConnection(pika.URLParameters(os.environ["ConnectionStrings__RabbitMq"]))
channel = connection.channel()
queue = channel.queue_declare("", exclusive=True).method.queue
body = json.dumps({"instanceId": instance, "projectId": "red", "host": host, "hostname": "vm"})
channel.basic_publish("novanet.instance-spawning", host, body, pika.BasicProperties(reply_to=queue, correlation_id="1"))
for method, properties, answer in channel.consume(queue, inactivity_timeout=30, auto_ack=True):
    vif = json.loads(answer)["vifs"][0]
    print(vif["portName"], vif["macAddress"], vif["bridge"])
    break
PYTHON
}

plug() {
  local port mac bridge
  read -r port mac bridge <<<"$(spawn "$1")"
  ip -n "nf-$1" link add "$port" type veth peer name eth0 netns nf-vm
  ip -n nf-vm link set eth0 address "$mac" up
  ip -n "nf-$1" link set "$port" master "$bridge" up
  printf '#!/bin/sh\n[ "$1" = bound ] || exit 0\nip addr add $ip/$mask dev $interface\nip route add default via $router\n' >"$WORK/udhcpc.sh"
  chmod 755 "$WORK/udhcpc.sh"
  ip netns exec nf-vm udhcpc -q -f -n -t 10 -T 1 -i eth0 -s "$WORK/udhcpc.sh" >/dev/null 2>&1
}

# measure WHAT SECONDS COMMAND...: both pings while the command runs and for so long after it.
measure() {
  local what=$1 seconds=$2 outward inward
  shift 2
  ip netns exec nf-vm ping -n -D -i 0.01 198.51.100.200 >"$WORK/out" & outward=$!
  ip netns exec nf-outside ping -n -D -i 0.01 "$FLOATING" >"$WORK/in" & inward=$!
  sleep 2
  "$@" >/dev/null
  sleep "$seconds"
  kill -INT $outward $inward
  wait $outward $inward 2>/dev/null || true
  /usr/bin/python3 - "$what" "$WORK/out" "$WORK/in" <<'PYTHON'
import re, sys
told = []
for way, file in zip(("out", "in, by floating IP"), sys.argv[2:]):
    text = open(file).read()
    seen = [(float(at), int(number)) for at, number in re.findall(r"\[([\d.]+)\].*icmp_seq=(\d+) ttl", text)]
    sent = int(re.search(r"(\d+) packets transmitted", text).group(1))
    longest = max(later[0] - earlier[0] for earlier, later in zip(seen, seen[1:]))
    told.append(f"{way}: {seen[-1][1] - len(seen)} of {seen[-1][1]} lost, longest gap {longest:.2f} s" + ("" if sent - seen[-1][1] < 50 else ", and none came back"))
print(f"{sys.argv[1]}: {'; '.join(told)}")
PYTHON
}

kill_worker() { kill -KILL "${PIDS[$1]}"; wait "${PIDS[$1]}" 2>/dev/null || true; unset "PIDS[$1]"; }

restart_worker() { kill_worker "$1"; start_worker "$1"; }

lose() { kill_worker "$1"; ip -n "nf-$1" link set eth0 down; ip -n "nf-$1" link set eth1 down; }

lay_out
ports=$(env | grep -oE '(127.0.0.1:|Port=)[0-9]+' | grep -oE '[0-9]+$' | sort -u)
forward=(novanet-simulator forward)
for name in "${HOSTS[@]}"; do forward+=(--namespace "nf-$name"); done
for port in $ports; do forward+=(--port "$port"); done
start forwarder "${forward[@]}"
sleep 2
start scheduler novanet-scheduler --http-listen 127.0.0.1:0
for name in "${HOSTS[@]}"; do start_worker "$name"; done
await 60 alive 3

INSTANCE=$(cat /proc/sys/kernel/random/uuid)
novanet network create net --fixed-range-v4 10.7.0.0/24 --multi-host false >/dev/null
novanet network modify net --host a >/dev/null
await 30 is_host a
plug c
novanet floating create --ip-range 198.51.100.128/28 >/dev/null
FLOATING=$(novanet floating allocate --project red --output json | tr -d " \n" | grep -o '"address":"[^"]*"' | cut -d'"' -f4)
novanet floating associate "$FLOATING" --instance "$INSTANCE" >/dev/null
sleep 3

measure "drain" 6 novanet network modify net --host b
await 30 is_host b
measure "worker killed and started again" 12 restart_worker b
measure "worker killed for good" 30 kill_worker b
first=$(network_host)
start_worker b
await 60 alive 3
if [ "$first" = c ]; then novanet network modify net --host a >/dev/null; await 30 is_host a; sleep 3; fi
measure "host lost" 32 lose a
say "the network's host now: $(network_host)"
