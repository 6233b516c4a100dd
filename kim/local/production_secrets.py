"""The secret files of docker-compose.yml: passwords, the master key, and the tokens that open the Temporal server.

Existing files are never touched. Losing the master key means losing the records: it belongs into a safe as well.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from process_models.names import NAMESPACE
from store.sealing import KEY_BYTES

TOKEN_DAYS: Final = 400
"""Tokens of processes are renewed once a year: delete the file and make it again with the same signing key."""

BY_HAND: Final = {
    "kim_smtp_password": "Passwort am Mailserver",
    "kim_oidc_client_secret": "Client-Geheimnis der Seiten beim Anmeldedienst",
    "temporal_ui_client_secret": "Client-Geheimnis der Temporal-Oberfläche beim Anmeldedienst",
}
"""Files that nobody can make up, with their meaning."""

_SIGNING_KEY: Final = "temporal_signing_key.pem"
_COORDINATE_BYTES: Final = 32
# Containers run as different users; the directory is closed to everybody else on the host.
_DIRECTORY_MODE, _FILE_MODE, _PRIVATE_MODE = 0o700, 0o444, 0o400


def make_missing(directory: Path) -> list[str]:
    """Makes every file that is missing and can be made; returns their names."""
    directory.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)
    directory.chmod(_DIRECTORY_MODE)
    made: list[str] = []
    for name, make in _recipes(directory).items():
        if not (directory / name).exists():
            _write(directory / name, make())
            made.append(name)
    return made


def sign_token(key: ec.EllipticCurvePrivateKey, subject: str, permissions: Sequence[str], now: datetime) -> str:
    """A JWT (ES256) that the Temporal server's authorizer accepts for `TOKEN_DAYS` from `now`."""
    header = {"alg": "ES256", "typ": "JWT", "kid": key_id(key)}
    claims = {
        "sub": subject,
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(days=TOKEN_DAYS)).timestamp()),
        "permissions": list(permissions),
    }
    content = f"{_encoded(header)}.{_encoded(claims)}"
    r, s = decode_dss_signature(key.sign(content.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{content}.{_base64url(_coordinate(r) + _coordinate(s))}"


def public_keys(key: ec.EllipticCurvePrivateKey) -> str:
    """The JSON Web Key Set with the public half of the key."""
    numbers = key.public_key().public_numbers()
    entry = {
        "kty": "EC",
        "crv": "P-256",
        "use": "sig",
        "alg": "ES256",
        "kid": key_id(key),
        "x": _base64url(_coordinate(numbers.x)),
        "y": _base64url(_coordinate(numbers.y)),
    }
    return json.dumps({"keys": [entry]}, indent=2)


def key_id(key: ec.EllipticCurvePrivateKey) -> str:
    """Name of the key in tokens and key set: a digest of its public half."""
    digest = hashes.Hash(hashes.SHA256())
    digest.update(_coordinate(key.public_key().public_numbers().x))
    return digest.finalize().hex()[:16]


def _recipes(directory: Path) -> dict[str, Callable[[], str]]:
    """File name -> how to make it; later ones may read earlier ones."""

    def token(subject: str, *permissions: str) -> Callable[[], str]:
        return lambda: sign_token(_signing_key(directory), subject, permissions, datetime.now(UTC))

    return {
        "postgres_password": _password,
        "kim_db_password": _password,
        "temporal_db_password": _password,
        "kim_database_url": lambda: (
            f"postgresql+psycopg://kim:{(directory / 'kim_db_password').read_text()}@db:5432/kim"
        ),
        "kim_master_key": lambda: base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode(),
        _SIGNING_KEY: _new_signing_key,
        "temporal_jwks.json": lambda: public_keys(_signing_key(directory)),
        "temporal_admin_token": token("kim-namespace-job", "temporal-system:admin", f"{NAMESPACE}:admin"),
        "temporal_writer_token": token("kim-processes", f"{NAMESPACE}:write"),
    }


def _write(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text, encoding="ascii")
    file.chmod(_PRIVATE_MODE if file.name == _SIGNING_KEY else _FILE_MODE)


def _password() -> str:
    return secrets.token_urlsafe(32)


def _new_signing_key() -> str:
    private = ec.generate_private_key(ec.SECP256R1())
    pem, form, lock = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return private.private_bytes(pem, form, lock).decode("ascii")


def _signing_key(directory: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key((directory / _SIGNING_KEY).read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _encoded(part: dict[str, Any]) -> str:
    return _base64url(json.dumps(part, separators=(",", ":")).encode())


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _coordinate(number: int) -> bytes:
    return number.to_bytes(_COORDINATE_BYTES)
