#!/bin/bash
# Run once, when the primary is made: the standby may copy it, and from the next start on every commit waits for one standby.
set -eu
echo "host replication cemai samenet scram-sha-256" >> "$PGDATA/pg_hba.conf"
# written to a file that is read at the start: a commit of this very script must not wait for a standby that is not there yet
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (*)'"
