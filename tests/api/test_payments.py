"""Payment channels: signed, credited once, refused with a code and nothing stored but the audit."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from api.channels import OPENAPI
from auth import SigningIdentity, sealed, signed_headers
from domain import payment
from domain.base import run
from runtime import settings as runtime_settings
from tests.api.conftest import all_rows, counted
from tests.api.test_budget import tight, tight_api

__all__ = ["tight", "tight_api"]

BANK = SigningIdentity("hmac-sha256", "key-D1", "secret")
MONEY = ("payment", "ledger_transfer", "outbox", "message", "command")


def notice(town, **changes):
    content = {
        "reference": "ref-1",
        "account": town.home.number,
        "amount": "100.00",
        "currency": "CNY",
        "paid_at": "2026-03-02T09:59:00+08:00",
    }
    return {k: v for k, v in (content | changes).items() if v is not None}


async def send(app, content, *, channel="bank-D1", identity=BANK, nonce=None, **changes):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    path = f"/channels/{channel}/payments"
    headers = signed_headers(
        identity,
        method="POST",
        url=f"http://feikong{path}",
        body=body,
        nonce=nonce or uuid4().hex,
        created=changes.pop("created", None),
    )
    return await app.http.post(path, content=changes.get("sent", body), headers=dict(headers))


async def test_a_signed_notice_is_credited_and_answered_with_its_receipt(app, town):
    before = await town.home.available_fen()
    answer = await send(app, notice(town))

    assert answer.status_code == 200
    assert answer.headers["idempotent-replayed"] == "false"
    receipt = answer.json()
    described = json.loads(OPENAPI.read_text("utf-8"))["components"]["schemas"]["Receipt"]
    assert set(receipt) == set(described["required"]) == set(described["properties"])
    assert (receipt["amount"], receipt["account"]) == ("100.00", town.home.number)
    assert await town.home.available_fen() == before + 10_000
    assert receipt["available"] == f"{(before + 10_000) // 100}.00"


async def test_a_notice_is_verified_by_a_secret_that_is_kept_sealed(app, town):
    given = runtime_settings.settings()
    runtime_settings.use(given.model_copy(update={"secrets_key": "A" * 43 + "="}))
    await run("update channel set key = $1 where code = 'bank-D1'", sealed(BANK.key))
    guessed = SigningIdentity("hmac-sha256", "key-D1", "guessed")
    refused = await send(app, notice(town), identity=guessed)
    assert (refused.status_code, refused.json()["error"]["detail"]) == (401, "invalid")
    assert await counted("payment") == (0,)
    assert (await send(app, notice(town))).status_code == 200


async def test_second_notice_is_answered_with_the_first_receipt(app, town):
    first = await send(app, notice(town))
    before = await counted(*MONEY)
    later = await send(app, notice(town))
    moved = await send(app, notice(town, paid_at="2026-03-02T01:59:00+00:00"))

    assert later.json() == moved.json() == first.json()
    assert later.headers["idempotent-replayed"] == "true"
    assert await counted(*MONEY) == before


async def test_of_parallel_notices_one_is_credited(app, town):
    before = await town.home.available_fen()
    answers = await asyncio.gather(*(send(app, notice(town)) for _ in range(8)))

    assert {a.status_code for a in answers} == {200}
    assert len({a.json()["receipt"] for a in answers}) == 1
    assert await town.home.available_fen() == before + 10_000


async def test_the_same_reference_with_other_content_is_a_conflict(app, town):
    await send(app, notice(town))
    before = await counted(*MONEY)
    answer = await send(app, notice(town, amount="100.01"))

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "REFERENCE_REUSED"
    assert await counted(*MONEY) == before


async def test_an_order_is_paid_by_its_own_channel(app, town):
    order = {
        "accountNumber": town.home.number,
        "amount": "100.00",
        "channel": "bank-D1",
        "idempotencyKey": str(uuid4()),
    }
    number = (await town.customer.run("StartPayment", input=order))["data"]["startPayment"][
        "order"
    ]["number"]
    foreign = SigningIdentity("hmac-sha256", "key-D2", "secret")

    stolen = await send(
        app, notice(town, account=None, order=number), channel="bank-D2", identity=foreign
    )
    paid = await send(app, notice(town, account=None, order=number))

    assert stolen.json()["error"]["code"] == "UNKNOWN_ORDER"
    assert paid.status_code == 200


REFUSED = [
    ({"account": "nobody"}, "UNKNOWN_ACCOUNT"),
    ({"amount": "0.00"}, "AMOUNT_TOO_SMALL"),
    ({"currency": "EUR"}, "CURRENCY_MISMATCH"),
    ({"account": None, "order": "nobody"}, "UNKNOWN_ORDER"),
    ({"amount": 100}, "FIELD_INVALID"),
    ({"amount": "-1.00"}, "AMOUNT_INVALID"),
    ({"amount": "1.001"}, "AMOUNT_INVALID"),
    ({"amount": "１.00"}, "AMOUNT_INVALID"),
    ({"amount": "1e3"}, "AMOUNT_INVALID"),
    ({"reference": ""}, "FIELD_INVALID"),
    ({"reference": "x" * 81}, "FIELD_INVALID"),
    ({"reference": "a\x00b"}, "FIELD_INVALID"),
    ({"reference": None}, "FIELD_INVALID"),
    ({"paid_at": "yesterday"}, "FIELD_INVALID"),
    ({"paid_at": "2026-03-02T10:00:00"}, "FIELD_INVALID"),
    ({"paid_at": "0001-01-01T00:00:00+14:00"}, "FIELD_INVALID"),
    ({"order": "both"}, "ORDER_OR_ACCOUNT"),
    ({"account": None}, "ORDER_OR_ACCOUNT"),
    ({"extra": "x"}, "BODY_INVALID"),
]


async def test_what_cannot_be_settled_is_refused_with_its_code_and_stores_nothing(app, town):
    before = await counted(*MONEY)
    for changes, code in REFUSED:
        answer = await send(app, notice(town, **changes))
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)
    for body in (b"", b"{", b"[]", b"null", b"\xff", b'{"a": NaN}'):
        answer = await send(app, body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "BODY_INVALID")
    assert await counted(*MONEY) == before
    noted = {(e["actor"], e["action"], json.loads(e["detail"])["why"]) for e in await audit()}
    assert ("CHANNEL:bank-D1", "PAYMENT_REFUSED", "UNKNOWN_ACCOUNT") in noted


async def audit():
    return await all_rows("audit_entry")


async def test_a_contract_bounds_whom_a_channel_may_credit(app, town):
    before = await counted(*MONEY)
    answer = await send(app, notice(town, account=town.stranger.number))
    assert answer.json()["error"]["code"] == "UNKNOWN_ACCOUNT"
    assert await counted(*MONEY) == before


async def test_what_is_not_signed_rightly_is_refused_and_only_noted(app, town):
    before = await counted(*MONEY, "channel_nonce")
    other = SigningIdentity("hmac-sha256", "key-D1", "guessed")
    unknown = SigningIdentity("hmac-sha256", "nobody", "secret")
    refused = [
        await send(app, notice(town), identity=other),
        await send(app, notice(town), identity=unknown),
        await send(app, notice(town), channel="bank-D2"),
        await send(app, notice(town), channel="nobody%27--"),
        await send(app, notice(town), sent=json.dumps(notice(town, amount="900.00")).encode()),
        await send(app, notice(town), created=datetime.now(UTC) - timedelta(seconds=400)),
        await send(app, notice(town), nonce="short"),
        await app.http.post("/channels/bank-D1/payments", json=notice(town)),
    ]

    assert [a.status_code for a in refused] == [401] * len(refused)
    assert {a.json()["error"]["code"] for a in refused} == {"SIGNATURE_REJECTED"}
    assert refused[5].json()["error"]["detail"] == "stale"
    assert await counted(*MONEY, "channel_nonce") == before
    entries = await audit()
    assert len(entries) == len(refused)
    assert "secret" not in str(entries)
    assert town.home.number not in str(entries)


async def test_a_flood_of_wrong_signatures_is_refused_and_not_all_noted(tight, town):
    for _ in range(40):
        answer = await tight.http.post("/channels/bank-D1/payments", json=notice(town))
        assert answer.json()["error"]["code"] == "SIGNATURE_REJECTED"
    assert 25 <= len(await audit()) < 40
    assert (await send(tight, notice(town))).status_code == 200


async def test_a_nonce_counts_once(app, town):
    nonce = uuid4().hex
    first = await send(app, notice(town), nonce=nonce)
    again = await send(app, notice(town), nonce=nonce)

    assert (first.status_code, again.status_code) == (200, 401)
    assert again.json()["error"]["detail"] == "nonce used"


async def test_a_channel_may_sign_with_ed25519(app, town):
    private = ed25519.Ed25519PrivateKey.generate()
    await payment.open_channel(
        "wallet",
        name="Wallet",
        algorithm="ed25519",
        key_id="wallet-1",
        key=private
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode(),
        districts=[town.district_id],
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    identity = SigningIdentity("ed25519", "wallet-1", pem.decode())

    answer = await send(app, notice(town), channel="wallet", identity=identity)
    assert answer.status_code == 200


async def test_a_huge_body_is_refused_before_it_is_read_whole(app, town):
    answer = await send(app, b" " * 70_000)
    assert answer.status_code == 413
    assert await counted("audit_entry") == (0,)


async def test_the_description_is_served_and_names_every_answer(app):
    described = (await app.http.get("/channels/openapi.json")).json()
    assert described["openapi"].startswith("3.1")
    act = described["paths"]["/channels/{channel}/payments"]["post"]
    assert set(act["responses"]) == {"200", "401", "409", "413", "422"}
    fields = described["components"]["schemas"]["Notice"]["properties"]
    assert set(fields) == {"reference", "order", "account", "amount", "currency", "paid_at"}
    for reference in json.dumps(described).split('"$ref": "')[1:]:
        name = reference.split('"')[0].rpartition("/")[2]
        assert name in described["components"]["schemas"]


async def test_only_post_pays(app):
    for method in ("GET", "PUT"):
        assert (await app.http.request(method, "/channels/x/payments")).status_code == 405
