"""What a resolver knows about its request."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from graphql import GraphQLError

from api.graphql.error import ClientError, preferred, spoken
from api.graphql.limit import Budget, Crowd, Prepared, Price, Spent
from api.trust import Credentials, Trust
from api.watch import Watch
from auth import KeySet, Principal, ProofRejected
from domain.base import reading_as
from domain.identity import Sight

from ._wanted import Loaders

T = TypeVar("T")
_REFUSED_COST = 200


@dataclass(frozen=True, slots=True)
class Services:
    """What all requests of a process share."""

    trust: Trust
    watch: Watch
    now: Callable[[], datetime]
    wall: Callable[[], datetime]
    locale: str
    budget: Budget
    sign_in_budget: Budget
    crowd: Crowd

    @property
    def keys(self) -> KeySet:
        """Return the keys that sign tokens."""
        return self.trust.keys


@dataclass(slots=True)
class Context:
    """One request: who asks, in which language, from where (of IPv6: from which /64)."""

    services: Services
    request_id: str
    address: str
    accept_language: str
    credentials: Credentials = field(default_factory=Credentials)
    principal: Principal | None = None
    prepared: Prepared | None = None
    spent: Spent | None = None
    connection_params: dict[str, object] | None = None
    loaders: Loaders = field(default_factory=Loaders)

    @property
    def who(self) -> Principal:
        """Return the principal of a field that only the signed-in may use."""
        if self.principal is None:
            raise ClientError("UNAUTHENTICATED", "Sign in first.")
        return self.principal

    def demand_token(self) -> None:
        """Refuse whose access token or session is over by now: a connection may outlive both."""
        who = self.principal
        if who is not None and (
            who.expires_at <= self.wall() or self.services.trust.has_ended(who.session_id)
        ):
            raise ClientError("UNAUTHENTICATED", "The access token is over.")

    def thumbprint(self) -> str | None:
        """Return the thumbprint of the device key that the request proves to hold; None: of none.

        For signing in and refreshing, where no access token stands beside the proof.
        """
        if self.credentials.proof is None:
            return None
        try:
            return self.services.trust.device(self.credentials)
        except ProofRejected:
            raise ClientError("DEVICE_PROOF_REJECTED", "The DPoP header is not good.") from None

    @property
    def sight(self) -> Sight:
        """Return what the principal may see."""
        return self.who.sight

    def reading(self) -> AbstractAsyncContextManager[None]:
        """Read as who asks, behind the second wall; before a sign-in nobody's data is there."""
        return self.principal.sight.reading() if self.principal else reading_as("NOBODY")

    async def seen(self, asked: Awaitable[T]) -> T:
        """Return what is asked for, read as who asks, where no request is around it."""
        async with self.reading():
            return await asked

    @property
    def locale(self) -> str:
        """Return the caller's language: the person's, else the one that the client prefers."""
        if self.principal is not None:
            return self.principal.locale
        return preferred(self.accept_language, default=self.services.locale)

    def charge(self, price: Price | None) -> list[GraphQLError]:
        """Charge an operation to its budget; without a price, what it costs to refuse it."""
        address = f"address:{self.address}"
        if price is not None and price.signs_in:
            # Apart, and by address: whoever is busy elsewhere can still sign in.
            self.spent = self.services.sign_in_budget.spend(address, 1, at=self.wall())
        else:
            who = f"person:{self.principal.person_id}" if self.principal else address
            cost = _REFUSED_COST if price is None else max(price.cost, 1)
            self.spent = self.services.budget.spend(who, cost, at=self.wall())
        if self.spent.allowed:
            return []
        message = f"Too much at once. Try again in {self.spent.retry_after_s} s."
        message = spoken("RATE_LIMITED", message)
        return [GraphQLError(message, extensions={"code": "RATE_LIMITED"})]

    def now(self) -> datetime:
        """Return business time."""
        return self.services.now()

    def wall(self) -> datetime:
        """Return real time."""
        return self.services.wall()
