"""Everybody who may look at some of the three places of the walk."""

from dataclasses import dataclass, field
from typing import Any

from domain import identity
from domain.identity import RIGHTS
from tests.api.conftest import App
from tests.domain.base.rows import Place


@dataclass
class Spot:
    """A place by what callers name it: ids by kind, a number, phones, its district's code."""

    name: str
    place: Place
    number: str = ""
    serial: str = ""
    district: str = ""
    phone: str = ""
    inspector_phone: str = ""
    inspector_id: int = 0
    ids: dict[str, list[str]] = field(default_factory=dict)
    marks: set[str] = field(default_factory=set)
    kept: dict[str, set[str]] = field(default_factory=dict)
    """What only some of its watchers are told, by the right that it takes."""


@dataclass
class Caller:
    """Somebody who asks, and the places that are nobody's business of theirs."""

    name: str
    kind: str | None
    app: App
    own: Spot
    foreign: list[Spot]
    role: identity.AccessRole = "HOLDER"

    @property
    def withheld(self) -> set[str]:
        """What of their own place their role does not give."""
        hidden = [marks for right, marks in self.own.kept.items() if right not in RIGHTS[self.role]]
        return set[str]().union(*hidden)


@dataclass
class World:
    """The callers, those who watch the first one's account in another role, the places."""

    callers: list[Caller]
    watchers: list[Caller]
    spots: list[Spot]


async def sign_in_all(app: App, spots: list[Spot]) -> list[Caller]:
    """Sign in somebody of each kind who is near a place, and somebody who is not."""
    own, near, far = spots
    d1, d2 = own.place.district_id, far.place.district_id

    async def signed(phone: str, role: identity.Role, **facts: Any) -> App:
        return await app.signed_in(phone, role, **facts)

    return [
        Caller("nobody", None, app, own, [own, near, far]),
        Caller("customer", "CUSTOMER", await signed(own.phone, "CUSTOMER"), own, [near, far]),
        Caller("neighbour", "CUSTOMER", await signed(near.phone, "CUSTOMER"), near, [own, far]),
        Caller(
            "inspector",
            "INSPECTOR",
            await signed(own.inspector_phone, "INSPECTOR", district_id=d1),
            own,
            [near, far],
        ),
        Caller(
            "idle inspector",
            "INSPECTOR",
            await signed("13955550001", "INSPECTOR", district_id=d2),
            far,
            [own, near],
        ),
        Caller(
            "operator",
            "OPERATOR",
            await signed("13955550002", "OPERATOR", district_id=d1),
            own,
            [far],
        ),
        Caller(
            "far operator",
            "OPERATOR",
            await signed("13955550003", "OPERATOR", district_id=d2),
            far,
            [own, near],
        ),
    ]


async def sign_in_watchers(app: App, spots: list[Spot]) -> list[Caller]:
    """Sign in those who watch the first account in another role than its holder's."""
    own, *foreign = spots
    made = []
    for k, role in enumerate(role for role in RIGHTS if role != "HOLDER"):
        phone = f"1391234568{k}"
        caller = await app.signed_in(phone, "CUSTOMER")
        person = await identity.person_by_phone(phone)
        assert person is not None
        await identity.grant_access(person.id, own.place.account_id, role=role)
        made.append(Caller(role.lower(), "CUSTOMER", caller, own, foreign, role))
    return made
