#!/bin/bash
# The standby: a copy of the primary, made when there is none, that follows it.
set -eu
export PGPASSWORD="$(cat /run/secrets/password)"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  pg_basebackup -d "host=db user=cemai" -D "$PGDATA" -R -X stream -c fast
fi
exec postgres -D "$PGDATA" -c listen_addresses='*'
