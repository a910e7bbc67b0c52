#!/usr/bin/env bash
# A guest for what the machine's own kernel lacks (802.1Q): User-Mode Linux over the machine's own root, whose every change stays in the guest's memory.
# usage: guest.sh run [--memory MIB] [--seconds N] [--out FOLDER] [--tap NAME] COMMAND...
#            as root in the guest; its output and exit status come back, and what it leaves in $NOVANET_GUEST_OUT comes to FOLDER
#            --tap: a tap device of the network namespace that this is run in is the guest's NIC vec0, on which the guest is 192.0.2.2/30
#            124: it took too long; 125: the guest could not be started, with the reason on stderr
#        guest.sh kernel          the kernel that it would run; nothing and 1: there is none
#        guest.sh build-kernel    a kernel of our own, which unlike Debian's has all of nftables: minutes of every core, once; prints where it is
#
#   NOVANET_GUEST_KERNEL   the kernel to run (default: our own when it was built, else Debian's linux.uml)
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

GUEST=$ROOT/scripts/guest
CACHE=/var/cache/novanet
OUT='' RUNNING=''

usage() { die "usage: guest.sh run [--memory MIB] [--seconds N] [--out FOLDER] [--tap NAME] COMMAND... | kernel | build-kernel"; }

# --- the kernel --------------------------------------------------------------------------------------------------------------------

# Of this configuration; the version of the source follows.
built() { echo "$CACHE/uml-$(sha256sum < "$GUEST/kernel.config" | cut -c1-12)"; }

find_ours() { compgen -G "$(built)-*" | sort -V | tail -n 1 | grep .; }

find_kernel() {
  local ours
  if [ -n "${NOVANET_GUEST_KERNEL:-}" ]; then echo "$NOVANET_GUEST_KERNEL"; return; fi
  ours=$(find_ours) || ours=''
  if [ -n "$ours" ]; then echo "$ours"; else command -v linux.uml; fi
}

build_kernel() {
  local source version target place
  if find_ours; then return; fi
  need_root
  need_packages linux-source gcc libc6-dev make flex bison bc xz-utils bzip2
  source=$(compgen -G '/usr/src/linux-source-*.tar.*' | sort -V | tail -n 1)
  version=$(dpkg-query -W -f '${Version}' "$(basename "${source%.tar.*}")")
  target=$(built)-$version

  mkdir -p "$CACHE"
  exec 6>"$CACHE/lock"
  flock 6
  place=$(mktemp -d /var/tmp/novanet-kernel.XXXXXX)
  # shellcheck disable=SC2064 # the place of now
  trap "rm -rf '$place'" EXIT
  say "Building $target"
  tar -C "$place" --strip-components=1 -xf "$source"
  cd "$place"
  make -s ARCH=um allnoconfig >/dev/null
  cat "$GUEST/kernel.config" >> .config
  make -s ARCH=um olddefconfig >/dev/null 2>&1
  has_all_settings || die "This source knows some settings of kernel.config no more."
  nice -n 19 make -s ARCH=um -j"$(nproc)" linux >&2
  strip -o "$target.new" linux
  mv "$target.new" "$target"
  echo "$target"
}

has_all_settings() {
  local missing
  missing=$(grep -v '^#' "$GUEST/kernel.config" | grep . | grep -vxFf .config) || return 0
  fail "$missing"
  return 1
}

# --- a run -------------------------------------------------------------------------------------------------------------------------

# The guest's memory is a file, and a file in memory is much the fastest.
memory_folder() {
  if [ -w /dev/shm ] && [ "$(df --output=avail -m /dev/shm | tail -n 1)" -gt "$1" ]; then echo /dev/shm; else echo /tmp; fi
}

write_command() {
  {
    export -p
    echo 'export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:$PATH TMPDIR=/tmp NOVANET_GUEST_OUT=/mnt/out/files'
    printf 'cd %q || exit 126\nexec' "$PWD"
    printf ' %q' "$@"
    echo
  } > "$OUT/command"
}

# shellcheck disable=SC2317 # called by the trap
finish() {
  local code=$?
  trap - EXIT
  if [ -n "$RUNNING" ]; then
    kill "$RUNNING" 2>/dev/null || true
    wait "$RUNNING" || true
  fi
  [ -z "$OUT" ] || rm -rf "$OUT"
  exit "$code"
}

run() {
  local memory=2048 seconds=600 files='' nic=() kernel telling code=0
  while [ $# -gt 0 ]; do
    case "$1" in
      --memory) [ $# -ge 2 ] || usage; memory=$2; shift 2 ;;
      --seconds) [ $# -ge 2 ] || usage; seconds=$2; shift 2 ;;
      --out) [ $# -ge 2 ] || usage; files=$2; shift 2 ;;
      --tap) [ $# -ge 2 ] || usage; nic=("vec0:transport=tap,ifname=$2,depth=128"); shift 2 ;;
      --) shift; break ;;
      *) break ;;
    esac
  done
  [ $# -gt 0 ] || usage
  need_root
  kernel=$(find_kernel) || { fail "There is no kernel for the guest: neither our own (guest.sh build-kernel) nor linux.uml (package user-mode-linux)."; exit 125; }

  trap finish EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  OUT=$(mktemp -d /tmp/novanet-guest.XXXXXX)
  mkdir "$OUT/files"
  cp "$GUEST/init.sh" "$OUT/init"
  chmod 755 "$OUT/init"
  : > "$OUT/stdout"
  write_command "$@"
  echo "$ROOT" > "$OUT/checkout"
  head -c 64 /dev/urandom > "$OUT/seed"
  # Waited for, so that a signal to this script ends the guest at once.
  TMPDIR=$(memory_folder "$memory") timeout --kill-after=5 "$seconds" "$kernel" mem="${memory}M" umid="novanet-$$" rootfstype=hostfs rootflags=/ ro quiet "${nic[@]}" \
    init="$OUT/init" novanet.out="$OUT" con=null con0=null,fd:1 ssl=null </dev/null >"$OUT/console" 2>&1 &
  RUNNING=$!
  tail --pid="$RUNNING" -n +1 -f "$OUT/stdout" 2>/dev/null &
  telling=$!
  wait "$RUNNING" || code=$?
  RUNNING=''
  wait "$telling" || true
  [ -z "$files" ] || cp -r "$OUT/files/." "$files"
  tell "$code" "$seconds"
}

# How the command ended, whose output has been told; or why there is no such thing.
tell() {
  [ ! -f "$OUT/stderr" ] || cat "$OUT/stderr" >&2
  if [ -s "$OUT/status" ]; then exit "$(cat "$OUT/status")"; fi
  if [ "$1" = 124 ] || [ "$1" = 137 ]; then fail "The guest was not done after $2 s."; exit 124; fi
  if [ -s "$OUT/failure" ]; then cat "$OUT/failure" >&2; else tail -n 5 "$OUT/console" >&2; fi
  fail "The guest did not run its command (exit $1)."
  exit 125
}

case "${1:-}" in
  run) shift; run "$@" ;;
  kernel) [ $# = 1 ] || usage; find_kernel ;;
  build-kernel) [ $# = 1 ] || usage; build_kernel ;;
  *) usage ;;
esac
