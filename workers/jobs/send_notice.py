import asyncio
from collections.abc import Sequence

import structlog

from domain import notification
from domain.notification import PushTarget, Sms, Way
from domain.outbox import Fact
from runtime import clock
from workers.gateways import GatewayOutage, TargetGone

from ._tools import Later, Tools

log = structlog.get_logger()

GATEWAY_TIMEOUT_S = 8.0
LONGEST_WAIT_S = 30.0


async def send_notice(tools: Tools, facts: Sequence[Fact]) -> None:
    """Send a message: take, send, record; nothing is open while the gateway is asked."""
    assert tools.gateway is not None
    for fact in facts:
        sms = await notification.take(fact.payload["message_id"], now=clock.now())
        if sms is None or await _pushed(tools, sms):
            continue
        try:
            async with asyncio.timeout(GATEWAY_TIMEOUT_S):
                sent = await tools.gateway.send(sms)
        except Exception as outage:
            if not isinstance(outage, (GatewayOutage, TimeoutError)):
                log.exception("gateway_fault", message_id=sms.id)
            reason = type(outage).__name__
            if await notification.record_failed(sms.id, reason=reason, now=clock.now()):
                raise Later(min(0.5 * 2**sms.attempts, LONGEST_WAIT_S)) from outage
        else:
            await notification.record_sent(
                sms.id, provider_id=sent.provider_id, delivered=sent.delivered, now=clock.now()
            )


async def _pushed(tools: Tools, sms: Sms) -> bool:
    """Tell whether the message went to a device and needs no SMS; a second try is an SMS."""
    way = notification.way_of(sms.kind, sms_too=tools.push_and_sms)
    if not tools.push or way is Way.SMS or sms.attempts > 1:
        return False
    targets = await notification.push_targets(sms.account_id, sms.phone, kind=sms.kind)
    taken = await asyncio.gather(*(_taken(tools, target, sms) for target in targets))
    if not any(taken):
        return False
    enough = way is Way.PUSH_FIRST
    await notification.record_pushed(sms.id, enough=enough, now=clock.now())
    return enough


async def _taken(tools: Tools, target: PushTarget, sms: Sms) -> bool:
    service = tools.push.get(target.kind)
    if service is None:
        return False
    try:
        await service.push(target, sms)
    except TargetGone:
        await notification.forget_device(target.id)
    except GatewayOutage as outage:
        log.info("push_outage", device_id=target.id, error=str(outage))
    else:
        await notification.note_taken(target.id, wall=clock.wall())
        return True
    return False
