"""Errors are told in the caller's language."""

from contextvars import copy_context

import pytest
from graphql import GraphQLError

from api.graphql.document import masked
from api.graphql.error import preferred, speak
from domain.base import run, value
from runtime.database import Overloaded
from tests.api.conftest import App, Town

VIEWER = {"query": "{ viewer { role } }"}


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh-CN"),
        ("fr", "zh-CN"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", "en"),
        ("zh;q=0.2, en;q=0.7", "en"),
        ("en-GB;q=0.1, zh;q=0.5, en;q=0.9", "en"),
        ("en;q=0, fr", "zh-CN"),
        (";;;q=,,", "zh-CN"),
    ],
)
def test_the_language_that_is_liked_best_and_known_here(header, language):
    assert preferred(header, default="zh-CN") == language


async def test_who_is_not_signed_in_reads_the_language_of_the_header(town: Town):
    app = App(town.customer.http, town.customer.keys)
    told = {}
    for language in ("en", "zh-CN"):
        answer = await app.post(VIEWER, **{"accept-language": language})
        told[language] = answer.json()["errors"][0]["message"]
        refused = await App(app.http, app.keys, "forged").post(
            VIEWER, **{"accept-language": language}
        )
        assert refused.status_code == 401
        told[language] += refused.json()["errors"][0]["message"]
    assert told == {"en": "Sign in first.Sign in again.", "zh-CN": "请先登录。请先登录。"}


async def test_who_is_signed_in_reads_the_own_language_whatever_the_header_says(town: Town):
    english = await town.customer.signed_in("13900000077", "CUSTOMER", locale="en")
    for app, words in ((english, "This is not for you."), (town.customer, "您无权进行此操作。")):
        for language in ("en", "zh-CN"):
            answer = await app.post(
                {"query": "{ controlSwitches { name } }"}, **{"accept-language": language}
            )
            assert answer.json()["errors"][0]["message"] == words


@pytest.mark.parametrize(
    ("tag", "locale"), [("en-GB", "en"), ("EN", "en"), ("zh_Hans_CN", "zh-CN")]
)
async def test_a_language_that_is_chosen_holds_from_the_next_token_on(town: Town, tag, locale):
    phone = "13900000077"
    before = "zh-CN" if locale == "en" else "en"
    await town.customer.signed_in(phone, "CUSTOMER", locale=before)
    app = await town.customer.signed_in(phone, "CUSTOMER")
    answer = (await app.run("SetLocale", locale=tag))["data"]["setLocale"]
    assert answer == {"locale": locale, "userErrors": []}
    assert await spoken(app) == before
    assert await spoken(await town.customer.signed_in(phone, "CUSTOMER")) == locale
    assert await spoken(town.customer) == "zh-CN"


async def spoken(app: App) -> str:
    return (await app.send("{ viewer { locale } }"))["data"]["viewer"]["locale"]


@pytest.mark.parametrize("tag", ["", "fr", "english", "-", "e", "_en", "x" * 10_000])
async def test_a_language_that_is_not_spoken_here_is_refused(town: Town, tag):
    answer = (await town.customer.run("SetLocale", locale=tag))["data"]["setLocale"]
    assert answer["locale"] is None
    assert answer["userErrors"] == [{"code": "LOCALE_UNKNOWN", "message": "暂不支持该语言。"}]
    assert await value("select count(*) from person where locale <> 'zh-CN'") == 0


async def test_a_fault_is_told_in_it_too(town: Town):
    await run("alter table account_position rename to elsewhere")
    query = {"query": "{ viewer { accounts { edges { cursor } } } }"}
    for _ in range(3):  # what comes again goes a shorter way
        answer = await town.customer.post(query)
        assert answer.json()["errors"][0]["message"] == "系统出错，请稍后再试。"


@pytest.mark.parametrize(
    ("locale", "words"), [("en", "Too many ask at once."), ("zh-CN", "系统繁忙，请稍后再试。")]
)
def test_that_too_many_ask_is_told_in_the_callers_language(locale, words):
    def told():
        speak(locale)
        return masked(GraphQLError("", original_error=Overloaded()), "1").message

    assert copy_context().run(told) == words
