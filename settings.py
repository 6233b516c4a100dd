"""Settings of every process, from variables `KIM_...` or files of the same name in the secrets directory.

Read by composition roots only. In production, values that are only good enough for a desk are refused.
"""

from __future__ import annotations

import base64
import binascii
import os
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.runtime import Runtime
from temporalio.service import RetryConfig

from notifications.mailer import SmtpSettings
from process_models.errors import KimError
from process_models.names import NAMESPACE
from store.appointments import Grant, Provider
from store.sealing import KEY_BYTES, Keyring

DESK_MASTER_KEY: Final = base64.b64encode(bytes(KEY_BYTES)).decode()
"""A key that everybody knows, so that a first try works. Production refuses it."""

DESK_SENDER: Final = "KIM-Lotse <kim@kim.example>"
_RESERVED_DOMAINS: Final = (".example", ".test", ".invalid", ".localhost", "@localhost", "example.org", "example.com")

Port = Annotated[int, Field(ge=1, le=65_535)]


class SettingsRefused(KimError):
    """The settings are incomplete, wrong or too weak for production; the text lists every one of them."""

    status = 500
    title = "Die Einstellungen sind nicht zulässig"


class Settings(BaseSettings):
    """Everything that differs between installations. Errors: SettingsRefused from `load_settings`."""

    model_config = SettingsConfigDict(env_prefix="KIM_", extra="ignore", frozen=True, hide_input_in_errors=True)

    mode: Literal["local", "production"] = "local"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    database_url: str = Field(default="sqlite+aiosqlite:///kim.db", repr=False)
    master_key: SecretStr = SecretStr(DESK_MASTER_KEY)
    """32 bytes in Base64; wraps the key of every person. Lost key: lost records."""
    master_key_id: str = "k1"

    temporal_address: str = "127.0.0.1:7233"
    temporal_namespace: str = NAMESPACE
    temporal_api_key: SecretStr | None = None
    """The token of a server with an authorizer; without one a server may only be reached on loopback."""
    temporal_tls: bool = False
    temporal_ui_url: str = "http://127.0.0.1:8080"

    smtp_host: str = "127.0.0.1"
    smtp_port: Port = 1025
    smtp_start_tls: bool = False
    smtp_username: str = ""
    smtp_password: SecretStr = SecretStr("")
    mail_from: str = DESK_SENDER
    public_url: str = "http://127.0.0.1:8000"
    """Where agencies reach the pages: the links in mails begin with it."""

    oidc_issuer: str = ""
    """The identity provider; empty = nobody signs in, there are tokens and task links only."""
    oidc_client_id: str = "kim-lotse"
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_groups_claim: str = "groups"
    """The claim of the ID token that holds the groups; deeper ones with dots: `realm_access.roles`."""
    oidc_grants: tuple[Grant, ...] = ()
    """Which group is what, as JSON; the first match counts, who is in none of them stays outside."""

    demo: bool = False
    """One-click sign-in as any role. Only on loopback and never in production: refused at start otherwise."""

    api_host: str = "127.0.0.1"
    api_port: Port = 8000
    metrics_port: Port = 9464
    """The exporter of the Temporal SDK inside the API process, on loopback; `/metrics` includes it."""
    worker_metrics_port: Port = 9465
    """The same inside the worker process."""
    worker_health_host: str = "127.0.0.1"
    worker_health_port: Port = 8001
    """Health, readiness and `/metrics` of the worker process."""

    def __init__(self, **values: Any) -> None:
        """`values` win over the environment; the secrets directory (`KIM_SECRETS_DIR`, /run/secrets) comes last."""
        directory = Path(os.environ.get("KIM_SECRETS_DIR", "/run/secrets"))
        values.setdefault("_secrets_dir", directory if directory.is_dir() else None)
        super().__init__(**values)

    @field_validator("master_key")
    @classmethod
    def _thirty_two_bytes(cls, key: SecretStr) -> SecretStr:
        try:
            length = len(base64.b64decode(key.get_secret_value(), validate=True))
        except binascii.Error:
            length = 0
        if length != KEY_BYTES:
            raise ValueError(f"KIM_MASTER_KEY muss {KEY_BYTES} Bytes in Base64 sein (openssl rand -base64 {KEY_BYTES})")
        return key

    @model_validator(mode="after")
    def _demo_at_a_desk(self) -> Self:
        here = _is_loopback(f"[{self.api_host}]" if ":" in self.api_host else self.api_host) and _is_loopback(
            urlsplit(self.public_url).netloc
        )
        if self.demo and (self.mode == "production" or not here):
            raise ValueError(
                "KIM_DEMO gibt jedem jede Rolle: nur mit KIM_MODE=local, und KIM_API_HOST und KIM_PUBLIC_URL"
                " müssen auf diesen Rechner zeigen (127.0.0.1)"
            )
        return self

    @model_validator(mode="after")
    def _strong_enough(self) -> Self:
        weak = self.weaknesses() if self.mode == "production" else []
        if weak:
            raise ValueError("\n".join(weak))
        return self

    def weaknesses(self) -> list[str]:
        """What must change before these settings may serve production, one German sentence each."""
        checks = {
            "KIM_MASTER_KEY ist der allgemein bekannte Schlüssel": self.master_key.get_secret_value()
            == DESK_MASTER_KEY,
            "KIM_DATABASE_URL muss auf PostgreSQL zeigen": not self.database_url.startswith("postgresql"),
            "KIM_PUBLIC_URL muss mit https:// beginnen": not self.public_url.startswith("https://"),
            "KIM_TEMPORAL_UI_URL muss mit https:// beginnen": not self.temporal_ui_url.startswith("https://"),
            "KIM_SMTP_START_TLS muss eingeschaltet sein": not self.smtp_start_tls,
            "KIM_MAIL_FROM hat eine Adresse, die es nicht geben kann": self.mail_from.rstrip("> ").endswith(
                _RESERVED_DOMAINS
            ),
            "KIM_OIDC_ISSUER muss mit https:// beginnen": bool(self.oidc_issuer)
            and not self.oidc_issuer.startswith("https://"),
            "KIM_TEMPORAL_API_KEY fehlt, der Temporal-Server ist aber nicht auf diesem Rechner": (
                self.temporal_api_key is None and not _is_loopback(self.temporal_address)
            ),
        }
        return [sentence for sentence, weak in checks.items() if weak]

    def keyring(self) -> Keyring:
        """The master key, ready to open and to make keys of persons."""
        return Keyring({self.master_key_id: base64.b64decode(self.master_key.get_secret_value())}, self.master_key_id)

    def cookie_key(self) -> bytes:
        """Seals the state of a sign-in under way; derived, so that every process of the installation has the same."""
        master = base64.b64decode(self.master_key.get_secret_value())
        return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=b"kim sign-in journey").derive(master)

    def identity_provider(self) -> Provider | None:
        """Where people sign in, if anywhere."""
        if not self.oidc_issuer:
            return None
        secret = self.oidc_client_secret.get_secret_value()
        return Provider(self.oidc_issuer, self.oidc_client_id, secret, self.oidc_grants, self.oidc_groups_claim)

    def smtp(self) -> SmtpSettings:
        """How the mailer reaches the mail server."""
        return SmtpSettings(
            host=self.smtp_host,
            port=self.smtp_port,
            start_tls=self.smtp_start_tls,
            username=self.smtp_username,
            password=self.smtp_password.get_secret_value(),
            sender=self.mail_from,
        )


def load_settings() -> Settings:
    """The settings of this process. Errors: SettingsRefused, whose text names every variable, never a value."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsRefused(
            "\n".join(_sentence(finding["loc"], finding["msg"]) for finding in error.errors())
        ) from None


async def connect(
    settings: Settings, *, runtime: Runtime | None = None, lazy: bool = False, retry: RetryConfig | None = None
) -> Client:
    """A client of the Temporal server with the converter that every process shares.

    `lazy`: no contact before the first call, so that the API starts while Temporal is away (a worker needs contact).
    """
    return await Client.connect(
        settings.temporal_address,
        namespace=settings.temporal_namespace,
        identity="kim",  # a role: the default would write process and host into every history
        api_key=settings.temporal_api_key.get_secret_value() if settings.temporal_api_key else None,
        tls=settings.temporal_tls,
        data_converter=pydantic_data_converter,
        runtime=runtime,
        lazy=lazy,
        retry_config=retry,
    )


def _sentence(location: tuple[int | str, ...], message: str) -> str:
    name = f"KIM_{'_'.join(map(str, location)).upper()}: " if location else ""
    return name + message.removeprefix("Value error, ")


def _is_loopback(address: str) -> bool:
    host = urlsplit(f"//{address}").hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
