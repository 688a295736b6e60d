"""The devices on which a person is signed in."""

from datetime import datetime
from functools import partial

import strawberry

from api.graphql.error import Payload
from api.graphql.field import Info, mutation
from api.graphql.node import Connection, Node, global_id, paged, parsed_id
from auth import SIGNED_IN
from domain import identity

_f = strawberry.field


@strawberry.type(description="A device on which the person is signed in.")
class OpenSession(Node):
    device: str = _f(description="Name that the device gave itself.")
    bound: bool = _f(description="True where its tokens are worth nothing without its key.")
    current: bool = _f(description="True for the session that asks.")
    created_at: datetime = _f(description="When it was signed in.")
    used_at: datetime = _f(description="When it was signed in or refreshed last.")


@strawberry.input(description="Input of endSession.")
class EndSessionInput:
    session_id: strawberry.ID = _f(description="Id of one of the caller's sessions.")


@strawberry.type(description="Answer of endSession.")
class EndSessionPayload(Payload):
    session_id: strawberry.ID | None = _f(default=None, description="The session that has ended.")


@strawberry.input(description="Input of signOutEverywhere.")
class SignOutEverywhereInput:
    keep_this: bool = _f(default=False, description="True lets the asking session live on.")


@strawberry.type(description="Answer of signOutEverywhere.")
class SignOutEverywherePayload(Payload):
    ended: int = _f(default=0, description="How many sessions have ended.")


async def open_sessions(info: Info, first: int, after: str | None) -> Connection[OpenSession]:
    """Return the caller's sessions, newest first."""
    who, wall = info.context.who, info.context.wall()

    def made(found: identity.OpenSession) -> OpenSession:
        return _open_session(found, who.session_id)

    asked = partial(identity.open_sessions, who.person_id, wall=wall)
    return await paged(asked, made, first=first, after=after)


async def session_of(info: Info, session_id: int) -> OpenSession | None:
    """Return the session with this id, if it is one of the caller's."""
    who, wall = info.context.who, info.context.wall()
    found = await identity.open_sessions(who.person_id, wall=wall, limit=1, before=session_id + 1)
    own = found[0] if found and found[0].id == session_id else None
    return _open_session(own, who.session_id) if own else None


def _open_session(found: identity.OpenSession, asking_id: int) -> OpenSession:
    return OpenSession(
        id=global_id("OpenSession", found.id),
        device=found.device,
        bound=found.bound,
        current=found.id == asking_id,
        created_at=found.created_at,
        used_at=found.used_at,
    )


@mutation(
    allow=SIGNED_IN,
    description="End one of the caller's sessions: its refresh token is void at once, its access"
    " token within about a second.",
)
async def end_session(info: Info, input: EndSessionInput) -> EndSessionPayload:
    who, key = info.context.who, parsed_id(input.session_id, "OpenSession")
    if key is None or not await identity.end_session(
        key.id,
        why="ENDED",
        wall=info.context.wall(),
        actor=who.actor,
        person_id=who.person_id,
    ):
        raise identity.SessionUnknown
    return EndSessionPayload(session_id=input.session_id)


@mutation(allow=SIGNED_IN, description="End the caller's sessions on all devices.")
async def sign_out_everywhere(
    info: Info, input: SignOutEverywhereInput
) -> SignOutEverywherePayload:
    who = info.context.who
    ended = await identity.end_sessions(
        who.person_id,
        why="SIGN_OUT",
        wall=info.context.wall(),
        actor=who.actor,
        but=who.session_id if input.keep_this else None,
    )
    return SignOutEverywherePayload(ended=ended)
