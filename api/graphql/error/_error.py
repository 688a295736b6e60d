"""Every code that the API answers with, and its words in each language: the one place."""

from collections.abc import Mapping
from enum import Enum, EnumMeta
from typing import Any, NamedTuple, cast

import strawberry
from cross_web import HTTPException
from graphql import GraphQLError

from domain.base import Refusal

from ._language import spoken


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
    "TOO_MANY_ATTEMPTS": _Words(
        "Too many failed attempts. Try again in a quarter of an hour.",
        "尝试次数过多，请十五分钟后再试。",
        retryable=True,
    ),
    "SIGN_IN_BUSY": _Words(
        "Many people sign in just now. Try again in a moment.",
        "当前登录人数较多，请稍后再试。",
        retryable=True,
    ),
    "ROLE_FORBIDS": _Words(
        "What you are to this account does not allow this.", "您在该户号下的身份不允许此操作。"
    ),
    "WATCHER_UNKNOWN": _Words("Nobody like that watches the account.", "该户号下没有此人。"),
    "WATCHER_REFUSED": _Words(
        "This phone cannot watch the account.", "无法将该手机号添加到此户号。"
    ),
    "LAST_HOLDER": _Words("Somebody has to hold the account.", "户号至少须有一位户主。"),
    "PASSWORD_UNFIT": _Words("A password has 12 to 200 characters.", "密码长度须为12至200个字符。"),
    "INVITATION_REJECTED": _Words(
        "The invitation is wrong or no longer valid.", "邀请码错误或已失效。"
    ),
    "DEVICE_KEY_MISSING": _Words(
        "Show the device's key by a DPoP header.", "缺少设备密钥证明（DPoP）。"
    ),
    "DEVICE_NOT_ENROLLED": _Words("This device is not enrolled.", "该设备未登记。"),
    "SESSION_UNKNOWN": _Words("There is no such session.", "会话不存在。"),
    "STAFF_UNKNOWN": _Words("There is no such member of staff.", "人员不存在。"),
    "PHONE_TAKEN": _Words("Somebody has this phone number already.", "该手机号已被使用。"),
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
    "ENERGY_INVALID": _Words("This is not an amount of energy.", "电量格式不正确。"),
    "UNKNOWN_BILL": _Words("There is no such bill.", "账单不存在。"),
    "BILL_NOT_HELD": _Words("The bill does not wait for anybody.", "该账单不处于待审核状态。"),
    "BILL_NOT_RATED": _Words(
        "The bill could not be computed: mend what is wrong and cancel it.",
        "该账单无法计费，请先排除原因再作废。",
    ),
    "HELD_BILL_FIRST": _Words(
        "A bill of the account waits for somebody: see to it first.",
        "该户有待审核的账单，请先处理。",
    ),
    "ACCOUNT_CLOSED": _Words("The account is closed.", "该户已销户。"),
    "ACCOUNT_OPEN": _Words("The account is not closed.", "该户尚未销户。"),
    "NOT_REFUNDABLE": _Words(
        "So much is not left of the account's money.", "退费金额须大于零且不超过可退余额。"
    ),
    "REFERENCE_INVALID": _Words(
        "Give the number of the payout, 80 characters at most.", "请填写付款流水号，最多80个字符。"
    ),
    "LAST_READ_MISSING": _Words(
        "Give the last read of each of the account's meters.", "请填写该户每只电能表的末次示数。"
    ),
    "READ_IMPLAUSIBLE": _Words(
        "This read cannot be true beside what was reported before.", "该示数与之前的示数不符。"
    ),
    "WORK_UNFINISHED": _Words(
        "A task or a held reading of the account waits: see to it first.",
        "该户有未完成的工单或异常示数，请先处理。",
    ),
    "NO_FORECAST": _Words("Too little has been measured so far.", "计量数据不足，暂无法预测。"),
    "NOT_RATABLE": _Words(
        "The period cannot be priced under this tariff.", "该时段无法按此电价计费。"
    ),
    "PERIOD_EMPTY": _Words("The period has no days to be charged.", "该时段内没有可计费的日期。"),
    "UNKNOWN_EXCEPTION": _Words("There is no such held reading.", "异常示数不存在。"),
    "EXCEPTION_RESOLVED": _Words("The reading was settled before.", "该异常示数已处理。"),
    "REPLACEMENT_REFUSED": _Words(
        "Give registers that add up, with REPLACE and only with it.",
        "仅更正时需填写示数，且各时段之和须等于总示数。",
    ),
    "CANNOT_ACCEPT": _Words(
        "It contradicts an earlier reading: withdraw that one first.",
        "该示数与之前的示数矛盾，请先撤回之前的示数。",
    ),
    "INSTANT_IMPOSSIBLE": _Words(
        "The meter cannot have been read at that time.", "该时刻不可能抄到此表。"
    ),
    "READING_RUNS_BACKWARDS": _Words(
        "The registers lie below an earlier reading or above a later one.",
        "示数低于之前或高于之后的示数。",
    ),
    "REGISTERS_REFUSED": _Words("No register counts so far.", "示数超出表计量程。"),
    "UNKNOWN_READING": _Words(
        "The meter has no such reading that could be withdrawn.", "该表没有可撤回的此次示数。"
    ),
    "METER_UNKNOWN": _Words("The account has no such meter.", "该户没有此电能表。"),
    "ENTITLEMENT_REFUSED": _Words(
        "An entitlement has a name and a count, and ends after it begins.",
        "资格须有名称和数量，且结束日期晚于开始日期。",
    ),
    "ENTITLEMENT_OVERLAP": _Words(
        "The account holds it on some of these days already.", "该户在部分日期已有此资格。"
    ),
    "NOT_ENTITLED": _Words("The account does not hold it on that day.", "该户当日没有此资格。"),
    "SERVICE_FACTS_REFUSED": _Words(
        "Capacity and declared demand are amounts, not negative.", "容量和核定需量须为非负数。"
    ),
    "TARIFF_INVALID": _Words("The document is not a tariff.", "电价文件无效。"),
    "TARIFF_VERSION_EXISTS": _Words("The version is published already.", "该电价版本已发布。"),
    "TARIFF_OVERLAP": _Words(
        "The version overlaps a published one.", "该版本与已发布版本的有效期重叠。"
    ),
    "TARIFF_HOLE": _Words(
        "Accounts would stand on days without a price.", "有用户将在部分日期没有电价。"
    ),
    "DRAFT_UNKNOWN": _Words("There is no such draft.", "电价草案不存在。"),
    "DRAFT_NOT_OPEN": _Words("The draft is decided already.", "该电价草案已处理。"),
    "OPERATORS_ONLY": _Words("Only operators may do this.", "仅操作员可执行此操作。"),
    "SAME_PERSON": _Words(
        "Somebody else has to publish what you have proposed.", "不能发布本人提出的电价。"
    ),
    "PUSH_OFF": _Words("Nothing is pushed here.", "本系统未开通推送。"),
    "PUSH_ENDPOINT_REFUSED": _Words(
        "This push service is not asked here.", "不支持该推送服务地址。"
    ),
    "PUSH_KEYS_INVALID": _Words("These are not the keys of a device.", "设备密钥格式不正确。"),
    "UNKNOWN_DISTRICT": _Words("There is no such district.", "供电辖区不存在。"),
    "TIME_INVALID": _Words("This is not a time of day.", "时刻格式不正确。"),
    "DEVICE_UNKNOWN": _Words("There is no such device.", "设备不存在。"),
    "MESSAGE_UNKNOWN": _Words("There is no such message.", "消息不存在。"),
    "NO_TARIFF": _Words("No version of the tariff holds on that day.", "该日期没有有效的电价。"),
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
