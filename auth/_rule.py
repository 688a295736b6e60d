"""Who may ask at all; which rows they get is decided by their sight."""

from dataclasses import dataclass

from domain.identity import Role

from ._principal import Principal


@dataclass(frozen=True, slots=True)
class Rule:
    """The kinds of principal that may use a field; without kinds, anybody may."""

    name: str
    kinds: frozenset[Role] | None

    def allows(self, principal: Principal | None) -> bool:
        """Tell whether this principal may use the field."""
        return self.kinds is None or (principal is not None and principal.kind in self.kinds)


ANYBODY = Rule("anybody", None)
SIGNED_IN = Rule("signed in", frozenset({"CUSTOMER", "INSPECTOR", "OPERATOR"}))
CUSTOMERS = Rule("customers", frozenset({"CUSTOMER"}))
INSPECTORS = Rule("inspectors", frozenset({"INSPECTOR"}))
OPERATORS = Rule("operators", frozenset({"OPERATOR"}))
STAFF = Rule("inspectors and operators", frozenset({"INSPECTOR", "OPERATOR"}))
