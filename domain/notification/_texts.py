"""What a message says. Platforms bar the words of debt collection: a text tells the balance."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from enum import StrEnum

from ._currency import spoken


class Kind(StrEnum):
    """What a message is about."""

    ALARM = "ALARM"
    NOTICE = "NOTICE"
    FINAL_NOTICE = "FINAL_NOTICE"
    TRIPPED = "TRIPPED"
    PERMIT_READY = "PERMIT_READY"
    RESTORED = "RESTORED"
    PAYMENT_RECEIVED = "PAYMENT_RECEIVED"
    SIGN_IN_CODE = "SIGN_IN_CODE"
    ACCESS_CODE = "ACCESS_CODE"
    TASK = "TASK"
    BILL_ISSUED = "BILL_ISSUED"
    BILL_CORRECTED = "BILL_CORRECTED"
    REFUNDED = "REFUNDED"


CHINESE = {
    Kind.ALARM: "尾号{account}的用电账户余额{available}，已低于提醒额度，请您留意并适时充值。",
    Kind.NOTICE: (
        "尾号{account}的用电账户余额{available}，已不足以继续用电。"
        "如未充值，将自{trip_at}起暂停供电；充值后自动恢复。"
    ),
    Kind.FINAL_NOTICE: (
        "尾号{account}的用电账户余额{available}，将于{trip_at}暂停供电。"
        "请立即充值，并妥善安排用电设备。"
    ),
    Kind.TRIPPED: "尾号{account}的用电账户余额{available}，现已暂停供电，充值后即可恢复。",
    Kind.PERMIT_READY: (
        "尾号{account}的用电账户已允许合闸。请先关闭家中电器，再按住电能表按键3秒以上恢复用电。"
    ),
    Kind.RESTORED: "尾号{account}的用电账户已恢复供电。",
    Kind.PAYMENT_RECEIVED: "尾号{account}的用电账户已充值{amount}，当前余额{available}。",
    Kind.SIGN_IN_CODE: "登录验证码{code}，{minutes}分钟内有效，请勿告诉他人。",
    Kind.ACCESS_CODE: (
        "手机尾号{who}申请查看尾号{account}的用电账户，验证码{code}，{minutes}分钟内有效。"
        "如非您本人同意，请勿告诉他人。"
    ),
    Kind.TASK: "新工单{number}，请于{due_at}前处理。",
    Kind.BILL_ISSUED: (
        "尾号{account}的用电账户{first_day}至{last_day}的电费账单已出："
        "用电{kwh}千瓦时，电费{amount}。可在应用内查看明细。"
    ),
    Kind.BILL_CORRECTED: (
        "尾号{account}的用电账户自{first_day}起的电费账单已更正，较原账单差额{amount}。"
        "原账单、冲销和新账单均可在应用内查看。"
    ),
    Kind.REFUNDED: "尾号{account}的用电账户已销户，余额中的{amount}已为您办理退费。",
}

ENGLISH = {
    Kind.ALARM: (
        "Electricity account ending {account}: your balance is {available}."
        " Please top up when convenient."
    ),
    Kind.NOTICE: (
        "Electricity account ending {account}: your balance is {available}. Without a top-up,"
        " supply pauses from {trip_at}. It comes back by itself after a top-up."
    ),
    Kind.FINAL_NOTICE: (
        "Electricity account ending {account}: your balance is {available}."
        " Supply pauses at {trip_at}. Please top up now."
    ),
    Kind.TRIPPED: (
        "Electricity account ending {account}: supply is paused, your balance is {available}."
        " It comes back after a top-up."
    ),
    Kind.PERMIT_READY: (
        "Electricity account ending {account}: supply may be switched on. Turn appliances off,"
        " then hold the button of the meter for at least 3 seconds."
    ),
    Kind.RESTORED: "Electricity account ending {account}: supply is back on.",
    Kind.PAYMENT_RECEIVED: (
        "Electricity account ending {account}: {amount} received, your balance is {available}."
    ),
    Kind.ACCESS_CODE: (
        "The phone ending {who} asks to watch the electricity account ending {account}."
        " Code {code}, valid for {minutes} minutes. Pass it on only if you agree."
    ),
    Kind.SIGN_IN_CODE: (
        "Your sign-in code is {code}, valid for {minutes} minutes. Do not tell it to anyone."
    ),
    Kind.TASK: "New task {number}, due by {due_at}.",
    Kind.BILL_ISSUED: (
        "Electricity account ending {account}: your bill for {first_day} to {last_day} is out,"
        " {kwh} kWh, {amount}. See its lines in the app."
    ),
    Kind.BILL_CORRECTED: (
        "Electricity account ending {account}: bills from {first_day} on have been corrected, by"
        " {amount} in all. The old bill, its reversal and the new one are in the app."
    ),
    Kind.REFUNDED: (
        "Electricity account ending {account} is closed: {amount} of its balance is being"
        " paid back."
    ),
}


LANGUAGES = ("zh-CN", "en")
"""What texts are told in."""


def language_of(locale: str) -> str:
    """Return the one of LANGUAGES that a locale reads: Chinese, unless it is English."""
    return "en" if locale.lower().startswith("en") else "zh-CN"


def text(kind: str, locale: str, params: Mapping[str, object], *, zone: tzinfo) -> str:
    """Return the text of a message in the language of a locale.

    `*_fen` becomes a decimal amount in the deployment's currency, `*_wh` kWh, `*_at` a time in
    `zone`, `account_number` its last four.
    """
    english = language_of(locale) == "en"
    words = dict(_word(name, value, zone, english) for name, value in params.items())
    return (ENGLISH if english else CHINESE)[Kind(kind)].format_map(words)


def _word(name: str, value: object, zone: tzinfo, english: bool) -> tuple[str, str]:  # ruff: ignore[boolean-type-hint-positional-argument]
    if name.endswith("_fen") and isinstance(value, int):
        return name.removesuffix("_fen"), spoken().told(value, english=english)
    if name.endswith("_wh") and isinstance(value, int):
        return "kwh", _kwh(value)
    if name == "account_number":
        return "account", str(value)[-4:]
    if isinstance(value, datetime):
        return name, _moment(value.astimezone(zone), english)
    return name, str(value)


def _kwh(wh: int) -> str:
    whole, rest = divmod(abs(wh), 1000)
    decimals = f".{rest:03}".rstrip("0") if rest else ""
    return f"{'-' if wh < 0 else ''}{whole}{decimals}"


def _moment(at: datetime, english: bool) -> str:  # ruff: ignore[boolean-type-hint-positional-argument]
    return f"{at:%Y-%m-%d %H:%M}" if english else f"{at.month}月{at.day}日{at:%H:%M}"
