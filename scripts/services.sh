#!/usr/bin/env bash
# A RabbitMQ and a PostgreSQL of our own, on loopback only, beside anybody else's.
# usage: services.sh up|down|status
#        services.sh rabbitmqctl ARGUMENT...     the broker's own tool, for users and virtual hosts
#
#   NOVANET_SERVICES_DIR   where they live (default: .services in the repository)
#   NOVANET_AMQP_PORT      default 25772; the next two are taken as well (Erlang distribution, epmd)
#   NOVANET_PG_PORT        default 25735: steps of ten never lead to a port of the broker, chosen but not yet taken
#
# Without these, a port that somebody else holds is passed over for the next free one: source env in that directory, do not guess.
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

DIR=${NOVANET_SERVICES_DIR:-$ROOT/.services}
SECONDS_TO_START=90
SECONDS_TO_STOP=30

# --- who and where -----------------------------------------------------------------------------------------------------------------

# Neither server runs as root; without root both run as the caller.
as() {
  local user=$1
  shift
  if is_root; then setpriv --reuid "$user" --regid "$user" --clear-groups "$@"; else "$@"; fi
}

give_to() { ! is_root || chown -R "$1:$1" "$2"; }

# A clone below /root, say, is closed to the servers' users.
servers_can_write() {
  local user
  for user in postgres rabbitmq; do
    mkdir -p "$1/$user" 2>/dev/null && chmod 700 "$1/$user" && give_to "$user" "$1/$user" 2>/dev/null \
      && as "$user" touch "$1/$user/.writable" 2>/dev/null || return 1
  done
}

# Sets DATA, the real place of both servers' files; "data" in DIR is that place or points to it.
find_data() {
  mkdir -p "$DIR"
  DIR=$(cd "$DIR" && pwd -P)
  chmod 711 "$DIR"
  FALLBACK=/var/lib/novanet-services/$(printf %s "$DIR" | sha256sum | cut -c1-16)
  if [ -L "$DIR/data" ]; then DATA=$(readlink "$DIR/data"); else DATA=$DIR/data; fi
}

make_data() {
  # Somebody removed the directory below running servers: these are still ours to stop.
  stop_both
  mkdir -p "$DATA"
  chmod 711 "$DATA"
  if ! servers_can_write "$DATA"; then
    is_root || die "$DIR cannot be written."
    rm -rf "$DATA"
    DATA=$FALLBACK
    stop_both
    rm -rf "$DATA"
    mkdir -p "$DATA"
    chmod 711 "${DATA%/*}" "$DATA"
    servers_can_write "$DATA" || die "The users postgres and rabbitmq can write neither below $DIR nor in $DATA."
    ln -s "$DATA" "$DIR/data"
    say "The servers' users cannot enter $DIR: the data is in $DATA"
  fi
}

# --- settings: ports and passwords, kept for the life of the data --------------------------------------------------------------------

new_password() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

read_settings() {
  AMQP_PORT='' PG_PORT='' AMQP_PASSWORD='' PG_PASSWORD=''
  # shellcheck source=/dev/null
  if [ -s "$DATA/settings" ]; then source "$DATA/settings"; fi
}

write_settings() {
  (
    umask 077
    printf '%s=%s\n' AMQP_PORT "$AMQP_PORT" PG_PORT "$PG_PORT" AMQP_PASSWORD "$AMQP_PASSWORD" PG_PASSWORD "$PG_PASSWORD" > "$DATA/settings.new"
    mv "$DATA/settings.new" "$DATA/settings"
    {
      printf 'export ConnectionStrings__RabbitMq=amqp://novanet:%s@127.0.0.1:%s/\n' "$AMQP_PASSWORD" "$AMQP_PORT"
      printf "export ConnectionStrings__Postgres='Host=127.0.0.1;Port=%s;Database=novanet;Username=novanet;Password=%s'\n" "$PG_PORT" "$PG_PASSWORD"
    } > "$DIR/env.new"
    mv "$DIR/env.new" "$DIR/env"
  )
}

