"""Errors: refusals by the business as answers, and requests that cannot be run."""

from enum import Enum, EnumMeta
from typing import Any, cast

import strawberry
from cross_web import HTTPException
from graphql import GraphQLError

from domain.base import Refusal

from ._language import spoken
from ._words import WORDS

ErrorCode: Any = strawberry.enum(
    cast(
        "EnumMeta",
        Enum(
            "ErrorCode",
            {c: strawberry.enum_value(c, description=words.en) for c, words in WORDS.items()},
        ),
    ),
    description="Why the business refused. Codes are only ever added.",
)


@strawberry.interface(description="A refusal by the business: an answer, not a fault.")
class UserError:
    code: Any = strawberry.field(graphql_type=ErrorCode, description="Stable code.")
    message: str = strawberry.field(description="The reason in the caller's language.")
    field: list[str] | None = strawberry.field(
        default=None, description="Path of the input field that is to blame, if one is."
    )
    retryable: bool = strawberry.field(
        default=False, description="True where the same request may succeed later."
    )


@strawberry.type(description="A refusal that carries no further facts.")
class PlainError(UserError):
    pass


@strawberry.type(description="A refusal of a document, with the place of its fault.")
class DocumentError(UserError):
    path: str = strawberry.field(
        default="$", description="Where in the document, such as $.charges[0]."
    )
    reason: str = strawberry.field(default="", description="What is wrong there, in English.")


class Declined(Refusal):
    """The edge itself refuses an input, with one of the codes above."""

    def __init__(self, code: str, *, field: str | None = None) -> None:
        super().__init__(code)
        self.declined = code
        self.field = field


class ClientError(GraphQLError):
    """The request is not acceptable as such: a top-level error with a code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(spoken(code, message), extensions={"code": code})


class Unacceptable(HTTPException):
    """The transport refuses the request: a status, and a code beside the words."""

    def __init__(self, status: int, reason: str, code: str = "BAD_REQUEST") -> None:
        super().__init__(status, spoken(code, reason))
        self.code = code


def user_error(refusal: Refusal, locale: str) -> PlainError:
    """Return the refusal in the caller's language; an unlisted code is the plain REFUSED."""
    return PlainError(**_told(refusal, locale))


def payload_error(refusal: Refusal, locale: str) -> UserError:
    """Return the same for a payload: the refusal of a document tells the place of the fault."""
    path, reason = refusal.fields.get("path"), refusal.fields.get("reason")
    if path and reason:
        return DocumentError(**_told(refusal, locale), path=str(path), reason=str(reason))
    return user_error(refusal, locale)


def _told(refusal: Refusal, locale: str) -> dict[str, Any]:
    given = refusal.declined if isinstance(refusal, Declined) else refusal.code
    code = given if given in WORDS else "REFUSED"
    words = WORDS[code]
    field = refusal.field if isinstance(refusal, Declined) else None
    return {
        "code": ErrorCode[code],
        "message": words.en if locale.startswith("en") else words.zh,
        "field": ["input", field] if field else None,
        "retryable": words.retryable,
    }
