#!/usr/bin/env bash
# Runs the tests and ends with one line: N passed, N failed[, N skipped]. A step of this script that fails counts as a failed test.
# usage: test.sh [Domain|Programs|Integration|Netns|Guest]...   (default: all, in this order)
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

PASSED=0 FAILED=0 SKIPPED=0 RUNNING=''
SECONDS_PER_PROGRAM=900

WORK=$(mktemp -d "${TMPDIR:-/tmp}/novanet-tests.XXXXXX")
chmod 711 "$WORK"
# Beside the developer's own; the ports are whatever is free.
export NOVANET_SERVICES_DIR=$WORK/services
unset NOVANET_AMQP_PORT NOVANET_PG_PORT

# shellcheck disable=SC2317 # called by the trap
finish() {
  local code=$?
  trap - EXIT
  if [ -n "$RUNNING" ]; then
    kill "$RUNNING" 2>/dev/null || true
    wait "$RUNNING" || true
  fi
  if [ -d "$NOVANET_SERVICES_DIR" ]; then "$ROOT/scripts/services.sh" down || blame "services.sh down"; fi
  rm -rf "$WORK"
  # Left early, by a fault of this script or by a signal.
  [ "$code" = 0 ] || blame "test.sh (exit $code)"
  local line="$PASSED passed, $FAILED failed"
  [ "$SKIPPED" = 0 ] || line="$line, $SKIPPED skipped"
  exec 2>/dev/null
  echo "$line"
  [ "$FAILED" = 0 ] || exit 1
  exit 0
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

blame() {
  fail "FAILED: $1"
  FAILED=$((FAILED + 1))
}

# step NAME COMMAND...: its output is shown only when it fails.
step() {
  local name=$1 log=$WORK/step.log began=$SECONDS
  shift
  if "$@" >"$log" 2>&1 </dev/null; then
    say "$name: $((SECONDS - began)) s"
  else
    tail -n 60 "$log" >&2
    blame "$name"
    return 1
  fi
}

# figure REPORT NAME: the runner's own figure for each outcome.
figure() { grep -m1 -o '<assembly [^>]*' "$1" | grep -oE " $2=\"[0-9]+\"" | grep -oE '[0-9]+'; }

# Waited for, so that a signal to this script ends it at once.
bounded() {
  local code=0
  timeout --kill-after=15 "$SECONDS_PER_PROGRAM" "$@" >&2 </dev/null &
  RUNNING=$!
  wait "$RUNNING" || code=$?
  RUNNING=''
  return $code
}

run_tests() {
  local name=$1 program=tests/$1.Tests/bin/Release/net10.0/$1.Tests report=$WORK/$1.xml code=0 passed failed errors skipped
  local arguments=(-noLogo -noColor -noAutoReporters -result-xml)
  say "$name.Tests"
  if [ "$name" = Guest ] && needs_guest; then
    # The report's name is the guest's to fill in.
    # shellcheck disable=SC2016
    bounded scripts/guest.sh run --seconds 600 --out "$WORK" bash -c '"$@" "$NOVANET_GUEST_OUT/Guest.xml"' guest "$program" "${arguments[@]}" || code=$?
    if [ "$code" = 125 ]; then
      # Then each test says why it is skipped.
      code=0
      NOVANET_NO_GUEST="it could not be started" bounded "$program" "${arguments[@]}" "$report" || code=$?
    fi
  else
    bounded "$program" "${arguments[@]}" "$report" || code=$?
  fi
  if [ "$code" = 124 ] || [ "$code" = 137 ]; then blame "$name.Tests: not done after $SECONDS_PER_PROGRAM s"; return; fi
  if [ ! -s "$report" ]; then blame "$name.Tests: ended with $code and without a report"; return; fi
  passed=$(figure "$report" passed) failed=$(figure "$report" failed) errors=$(figure "$report" errors) skipped=$(figure "$report" skipped)
  PASSED=$((PASSED + passed)) FAILED=$((FAILED + failed + errors)) SKIPPED=$((SKIPPED + skipped))
  if [ $((passed + failed + errors + skipped)) = 0 ]; then blame "$name.Tests: no test ran"; return; fi
  if [ "$code" != 0 ] && [ $((failed + errors)) = 0 ]; then blame "$name.Tests: ended with $code"; fi
}

# True where this kernel has no 802.1Q. The guest's own packages are not everywhere to be had; that is for guest.sh to say.
needs_guest() {
  ! kernel_has_vlans || return 1
  (need_packages user-mode-linux kmod) || true
}

# Broker and database, and the published programs: what these two start and talk to.
prepare_services() {
  step "programs" scripts/build.sh || return 1
  step "services" scripts/services.sh up || return 1
  # shellcheck source=/dev/null
  source "$NOVANET_SERVICES_DIR/env"
}

names=("$@")
targets=("${names[@]/%/.Tests}")
targets=("${targets[@]/#/tests/}")
if [ $# = 0 ]; then
  names=(Domain Programs Integration Netns Guest)
  targets=(NovaNetBus.sln)
fi
for name in "${names[@]}"; do
  [ -f "$ROOT/tests/$name.Tests/$name.Tests.csproj" ] || die "There are no tests named $name."
done

need_root
need_packages rabbitmq-server postgresql dnsmasq-base dnsmasq-utils nftables libnftables1 iproute2 udhcpc iputils-arping iputils-ping conntrack tcpdump \
  python3-pika socat procps curl cloud-init
need_dotnet
cd "$ROOT"

step "restore" dotnet restore NovaNetBus.sln -nologo -v quiet -warnaserror || exit 0
# Layout only, without loading the solution: the code style is the build's to refuse (EnforceCodeStyleInBuild).
step "format" dotnet format whitespace . --folder --verify-no-changes --include src/ tests/ || true
for target in "${targets[@]}"; do
  step "build $target" dotnet build "$target" -c Release --no-restore -nologo -v quiet -warnaserror -m || exit 0
done

services=''
for name in "${names[@]}"; do
  case "$name" in
    Integration|Netns)
      if [ -z "$services" ]; then if prepare_services; then services=up; else services=failed; fi; fi
      if [ "$services" = failed ]; then blame "$name.Tests: not run"; continue; fi ;;
  esac
  run_tests "$name"
done
exit 0
