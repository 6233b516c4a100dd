"""How a process that used Temporal ends: flushed and at once, with the exit code of its work.

Imports nothing of the project, so that every entry point may use it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any, Final, NoReturn

INTERRUPTED: Final = 128 + signal.SIGINT


def run_and_exit(main: Callable[[], Coroutine[Any, Any, int]]) -> NoReturn:
    """Runs `main()` to its end and leaves the process with its result; 1 after an exception, 130 after Ctrl-C.

    The threads of the Temporal SDK crash the interpreter in about one ordinary exit of ten (sdk-python issue 300),
    so nothing may be left to the interpreter's own shutdown: `main` closes what it opened.
    """
    leave(_run(main))


def leave(code: int) -> NoReturn:
    """Ends the process now: flushes logs and output, skips the shutdown of the interpreter."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):  # the reader of a pipe has gone, or the stream is closed
            code = code or 1
    os._exit(code)


def _run(main: Callable[[], Coroutine[Any, Any, int]]) -> int:
    try:
        return asyncio.run(main())
    except KeyboardInterrupt:
        return INTERRUPTED
    except SystemExit as request:
        return request.code if isinstance(request.code, int) else int(request.code is not None)
    except BaseException:  # noqa: BLE001  the last frame of the process: reported like any uncaught exception
        sys.excepthook(*sys.exc_info())
        return 1
