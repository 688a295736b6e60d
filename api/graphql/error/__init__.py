"""Error: how the API says no, and in which language.

What the business refuses is an answer: a `UserError` with a stable code in a mutation's `Payload`,
made by `payload_error` from the domain's Refusal or from what the edge itself has `Declined`. A
request that cannot be run as such is a `ClientError`, and what is no GraphQL request at all is
`Unacceptable`. Every code has its words in every language (`WORDS`); a code that has none is told
as REFUSED.
"""

from ._error import (
    ClientError,
    Declined,
    DocumentError,
    PlainError,
    Unacceptable,
    UserError,
    payload_error,
    user_error,
)
from ._language import preferred, speak, spoken
from ._payload import Payload
from ._why import WHY, why_of
from ._words import WORDS

__all__ = [
    "WHY",
    "WORDS",
    "ClientError",
    "Declined",
    "DocumentError",
    "Payload",
    "PlainError",
    "Unacceptable",
    "UserError",
    "payload_error",
    "preferred",
    "speak",
    "spoken",
    "user_error",
    "why_of",
]