# choose_port WANTED REMEMBERED DEFAULT COUNT: the first of COUNT free ports in a row.
choose_port() {
  local port=${1:-${2:-$3}} tries
  for tries in {1..50}; do
    if ports_are_free "$port" "$4"; then echo "$port"; return; fi
    [ -z "$1" ] || die "Port $1 (or one of the $4 from there) is in use."
    port=$((port + 10))
  done
  die "No free port found from ${2:-$3} in $tries steps."
}

ports_are_free() {
  local port
  for ((port = $1; port < $1 + $2; port++)); do port_is_free "$port" || return 1; done
}

# --- processes -----------------------------------------------------------------------------------------------------------------------

# Each server carries DATA in its environment, and so does what it starts (epmd): no pid file can go stale.
ours() {
  local pid
  grep -lzxF "NOVANET_SERVICES_DATA=$DATA" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3 | while read -r pid; do
    if [ -z "${1:-}" ] || [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$1" ]; then echo "$pid"; fi
  done || true
}

none_left() { [ -z "$(ours "$@")" ]; }

# Detached from the caller in every way: a session of its own, none of the caller's descriptors, and a clean environment.
launch() {
  local user=$1 log=$2
  shift 2
  (
    cd "$DATA/$user" || exit
    for descriptor in /proc/self/fd/*; do
      descriptor=${descriptor##*/}
      [ "$descriptor" -le 2 ] || eval "exec $descriptor>&-"
    done
    as "$user" setsid --fork env -i "PATH=/usr/sbin:/usr/bin:/sbin:/bin" "HOME=$DATA/$user" LC_ALL=C.UTF-8 "NOVANET_SERVICES_DATA=$DATA" "$@" \
      </dev/null >>"$log" 2>&1
  )
}

# stop NAME SIGNAL: politely, then not.
stop() {
  local pids
  pids=$(ours "$1")
  [ -n "$pids" ] || return 0
  # shellcheck disable=SC2086 # one word per process
  kill -"$2" $pids 2>/dev/null || true
  # shellcheck disable=SC2046
  wait_until "$SECONDS_TO_STOP" none_left "$1" || kill -KILL $(ours "$1") 2>/dev/null || true
}

stop_both() {
  stop postgres INT &
  stop beam.smp TERM &
  wait
  # What is left of ours is epmd, and the broker's starting script if that was caught early.
  # shellcheck disable=SC2046
  none_left || kill -TERM $(ours) 2>/dev/null || true
  # shellcheck disable=SC2046
  wait_until 5 none_left || kill -KILL $(ours) 2>/dev/null || true
}

# --- PostgreSQL ----------------------------------------------------------------------------------------------------------------------

# The version that made the data, else the newest.
postgres_bin() {
  local version
  version=$(cat "$DATA/postgres/cluster/PG_VERSION" 2>/dev/null) || version=$(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 -printf '%f\n' | sort -V | tail -n 1)
  [ -x "/usr/lib/postgresql/$version/bin/postgres" ] || die "PostgreSQL ${version:-server} is not installed below /usr/lib/postgresql."
  echo "/usr/lib/postgresql/$version/bin"
}

# Appears under its name only when it is whole. The superuser's password is thrown away: only the role "novanet" logs in.
make_cluster() {
  local bin=$1 new=$DATA/postgres/cluster.new log=$DATA/postgres/initdb.log
  rm -rf "$new"
  ( umask 077; new_password > "$DATA/postgres/superuser" )
  give_to postgres "$DATA/postgres"
  ( cd "$DATA/postgres" && as postgres "$bin/initdb" -D "$new" -U postgres -A scram-sha-256 --pwfile=superuser -E UTF8 --locale=C ) >"$log" 2>&1 </dev/null \
    || { tail -n 5 "$log" >&2; die "initdb failed; see $log."; }
  rm -f "$DATA/postgres/superuser"
  printf '%s\n' "CREATE ROLE novanet LOGIN CREATEDB CREATEROLE PASSWORD '$PG_PASSWORD';" 'CREATE DATABASE novanet OWNER novanet;' \
    | ( cd "$DATA/postgres" && as postgres "$bin/postgres" --single -D "$new" postgres ) >>"$log" 2>&1 || die "The database could not be made; see $log."
  # This mode goes on after an error, and says so only in words.
  ! grep -E 'ERROR|FATAL|PANIC' "$log" >&2 || die "The database could not be made; see $log."
  mv "$new" "$DATA/postgres/cluster"
}

