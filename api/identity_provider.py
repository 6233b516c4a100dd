"""Signing in at an identity provider by OpenID Connect: authorization code with PKCE, logout, and logout from afar.

The protocol is authlib's and joserfc's; here stand the addresses, the checks that are ours, and the refusals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import httpx2
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.starlette_client import OAuth
from fastapi import Request
from joserfc import jws, jwt
from joserfc.errors import JoseError

from api.errors import IdentityProviderAway, LogoutTokenRefused, NotAppointed, SignInRefused
from api.key_cache import KeyCache
from store.accounts import Appointment
from store.appointments import Provider, appointed

SIGNATURES: Final = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Of public keys only: a token signed with a shared secret, or not at all, is refused."""
RETURN: Final = "/sign-in/return"
BACK_CHANNEL: Final = "/sign-out/back-channel"

_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
_FRESH: Final = timedelta(minutes=5)
_SECONDS: Final = 10.0
_NAME: Final = "provider"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who came back from the identity provider."""

    who: Appointment
    sid: str
    id_token: str


@dataclass(frozen=True, slots=True)
class LogoutToken:
    """What a logout from afar ends: one session, or all of a person. At least one of both is named."""

    sid: str
    subject: str


class IdentityProvider:
    """One identity provider."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._keys = KeyCache(self._fetch_keys)
        oauth = OAuth()
        oauth.register(
            _NAME,
            client_id=provider.client_id,
            client_secret=provider.client_secret,
            server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile",
                "code_challenge_method": "S256",
                "timeout": _SECONDS,
                "trust_env": False,
            },
        )
        self._app: Any = oauth.create_client(_NAME)

    async def begin(self, request: Request, return_to: str) -> str:
        """Where the browser goes to sign in; state, nonce and PKCE verifier are left in `request.session`.

        Errors: IdentityProviderAway.
        """
        await self._metadata()
        answer = await self._app.authorize_redirect(request, return_to)
        return str(answer.headers["location"])

    async def finish(self, request: Request) -> SignedIn:
        """Who came back. Errors: SignInRefused, NotAppointed for somebody without a role here, IdentityProviderAway."""
        metadata = await self._metadata()
        metadata["id_token_signing_alg_values_supported"] = SIGNATURES
        expected = {
            "iss": {"essential": True, "value": self.provider.issuer},
            "aud": {"essential": True, "value": self.provider.client_id},
        }
        try:
            token = await self._app.authorize_access_token(request, claims_options=expected)
        except httpx2.HTTPError:
            raise _away() from None
        except (OAuthError, JoseError, ValueError, KeyError, TypeError):
            raise SignInRefused(
                "Die Anmeldung ist nicht zustande gekommen.", way_out="Bitte beginnen Sie noch einmal."
            ) from None
        claims: Mapping[str, Any] = token.get("userinfo") or {}
        if not isinstance(claims.get("sub"), str):
            raise SignInRefused("Die Anmeldung ist nicht zustande gekommen.")
        return SignedIn(self._appointed(claims), str(claims.get("sid", "")), str(token["id_token"]))

    async def logout_address(self, id_token: str, back_to: str) -> str:
        """Where the browser goes to sign out there too. Errors: IdentityProviderAway."""
        metadata = await self._metadata()
        if not metadata.get("end_session_endpoint"):
            return back_to
        extra = {"id_token_hint": id_token} if id_token else {}
        made = await self._app.create_logout_url(back_to, client_id=self.provider.client_id, **extra)
        return str(made["url"])

    async def read_logout_token(self, token: str, now: datetime) -> LogoutToken:
        """What the identity provider ends. Errors: LogoutTokenRefused, IdentityProviderAway."""
        try:
            header = jws.extract_compact(token.encode()).headers()
            if header.get("typ", "logout+jwt").lower() not in ("logout+jwt", "jwt"):
                raise ValueError
            keys = await self._keys.keys_for(str(header.get("kid", "")), now)
            claims = jwt.decode(token, keys, algorithms=SIGNATURES).claims
        except httpx2.HTTPError:
            raise _away() from None
        except (JoseError, ValueError, KeyError, TypeError):
            raise LogoutTokenRefused("Diese Abmeldung ist nicht gültig.") from None
        self._check_logout(claims, now)
        return LogoutToken(str(claims.get("sid") or ""), str(claims.get("sub") or ""))

    def _check_logout(self, claims: Mapping[str, Any], now: datetime) -> None:
        audience = claims.get("aud")
        issued, ends = claims.get("iat"), claims.get("exp", now.timestamp() + 1)
        good = (
            claims.get("iss") == self.provider.issuer
            and self.provider.client_id in (audience if isinstance(audience, list) else [audience])
            and isinstance(issued, int | float)
            and abs(now.timestamp() - issued) <= _FRESH.total_seconds()
            and isinstance(ends, int | float)
            and ends > now.timestamp()
            and isinstance(claims.get("events"), dict)
            and isinstance(claims["events"].get(_EVENT), dict)
            and "nonce" not in claims
            and any(isinstance(claims.get(name), str) and claims[name] for name in ("sid", "sub"))
        )
        if not good:
            raise LogoutTokenRefused("Diese Abmeldung ist nicht gültig.")

    def _appointed(self, claims: Mapping[str, Any]) -> Appointment:
        who = appointed(self.provider, claims)
        if who is None:
            raise NotAppointed(
                "Ihr Konto hat in diesem Dienst keine Aufgabe.", way_out="Bitte wenden Sie sich an die Administration."
            )
        return who

    async def _metadata(self) -> dict[str, Any]:
        try:
            metadata: dict[str, Any] = await self._app.load_server_metadata()
        except (httpx2.HTTPError, ValueError):
            raise _away() from None
        if metadata.get("issuer") != self.provider.issuer:
            raise _away()
        return metadata

    async def _fetch_keys(self) -> dict[str, Any]:
        keys: dict[str, Any] = await self._app.fetch_jwk_set(force=True)
        return keys


def _away() -> IdentityProviderAway:
    return IdentityProviderAway(
        "Der Verzeichnisdienst Ihrer Verwaltung antwortet gerade nicht.",
        way_out="Bitte versuchen Sie es in einigen Minuten.",
    )
