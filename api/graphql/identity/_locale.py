"""The language that a person chooses."""

import strawberry

from api.graphql.error import Payload
from api.graphql.field import Info, mutation
from auth import SIGNED_IN
from domain import identity

_f = strawberry.field


@strawberry.input(description="Input of setLocale.")
class SetLocaleInput:
    locale: str = _f(description="Tag of the language, such as the phone's own: en-GB, zh-Hans-CN.")


@strawberry.type(description="Answer of setLocale.")
class SetLocalePayload(Payload):
    locale: str | None = _f(default=None, description="What it is kept as: zh-CN or en.")


@mutation(
    allow=SIGNED_IN,
    description="Choose the language of errors, messages, pushes and codes for the caller, on all"
    " devices, from the next access token on: refresh the session. SMS about an account keep its"
    " own.",
)
async def set_locale(info: Info, input: SetLocaleInput) -> SetLocalePayload:
    locale = await identity.set_locale(info.context.who.person_id, input.locale)
    return SetLocalePayload(locale=locale)
