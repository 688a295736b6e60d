"""Bills over HTTP: for their customers and for operators; for everybody else they are not there."""

import httpx

from domain import identity
from domain.base import value
from tests.api.conftest import App
from tests.api.test_billing import Block, block, corrected, held

__all__ = ["block"]


async def got(caller: App, path: str, **headers: str) -> httpx.Response:
    given = {"authorization": f"Bearer {caller.token}"} if caller.token else {}
    return await caller.http.get(path, headers=given | headers)


async def number_of(block: Block) -> int:
    return await value("select id from bill where account_id = $1", block.own.account_id)


async def test_a_customer_and_an_operator_get_the_bill_as_pdf_and_as_json(block):
    number = await number_of(block)
    for caller in (block.customer, block.operator, block.chief):
        paper = await got(caller, f"/bills/{number}.pdf")
        assert (paper.status_code, paper.headers["content-type"]) == (200, "application/pdf")
        assert paper.content.startswith(b"%PDF-")
        name = f'filename="bill-{block.own.seeded.number}-2026-01-01-{number}.pdf"'
        assert paper.headers["content-disposition"] == f"attachment; {name}"
        data = await got(caller, f"/bills/{number}.json")
        total = await value("select total_fen from bill where id = $1", number)
        assert data.json()["total"] == f"{total // 100}.{total % 100:02}"
        assert data.headers["cache-control"] == "private, no-cache"


async def test_the_paths_of_a_bill_stand_in_graphql(block):
    number = await number_of(block)
    query = """query ($n: String!) {
      account(number: $n) { bills { edges { node { pdfPath jsonPath } } } } }"""
    answer = await block.customer.send(query, n=block.own.seeded.number)
    (edge,) = answer["data"]["account"]["bills"]["edges"]
    assert edge["node"] == {"pdfPath": f"/bills/{number}.pdf", "jsonPath": f"/bills/{number}.json"}


async def test_what_is_not_yours_is_not_there_and_nobody_gets_nothing(block, app):
    number = await number_of(block)
    inspector = await app.signed_in("13900000008", "INSPECTOR", district_id=block.district_id)
    stranger = await app.signed_in("13900000009", "CUSTOMER", accounts=[block.other.account_id])
    tenant = await app.signed_in("13900000010", "CUSTOMER")
    person_id = await value("select id from person where phone = '13900000010'")
    await identity.grant_access(person_id, block.own.account_id, role="TENANT")
    for caller in (block.far_operator, inspector, stranger, tenant):
        for path in (f"/bills/{number}.pdf", f"/bills/{number}.json"):
            refused = await got(caller, path)
            assert refused.status_code == 404
            assert refused.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    nobody = await got(App(app.http, app.keys), f"/bills/{number}.pdf")
    assert nobody.status_code == 401
    assert nobody.headers["www-authenticate"] == 'Bearer, DPoP algs="ES256"'
    forged = await got(App(app.http, app.keys, "x.y.z"), f"/bills/{number}.pdf")
    assert forged.status_code == 401
    for path in (
        "/bills/999999.pdf",
        f"/bills/{2**64}.pdf",
        f"/bills/{number}.xml",
        "/bills/x.pdf",
    ):
        assert (await got(block.customer, path)).status_code == 404


async def test_what_is_refused_is_told_in_the_callers_language(block, app):
    told = {}
    for language in ("en", "zh-CN"):
        nobody = await got(App(app.http, app.keys), "/bills/1.pdf", **{"accept-language": language})
        told[language] = nobody.json()["errors"][0]["message"]
    assert told == {"en": "Sign in again.", "zh-CN": "请先登录。"}
    nowhere = await got(block.customer, "/bills/999999.pdf", **{"accept-language": "en"})
    assert nowhere.json()["errors"][0]["message"] == "未找到相关内容。"


async def test_a_held_bill_is_there_for_operators_only(block):
    await held(block)
    number = await value("select id from bill where state = 'HELD' order by id limit 1")
    assert (await got(block.operator, f"/bills/{number}.json")).json()["state"] == "HELD"
    assert (await got(block.customer, f"/bills/{number}.json")).status_code == 404


async def test_what_has_not_changed_is_not_sent_again(block):
    number = await number_of(block)
    first = await got(block.customer, f"/bills/{number}.pdf")
    for kept in (first.headers["etag"], "*"):
        again = await got(block.customer, f"/bills/{number}.pdf", **{"if-none-match": kept})
        assert (again.status_code, again.content) == (304, b"")
    english = await got(block.customer, f"/bills/{number}.pdf?lang=en")
    assert english.headers["etag"] != first.headers["etag"]
    assert english.headers["content-language"] == "en"
    assert (await got(block.customer, f"/bills/{number}.pdf?lang=tlh")).status_code == 400


async def test_a_corrected_bill_is_another_one(block):
    number = await number_of(block)
    first = await got(block.customer, f"/bills/{number}.json")
    await corrected(block)
    again = await got(
        block.customer, f"/bills/{number}.json", **{"if-none-match": first.headers["etag"]}
    )
    assert (again.status_code, again.json()["state"]) == (200, "REVERSED")


async def test_a_spent_budget_draws_no_bill(block):
    number = await number_of(block)
    person_id = await value("select id from person where phone = '13900000001'")
    services = block.customer.http._transport.app.state.services
    chosen = services.budget.spend(f"person:{person_id}", 0, at=services.wall())
    services.budget.spend(f"person:{person_id}", chosen.remaining, at=services.wall())
    refused = await got(block.customer, f"/bills/{number}.pdf")
    assert (refused.status_code, int(refused.headers["retry-after"]) > 0) == (429, True)
    assert (await got(block.operator, f"/bills/{number}.pdf")).status_code == 200


async def test_a_number_that_no_bill_has_is_not_there(block, app):
    for number in ("0", "9" * 18, "9" * 19, "9" * 5_000, "-1", "1.2", "%D9%A1", "x"):
        for caller in (block.customer, App(app.http, app.keys)):
            refused = await got(caller, f"/bills/{number}.pdf")
            assert refused.status_code in {401, 404}
            assert refused.json()["errors"][0]["extensions"]["code"] != "INTERNAL"
