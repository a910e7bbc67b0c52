#!/usr/bin/env bash
# Writes docs/transcript.md: novanet at work, as it answered on a terminal. The workers plan and record, but touch nothing of the machine (fake_network).
# usage: transcript.sh            plays it and writes the page
#        transcript.sh --check    plays it and compares commands and exit codes with the page; ids, times and figures may differ
#
# It starts a broker and a database of its own, and takes them away again.
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

PAGE=$ROOT/docs/transcript.md
WORK=$(mktemp -d)
chmod 755 "$WORK" # the servers have users of their own
export NOVANET_SERVICES_DIR=$WORK/services
# The page shows it.
STATE=/tmp/novanet-transcript
PIDS=()
WEB=5f7d2f3c-52a5-4f0b-9d2f-0c8f5f0a1b11
MAIL=0a9be1d4-7c1e-4b57-8f5e-2d1f4ce6a702

# shellcheck disable=SC2317 # called by the trap
finish() {
  local code=$? pid
  trap - EXIT
  for pid in "${PIDS[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait
  "$ROOT/scripts/services.sh" down >/dev/null 2>&1 || code=1
  rm -rf "$WORK" "$STATE"
  exit "$code"
}

start() {
  "$ROOT/artifacts/bin/$1" --http_listen 127.0.0.1:0 "${@:2}" > "$WORK/$1-$RANDOM.log" 2>&1 &
  PIDS+=($!)
}

# publish EXCHANGE HOST JSON: what a compute service says.
publish() {
  /usr/bin/python3 - "$@" <<'PYTHON'
import os, sys, pika
connection = pika.BlockingConnection(pika.URLParameters(os.environ["ConnectionStrings__RabbitMq"]))
channel = connection.channel()
channel.confirm_delivery()
channel.basic_publish(sys.argv[1], sys.argv[2], sys.argv[3], pika.BasicProperties(content_type="application/json", delivery_mode=2, message_id="m-1"))
connection.close()
PYTHON
}

answers() { novanet host list --output json --timeout 2 2>/dev/null | grep -c '"alive": true' | grep -qx 2; }
is_in_state() { novanet instance show "$1" --output json 2>/dev/null | grep -q "\"state\": \"$2\""; }
has_failed() { novanet errors list --output json 2>/dev/null | grep -q '"queue"'; }
await() { wait_until 60 "$@" || die "Not within 60 s: $*"; }

# told SENTENCE: prose between the commands. A block of commands ends with it.
told() {
  [ -z "$OPEN" ] || echo '```'
  OPEN=''
  printf '\n%s\n' "$*"
}

# run COMMAND: as typed into a shell on a terminal of 120 columns.
run() {
  local code=0
  [ -n "$OPEN" ] || printf '\n```console\n'
  OPEN=yes
  printf '$ %s\n' "$1"
  script -qec "stty cols 120; $1" /dev/null </dev/null | tr -d '\r' || code=${PIPESTATUS[0]}
  [ "$code" = 0 ] || printf '[exit code %s]\n' "$code"
}

# note NAME VALUE: a variable of the session, shown as it is set.
note() {
  [ -n "$OPEN" ] || printf '\n```console\n'
  OPEN=yes
  printf '$ %s=%s\n' "$1" "$2"
  printf -v "$1" '%s' "$(eval echo "$2")"
  export "${1?}"
}

play() {
  OPEN=''
  echo '# novanet at work'
  told 'Made by `scripts/transcript.sh`, which ran these commands and wrote down what they answered, on a terminal of 120 columns. Two workers, compute-1 and compute-2, only plan and record here (`fake_network`).'
  # shellcheck source=/dev/null
  source "$ROOT/scripts/transcript.session"
  [ -z "$OPEN" ] || echo '```'
}

commands() { grep -E '^(\$ |\[exit code )' "$1"; }

CHECK=''
case "${1:-}" in
  '') ;;
  --check) CHECK=yes ;;
  *) die "usage: transcript.sh [--check]" ;;
esac

need_packages python3-pika bsdutils
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
say "Programs: building into artifacts/bin"
"$ROOT/scripts/build.sh"
"$ROOT/scripts/services.sh" up
# shellcheck source=/dev/null
source "$NOVANET_SERVICES_DIR/env"
export PATH=$ROOT/artifacts/bin:$PATH TERM=dumb WEB MAIL
cd "$WORK"
cp "$ROOT/tests/Programs.Tests/Cli/Files/nova-folsom.conf" nova.conf
start novanet-scheduler
for host in compute-1 compute-2; do start novanet-worker --host "$host" --fake_network true --multi_host true --state_path "$STATE/$host" --my_ip 192.0.2.1; done
await answers
say "Playing"
play > "$WORK/page.md"
if [ -z "$CHECK" ]; then
  cp "$WORK/page.md" "$PAGE"
  say "Written: $PAGE"
else
  diff <(commands "$PAGE") <(commands "$WORK/page.md") >&2 || die "docs/transcript.md is not what novanet does any more: run scripts/transcript.sh."
  say "The page's commands end as it says."
fi
