#!/bin/sh
# Gives the namespaces of the hosts' containers the names by which novanet-simulator knows them, then waits to be used:
#   docker compose exec simulator novanet-simulator vm start web --host host-a --project red
#   HOSTS   the hosts, separated by blanks
set -eu

# The worker of a host, among all processes of the machine (pid: host).
worker_of() {
  for process in /proc/[0-9]*; do
    [ "$(cat "$process/comm" 2>/dev/null)" = novanet-worker ] || continue
    if tr '\0' '\n' < "$process/environ" 2>/dev/null | grep -qx "NOVANET_HOST=$1"; then echo "${process#/proc/}"; return; fi
  done
}

for host in $HOSTS; do
  pid=$(worker_of "$host")
  [ -n "$pid" ] || { echo "The worker of $host does not run." >&2; exit 1; }
  ip netns attach "nn-$host" "$pid"
done
exec sleep infinity
