#!/bin/sh
# Runs when the database is made: a role for each program. The scheduler makes the tables; workers use them; auditors read them.
#   DATABASE_{SCHEDULER,WORKER,AUDITOR}_PASSWORD
#   PSQL        the command, as a superuser (default: psql)
#   DATABASE    default novanet; it is made here
set -eu

${PSQL:-psql} -v ON_ERROR_STOP=1 -v database="${DATABASE:-novanet}" \
  -v scheduler="$DATABASE_SCHEDULER_PASSWORD" -v worker="$DATABASE_WORKER_PASSWORD" -v auditor="$DATABASE_AUDITOR_PASSWORD" <<'SQL'
create role scheduler login password :'scheduler';
create role worker login password :'worker';
create role auditor login password :'auditor';
grant scheduler to current_user;
create database :"database" owner scheduler;
revoke connect, temporary on database :"database" from public;
grant connect on database :"database" to worker, auditor;
\connect :"database"
create schema novanet authorization scheduler;
grant usage on schema novanet to worker, auditor;
alter default privileges for role scheduler in schema novanet grant select, insert, update, delete on tables to worker;
alter default privileges for role scheduler in schema novanet grant usage, select on sequences to worker;
alter default privileges for role scheduler in schema novanet grant select on tables to auditor;
SQL
