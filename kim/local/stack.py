"""The whole product on one desk: Temporal, its web page, records, mail catcher, API and worker, started in order.

Knows addresses and order only; what the demo tells stands in `demo.py`.
"""

from __future__ import annotations

import asyncio
import base64
import fcntl
import secrets
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from kim.local import ports, ui
from kim.local.errors import LocalStackError
from kim.local.keycloak import VERSION, Keycloak, provide
from kim.local.processes import ManagedProcess
from kim.local.server import RunningServer, prepare_namespace, start_server
from process_models.catalogue import load_catalogue
from process_models.names import NAMESPACE
from store.database import upgrade
from store.sealing import KEY_BYTES

Progress = Callable[[str], None]
"""Is told in German what happens next."""

_SENDER: Final = "KIM-Lotse <kim-lotse@kim.example>"


@dataclass(frozen=True)
class Addresses:
    """Where the parts of a running stack answer. URLs have no slash at the end."""

    temporal: str
    temporal_ui: str
    api: str
    mail_page: str
    smtp: str
    worker_health: str
    database_url: str
    namespace: str = NAMESPACE


class LocalStack:
    """Starts and stops everything below `root` (usually `.local`): data in `demo`, logs in `logs`.

    `usual_ports`: 7233, 8000, 8080 and so on where they are free; without it any free ones, for stacks side by side.
    `keycloak`: people sign in at a real identity provider, in this tenant; without it one click makes them somebody.
    """

    def __init__(
        self,
        root: Path = Path(".local"),
        *,
        fresh: bool = False,
        usual_ports: bool = True,
        keycloak: str = "",
        progress: Progress = lambda _: None,
    ) -> None:
        self._data = root.resolve() / "demo"
        self._logs = root.resolve() / "logs"
        self._fresh = fresh
        self._port = ports.preferred_port if usual_ports else _any_port
        self._progress = progress
        self._tenant = keycloak
        self._server: RunningServer | None = None
        self._lock: IO[str] | None = None
        self._addresses: Addresses | None = None
        self.identity_provider: Keycloak | None = None
        """Where people sign in, if it runs."""
        self.processes: dict[str, ManagedProcess] = {}
        """Running parts by name: keycloak, mail, api, worker, ui."""

    @property
    def addresses(self) -> Addresses:
        """Addresses of the running parts. Errors: LocalStackError before `start`."""
        if self._addresses is None:
            raise LocalStackError("Der lokale Stapel ist nicht gestartet.")
        return self._addresses

    @property
    def directory(self) -> Path:
        """Where the records, mails and the server's database lie."""
        return self._data

    @property
    def server_pid(self) -> int | None:
        """Process id of the Temporal server, if this stack started it."""
        return self._server.pid if self._server is not None else None

    async def start(self) -> Addresses:
        """Starts every part and returns when all answer. Errors: LocalStackError; what was started is stopped again."""
        self.claim()
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise
        return self.addresses

    async def stop(self) -> None:
        """Stops in the opposite order: worker and API first, the server last. May be called twice."""
        for name in reversed(list(self.processes)):
            await asyncio.to_thread(self.processes.pop(name).stop)
        if self._server is not None:
            await asyncio.to_thread(self._server.stop)
            self._server = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def ended(self) -> list[str]:
        """Names of parts that have ended on their own."""
        return [name for name, process in self.processes.items() if not process.running]

    async def restart(self, name: str) -> None:
        """Stops a part and starts it again on its port."""
        process = self.processes[name]
        await asyncio.to_thread(process.stop)
        process.start()
        await asyncio.to_thread(process.wait_until_ready)

    async def _start(self) -> None:
        self._progress("Temporal-Server wird gesucht und gestartet …")
        server = await asyncio.to_thread(
            lambda: start_server(self._data / "temporal", in_memory=False, port=self._port(7233))
        )
        self._server = server
        self._progress(f"Temporal läuft auf {server.address} ({server.way}); Namensraum wird vorbereitet …")
        await prepare_namespace(server.address, NAMESPACE)
        addresses = self._addresses = self._pick_addresses(server.address)
        self._progress("Datenbank wird auf den Stand der Migrationen gebracht …")
        await asyncio.to_thread(upgrade, addresses.database_url)
        if self._tenant:
            await self._start_keycloak(addresses)
        self._progress("Mailfänger, Schnittstelle, Arbeiter und Temporal-Oberfläche werden gestartet …")
        for name, process in self._planned(addresses).items():
            self.processes[name] = process
            process.start()
        await asyncio.gather(*(asyncio.to_thread(process.wait_until_ready) for process in self.processes.values()))

    async def _start_keycloak(self, addresses: Addresses) -> None:
        """Before the API, which is told where people sign in. In memory: its people are the same at every start."""
        self._progress(f"Keycloak {VERSION} wird gestartet, das dauert bis zu einer Minute …")
        found = Keycloak(self._data / "keycloak", addresses.api)
        found.directory.mkdir(parents=True, exist_ok=True)
        self.processes["keycloak"] = await asyncio.to_thread(lambda: found.start(provide()))
        self.identity_provider = found

    def claim(self) -> None:
        """Two stacks on one database would tear it apart: the second one is refused."""
        self._data.mkdir(parents=True, exist_ok=True)
        self._lock = (self._data.parent / "stack.lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            self._lock = None
            raise LocalStackError(
                f"In {self._data.parent} läuft schon ein lokaler Stapel; bitte zuerst beenden."
            ) from None
        if self._fresh:
            shutil.rmtree(self._data)
            shutil.rmtree(self._logs, ignore_errors=True)
            self._data.mkdir()

    def _pick_addresses(self, temporal: str) -> Addresses:
        page, api, mail = (f"http://{ports.LOOPBACK}:{self._port(port)}" for port in (8080, 8000, 8025))
        smtp, health = (self._port(port) for port in (2525, 8001))
        return Addresses(
            temporal=temporal,
            temporal_ui=page,
            api=api,
            mail_page=mail,
            smtp=f"{ports.LOOPBACK}:{smtp}",
            worker_health=f"http://{ports.LOOPBACK}:{health}",
            database_url=f"sqlite+aiosqlite:///{self._data / 'kim.db'}",
        )

    def _planned(self, addresses: Addresses) -> dict[str, ManagedProcess]:
        environment = self.environment(addresses)
        mails = ["--smtp-port", _port(addresses.smtp), "--http-port", _port(addresses.mail_page)]
        mails += ["--directory", str(self._data / "mails")]
        planned = {
            "mail": self._python("Mailfänger", "kim.mail_catcher", addresses.mail_page, {}, mails),
            "api": self._python("Schnittstelle", "api.main", addresses.api, environment),
            "worker": self._python("Arbeiter", "worker", addresses.worker_health, environment),
        }
        try:
            planned["ui"] = self._ui(addresses)
        except LocalStackError as error:
            self._progress(f"Ohne Temporal-Oberfläche: {error.detail}")
        return planned

    def environment(self, addresses: Addresses) -> dict[str, str]:
        """The variables `KIM_...` that make any process of the product join this stack."""
        metrics, worker_metrics = ports.free_ports(2)
        door = {"KIM_DEMO": "true"}
        if self.identity_provider:
            door = {"KIM_DEMO": "false", **self.identity_provider.settings(self._tenant, self._jobcenter())}
        return {
            "KIM_MODE": "local",
            "KIM_DATABASE_URL": addresses.database_url,
            "KIM_MASTER_KEY": self._master_key(),
            "KIM_TEMPORAL_ADDRESS": addresses.temporal,
            "KIM_TEMPORAL_NAMESPACE": addresses.namespace,
            "KIM_TEMPORAL_UI_URL": addresses.temporal_ui,
            "KIM_SMTP_HOST": ports.LOOPBACK,
            "KIM_SMTP_PORT": _port(addresses.smtp),
            "KIM_MAIL_FROM": _SENDER,
            "KIM_PUBLIC_URL": addresses.api,
            **door,
            "KIM_API_PORT": _port(addresses.api),
            "KIM_METRICS_PORT": str(metrics),
            "KIM_WORKER_METRICS_PORT": str(worker_metrics),
            "KIM_WORKER_HEALTH_PORT": _port(addresses.worker_health),
        }

    def _jobcenter(self) -> str:
        """The agency of the clerk among the people of the realm."""
        agencies = load_catalogue().municipality(self._tenant).agencies
        return next(agency.id for agency in agencies if agency.kind == "jobcenter")

    def _master_key(self) -> str:
        file = self._data / "master.key"
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode(), encoding="ascii")
        return file.read_text(encoding="ascii")

    def _python(
        self, title: str, module: str, url: str, environment: dict[str, str], arguments: list[str] | None = None
    ) -> ManagedProcess:
        command = [sys.executable, "-m", module, *(arguments or [])]
        return ManagedProcess(title, command, int(_port(url)), self._logs / f"{module}.log", environment)

    def _ui(self, addresses: Addresses) -> ManagedProcess:
        port, log_file = int(_port(addresses.temporal_ui)), self._logs / "temporal-ui.log"
        return ui.ui_process(self._data / "temporal-ui", log_file, addresses.temporal, addresses.namespace, port)


def _any_port(_: int) -> int:
    return ports.free_ports(1)[0]


def _port(address: str) -> str:
    return address.rpartition(":")[2]
