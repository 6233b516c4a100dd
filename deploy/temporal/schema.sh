#!/bin/sh
# Brings both databases of the Temporal server to the schema of this version. May run again at any time.
set -eu

SQL_PASSWORD=$(cat "${SECRETS:-/run/secrets}/temporal_db_password")
export SQL_PASSWORD

update() {  # database, schema
    tool="temporal-sql-tool --plugin postgres12_pgx --endpoint ${POSTGRES_HOST:-db} --port ${POSTGRES_PORT:-5432}"
    tool="$tool --user temporal --database $1"
    $tool setup-schema --version 0.0
    $tool update-schema --schema-name "postgresql/v12/$2"
}

update temporal temporal
update temporal_visibility visibility
