"""Sealing of personal data: a key for each person, wrapped by a master key (AES-256-GCM of the library cryptography).

Bytes and keys only: who the person is stands in `paths`. Destroying the wrapped key erases everything sealed with it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from store.errors import MasterKeyMissing, PersonErased, SealBroken

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_FORMAT: Final = b"\x01"
_BLOCK: Final = 64
"""Sealed text is filled up to whole blocks: its length must not tell a refusal from a recognition."""


@dataclass(frozen=True, slots=True)
class SealedKey:
    """A person's key as it may be stored: wrapped, with the id of the master key that opens it."""

    wrapped: bytes
    key_id: str


class PersonKey:
    """The open key of one person. `about` binds a seal to its place, so that sealed data cannot be swapped."""

    __slots__ = ("_cipher", "_person_id")

    def __init__(self, key: bytes, person_id: str) -> None:
        self._cipher = AESGCM(key)
        self._person_id = person_id

    def seal(self, data: Mapping[str, Any], about: str = "") -> bytes:
        """Seals JSON data; dates in it come back as dates. Errors: TypeError or ValueError for other values."""
        return _encrypt(self._cipher, encode(data), self._bound_to(about))

    def unseal(self, sealed: bytes, about: str = "") -> dict[str, Any]:
        """Inverse of `seal`. Errors: SealBroken if anything was changed, also the person or `about`."""
        return decode(_decrypt(self._cipher, sealed, self._bound_to(about)))

    def _bound_to(self, about: str) -> bytes:
        return f"kim-data:{self._person_id}:{about}".encode()


class Keyring:
    """The master keys by id; new keys are wrapped by the current one, older ones stay readable (rotation)."""

    __slots__ = ("_ciphers", "_current")

    def __init__(self, master_keys: Mapping[str, bytes], current: str) -> None:
        if current not in master_keys:
            raise ValueError("the current master key is not among the master keys")
        if any(len(key) != KEY_BYTES for key in master_keys.values()):
            raise ValueError(f"a master key has {KEY_BYTES} bytes")
        self._ciphers = {key_id: AESGCM(key) for key_id, key in master_keys.items()}
        self._current = current

    def new_person_key(self, person_id: str) -> SealedKey:
        """A fresh random key for a person, wrapped by the current master key."""
        return self._wrap(secrets.token_bytes(KEY_BYTES), person_id)

    def open(self, wrapped: bytes | None, key_id: str, person_id: str) -> PersonKey:
        """Opens a person's key. Errors: PersonErased, MasterKeyMissing, SealBroken."""
        return PersonKey(self._unwrap(wrapped, key_id, person_id), person_id)

    def rewrap(self, wrapped: bytes | None, key_id: str, person_id: str) -> SealedKey:
        """The same key, wrapped by the current master key (after a rotation). Errors: as `open`."""
        return self._wrap(self._unwrap(wrapped, key_id, person_id), person_id)

    def _wrap(self, key: bytes, person_id: str) -> SealedKey:
        wrapped = _encrypt(self._ciphers[self._current], key, _wrapped_for(self._current, person_id))
        return SealedKey(wrapped, self._current)

    def _unwrap(self, wrapped: bytes | None, key_id: str, person_id: str) -> bytes:
        if wrapped is None:
            raise PersonErased("Der Schlüssel dieser Person wurde vernichtet; ihre Daten gibt es nicht mehr.")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise MasterKeyMissing(
                "Der Hauptschlüssel, mit dem diese Akte versiegelt ist, ist hier nicht eingerichtet.",
                way_out="Den Hauptschlüssel aus der Sicherung wieder einrichten; es ist nichts verloren.",
            )
        return _decrypt(cipher, wrapped, _wrapped_for(key_id, person_id))


def encode(data: Mapping[str, Any]) -> bytes:
    """JSON in UTF-8 with tagged dates, filled up to whole blocks. Errors: ValueError for a key that starts with '$'."""
    text = json.dumps(_tagged(data), ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    return text + b" " * (-len(text) % _BLOCK)


def decode(text: bytes) -> dict[str, Any]:
    """Inverse of `encode`; sequences come back as lists."""
    found: dict[str, Any] = json.loads(text, object_hook=_untagged)
    return found


def _tagged(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"$datetime": value.isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    if isinstance(value, Mapping):
        if any(str(key).startswith("$") for key in value):
            raise ValueError("a key of sealed data must not start with '$'")
        return {str(key): _tagged(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_tagged(entry) for entry in value]
    return value


def _untagged(found: dict[str, Any]) -> Any:
    if "$date" in found:
        return date.fromisoformat(found["$date"])
    if "$datetime" in found:
        return datetime.fromisoformat(found["$datetime"])
    return found


def _wrapped_for(key_id: str, person_id: str) -> bytes:
    return f"kim-key:{key_id}:{person_id}".encode()


def _encrypt(cipher: AESGCM, text: bytes, bound_to: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _FORMAT + nonce + cipher.encrypt(nonce, text, bound_to)


def _decrypt(cipher: AESGCM, sealed: bytes, bound_to: bytes) -> bytes:
    start = len(_FORMAT) + _NONCE_BYTES
    if sealed[: len(_FORMAT)] != _FORMAT or len(sealed) <= start:
        raise SealBroken("Versiegelte Daten haben ein unbekanntes Format.")
    try:
        return cipher.decrypt(sealed[len(_FORMAT) : start], sealed[start:], bound_to)
    except InvalidTag:
        raise SealBroken("Versiegelte Daten wurden verändert oder gehören zu einer anderen Akte.") from None
