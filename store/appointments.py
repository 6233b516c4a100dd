"""From the groups of an identity provider to a role here: by configuration, first match, deny by default.

Pure; whose word the groups are is checked where the token is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self
from unicodedata import normalize
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, model_validator

from store.accounts import Appointment

_MAX_NAME = 120


class Grant(BaseModel):
    """One line of the configuration: who is in this group has this role, here and for nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    group: str
    role: Literal["case_manager", "coordinator", "clerk", "body", "land", "admin", "auditor"]
    tenant: str | None = None
    agency: str = ""
    body: Literal["", "fall", "verfahren", "lenkung"] = ""
    municipalities: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.role == "admin") != (self.tenant is None):
            raise ValueError("jede Rolle außer admin gehört zu genau einem Mandanten (tenant)")
        if (self.role == "clerk") != bool(self.agency):
            raise ValueError("genau die Rolle clerk gehört zu einer Behörde (agency)")
        if (self.role == "body") != bool(self.body):
            raise ValueError("genau die Rolle body gehört zu einem Gremium (body: fall, verfahren oder lenkung)")
        return self


@dataclass(frozen=True, slots=True)
class Provider:
    """Where people sign in, and who is what."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    grants: tuple[Grant, ...] = ()
    groups_claim: str = "groups"

    @property
    def origin(self) -> str:
        """Scheme, host and port of the issuer."""
        parts = urlsplit(self.issuer)
        return f"{parts.scheme}://{parts.netloc}"


def appointed(provider: Provider, claims: Mapping[str, Any]) -> Appointment | None:
    """What this person is here: the first grant, in the order of the configuration, of one of their groups; or None."""
    member = groups_in(claims, provider.groups_claim)
    grant = next((one for one in provider.grants if one.group in member), None)
    if grant is None:
        return None
    return Appointment(
        provider.issuer,
        str(claims["sub"]),
        _name(claims),
        grant.role,
        grant.tenant,
        grant.agency,
        grant.body,
        grant.municipalities,
    )


def groups_in(claims: Mapping[str, Any], path: str) -> tuple[str, ...]:
    """The groups in a claim, which may lie deeper: `realm_access.roles`. Anything but texts counts as nothing."""
    found: Any = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return (found,)
    return tuple(one for one in found if isinstance(one, str)) if isinstance(found, list | tuple) else ()


def _name(claims: Mapping[str, Any]) -> str:
    name = next((claims[key] for key in ("name", "preferred_username") if isinstance(claims.get(key), str)), "")
    return "".join(letter for letter in normalize("NFC", name) if letter.isprintable())[:_MAX_NAME] or "–"
