"""`make bench`: figures of a whole local stack, each measured in this run, as a table and as JSON.

Real processes on loopback (server, worker, API, mail catcher); the floor, a workflow of one activity, runs beside them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import psutil
from rich.console import Console
from rich.table import Table
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker

from kim.local.stack import LocalStack
from kim.simulate.stage import Access, Stage, StagedPath, at
from kim.simulate.temporal_engine import play_on
from process_exit import run_and_exit
from store.access import create_token
from store.database import Database

ROOT = Path(__file__).parents[1]
PATH_A = ROOT / "scenarios" / "path-a.yaml"
BEGIN = at(date(2022, 2, 14), 6)
PERSON = {"born": "1994-03-12", "nationality": "SY"}


@dataclass(frozen=True)
class Figure:
    """One measured figure. `target` is an upper limit in the same unit, if there is one."""

    name: str
    value: float
    unit: str
    target: float | None = None
    note: str = ""

    @property
    def held(self) -> bool | None:
        """Whether the target was met; None without a target."""
        return None if self.target is None else self.value < self.target
