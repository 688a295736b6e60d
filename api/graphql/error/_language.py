"""In which language a request is answered, and the words of its errors."""

from collections.abc import Mapping
from contextvars import ContextVar

# Of whole requests: what a person may get to see. A developer's mistakes are told in English.
_CHINESE: Mapping[str, str] = {
    "UNAUTHENTICATED": "请先登录。",
    "FORBIDDEN": "您无权进行此操作。",
    "NOT_FOUND": "未找到相关内容。",
    "STEP_UP_REQUIRED": "请先用 stepUp 完成二次验证，再以返回的令牌重新发送。",
    "DEVICE_PROOF_REJECTED": "设备验证未通过。",
    "RATE_LIMITED": "请求过于频繁，请稍后再试。",
    "TOO_MANY_STREAMS": "打开的连接过多，请关闭后再试。",
    "PAGE_SIZE_INVALID": "每页条数须在1至100之间。",
    "CURSOR_INVALID": "分页位置无效。",
    "DOCUMENT_NOT_TRUSTED": "当前应用版本不受支持，请更新应用。",
    "DOCUMENT_UNKNOWN": "当前应用版本不受支持，请更新应用。",
    "OVERLOADED": "系统繁忙，请稍后再试。",
    "TIMEOUT": "系统繁忙，请稍后再试。",
    "INTERNAL": "系统出错，请稍后再试。",
}
_OURS = {"en": "en", "zh": "zh-CN"}
_locale: ContextVar[str] = ContextVar("locale", default="en")


def speak(locale: str) -> None:
    """From here on, in this request, tell errors in this language."""
    _locale.set(locale)


def spoken(code: str, english: str) -> str:
    """Return the words of a request's error in the caller's language."""
    return english if _locale.get().startswith("en") else _CHINESE.get(code, english)


def preferred(header: str, *, default: str) -> str:
    """Return the one of our languages that an Accept-Language header likes best."""
    liked: dict[str, str] = {}
    for each in header.lower().split(","):
        name, _, quality = each.partition(";")
        ours = _OURS.get(name.strip()[:2])
        if ours is not None:
            # Qualities compare as text: "1" and "0.8" have one digit before the point.
            told = quality.strip().removeprefix("q=") or "1"
            liked[ours] = max(liked.get(ours, ""), told)
    wanted = {ours: quality for ours, quality in liked.items() if quality.strip("0.")}
    return max(wanted, key=wanted.__getitem__, default=default)
