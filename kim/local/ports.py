"""Free ports on loopback for the programs of the local stack.

Nothing is reserved: a port can be taken between finding and using it, so whoever starts a program tries again.
"""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable

from kim.local.errors import LocalStackError

LOOPBACK = "127.0.0.1"
# Above the ports of well-known services, below the range of outgoing connections (and of the server's 16-bit column).
_FIRST, _LAST = 15_000, 31_999


def is_free(port: int) -> bool:
    """Whether a program could listen on this port of loopback now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """As many different free ports as asked for, picked at random so that stacks side by side rarely meet."""
    found: list[int] = []
    for port in random.sample(range(_FIRST, _LAST + 1), k=_LAST - _FIRST + 1):
        if is_free(port):
            found.append(port)
        if len(found) == count:
            return found
    raise LocalStackError(f"Keine {count} freien Ports auf {LOOPBACK} zwischen {_FIRST} und {_LAST}.")


def preferred_port(default: int) -> int:
    """The default port if it is free, any free one otherwise."""
    return default if is_free(default) else free_ports(1)[0]


def wait_for_port(address: str, alive: Callable[[], bool], timeout_seconds: float) -> bool:
    """Whether `host:port` accepts connections in time; gives up early once `alive` says that the program has ended."""
    host, _, port = address.rpartition(":")
    until = time.monotonic() + timeout_seconds
    while time.monotonic() < until and alive():
        try:
            with socket.create_connection((host, int(port)), timeout=1):
                return True
        except OSError:
            time.sleep(0.05)
    return False
