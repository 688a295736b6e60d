from datetime import datetime

from tortoise.fields.base import Field
from tortoise.models import Model

from domain.base import columns


class Channel(Model):
    """缴费渠道: who may tell us that money was paid, and the key it signs with."""

    id: Field[int] = columns.key()
    code: Field[str] = columns.text(40, unique=True)
    name: Field[str] = columns.text(80)
    algorithm: Field[str] = columns.text(20)
    key_id: Field[str] = columns.text(80, unique=True)
    key: Field[str] = columns.text(2000)
    by_account: Field[bool] = columns.flag()
    active: Field[bool] = columns.flag(default=True)

    class Meta:
        table = "channel"


class ChannelContract(Model):
    """A channel that collects by account number may credit accounts of these districts only."""

    id: Field[int] = columns.key()
    channel_id: Field[int] = columns.ref()
    district_id: Field[int] = columns.ref()

    class Meta:
        table = "channel_contract"
        unique_together = (("channel_id", "district_id"),)


class ChannelNonce(Model):
    """A nonce that a channel has used; kept until its signature is too old anyway."""

    id: Field[int] = columns.key()
    channel_id: Field[int] = columns.ref()
    nonce: Field[str] = columns.text(120)
    expires_at: Field[datetime] = columns.moment()

    class Meta:
        table = "channel_nonce"
        unique_together = (("channel_id", "nonce"),)


class Order(Model):
    """An amount that a customer means to pay through a channel."""

    id: Field[int] = columns.key()
    number: Field[str] = columns.text(40, unique=True)
    idempotency_key: Field[str] = columns.text(60, unique=True)
    account_id: Field[int] = columns.ref()
    channel_id: Field[int] = columns.ref()
    person_id: Field[int] = columns.ref()
    amount_fen: Field[int] = columns.whole()
    created_at: Field[datetime] = columns.moment()
    expires_at: Field[datetime] = columns.moment()
    paid_at: Field[datetime | None] = columns.optional_moment()

    class Meta:
        table = "payment_order"


class Payment(Model):
    """Money that a channel says was paid, credited once."""

    id: Field[int] = columns.key()
    channel_id: Field[int] = columns.ref()
    reference: Field[str] = columns.text(80)
    content_hash: Field[str] = columns.text(64)
    receipt: Field[str] = columns.text(40, unique=True)
    account_id: Field[int] = columns.ref()
    order_id: Field[int | None] = columns.optional_ref()
    amount_fen: Field[int] = columns.whole()
    paid_at: Field[datetime] = columns.moment()
    settled_at: Field[datetime] = columns.moment()
    available_fen: Field[int] = columns.whole()

    class Meta:
        table = "payment"
        unique_together = (("channel_id", "reference"),)
