"""`python -m kim.local.healthcheck URL`: exit code 0 if the page answers with success. For container health checks.

Standard library only, because it runs every few seconds.
"""

from __future__ import annotations

import sys
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

_SECONDS = 4


def main(url: str) -> int:
    """0 for an answer below 400, 1 for anything else."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "127.0.0.1", parts.port or 80, timeout=_SECONDS)
    try:
        connection.request("GET", parts.path or "/")
        return int(connection.getresponse().status >= 400)
    except (OSError, HTTPException):
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