start_postgres() {
  local bin log=$DATA/postgres/server.log
  bin=$(postgres_bin)
  [ -d "$DATA/postgres/cluster" ] || make_cluster "$bin"
  # The postmaster is gone, and once its children are too, a pid file is a dead one's: its number may be somebody else's by now.
  wait_until 15 no_backend_left || die "Processes of a dead PostgreSQL still use $DATA/postgres/cluster."
  rm -f "$DATA/postgres/cluster/postmaster.pid"
  launch postgres "$log" "$bin/postgres" -D "$DATA/postgres/cluster" -c "port=$PG_PORT" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    -c max_connections=200 -c fsync=on -c synchronous_commit=on -c full_page_writes=on
}

no_backend_left() { [ -z "$(find /proc/[0-9]*/cwd -maxdepth 0 -lname "$DATA/postgres/cluster" 2>/dev/null)" ]; }

postgres_answers() {
  [ -n "$PG_PORT" ] && PGPASSWORD=$PG_PASSWORD PGCONNECT_TIMEOUT=3 "$(postgres_bin)/psql" -h 127.0.0.1 -p "$PG_PORT" -U novanet -d novanet -XtAqc 'select 1' >/dev/null 2>&1 </dev/null
}

# --- RabbitMQ ------------------------------------------------------------------------------------------------------------------------

start_rabbitmq() {
  local home=$DATA/rabbitmq
  # The default user is made with the first start, in the place of guest.
  ( umask 077; printf '%s\n' "listeners.tcp.1 = 127.0.0.1:$AMQP_PORT" 'default_user = novanet' "default_pass = $AMQP_PASSWORD" \
      'default_user_tags.administrator = true' 'disk_free_limit.absolute = 200MB' > "$home/rabbitmq.conf"
    echo '[].' > "$home/enabled_plugins"
    : > "$home/rabbitmq-env.conf" )
  give_to rabbitmq "$home"
  # A name of its own at localhost: this machine's name need not resolve.
  launch rabbitmq "$home/server.log" RABBITMQ_NODENAME=novanet@localhost RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 "RABBITMQ_NODE_PORT=$AMQP_PORT" \
    "RABBITMQ_DIST_PORT=$((AMQP_PORT + 1))" "ERL_EPMD_PORT=$((AMQP_PORT + 2))" ERL_EPMD_ADDRESS=127.0.0.1 \
    "RABBITMQ_MNESIA_BASE=$home/mnesia" "RABBITMQ_LOG_BASE=$home/log" "RABBITMQ_PID_FILE=$home/pid" "RABBITMQ_SCHEMA_DIR=$home/schema" "RABBITMQ_GENERATED_CONFIG_DIR=$home/config" \
    "RABBITMQ_CONF_ENV_FILE=$home/rabbitmq-env.conf" "RABBITMQ_CONFIG_FILE=$home/rabbitmq.conf" "RABBITMQ_ADVANCED_CONFIG_FILE=$home/advanced.config" \
    "RABBITMQ_ENABLED_PLUGINS_FILE=$home/enabled_plugins" "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1}" \
    /usr/lib/rabbitmq/bin/rabbitmq-server
}

