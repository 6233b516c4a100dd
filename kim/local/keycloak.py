"""A real identity provider for the local stack and for one test: Keycloak from Maven Central, on loopback, in memory.

The realm stands in `deploy/keycloak/realm.json`; its people do not exist, their password is made at every start.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import subprocess
import tempfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx2
from rich.console import Console

from kim.local import binaries, ports
from kim.local.errors import LocalStackError
from kim.local.processes import ManagedProcess

VERSION: Final = "26.7.3"
SHA256: Final = "27a6535553c3cdcd083872ba40629efafb3475e3b758e0c6f691395561dd0f1f"
REALM: Final = Path(__file__).resolve().parents[2] / "deploy" / "keycloak" / "realm.json"
CLIENT_ID: Final = "kim-lotse"

_ARTIFACT: Final = f"org.keycloak:keycloak-quarkus-dist:{VERSION}:zip"
_FETCH_SECONDS: Final = 600.0
_BUILD_SECONDS: Final = 900.0
_START_SECONDS: Final = 420.0
_MEMORY: Final = ("-Xms64m", "-Xmx512m")
_JAVA: Final = 17
_OPTIONS: Final = ("--db=dev-mem",)
_out = Console(highlight=False)


@dataclass
class Keycloak:
    """A Keycloak that can be started: knows its addresses before it runs."""

    directory: Path
    public_url: str
    """Where the pages answer; the realm lets nobody return to any other place."""
    port: int = field(default_factory=lambda: ports.free_ports(1)[0])
    client_secret: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12), repr=False)

    @property
    def issuer(self) -> str:
        """The issuer of the realm."""
        return f"http://{ports.LOOPBACK}:{self.port}/realms/kim"

    def process(self, home: Path) -> ManagedProcess:
        """The process, not yet started. `home`: what `provide` gave."""
        management = ports.free_ports(1)[0]
        command = [*_java(home, _own_home(home, self.directory)), "start", "--optimized", "--import-realm"]
        command += ["--cache=local", "--http-enabled=true"]
        command += [f"--http-host={ports.LOOPBACK}", f"--http-port={self.port}"]
        command += [f"--http-management-host={ports.LOOPBACK}", f"--http-management-port={management}"]
        command += [f"--hostname=http://{ports.LOOPBACK}:{self.port}"]
        environment = {
            "KIM_PUBLIC_URL": self.public_url,
            "KIM_OIDC_CLIENT_SECRET": self.client_secret,
            "KIM_PROBE_PASSWORD": self.password,
        }
        return ManagedProcess("Keycloak", command, self.port, self.directory / "keycloak.log", environment)

    def start(self, home: Path) -> ManagedProcess:
        """Starts it and returns when the realm answers. Errors: LocalStackError with the end of its log."""
        running = self.process(home)
        running.start()
        running.wait_until_ready(_START_SECONDS)
        answer = httpx2.get(f"{self.issuer}/.well-known/openid-configuration", trust_env=False, timeout=30)
        if answer.status_code != 200:
            running.stop()
            raise LocalStackError(f"Keycloak läuft, kennt aber den Bereich „kim“ nicht; siehe {running.log_file}")
        return running

    def settings(self, tenant: str, agency: str) -> dict[str, str]:
        """The variables `KIM_OIDC_...` that let the API use it, every role in this tenant."""
        return {
            "KIM_OIDC_ISSUER": self.issuer,
            "KIM_OIDC_CLIENT_ID": CLIENT_ID,
            "KIM_OIDC_CLIENT_SECRET": self.client_secret,
            "KIM_OIDC_GRANTS": json.dumps(grants(tenant, agency)),
        }


def grants(tenant: str, agency: str) -> list[dict[str, str]]:
    """What each group of the realm is here."""
    lines: list[dict[str, str]] = [
        {"group": "/kim/fallmanagement", "role": "case_manager"},
        {"group": "/kim/koordination", "role": "coordinator"},
        {"group": "/kim/jobcenter", "role": "clerk", "agency": agency},
        {"group": "/kim/ag-fallebene", "role": "body", "body": "fall"},
        {"group": "/kim/ag-verfahrensebene", "role": "body", "body": "verfahren"},
        {"group": "/kim/lenkungsgruppe", "role": "body", "body": "lenkung"},
        {"group": "/kim/revision", "role": "auditor"},
        {"group": "/kim/land", "role": "land"},
    ]
    return [{"group": "/kim/administration", "role": "admin"}, *({**line, "tenant": tenant} for line in lines)]


def people() -> list[tuple[str, str]]:
    """Names to sign in with, and the group of each; all have the same password."""
    users = json.loads(REALM.read_text(encoding="utf-8"))["users"]
    return [(user["username"], ", ".join(user["groups"]) or "keine Gruppe: bleibt draußen") for user in users]


def provide() -> Path:
    """The directory of a built Keycloak; fetched and built once. Errors: LocalStackError without Java 17 or Maven."""
    home = binaries.cache_directory().parent / f"keycloak-{VERSION}"
    if home.exists():
        return home
    if (java := java_version()) < _JAVA:
        raise LocalStackError(
            f"Java ab {_JAVA} fehlt (gefunden: {java or 'keines'}); unter Debian: openjdk-17-jre-headless."
        )
    if not shutil.which("mvn"):
        raise LocalStackError(f"Maven fehlt, das {_ARTIFACT} holt; unter Debian: maven.")
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent, prefix=".keycloak-") as directory:
        made = _unpacked(_fetched(Path(directory)), Path(directory))
        _run([str(made / "bin" / "kc.sh"), "build", *_OPTIONS], _BUILD_SECONDS)
        made.rename(home)
    return home


def java_version() -> int:
    """The version of the Java on the PATH, 0 if there is none."""
    if not shutil.which("java"):
        return 0
    told = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    version = told.partition('"')[2].partition('"')[0].partition(".")[0]
    return int(version) if version.isdecimal() else 0


def _fetched(directory: Path) -> Path:
    _out.print(f"Keycloak {VERSION} wird geholt: einmalig, danach aus {directory.parent} …", soft_wrap=True)
    _run(
        ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={_ARTIFACT}", f"-DoutputDirectory={directory}"],
        _FETCH_SECONDS,
    )
    archive = directory / f"keycloak-quarkus-dist-{VERSION}.zip"
    if (found := hashlib.sha256(archive.read_bytes()).hexdigest()) != SHA256:
        raise LocalStackError(f"{archive.name} hat die Prüfsumme {found} statt {SHA256}; es wird nicht benutzt.")
    return archive


def _unpacked(archive: Path, directory: Path) -> Path:
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(directory)
    made = directory / f"keycloak-{VERSION}"
    for script in (made / "bin").glob("*.sh"):
        script.chmod(0o755)
    return made


def _java(home: Path, own: Path) -> list[str]:
    """As `kc.sh` starts it, but without the shell in between: the process that is started is the one that is ended."""
    options = {
        "kc.home.dir": own,
        "jboss.server.config.dir": own / "conf",
        "java.util.logging.manager": "org.jboss.logmanager.LogManager",
        "java.util.concurrent.ForkJoinPool.common.threadFactory": (
            "io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory"
        ),
        "picocli.disable.closures": "true",
        "file.encoding": "UTF-8",
    }
    opened = [
        f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in ("java.util", "java.util.concurrent", "java.security")
    ]
    given = [f"-D{name}={value}" for name, value in options.items()]
    run = ["-cp", str(home / "lib" / "quarkus-run.jar"), "io.quarkus.bootstrap.runner.QuarkusEntryPoint"]
    return ["java", *_MEMORY, *opened, *given, *run]


def _own_home(home: Path, directory: Path) -> Path:
    """A home of its own beside the shared programs: it holds the realm to import and whatever Keycloak writes."""
    own = directory / "keycloak"
    shutil.rmtree(own, ignore_errors=True)
    (own / "data" / "import").mkdir(parents=True)
    for name in ("lib", "providers", "themes", "conf"):
        (own / name).symlink_to(home / name)
    shutil.copy(REALM, own / "data" / "import" / "kim-realm.json")
    return own


def _run(command: list[str], seconds: float) -> None:
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            env={**os.environ, "JAVA_OPTS_KC_HEAP": " ".join(_MEMORY)},
        )
    except subprocess.TimeoutExpired:
        raise LocalStackError(f"{Path(command[0]).name} wurde nach {seconds:.0f} Sekunden nicht fertig.") from None
    if done.returncode != 0:
        last = (done.stdout + done.stderr).strip().splitlines()[-3:]
        raise LocalStackError("\n".join([f"{Path(command[0]).name} ist gescheitert:", *last]))
