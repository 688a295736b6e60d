"""Through which channels can be paid."""

import strawberry

from api.graphql.field import Info, field
from auth import SIGNED_IN
from domain import payment

_f = strawberry.field


@strawberry.type(description="A payment channel (缴费渠道).")
class PaymentChannel:
    code: str = _f(description="What startPayment wants as `channel`.")
    name: str = _f(description="Its name.")


@strawberry.type
class Channels:
    """What the root has of channels."""

    @field(
        allow=SIGNED_IN,
        description="The channels that an order can be paid through, by name: one for each bank or"
        " payment company that was contracted.",
    )
    async def payment_channels(self, info: Info) -> list[PaymentChannel]:  # ruff: ignore[unused-method-argument]
        found = await payment.open_channels()
        return [PaymentChannel(code=each.code, name=each.name) for each in found]
