#!/usr/bin/env bash
# PostgreSQL 15.18 (Debian's package postgresql-15=15.18-0+deb12u1). In READ COMMITTED, where each statement sees what was committed before
# it, a transaction asks `to_regclass` for a table that is not there yet, waits for an advisory lock, and gets it once the transaction that
# holds it has created the table and committed. Asked again, `to_regclass` still says that there is no such table: its first "no" stays in
# the session's catalog cache, which is brought up to date when a *relation* is locked, and an advisory lock is none. The catalog itself,
# asked in the same transaction, has the table; and since that query locks a relation, `to_regclass` sees it from then on.
# It matters to whoever lets several programs create their tables behind an advisory lock: "is it there? no; lock; is it there now?" fails.
#
# Output seen:
#   before the lock, by to_regclass:        none
#   behind the lock, by to_regclass:        none
#   behind the lock, by pg_class:           t
#   after that query, by to_regclass:       t
set -euo pipefail

version=15.18-0+deb12u1
if [[ "$(dpkg-query --show --showformat='${Version}' postgresql-15 2>/dev/null)" != "$version" ]]; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "postgresql-15=$version" >/dev/null
fi
bin=/usr/lib/postgresql/15/bin
folder="$(mktemp -d)"
as() { if [[ $EUID -eq 0 ]]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi; }
[[ $EUID -eq 0 ]] && chown postgres "$folder"
cd "$folder"
trap 'as "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
as "$bin/initdb" -D "$folder/data" -A trust -E UTF8 >/dev/null
as "$bin/pg_ctl" -D "$folder/data" -w -o "-k $folder -c listen_addresses=''" -l "$folder/server.log" start >/dev/null
psql() { as "$bin/psql" -h "$folder" -d postgres -v ON_ERROR_STOP=1 -XqAt "$@"; }
psql -c 'SHOW server_version' | sed 's/^/PostgreSQL /'

# Holds the lock for two seconds, creates the table, and commits.
psql -c 'BEGIN; SELECT pg_advisory_xact_lock(1); SELECT pg_sleep(2); CREATE TABLE t (); COMMIT' >/dev/null &
holder=$!
sleep 0.7
psql >"$folder/seen" <<'SQL'
BEGIN;
SELECT coalesce(to_regclass('public.t')::text, 'none');
SELECT pg_advisory_xact_lock(1) IS NULL;
SELECT coalesce(to_regclass('public.t')::text, 'none');
SELECT relname FROM pg_class WHERE relname = 't';
SELECT coalesce(to_regclass('public.t')::text, 'none');
COMMIT;
SQL
wait "$holder"
mapfile -t seen <"$folder/seen"
printf 'before the lock, by to_regclass:        %s\n' "${seen[0]}"
printf 'behind the lock, by to_regclass:        %s\n' "${seen[2]}"
printf 'behind the lock, by pg_class:           %s\n' "${seen[3]}"
printf 'after that query, by to_regclass:       %s\n' "${seen[4]}"
[[ "${seen[0]} ${seen[2]} ${seen[3]} ${seen[4]}" == 'none none t t' ]] || { echo 'PostgreSQL behaves differently now'; exit 1; }
