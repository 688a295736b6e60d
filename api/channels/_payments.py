"""POST /channels/{channel}/payments: a payment channel says that money was paid."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.graphql import Services
from auth import (
    SIGNATURE_LIFE,
    FieldLines,
    SignatureRejected,
    SignedRequest,
    key_id_of,
    unsealed,
    verify_signature,
)
from domain import audit, identity, payment
from domain.base import Actor, Refusal
from domain.payment import Channel, Notice, Receipt
from runtime import clock
from runtime.settings import settings

_FIELDS = {"reference", "order", "account", "amount", "currency", "paid_at"}
_AMOUNT = re.compile(r"\d{1,12}(\.\d{1,4})?")
_TEXT_MAX = 80
_NOTE_COST = 200
"""What it costs of an address's budget to have a rejected signature noted."""


@dataclass(frozen=True, slots=True)
class _Malformed(Exception):
    code: str
    field: str


async def take_payment(request: Request) -> Response:
    """Verify, credit, and answer with the receipt."""
    claimed = request.path_params["channel"]
    body = await request.body()
    try:
        channel = await _signed_by(request, claimed, body)
    except SignatureRejected as rejected:
        if _is_worth_noting(request):
            await _noted(_masked(claimed), "SIGNATURE_REJECTED", rejected.reason)
        return _error(request, 401, "SIGNATURE_REJECTED", rejected.reason)
    try:
        notice = _notice(channel, body)
        receipt = await payment.settle(notice, now=clock.now(), currency=settings().currency)
    except _Malformed as malformed:
        return _error(request, 422, malformed.code, malformed.field)
    except Refusal as refusal:
        await _noted(channel.code, "PAYMENT_REFUSED", refusal.code)
        status = 409 if isinstance(refusal, payment.ReferenceReused) else 422
        return _error(request, status, refusal.code, "")
    replayed = "true" if receipt.replayed else "false"
    return JSONResponse(_receipt(receipt), headers={"idempotent-replayed": replayed})


async def _signed_by(request: Request, claimed: str, body: bytes) -> Channel:
    signed = SignedRequest(
        method=request.method,
        url=str(request.url),
        headers=FieldLines([
            (name.decode("ascii"), value.decode("latin-1")) for name, value in request.headers.raw
        ]),
        body=body,
    )
    key_id = key_id_of(signed)
    channel = await payment.channel_by_key(key_id)
    if channel is None or channel.code != claimed:
        raise SignatureRejected("unknown key")
    key = unsealed(channel.key)
    nonce = verify_signature(signed, algorithm=channel.algorithm, key_id=key_id, key=key)
    # Kept for longer than the signature is taken, skew included.
    if not await payment.use_nonce(channel.id, nonce, expires_at=clock.wall() + 2 * SIGNATURE_LIFE):
        raise SignatureRejected("nonce used")
    return channel


def _notice(channel: Channel, body: bytes) -> Notice:
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise _Malformed("BODY_INVALID", "") from None
    if not isinstance(given, dict) or given.keys() - _FIELDS:
        raise _Malformed("BODY_INVALID", "")
    order, account = _text(given, "order", needed=False), _text(given, "account", needed=False)
    if (order is None) == (account is None):
        raise _Malformed("ORDER_OR_ACCOUNT", "order")
    return Notice(
        channel=channel.code,
        reference=str(_text(given, "reference")),
        order=order,
        account=account,
        amount_fen=_fen(_text(given, "amount")),
        currency=str(_text(given, "currency")),
        paid_at=_moment(_text(given, "paid_at")),
    )


def _text(given: dict[str, Any], field: str, *, needed: bool = True) -> str | None:
    value = given.get(field)
    if value is None and not needed:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= _TEXT_MAX or not value.isprintable():
        raise _Malformed("FIELD_INVALID", field)
    return value


def _fen(amount: str | None) -> int:
    digits = settings().minor_digits
    if amount is None or not _AMOUNT.fullmatch(amount) or not amount.isascii():
        raise _Malformed("AMOUNT_INVALID", "amount")
    whole, _, part = amount.partition(".")
    if part[digits:].strip("0"):
        raise _Malformed("AMOUNT_INVALID", "amount")
    return int(whole + part[:digits].ljust(digits, "0"))


def _moment(text: str | None) -> datetime:
    try:
        moment = datetime.fromisoformat(text or "")
        if moment.tzinfo is None:
            raise _Malformed("FIELD_INVALID", "paid_at")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _Malformed("FIELD_INVALID", "paid_at") from None


def _receipt(receipt: Receipt) -> dict[str, str]:
    return {
        "receipt": receipt.number,
        "channel": receipt.channel,
        "reference": receipt.reference,
        "account": receipt.account,
        "amount": _decimal(receipt.amount_fen),
        "currency": receipt.currency,
        "settled_at": receipt.settled_at.isoformat(),
        "available": _decimal(receipt.available_fen),
    }


def _decimal(fen: int) -> str:
    digits = settings().minor_digits
    whole, part = divmod(abs(fen), 10**digits)
    sign = "-" if fen < 0 else ""
    return f"{sign}{whole}.{part:0{digits}d}" if digits else f"{sign}{whole}"


def _is_worth_noting(request: Request) -> bool:
    """Tell whether the address has not had this noted too often of late: the audit is for ever."""
    services: Services = request.app.state.services
    network = identity.network_of(request.client.host if request.client else "")
    return services.budget.spend(f"channel:{network}", _NOTE_COST, at=services.wall()).allowed


def _masked(claimed: str) -> str:
    # What is not ours is named by its length only: an attacker's text does not belong here.
    return (claimed if claimed.isidentifier() else f"unknown({len(claimed)})")[:40]


async def _noted(channel: str, action: str, why: str) -> None:
    await audit.note(
        Actor("CHANNEL", channel), action, "payment", detail={"why": why}, now=clock.now()
    )


def _error(request: Request, status: int, code: str, detail: str) -> Response:
    request_id = request.scope.get("state", {}).get("request_id", "")
    content = {"error": {"code": code, "detail": detail, "request_id": request_id}}
    return JSONResponse(content, status)
