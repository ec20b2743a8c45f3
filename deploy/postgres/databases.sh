#!/usr/bin/env bash
# PostgreSQL's image runs this once, on an empty volume. Each store has a database, and a role that owns
# it and enters no other; that of erasures is restored from no backup (docs/operating.md).
set -euo pipefail
folder=${OMNI_SECRETS:-/run/secrets}
sql() { psql -q -v ON_ERROR_STOP=1 -d postgres "$@"; }

for name in gateway tracker cases erasures; do
    file="$folder/${name}_password"
    [ -s "$file" ]
    # psql reads the password itself: command lines are for everybody to see.
    sql -v name="$name" -v file="$file" <<'SQL'
\set password `cat :'file'`
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
SQL
done
# Else every role may connect to every database, the templates included.
sql <<'SQL'
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', datname) FROM pg_database \gexec
SQL
