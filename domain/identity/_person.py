"""Who somebody is, and what they may see."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Literal

from domain.base import reading_as

from ._right import Right, roles_with

Role = Literal["CUSTOMER", "INSPECTOR", "OPERATOR"]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs in."""

    id: int
    name: str
    role: Role
    locale: str
    district_id: int | None


@dataclass(frozen=True, slots=True)
class Sight:
    """What a person may see: customers their accounts, inspectors what is assigned to them,
    operators their district (every district where none is set).
    """

    role: Role
    person_id: int
    district_id: int | None

    def reading(self) -> AbstractAsyncContextManager[None]:
        """Read as this person: PostgreSQL's policies say the same as the conditions below."""
        return reading_as(self.role, self.person_id, district_id=self.district_id)

    def accounts(self, account: str = "a", *, right: Right = "SEE") -> tuple[str, int | None]:
        """Return the condition on an `account` row, as SQL with one parameter $1, and its value.

        A customer's role on the account has to give the `right`.
        """
        if self.role == "CUSTOMER":
            seen = (
                "select account_id from account_access"
                f" where person_id = $1::bigint and role in ({roles_with(right)})"
            )
            return f"{account}.id in ({seen})", self.person_id
        if self.role == "INSPECTOR":
            seen = "select account_id from task where assignee_id = $1::bigint and state <> 'DONE'"
            return f"{account}.id in ({seen})", self.person_id
        return f"($1::bigint is null or {account}.district_id = $1)", self.district_id

    def tasks(self, task: str = "t") -> tuple[str, int | None]:
        """Return the condition on a `task` row, likewise; customers see no tasks."""
        if self.role == "OPERATOR":
            return f"($1::bigint is null or {task}.district_id = $1)", self.district_id
        seen = "true" if self.role == "INSPECTOR" else "false"
        return f"({seen} and {task}.assignee_id = $1::bigint)", self.person_id

    def repairs(self, account: str = "a") -> tuple[str, int | None]:
        """Return the condition on the account of a repair request: staff see their district's."""
        if self.role == "CUSTOMER":
            return self.accounts(account)
        return f"($1::bigint is null or {account}.district_id = $1)", self.district_id


def name_of_actor(column: str) -> str:
    """Return SQL for the name of who acted: of `OPERATOR:7` in the column, that of person 7.

    What else stands there, and nothing, stays as it is.
    """
    person = f"substring({column} from '^OPERATOR:([0-9]+)$')::bigint"
    return f"coalesce((select name from person where id = {person}), {column})"
