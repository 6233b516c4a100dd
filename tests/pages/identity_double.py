"""An identity provider of the tests' own: signs whatever it is told, keeps the protocol otherwise.

For the many ways to be refused; that a real one works is shown with Keycloak.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "kim-lotse", "s3cret-of-the-test"
EVENT = "http://schemas.openid.net/event/backchannel-logout"

_KEY = RSAKey.generate_key(2048, {"kid": "k1"})


@dataclass
class IdentityDouble:
    """What it says of whom, and what it does wrong."""

    now: Any
    """The clock of the test."""
    issuer: str = ""
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "u-1", "name": "Ada Erdacht", "groups": ["/kim/cm"]})
    sid: str = "s-1"
    lie: dict[str, Any] = field(default_factory=dict)
    """Claims of the ID token that are not as they should be; None leaves one out."""
    key: RSAKey = field(default_factory=lambda: _KEY)
    signer: RSAKey | OctKey | None = None
    """Signs instead of the published key."""
    key_fetches: int = 0
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def app(self) -> FastAPI:
        """Its endpoints."""
        app = FastAPI()
        app.add_api_route("/.well-known/openid-configuration", self.metadata)
        app.add_api_route("/keys", self.keys)
        app.add_api_route("/authorize", self.authorize)
        app.add_api_route("/token", self.token, methods=["POST"])
        return app

    async def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/end",
            "id_token_signing_alg_values_supported": ["none", "HS256", "RS256"],
        }

    async def keys(self) -> dict[str, Any]:
        self.key_fetches += 1
        return {"keys": [self.key.as_dict(private=False)]}

    async def authorize(self, request: Request) -> Response:
        """Signs in at once."""
        asked = dict(request.query_params)
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")

    async def token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self.codes.pop(form["code"], None)
        known = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked is None or request.headers.get("authorization") != f"Basic {known}":
            return JSONResponse({"error": "invalid_grant"}, 400)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode()
        if challenge.rstrip("=") != asked["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "id_token": self.id_token(asked["nonce"])})

    def id_token(self, nonce: str) -> str:
        now = int(datetime.now(UTC).timestamp())  # authlib reads the wall clock
        return self.signed(
            {"aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce, "sid": self.sid} | self.person | self.lie
        )

    def logout_token(self, **changes: Any) -> str:
        now = int(self.now().timestamp())
        claims = {"aud": CLIENT, "iat": now, "exp": now + 120, "jti": "j", "events": {EVENT: {}}, "sid": self.sid}
        return self.signed(claims | changes, typ=changes.pop("typ", "logout+jwt"))

    def signed(self, claims: dict[str, Any], typ: str = "JWT") -> str:
        kept = {name: value for name, value in ({"iss": self.issuer} | claims).items() if value is not None}
        signer = self.signer or self.key
        algorithm = "HS256" if isinstance(signer, OctKey) else "RS256"
        return jwt.encode({"alg": algorithm, "typ": typ, "kid": signer.kid}, kept, signer)
