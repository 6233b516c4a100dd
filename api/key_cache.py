"""The public keys of an identity provider: kept for a while, fetched anew for an unknown key, but not at every knock.

Only the keys; what is signed with them is judged elsewhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final

from joserfc.jwk import KeySet

LIFETIME: Final = timedelta(hours=1)
PAUSE: Final = timedelta(seconds=60)
"""At most one fetch in this time for keys that nobody knows: anybody can send a token with a made-up key."""


class KeyCache:
    """Keys by their id. `fetch` brings the JSON Web Key Set."""

    def __init__(self, fetch: Callable[[], Awaitable[dict[str, Any]]]) -> None:
        self._fetch = fetch
        self._keys: KeySet | None = None
        self._fetched_at: datetime | None = None
        self._one_at_a_time = asyncio.Lock()

    async def keys_for(self, kid: str, now: datetime) -> KeySet:
        """The key set, fetched anew if it is old or does not know this key. Errors: what `fetch` raises."""
        async with self._one_at_a_time:
            if self._keys is None or self._needs_fetch(kid, now):
                self._keys = KeySet.import_key_set(await self._fetch())  # type: ignore[arg-type]
                self._fetched_at = now
            return self._keys

    def _needs_fetch(self, kid: str, now: datetime) -> bool:
        assert self._keys is not None
        assert self._fetched_at is not None
        age = now - self._fetched_at
        known = any(key.kid == kid for key in self._keys.keys)
        return age >= LIFETIME or (not known and age >= PAUSE)
