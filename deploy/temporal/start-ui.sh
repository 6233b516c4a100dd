#!/bin/sh
# Starts the Temporal web page with the client secret of the login from a file: the image itself only reads variables.
set -eu

TEMPORAL_AUTH_CLIENT_SECRET=$(cat "${SECRETS:-/run/secrets}/temporal_ui_client_secret")
export TEMPORAL_AUTH_CLIENT_SECRET
exec ./ui-server --env docker start
