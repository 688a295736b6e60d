"""Who may ask at all; which rows they get is decided by their sight."""

from dataclasses import dataclass
from datetime import timedelta

from domain.identity import Role

from ._principal import Principal


@dataclass(frozen=True, slots=True)
class Rule:
    """The kinds of principal that may use a field; without kinds, anybody may.

    `proven` demands that the second factor was given at most that long ago.
    """

    name: str
    kinds: frozenset[Role] | None
    proven: timedelta | None = None

    def allows(self, principal: Principal | None) -> bool:
        """Tell whether this principal may use the field, once proven."""
        return self.kinds is None or (principal is not None and principal.kind in self.kinds)


ANYBODY = Rule("anybody", None)
SIGNED_IN = Rule("signed in", frozenset({"CUSTOMER", "INSPECTOR", "OPERATOR"}))
CUSTOMERS = Rule("customers", frozenset({"CUSTOMER"}))
INSPECTORS = Rule("inspectors", frozenset({"INSPECTOR"}))
OPERATORS = Rule("operators", frozenset({"OPERATOR"}))
STAFF = Rule("inspectors and operators", frozenset({"INSPECTOR", "OPERATOR"}))
CONTROL = Rule(
    "operators who gave a second factor within 5 minutes",
    frozenset({"OPERATOR"}),
    proven=timedelta(minutes=5),
)
