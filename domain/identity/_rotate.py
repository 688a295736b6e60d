"""Exchange a refresh token for its successor."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.base import Refusal, row, run, transaction

from ._end_session import end_session
from ._keep_token import keep_token
from ._person import Person
from ._queries import person_of


class SessionEnded(Refusal):
    """The refresh token is unknown, over or used before; the person has to sign in again."""

    code = "SESSION_ENDED"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session and whose it is."""

    session_id: int
    person: Person


async def rotate(
    token_hash: str, *, successor_hash: str, wall: datetime, life: timedelta
) -> SignedIn:
    """Use up a refresh token and keep its successor.

    Refuses SessionEnded. A token that comes twice was stolen or copied: its whole family is
    revoked, and the revocation stays although the call is refused.
    """
    signed_in: SignedIn | None = None
    async with transaction():
        found = await row(
            "select t.id, t.session_id, t.used_at, t.expires_at, s.person_id, s.revoked_at"
            " from refresh_token t join session s on s.id = t.session_id"
            " where t.token_hash = $1 for update of t, s",
            token_hash,
        )
        if found is not None and found["revoked_at"] is None:
            if found["used_at"] is not None:
                await end_session(found["session_id"], why="REUSE", wall=wall)
            elif found["expires_at"] > wall:
                person = await person_of(found["person_id"])
                if person is not None:
                    await run(
                        "update refresh_token set used_at = $2 where id = $1", found["id"], wall
                    )
                    await keep_token(found["session_id"], successor_hash, wall=wall, life=life)
                    signed_in = SignedIn(found["session_id"], person)
    if signed_in is None:
        raise SessionEnded
    return signed_in