# An AMQP client says hello; a broker answers with a method frame (first byte 1).
rabbitmq_answers() {
  local byte=''
  [ -n "$AMQP_PORT" ] || return 1
  { exec 3<>"/dev/tcp/127.0.0.1/$AMQP_PORT"; } 2>/dev/null || return 1
  if printf 'AMQP\0\0\11\1' >&3; then LC_ALL=C IFS='' read -r -t 3 -d '' -N 1 byte <&3 || byte=''; fi
  exec 3>&-
  [ "$byte" = $'\1' ]
}

# --- up, down, status ----------------------------------------------------------------------------------------------------------------

need_servers() {
  need_packages rabbitmq-server postgresql procps
  local version
  version=$(dpkg-query -W -f '${Version}' rabbitmq-server)
  dpkg --compare-versions "$version" ge 3.10 || die "RabbitMQ 3.10 or newer is needed; this distribution has $version."
}

# await NAME PROCESS ANSWERS LOG
await() {
  local end=$((SECONDS + SECONDS_TO_START))
  until "$3"; do
    if [ "$SECONDS" -ge "$end" ] || { [ "$SECONDS" -gt $((end - SECONDS_TO_START + 5)) ] && none_left "$2"; }; then
      tail -n 15 "$4" >&2
      die "$1 did not start; see $4."
    fi
    sleep 0.1
  done
}

up() {
  need_servers
  # One start at a time on this machine, so that two sets do not choose the same ports.
  exec 9>"$(is_root && echo /run || echo "${XDG_RUNTIME_DIR:-/tmp}")/novanet-services.lock"
  flock 9
  [ -d "$DATA" ] || make_data
  read_settings
  : "${AMQP_PASSWORD:=$(new_password)}" "${PG_PASSWORD:=$(new_password)}"
  local start_rabbitmq='' start_postgres=''
  if none_left beam.smp; then start_rabbitmq=yes; fi
  if none_left postgres; then start_postgres=yes; fi
  if [ -n "$start_rabbitmq" ]; then
    # An epmd that outlived its broker holds one of the ports.
    stop epmd TERM
    AMQP_PORT=$(choose_port "${NOVANET_AMQP_PORT:-}" "$AMQP_PORT" 25772 3)
  fi
  if [ -n "$start_postgres" ]; then PG_PORT=$(choose_port "${NOVANET_PG_PORT:-}" "$PG_PORT" 25735 1); fi
  write_settings
  if [ -n "$start_rabbitmq" ]; then start_rabbitmq; fi
  if [ -n "$start_postgres" ]; then start_postgres; fi
  await RabbitMQ beam.smp rabbitmq_answers "$DATA/rabbitmq/server.log"
  await PostgreSQL postgres postgres_answers "$DATA/postgres/server.log"
}

down() {
  stop_both
  none_left || die "Some processes did not stop: $(ours | paste -sd' ')."
}

status() {
  local code=0
  read_settings
  if rabbitmq_answers; then echo "RabbitMQ    answers on 127.0.0.1:$AMQP_PORT"; else echo "RabbitMQ    does not answer"; code=1; fi
  if postgres_answers; then echo "PostgreSQL  answers on 127.0.0.1:$PG_PORT"; else echo "PostgreSQL  does not answer"; code=1; fi
  return $code
}

# By the Erlang cookie in the broker's home, as the broker's user.
control() {
  read_settings
  as rabbitmq env -i "PATH=/usr/sbin:/usr/bin:/sbin:/bin" "HOME=$DATA/rabbitmq" LC_ALL=C.UTF-8 RABBITMQ_NODENAME=novanet@localhost "ERL_EPMD_PORT=$((AMQP_PORT + 2))" \
    "RABBITMQ_CONF_ENV_FILE=$DATA/rabbitmq/rabbitmq-env.conf" /usr/lib/rabbitmq/bin/rabbitmqctl "$@"
}

case "${1:-}" in
  up|down|status) find_data; "$1" ;;
  rabbitmqctl) find_data; cd "$DATA/rabbitmq"; control "${@:2}" ;;
  *) die "usage: services.sh up|down|status | rabbitmqctl ARGUMENT..." ;;
esac
