#!/bin/sh
# Runs once, on an empty data directory: a user and databases of their own for KIM-Lotse and for Temporal.
set -eu

create() {  # user, file with the password, databases
    user=$1
    password=$(cat "$2")
    shift 2
    psql --set=ON_ERROR_STOP=1 --username postgres --dbname postgres \
        --set=user="$user" --set=password="$password" <<'SQL'
CREATE ROLE :"user" LOGIN PASSWORD :'password' NOSUPERUSER NOCREATEDB NOCREATEROLE;
SQL
    for database in "$@"; do
        psql --set=ON_ERROR_STOP=1 --username postgres --dbname postgres \
            --set=user="$user" --set=database="$database" <<'SQL'
CREATE DATABASE :"database" OWNER :"user";
REVOKE CONNECT ON DATABASE :"database" FROM PUBLIC;
SQL
    done
}

create kim "${SECRETS:-/run/secrets}/kim_db_password" kim
create temporal "${SECRETS:-/run/secrets}/temporal_db_password" temporal temporal_visibility
