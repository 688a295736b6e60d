"""What this process knows of signing keys and of sessions that have ended.

It looks every second, so that no request has to: a new key is known long before it signs, and the
access tokens of an ended session are refused within about a second.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from starlette.requests import HTTPConnection

from auth import (
    KeySet,
    Principal,
    ProofMemory,
    ProofRejected,
    ProvenRequest,
    TokenRejected,
    new_key,
    verify_access_token,
    verify_device_proof,
)
from domain import identity
from runtime.settings import settings

CHALLENGE = 'Bearer, DPoP algs="ES256"'
"""What `WWW-Authenticate` tells who has to sign in: a tablet's tokens want the second."""
_EVERY_S = 1.0
_TOKENS_MAX = 20_000
# Longer than any access token lives.
_REMEMBERED = timedelta(hours=1)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request carries to show who asks; all else is about the request itself."""

    authorization: str | None = None
    proof: str | None = None
    method: str = "POST"
    host: str = ""
    path: str = ""
    request_id: str = ""

    @classmethod
    def of(cls, request: HTTPConnection) -> "Credentials":
        """Return what the request carries; a websocket is opened by GET."""
        return cls(
            authorization=request.headers.get("authorization"),
            proof=request.headers.get("dpop"),
            method=request.scope.get("method", "GET"),
            host=request.headers.get("host", ""),
            path=request.url.path,
            request_id=request.scope.get("state", {}).get("request_id", ""),
        )


class Trust:
    """Keys and ended sessions as they were a moment ago."""

    def __init__(self, keys: KeySet, *, wall: Callable[[], datetime]) -> None:
        self.keys = keys
        self._wall = wall
        self._known: tuple[identity.SigningKey, ...] = ()
        self._ended: frozenset[int] = frozenset()
        self._proofs = ProofMemory()
        self._known_tokens: tuple[KeySet, OrderedDict[str, Principal]] = keys, OrderedDict()

    def principal(self, given: Credentials) -> Principal | None:
        """Return who asks; None: nobody says so. Raises TokenRejected."""
        if not given.authorization:
            return None
        scheme, _, rest = given.authorization.partition(" ")
        token = rest.strip()
        principal = self._verified(token)
        wanted = "bearer" if principal.bound_to is None else "dpop"
        if scheme.lower() != wanted or principal.session_id in self._ended:
            raise TokenRejected("scheme or session")
        if principal.bound_to is not None:
            try:
                shown = self.device(given, access_token=token)
            except ProofRejected as rejected:
                raise TokenRejected("proof") from rejected
            if shown != principal.bound_to:
                raise TokenRejected("device")
        return principal

    def device(self, given: Credentials, *, access_token: str | None = None) -> str:
        """Return the thumbprint of the device key that signed the request's proof.

        Raises ProofRejected, also where an earlier request to this process has shown the proof.
        """
        wall = self._wall()
        about = ProvenRequest(given.method, given.host, given.path, access_token)
        proof = verify_device_proof(given.proof or "", about, wall=wall)
        self._proofs.use(proof, request_id=given.request_id, wall=wall)
        return proof.thumbprint

    def has_ended(self, session_id: int) -> bool:
        """Tell whether the session has ended, as far as is known."""
        return session_id in self._ended

    def _verified(self, token: str) -> Principal:
        """Return who the token speaks for; its signature is verified once, its end each time."""
        keys, known = self._known_tokens
        if keys is not self.keys:  # what a key has signed goes with the key
            known = OrderedDict()
            self._known_tokens = self.keys, known
        principal = known.get(token)
        if principal is None or principal.expires_at <= self._wall():
            known.pop(token, None)
            principal = known[token] = verify_access_token(token, self.keys)
            if len(known) > _TOKENS_MAX:
                known.popitem(last=False)
        return principal

    async def refresh(self) -> None:
        """Look what has changed."""
        wall = self._wall()
        known = await identity.signing_keys(wall=wall, make=new_key)
        if known != self._known:
            self.keys, self._known = key_set(known), known
        self._ended = await identity.sessions_ended(since=wall - _REMEMBERED)

    async def run(self) -> None:
        """Look for ever; an outage of the database is told and survived."""
        while True:
            try:
                await self.refresh()
            except Exception as outage:  # ruff: ignore[blind-except] -- whatever it is, the old knowledge serves on
                _log.warning("trust.outage", error=repr(outage))
            await asyncio.sleep(_EVERY_S)


def key_set(known: tuple[identity.SigningKey, ...]) -> KeySet:
    """Return the keys under the names of this deployment."""
    chosen = settings()
    return KeySet.of(
        known, issuer=chosen.issuer, audience=chosen.audience, life_max=chosen.access_ttl
    )
