"""Global ids: opaque to clients, refetchable by `node`."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, NamedTuple

import strawberry

from api.graphql.field import alike, told

_DESCRIPTION = "Opaque, globally unique id."

_DIGITS_MAX = 19
# Whoever looks from an id on may have to add one to it.
_ID_MAX = 2**63 - 2


@strawberry.interface(description="Anything that can be fetched again by its id.")
class Node:
    id: strawberry.ID = strawberry.field(description=_DESCRIPTION)


class NodeKey(NamedTuple):
    """What a global id stands for."""

    kind: str
    id: int


def told_id(kind: str, at: str = "view.id") -> Any:
    """Declare the id of an object whose number stands at `at`."""

    @alike(id_sql(kind))
    def opaque(number: int) -> strawberry.ID:
        return global_id(kind, number)

    return told(at, opaque, description=_DESCRIPTION)


def global_id(kind: str, number: int) -> strawberry.ID:
    """Return the opaque id."""
    return strawberry.ID(urlsafe_b64encode(f"{kind}:{number}".encode()).decode().rstrip("="))


def id_sql(kind: str) -> str:
    """Return the same in SQL, with `{}` for the number."""
    base64 = f"encode(convert_to('{kind}:' || {{}}, 'UTF8'), 'base64')"
    return f"rtrim(translate({base64}, '+/', '-_'), '=')"


def parsed_id(text: str, kind: str | None = None) -> NodeKey | None:
    """Return what the id stands for; None where it is none of ours, or not of this kind."""
    try:
        name, _, number = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(":")
    except ValueError:
        return None
    # What no bigint holds would be a fault in the database.
    if not (number.isascii() and number.isdigit() and len(number) <= _DIGITS_MAX):
        return None
    found = NodeKey(name, int(number))
    return found if found.id <= _ID_MAX and kind in {None, name} else None
