#!/bin/sh
# Starts the Temporal server with the password of its database from a file: the image itself only reads variables.
set -eu

POSTGRES_PWD=$(cat "${SECRETS:-/run/secrets}/temporal_db_password")
export POSTGRES_PWD
# The internal frontend serves the server's own worker; the outer one asks everybody for a token.
exec temporal-server start --service frontend --service internal-frontend --service history --service matching \
    --service worker
