#!/bin/sh
# Called by udhcpc with what happened; the interface and the lease come in variables.
# Sets the address and the route, and leaves the lease beside this script.
file="$(dirname "$0")/$interface.lease"
case "$1" in
  bound|renew)
    ip address replace "$ip/${mask:-24}" dev "$interface" || exit 1
    # Only the first NIC gives the default route, as in a VM image of one default gateway.
    if [ -n "$router" ] && [ "$interface" = eth0 ]; then ip route replace default via "${router%% *}" dev "$interface" || exit 1; fi
    printf 'event=%s\naddress=%s\nmask=%s\nrouter=%s\nserver=%s\nseconds=%s\ndns=%s\nhostname=%s\n' \
      "$1" "$ip" "$mask" "$router" "$serverid" "$lease" "$dns" "$hostname" > "$file.new"
    # The name below is what is waited for: it appears when the address is set.
    mv "$file.new" "$file"
    echo "lease of $ip obtained from $serverid, $lease s"
    ;;
  deconfig)
    ip address flush dev "$interface"
    rm -f "$file"
    ;;
  nak) echo "refused by $serverid: $message" ;;
esac
