"""Entitlement: what an account holds for a time, as tariffs ask for it."""

from dataclasses import dataclass
from datetime import date

from domain.base import Refusal

NAME_LENGTH = 40


class EntitlementRefused(Refusal):
    """An entitlement has a name, a count from 1 on, and ends after it begins."""

    code = "ENTITLEMENT_REFUSED"


class EntitlementOverlap(Refusal):
    """The account holds that entitlement on some of these days already."""

    code = "ENTITLEMENT_OVERLAP"


class NotEntitled(Refusal):
    """The account does not hold that entitlement on that day."""

    code = "NOT_ENTITLED"


@dataclass(frozen=True, slots=True)
class Held:
    """A household of `count` persons, a free quota, a choice: `name` is what tariffs call it.

    From `since` until (not on) `until`; None: until further notice.
    """

    name: str
    since: date
    until: date | None = None
    count: int = 1

    def refuse_nonsense(self) -> None:
        ends = self.until is None or self.since < self.until
        if not (0 < len(self.name) <= NAME_LENGTH and self.count > 0 and ends):
            raise EntitlementRefused(name=self.name, count=self.count)
