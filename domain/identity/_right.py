"""What the role of a watcher gives a right to."""

from collections.abc import Mapping
from functools import cache
from typing import Literal

AccessRole = Literal["HOLDER", "FAMILY", "TENANT", "CLERK"]
"""The holder of the contract, family, whoever rents the place, a company's clerk."""

Right = Literal["SEE", "BILLS", "PAY", "REPORT", "WATCHERS"]
"""To see supply, balance and usage; bills; to pay; to report repairs; to say who else watches."""

RIGHTS: Mapping[AccessRole, frozenset[Right]] = {
    "HOLDER": frozenset({"SEE", "BILLS", "PAY", "REPORT", "WATCHERS"}),
    "FAMILY": frozenset({"SEE", "BILLS", "PAY", "REPORT"}),
    "TENANT": frozenset({"SEE", "PAY", "REPORT"}),
    "CLERK": frozenset({"SEE", "BILLS", "PAY"}),
}


@cache
def roles_with(right: Right) -> str:
    """Return the roles that give the right, as a list in SQL."""
    return ", ".join(f"'{role}'" for role, rights in RIGHTS.items() if right in rights)
