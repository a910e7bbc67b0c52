#!/usr/bin/env bash
# Users of the broker with the rights that they need and no more. Safe to repeat.
# usage: users.sh HOST...        the hosts that have a worker
#   RABBITMQCTL                  the command (default: rabbitmqctl)
#   VHOST                        default /
#   BROKER_{SCHEDULER,WORKER,COMPUTE,OPERATOR}_PASSWORD
#
# Every program declares all exchanges, queues and bindings at its start, which takes the right to configure and bind them.
# "amq.default" is the exchange by which a message goes straight to a queue: answers to reply_to go that way.
set -euo pipefail

ctl=${RABBITMQCTL:-rabbitmqctl}
vhost=${VHOST:-/}

facts='novanet\.(host-network-configured|instance-network-failed|instance-network-released|floating-ip-associated|floating-ip-disassociated|fixed-ip-leased|fixed-ip-lease-ended|network-host-changed)'
events='novanet\.(instance-spawning|instance-deleted|instance-migrating|instance-migrated|fixed-ip-add|fixed-ip-remove|floating-associate|floating-disassociate)'
topology='novanet\..*'
own='amq\.gen-.*'

# RabbitMQ 4 drops a message of a quorum queue that was delivered twenty times, as in a program's twenty starts. Ours are dropped by nobody. (The error queues say so themselves.)
$ctl -q set_policy -p "$vhost" novanet-deliveries '^(novanet|network)\.' '{"delivery-limit": 2147483647}' --apply-to queues

# user NAME PASSWORD CONFIGURE WRITE READ
user() {
  $ctl -q add_user "$1" "$2" 2>/dev/null || $ctl -q change_password "$1" "$2"
  $ctl -q set_permissions -p "$vhost" "$1" "^($3)\$" "^($4)\$" "^($5)\$"
}

# The scheduler sends on to every worker's queue, makes those that are missing, and looks after all error queues.
user scheduler "$BROKER_SCHEDULER_PASSWORD" "$topology|network\..*" "$topology|network\..*|amq\.default" "$topology|network\..*"

# A worker reads its own queue, binds it, and tells facts.
for host in "$@"; do
  queue="network\.${host//./\\.}(_error)?"
  user "worker-$host" "$BROKER_WORKER_PASSWORD" "$topology|$queue" "$topology|$queue|amq\.default" "$events|$facts|novanet\.unrouted|$queue"
done

# A compute service publishes events and listens to facts with queues of its own.
user compute "$BROKER_COMPUTE_PASSWORD" "$topology|$own" "$events|novanet\.(unrouted|scheduler)|$own" "$events|$facts|novanet\.unrouted|$own"

# An operator asks novanet.admin.
user operator "$BROKER_OPERATOR_PASSWORD" "novanet\.admin|$own" "amq\.default|$own" "$own"
