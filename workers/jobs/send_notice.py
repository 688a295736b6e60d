import asyncio
from collections.abc import Sequence

from domain import notification
from domain.outbox import Fact
from runtime import clock
from workers.gateways import GatewayOutage

from ._tools import Later, Tools

GATEWAY_TIMEOUT_S = 8.0
LONGEST_WAIT_S = 30.0


async def send_notice(tools: Tools, facts: Sequence[Fact]) -> None:
    """Send a message: take, send, record; nothing is open while the gateway is asked."""
    assert tools.gateway is not None
    for fact in facts:
        sms = await notification.take(fact.payload["message_id"], now=clock.now())
        if sms is None:
            continue
        try:
            async with asyncio.timeout(GATEWAY_TIMEOUT_S):
                sent = await tools.gateway.send(sms)
        except (GatewayOutage, TimeoutError) as outage:
            reason = type(outage).__name__
            if await notification.record_failed(sms.id, reason=reason, now=clock.now()):
                raise Later(min(0.5 * 2**fact.attempts, LONGEST_WAIT_S)) from outage
        else:
            await notification.record_sent(
                sms.id, provider_id=sent.provider_id, delivered=sent.delivered, now=clock.now()
            )
