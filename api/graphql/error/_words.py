"""Every code that the business refuses with, and its words in each language: the one place."""

from collections.abc import Mapping
from typing import NamedTuple


class Words(NamedTuple):
    """What a code is told as; `retryable`: the same may succeed later."""

    en: str
    zh: str
    retryable: bool = False


WORDS: Mapping[str, Words] = {
    "REFUSED": Words("This is not possible.", "无法完成该操作。"),
    "CODE_REJECTED": Words("The code is wrong or no longer valid.", "验证码错误或已失效。"),
    "TOO_MANY_CODES": Words(
        "Too many codes were asked for. Try again in an hour.",
        "获取验证码过于频繁，请一小时后再试。",
        retryable=True,
    ),
    "SESSION_ENDED": Words("Please sign in again.", "登录已失效，请重新登录。"),
    "TOO_MANY_ATTEMPTS": Words(
        "Too many failed attempts. Try again in a quarter of an hour.",
        "尝试次数过多，请十五分钟后再试。",
        retryable=True,
    ),
    "SIGN_IN_BUSY": Words(
        "Many people sign in just now. Try again in a moment.",
        "当前登录人数较多，请稍后再试。",
        retryable=True,
    ),
    "ROLE_FORBIDS": Words(
        "What you are to this account does not allow this.", "您在该户号下的身份不允许此操作。"
    ),
    "WATCHER_UNKNOWN": Words("Nobody like that watches the account.", "该户号下没有此人。"),
    "WATCHER_REFUSED": Words(
        "This phone cannot watch the account.", "无法将该手机号添加到此户号。"
    ),
    "LAST_HOLDER": Words("Somebody has to hold the account.", "户号至少须有一位户主。"),
    "PASSWORD_UNFIT": Words("A password has 12 to 200 characters.", "密码长度须为12至200个字符。"),
    "INVITATION_REJECTED": Words(
        "The invitation is wrong or no longer valid.", "邀请码错误或已失效。"
    ),
    "DEVICE_KEY_MISSING": Words(
        "Show the device's key by a DPoP header.", "缺少设备密钥证明（DPoP）。"
    ),
    "DEVICE_NOT_ENROLLED": Words("This device is not enrolled.", "该设备未登记。"),
    "SESSION_UNKNOWN": Words("There is no such session.", "会话不存在。"),
    "STAFF_UNKNOWN": Words("There is no such member of staff.", "人员不存在。"),
    "PHONE_TAKEN": Words("Somebody has this phone number already.", "该手机号已被使用。"),
    "PHONE_INVALID": Words("This is not a phone number.", "手机号码格式不正确。"),
    "ACCOUNT_UNKNOWN": Words("There is no such account.", "户号不存在。"),
    "UNKNOWN_ACCOUNT": Words("There is no such account.", "户号不存在。"),
    "UNKNOWN_ORDER": Words("There is no such order.", "订单不存在。"),
    "ORDER_MISMATCH": Words("The payment does not fit its order.", "缴费信息与订单不一致。"),
    "ORDER_EXPIRED": Words("The order is no longer valid.", "订单已过期。"),
    "CHANNEL_UNKNOWN": Words("There is no such payment channel.", "缴费渠道不存在。"),
    "UNKNOWN_CHANNEL": Words("There is no such payment channel.", "缴费渠道不存在。"),
    "CHANNEL_NOT_CONTRACTED": Words(
        "The channel may not collect for this account.", "该渠道未签约此户号。"
    ),
    "AMOUNT_INVALID": Words("This is not an amount of money.", "金额格式不正确。"),
    "AMOUNT_TOO_SMALL": Words("The amount is too small.", "金额过小。"),
    "AMOUNT_TOO_LARGE": Words("The amount is too large.", "金额过大。"),
    "CURRENCY_MISMATCH": Words("The currency is not accepted.", "币种不符。"),
    "REFERENCE_REUSED": Words(
        "The reference was used with other content.", "流水号已用于其他内容。"
    ),
    "IDEMPOTENCY_KEY_REUSED": Words(
        "The idempotency key was used with other content.", "幂等键已用于其他内容。"
    ),
    "TASK_UNKNOWN": Words("There is no such task.", "工单不存在。"),
    "TASK_NOT_YOURS": Words("The task is not assigned to you.", "该工单未派给您。"),
    "TASK_NOT_OPEN": Words(
        "The task is in a state that does not allow this.", "工单当前状态不允许此操作。"
    ),
    "INSPECTOR_UNKNOWN": Words("There is no such inspector.", "检修人员不存在。"),
    "WHY_MISSING": Words("A reason is needed.", "请填写原因。"),
    "WHOLE_DEPLOYMENT_ONLY": Words(
        "Only operators of all districts may do this.", "仅全域操作员可执行此操作。"
    ),
    "SWITCH_UNKNOWN": Words("There is no such switch.", "开关不存在。"),
    "TEXT_TOO_LONG": Words("The text is too long.", "文字过长。"),
    "ENERGY_INVALID": Words("This is not an amount of energy.", "电量格式不正确。"),
    "UNKNOWN_BILL": Words("There is no such bill.", "账单不存在。"),
    "BILL_NOT_HELD": Words("The bill does not wait for anybody.", "该账单不处于待审核状态。"),
    "BILL_NOT_RATED": Words(
        "The bill could not be computed: mend what is wrong and cancel it.",
        "该账单无法计费，请先排除原因再作废。",
    ),
    "HELD_BILL_FIRST": Words(
        "A bill of the account waits for somebody: see to it first.",
        "该户有待审核的账单，请先处理。",
    ),
    "ACCOUNT_CLOSED": Words("The account is closed.", "该户已销户。"),
    "ACCOUNT_OPEN": Words("The account is not closed.", "该户尚未销户。"),
    "NOT_REFUNDABLE": Words(
        "So much is not left of the account's money.", "退费金额须大于零且不超过可退余额。"
    ),
    "REFERENCE_INVALID": Words(
        "Give the number of the payout, 80 characters at most.", "请填写付款流水号，最多80个字符。"
    ),
    "LAST_READ_MISSING": Words(
        "Give the last read of each of the account's meters.", "请填写该户每只电能表的末次示数。"
    ),
    "READ_IMPLAUSIBLE": Words(
        "This read cannot be true beside what was reported before.", "该示数与之前的示数不符。"
    ),
    "WORK_UNFINISHED": Words(
        "A task or a held reading of the account waits: see to it first.",
        "该户有未完成的工单或异常示数，请先处理。",
    ),
    "NO_FORECAST": Words("Too little has been measured so far.", "计量数据不足，暂无法预测。"),
    "NOT_RATABLE": Words(
        "The period cannot be priced under this tariff.", "该时段无法按此电价计费。"
    ),
    "PERIOD_EMPTY": Words("The period has no days to be charged.", "该时段内没有可计费的日期。"),
    "UNKNOWN_EXCEPTION": Words("There is no such held reading.", "异常示数不存在。"),
    "EXCEPTION_RESOLVED": Words("The reading was settled before.", "该异常示数已处理。"),
    "REPLACEMENT_REFUSED": Words(
        "Give registers that add up, with REPLACE and only with it.",
        "仅更正时需填写示数，且各时段之和须等于总示数。",
    ),
    "CANNOT_ACCEPT": Words(
        "It contradicts an earlier reading: withdraw that one first.",
        "该示数与之前的示数矛盾，请先撤回之前的示数。",
    ),
    "INSTANT_IMPOSSIBLE": Words(
        "The meter cannot have been read at that time.", "该时刻不可能抄到此表。"
    ),
    "READING_RUNS_BACKWARDS": Words(
        "The registers lie below an earlier reading or above a later one.",
        "示数低于之前或高于之后的示数。",
    ),
    "REGISTERS_REFUSED": Words("No register counts so far.", "示数超出表计量程。"),
    "UNKNOWN_READING": Words(
        "The meter has no such reading that could be withdrawn.", "该表没有可撤回的此次示数。"
    ),
    "METER_UNKNOWN": Words("The account has no such meter.", "该户没有此电能表。"),
    "ENTITLEMENT_REFUSED": Words(
        "An entitlement has a name and a count, and ends after it begins.",
        "资格须有名称和数量，且结束日期晚于开始日期。",
    ),
    "ENTITLEMENT_OVERLAP": Words(
        "The account holds it on some of these days already.", "该户在部分日期已有此资格。"
    ),
    "NOT_ENTITLED": Words("The account does not hold it on that day.", "该户当日没有此资格。"),
    "SERVICE_FACTS_REFUSED": Words(
        "Capacity and declared demand are amounts, not negative.", "容量和核定需量须为非负数。"
    ),
    "TARIFF_INVALID": Words("The document is not a tariff.", "电价文件无效。"),
    "TARIFF_VERSION_EXISTS": Words("The version is published already.", "该电价版本已发布。"),
    "TARIFF_OVERLAP": Words(
        "The version overlaps a published one.", "该版本与已发布版本的有效期重叠。"
    ),
    "TARIFF_HOLE": Words(
        "Accounts would stand on days without a price.", "有用户将在部分日期没有电价。"
    ),
    "DRAFT_UNKNOWN": Words("There is no such draft.", "电价草案不存在。"),
    "DRAFT_NOT_OPEN": Words("The draft is decided already.", "该电价草案已处理。"),
    "OPERATORS_ONLY": Words("Only operators may do this.", "仅操作员可执行此操作。"),
    "SAME_PERSON": Words(
        "Somebody else has to publish what you have proposed.", "不能发布本人提出的电价。"
    ),
    "PUSH_OFF": Words("Nothing is pushed here.", "本系统未开通推送。"),
    "PUSH_ENDPOINT_REFUSED": Words(
        "This push service is not asked here.", "不支持该推送服务地址。"
    ),
    "PUSH_KEYS_INVALID": Words("These are not the keys of a device.", "设备密钥格式不正确。"),
    "UNKNOWN_DISTRICT": Words("There is no such district.", "供电辖区不存在。"),
    "TIME_INVALID": Words("This is not a time of day.", "时刻格式不正确。"),
    "DEVICE_UNKNOWN": Words("There is no such device.", "设备不存在。"),
    "LOCALE_UNKNOWN": Words("This language is not spoken here.", "暂不支持该语言。"),
    "MESSAGE_UNKNOWN": Words("There is no such message.", "消息不存在。"),
    "NO_TARIFF": Words("No version of the tariff holds on that day.", "该日期没有有效的电价。"),
}
