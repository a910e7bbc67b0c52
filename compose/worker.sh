#!/bin/sh
# The worker of a container. An engine names a container's NICs as it likes: they are known here by the addresses that compose.yaml gives them.
#   PUBLIC_ADDRESS, PUBLIC_GATEWAY   of the NIC by which instances leave
#   TRUNK_ADDRESS                    of the NIC that joins the hosts; empty: there is none
set -eu

nic_of() {
  ip -o -4 address show | while read -r _ name _ address _; do
    if [ "${address%/*}" = "$1" ]; then echo "$name"; fi
  done
}

public=$(nic_of "$PUBLIC_ADDRESS")
[ -n "$public" ] || { echo "No NIC has PUBLIC_ADDRESS $PUBLIC_ADDRESS." >&2; exit 2; }
set -- --public-interface "$public" --my-ip "$PUBLIC_ADDRESS" "$@"

if [ -n "${TRUNK_ADDRESS:-}" ]; then
  trunk=$(nic_of "$TRUNK_ADDRESS")
  # After a restart of the worker in the same container the address is off already, and the name is known.
  [ -n "$trunk" ] || trunk=$(cat /run/trunk-nic)
  echo "$trunk" > /run/trunk-nic
  # A NIC that carries addresses is not made a port of a bridge; this one's were the engine's idea.
  ip address flush dev "$trunk"
  case "${NOVANET_NETWORK_MANAGER:-}" in
    *VlanManager) set -- --vlan-interface "$trunk" "$@" ;;
    *) set -- --flat-interface "$trunk" "$@" ;;
  esac
fi

ip route replace default via "$PUBLIC_GATEWAY" dev "$public"
exec novanet-worker "$@"
