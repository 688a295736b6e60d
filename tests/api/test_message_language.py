"""Whoever watches an account reads its messages in their own language."""

from contextlib import AsyncExitStack
from operator import itemgetter
from zoneinfo import ZoneInfo

import pytest

from api.graphql.node import global_id
from domain import notification
from domain.base import run, value
from tests.api.test_streams import asked, opened, told
from tests.api.test_subscription import heard
from tests.domain.notification import test_texts

PARAMS = {name: each for name, each in test_texts.PARAMS.items() if name != "account_number"}
LISTED = (
    "query ($number: String!) { account(number: $number) {"
    " messages(first: 1) { edges { node { id text sentText } } } } }"
)
NODE = "query ($id: ID!) { node(id: $id) { ... on Message { text sentText } } }"
STREAM = (
    "subscription ($number: String!) { accountChanged(number: $number) {"
    " account { messages(first: 1) { edges { node { text } } } } } }"
)
CHINESE = "尾号{}的用电账户已恢复供电。"
ENGLISH = "Electricity account ending {}: supply is back on."


@pytest.fixture
async def english(town):
    ids = [town.home.account_id]
    return await town.customer.signed_in("13900000077", "CUSTOMER", accounts=ids, locale="en-GB")


@pytest.fixture
async def message_id(town, clock):
    return await notification.queue(
        "RESTORED", account_id=town.home.account_id, params={}, key="r1", now=clock.now()
    )


async def listed(app, number):
    """Return the newest message, asked for until the shorter ways are taken."""
    answers = [await app.send(LISTED, number=number) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    (edge,) = answers[0]["data"]["account"]["messages"]["edges"]
    return edge["node"]


async def by_id(app, message_id):
    return (await app.send(NODE, id=global_id("Message", message_id)))["data"]["node"]


said = itemgetter("text", "sentText")


async def test_two_who_watch_one_account_read_the_same_message_each_in_their_language(
    town, english, message_id
):
    number = town.home.number
    chinese_text, english_text = CHINESE.format(number[-4:]), ENGLISH.format(number[-4:])
    for app, text in ((town.customer, chinese_text), (english, english_text)):
        found = await listed(app, number)
        assert found["id"] == global_id("Message", message_id)
        assert said(found) == said(await by_id(app, message_id)) == (text, chinese_text)


async def test_a_stream_tells_each_in_their_language(town, english, message_id, address, clock):
    home = town.home
    start = CHINESE.format(home.number[-4:]), ENGLISH.format(home.number[-4:])
    async with AsyncExitStack() as stack:
        sockets = [await opened(stack, address, app.token) for app in (town.customer, english)]
        events = [await asked(each, STREAM, number=home.number) for each in sockets]
        assert tuple(map(newest, events)) == start
        await home.pays(5_000, at=clock.now())
        paid = [await after(socket, text) for socket, text in zip(sockets, start, strict=True)]
    assert "已充值50.00元" in paid[0]
    assert "CNY 50.00 received" in paid[1]


async def after(socket, text):
    """Return the newest message that is another one."""
    while (found := newest(await heard(socket))) == text:
        pass
    return found


def newest(event):
    (edge,) = told(event)["account"]["messages"]["edges"]
    return edge["node"]["text"]


async def test_an_operator_reads_theirs_and_sees_what_was_sent(town, message_id):
    operator = await town.customer.signed_in(
        "13900000078", "OPERATOR", district_id=town.district_id, locale="en"
    )
    sent = CHINESE.format(town.home.number[-4:])
    assert said(await by_id(operator, message_id)) == (ENGLISH.format(town.home.number[-4:]), sent)
    assert said(await by_id(town.operator, message_id)) == (sent, sent)


async def test_an_account_that_is_written_to_in_english_is_read_in_chinese(town, english, clock):
    await run("update account set locale = 'en' where id = $1", town.home.account_id)
    await notification.queue(
        "BILL_ISSUED",
        account_id=town.home.account_id,
        params=PARAMS,
        key="b1",
        now=clock.now(),
    )
    number = town.home.number
    read = await listed(town.customer, number)
    assert read["text"].startswith(f"尾号{number[-4:]}的用电账户2026-02-01至")
    assert read["sentText"].startswith("Electricity account ending")
    assert (await listed(english, number))["text"] == read["sentText"]


async def test_a_message_that_is_older_than_its_translations_reads_as_it_was_sent(
    town, english, message_id
):
    await run("update message set translations = null")
    sent = CHINESE.format(town.home.number[-4:])
    for app in (town.customer, english):
        assert said(await listed(app, town.home.number)) == (sent, sent)
        assert said(await by_id(app, message_id)) == (sent, sent)


async def test_only_what_is_asked_for_is_read(town, english, message_id):
    """Neither text is: the statement has no place for the language then."""
    query = LISTED.replace(" text sentText", "")
    for _ in range(3):
        answer = await english.send(query, number=town.home.number)
        (edge,) = answer["data"]["account"]["messages"]["edges"]
        assert edge["node"] == {"id": global_id("Message", message_id)}


@pytest.mark.parametrize("kind", notification.Kind)
async def test_every_message_about_an_account_is_composed_in_both_but_for_codes(town, clock, kind):
    secret = kind in {"SIGN_IN_CODE", "ACCESS_CODE"}
    message_id = await notification.queue(
        kind, account_id=town.home.account_id, params=PARAMS, key="k1", now=clock.now()
    )
    kept = await value("select translations ->> 'en' from message where id = $1", message_id)
    params = PARAMS | {"account_number": town.home.number}
    there = notification.text(kind, "en", params, zone=ZoneInfo("Asia/Shanghai"))
    assert kept == (None if secret else there)
    assert await value("select count(*) from message where translations ? 'zh-CN'") == 0
