#!/usr/bin/env bash
# What demo.sh runs in the guest: a story, with broker and database on the guest's own loopback, though they are at another address.
# usage: inside.sh ADDRESS PORT... -- ARGUMENT...      (arguments of novanet-simulator demo run)
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

SIMULATOR=$ROOT/artifacts/bin/novanet-simulator

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

address=$1 ports=() options=()
shift
while [ "$1" != -- ]; do ports+=("$1"); options+=(--port "$1"); shift; done
shift
"$SIMULATOR" forward --to "$address" "${options[@]}" &
for port in "${ports[@]}"; do wait_until 60 answers "$port" || die "The way out of the guest to port $port is not there."; done
"$SIMULATOR" demo run "$@" --logs "$NOVANET_GUEST_OUT" --json "$NOVANET_GUEST_OUT/report.json"
