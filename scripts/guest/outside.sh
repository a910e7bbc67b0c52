# shellcheck shell=bash
# Sourced by scripts/demo.sh: plays a story in the guest of scripts/guest.sh. The published programs and the whole world of namespaces are in there; broker and database
# are outside, and reached by one NIC: its other end is a tap device in a namespace of its own, where a forwarder listens.

OUTSIDE_GUEST=nn-guest
# RFC 5737; the guest is 192.0.2.2 (scripts/guest/init.sh).
GUEST_SEES=192.0.2.1
GUEST_SECONDS=1200
GUEST_FORWARDER=''

# 125 is the status of a story that cannot be told here: as that of a guest that cannot be started (scripts/guest.sh).

# A kernel with all of nftables, which Debian's guest lacks; it is built when there is none. Exits when that fails.
need_guest() {
  DOING="the guest's kernel is there"
  [ -z "$KEEP" ] || die "This kernel has no 802.1Q: the story is told in a guest, which cannot be kept."
  IN_GUEST=yes
  if [ -z "${NOVANET_GUEST_KERNEL:-}" ]; then
    say "This kernel has no 802.1Q: the story is told in a guest of User-Mode Linux"
    NOVANET_GUEST_KERNEL=$("$ROOT/scripts/guest.sh" build-kernel) || { fail "There is no kernel for the guest, so this story is not told here."; exit 125; }
    export NOVANET_GUEST_KERNEL
  fi
}

# The ports of broker and database, of which the second machine's are the same.
service_ports() { printf '%s\n' "$ConnectionStrings__RabbitMq" "$ConnectionStrings__Postgres" | grep -oE '(127\.0\.0\.1:|Port=)[0-9]+' | grep -oE '[0-9]+$'; }

play_in_guest() {
  local code=0 port ports=() options=()
  for port in $(service_ports); do ports+=("$port"); options+=(--port "$port"); done
  # One that a killed demo left behind.
  leave_guest
  ip netns add "$OUTSIDE_GUEST"
  ip -n "$OUTSIDE_GUEST" tuntap add dev guest mode tap || { fail "There is no tap device, by which a guest would reach broker and database."; return 125; }
  ip -n "$OUTSIDE_GUEST" addr add "$GUEST_SEES/30" dev guest
  # Frames of several segments, which the kernel makes for NICs that split them, do not arrive in the guest.
  ip -n "$OUTSIDE_GUEST" link set guest gso_max_segs 1 up
  "$SIMULATOR" forward --namespace "$OUTSIDE_GUEST" --listen "$GUEST_SEES" "${options[@]}" 7>&- &
  GUEST_FORWARDER=$!
  rm -rf "$LOGS/guest"
  mkdir -p "$LOGS/guest"
  ip netns exec "$OUTSIDE_GUEST" "$ROOT/scripts/guest.sh" run --memory 3072 --seconds "$GUEST_SECONDS" --out "$LOGS/guest" --tap guest \
    "$ROOT/scripts/guest/inside.sh" "$GUEST_SEES" "${ports[@]}" -- "${ARGUMENTS[@]}" 7>&- || code=$?
  if [ -n "$JSON" ] && [ -s "$LOGS/guest/report.json" ]; then cp "$LOGS/guest/report.json" "$JSON"; fi
  return $code
}

leave_guest() {
  if [ -n "$GUEST_FORWARDER" ]; then
    kill "$GUEST_FORWARDER" 2>/dev/null || true
    wait "$GUEST_FORWARDER" 2>/dev/null || true
    GUEST_FORWARDER=''
  fi
  if [ -e "/run/netns/$OUTSIDE_GUEST" ]; then ip netns del "$OUTSIDE_GUEST"; fi
}
