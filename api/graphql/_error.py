"""Every code that the API answers with, and its words in each language: the one place."""

from collections.abc import Mapping
from enum import Enum, EnumMeta
from typing import Any, NamedTuple, cast

import strawberry
from cross_web import HTTPException
from graphql import GraphQLError

from domain.base import Refusal


class _Words(NamedTuple):
    en: str
    zh: str
    retryable: bool = False


WORDS: Mapping[str, _Words] = {
    "REFUSED": _Words("This is not possible.", "无法完成该操作。"),
    "CODE_REJECTED": _Words("The code is wrong or no longer valid.", "验证码错误或已失效。"),
    "TOO_MANY_CODES": _Words(
        "Too many codes were asked for. Try again in an hour.",
        "获取验证码过于频繁，请一小时后再试。",
        retryable=True,
    ),
    "SESSION_ENDED": _Words("Please sign in again.", "登录已失效，请重新登录。"),
    "PHONE_INVALID": _Words("This is not a phone number.", "手机号码格式不正确。"),
    "ACCOUNT_UNKNOWN": _Words("There is no such account.", "户号不存在。"),
    "UNKNOWN_ACCOUNT": _Words("There is no such account.", "户号不存在。"),
    "UNKNOWN_ORDER": _Words("There is no such order.", "订单不存在。"),
    "ORDER_MISMATCH": _Words("The payment does not fit its order.", "缴费信息与订单不一致。"),
    "ORDER_EXPIRED": _Words("The order is no longer valid.", "订单已过期。"),
    "CHANNEL_UNKNOWN": _Words("There is no such payment channel.", "缴费渠道不存在。"),
    "UNKNOWN_CHANNEL": _Words("There is no such payment channel.", "缴费渠道不存在。"),
    "CHANNEL_NOT_CONTRACTED": _Words(
        "The channel may not collect for this account.", "该渠道未签约此户号。"
    ),
    "AMOUNT_INVALID": _Words("This is not an amount of money.", "金额格式不正确。"),
    "AMOUNT_TOO_SMALL": _Words("The amount is too small.", "金额过小。"),
    "AMOUNT_TOO_LARGE": _Words("The amount is too large.", "金额过大。"),
    "CURRENCY_MISMATCH": _Words("The currency is not accepted.", "币种不符。"),
    "REFERENCE_REUSED": _Words(
        "The reference was used with other content.", "流水号已用于其他内容。"
    ),
    "IDEMPOTENCY_KEY_REUSED": _Words(
        "The idempotency key was used with other content.", "幂等键已用于其他内容。"
    ),
    "TASK_UNKNOWN": _Words("There is no such task.", "工单不存在。"),
    "TASK_NOT_YOURS": _Words("The task is not assigned to you.", "该工单未派给您。"),
    "TASK_NOT_OPEN": _Words(
        "The task is in a state that does not allow this.", "工单当前状态不允许此操作。"
    ),
    "INSPECTOR_UNKNOWN": _Words("There is no such inspector.", "检修人员不存在。"),
    "WHY_MISSING": _Words("A reason is needed.", "请填写原因。"),
    "WHOLE_DEPLOYMENT_ONLY": _Words(
        "Only operators of all districts may do this.", "仅全域操作员可执行此操作。"
    ),
    "SWITCH_UNKNOWN": _Words("There is no such switch.", "开关不存在。"),
    "TEXT_TOO_LONG": _Words("The text is too long.", "文字过长。"),
}


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


class Declined(Refusal):
    """The edge itself refuses an input, with one of the codes above."""

    def __init__(self, code: str, *, field: str | None = None) -> None:
        super().__init__(code)
        self.declined = code
        self.field = field


class ClientError(GraphQLError):
    """The request is not acceptable as such: a top-level error with a code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, extensions={"code": code})


class Unacceptable(HTTPException):
    """The transport refuses the request: a status, and a code beside the words."""

    def __init__(self, status: int, reason: str, code: str = "BAD_REQUEST") -> None:
        super().__init__(status, reason)
        self.code = code


def user_error(refusal: Refusal, locale: str) -> PlainError:
    """Return the refusal in the caller's language; an unlisted code is the plain REFUSED."""
    given = refusal.declined if isinstance(refusal, Declined) else refusal.code
    code = given if given in WORDS else "REFUSED"
    words = WORDS[code]
    field = refusal.field if isinstance(refusal, Declined) else None
    return PlainError(
        code=ErrorCode[code],
        message=words.en if locale.startswith("en") else words.zh,
        field=["input", field] if field else None,
        retryable=words.retryable,
    )
