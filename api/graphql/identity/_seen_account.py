"""The account that an act is about."""

from api.graphql.error import Declined
from api.graphql.field import Info
from domain import identity
from domain.identity import Right
from domain.reporting import AccountView, account_by


async def seen_account(info: Info, number: str, *, right: Right = "SEE") -> AccountView:
    """Return the account if the caller may see it; refuses ACCOUNT_UNKNOWN otherwise.

    A customer's role has to give the `right`; refuses ROLE_FORBIDS.
    """
    found = await account_by(info.context.sight, number=number)
    if found is None:
        raise Declined("ACCOUNT_UNKNOWN", field="accountNumber")
    who = info.context.who
    if who.kind == "CUSTOMER" and not await identity.has_right(who.person_id, found.id, right):
        raise Declined("ROLE_FORBIDS", field="accountNumber")
    return found
