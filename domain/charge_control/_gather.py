"""Gather what a decision about an account stands on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain import command
from domain.base import row, rows, unpacked, value
from domain.customer import AccountFacts, account_of

from ._policy import Policy, policy_of
from ._situation import UNHEARD, Episode, Served, Situation
from ._window import TripWindow

_POSITION = """
select p.available_fen, p.daily_fen, p.as_of, p.estimated,
  exists (select 1 from reading_exception e where e.account_id = p.account_id
          and e.resolved_at is null and e.measured_at > p.as_of) as doubtful,
  (select is_on from control_switch where name = 'stop_trips') as stopped,
  (select is_on from control_switch where name = 'shadow') as shadow
from account_position p where p.account_id = $1
"""

_EPISODE = """
select e.id, e.final_for, a.id as alarm_id, a.state as alarm_state, a.delivered_at as alarm_at,
  n.id as notice_id, n.state as notice_state, n.delivered_at as notice_at,
  f.id as final_id, f.state as final_state, f.delivered_at as final_at,
  (select count(*) from decision d where d.account_id = e.account_id and d.episode_id = e.id
   and d.verdict = 'TRIP') as trips
from episode e
left join message a on a.id = e.alarm_message_id
left join message n on n.id = e.notice_message_id
left join message f on f.id = e.final_message_id
where e.account_id = $1 and e.closed_at is null
"""

_DISTRICT_TRIPS = "select district_trips($1, $2)"
_CALENDAR = "select day, working from calendar_day where day between $1 and $2"
_REACH = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Case:
    """An account's situation with the rules that apply to it."""

    account: AccountFacts
    situation: Situation
    policy: Policy
    window: TripWindow
    shadow: bool


async def gather(account_id: int, *, now: datetime) -> Case:
    """Read the situation of an account; the caller holds its lock when it means to act."""
    account = await account_of(account_id)
    position = await row(_POSITION, account_id)
    assert account is not None
    assert position is not None, "an account is enrolled before it is reviewed"
    policy = await policy_named(account.strategy)
    episode = await _episode(account_id, shadow=position["shadow"])
    trips = await value(_DISTRICT_TRIPS, account.district_id, now - timedelta(hours=1))
    situation = _situation(
        account,
        position,
        await command.supplies_of(account_id),
        episode=episode,
        district_trips=trips,
    )
    return Case(
        account, situation, policy, await _window(account, policy, now=now), position["shadow"]
    )


async def policy_named(strategy: str) -> Policy:
    """Return the policy of a strategy's document."""
    return policy_of(
        unpacked(await value("select document from strategy where code = $1", strategy))
    )


def _situation(
    account: AccountFacts,
    position: dict[str, Any],
    supplies: list[command.MeterSupply],
    *,
    episode: Episode | None,
    district_trips: int,
) -> Situation:
    opened = [s for s in supplies if s.output_state == command.OPEN]
    return Situation(
        account_id=account.id,
        available_fen=position["available_fen"],
        daily_fen=position["daily_fen"],
        as_of=position["as_of"],
        estimated=position["estimated"],
        doubtful=position["doubtful"],
        protected=account.protected,
        off=bool(opened),
        ready=all(s.control_state != command.OFF for s in opened),
        trip_open=any(s.trip_open for s in supplies),
        trip_out=any(s.trip_out for s in supplies),
        close_open=any(s.close_open for s in supplies),
        episode=episode,
        district_trips=district_trips,
        stopped=position["stopped"],
    )


async def _episode(account_id: int, *, shadow: bool) -> Episode | None:
    found = await row(_EPISODE, account_id)
    if found is None:
        return None

    def served(name: str) -> Served | None:
        if found[f"{name}_id"] is None:
            return None
        # What was written down in shadow counts there only: nobody has read it.
        state = found[f"{name}_state"]
        heard = shadow or state != UNHEARD
        return Served(found[f"{name}_id"], state, found[f"{name}_at"] if heard else None)

    return Episode(
        id=found["id"],
        alarm=served("alarm"),
        notice=served("notice"),
        final=served("final"),
        final_for=found["final_for"],
        trips=found["trips"],
    )


async def _window(account: AccountFacts, policy: Policy, *, now: datetime) -> TripWindow:
    today = now.astimezone(account.zone).date()
    special = await rows(_CALENDAR, today - timedelta(days=1), today + _REACH)
    return TripWindow(policy, account.zone, {day["day"]: day["working"] for day in special})
