"""What must hold of charge control, each as one statement."""

from ._invariant import Invariant

_OPEN = "state in ('PENDING', 'SENT', 'DELIVERED', 'ACCEPTED')"

_GUARDED = """
with trips as (
  select exists (select 1 from jsonb_array_elements(evidence) g where not (g ->> 'holds')::boolean)
    or jsonb_array_length(evidence) = 0 as broken from decision where verdict = 'TRIP'
  union all
  select not exists (select 1 from decision d where d.account_id = c.account_id
    and d.verdict = 'TRIP' and d.at = c.created_at and not d.shadow)
  from command c where verb = 1
)
select count(*) as checked, count(*) filter (where broken) as breaches from trips
"""

_NOTICED = """
with trips as (
  select d.*, n.over_at, f.over_at as final_over_at from decision d
  left join lateral (select (g ->> 'over_at')::timestamptz as over_at
    from jsonb_array_elements(d.evidence) g where g ->> 'guard' = 'NOTICE_LEAD_OVER') n on true
  left join lateral (select (g ->> 'over_at')::timestamptz as over_at
    from jsonb_array_elements(d.evidence) g where g ->> 'guard' = 'FINAL_NOTICE_LEAD_OVER') f
    on true
  where d.verdict = 'TRIP'
), said as (
  select kind, account_id, split_part(key, ':', 2) as episode, min(delivered_at) as first_at
  from message where kind in ('NOTICE', 'FINAL_NOTICE') and delivered_at is not null
  group by 1, 2, 3
)
select count(*) as checked, count(*) filter (where not coalesce(
    n.first_at < t.over_at and t.over_at <= t.at
    and f.first_at < t.final_over_at and t.final_over_at <= t.at, false)) as breaches
from trips t
left join said n on (n.kind, n.account_id, n.episode) = ('NOTICE', t.account_id, t.episode_id::text)
left join said f
  on (f.kind, f.account_id, f.episode) = ('FINAL_NOTICE', t.account_id, t.episode_id::text)
"""

_PROTECTED = f"""
select count(*) as checked, count(*) filter (where exists (
    select 1 from command c where c.account_id = a.id and c.verb = 1 and c.{_OPEN})) as breaches
from account a where a.protected
"""

_OWED = f"""
select count(*) as checked, count(*) filter (where not (
    exists (select 1 from command c where c.meter_id = s.meter_id and c.verb in (2, 3)
      and (c.{_OPEN} or c.state = 'VERIFIED' and c.verified_at >= s.reported_at))
    or exists (select 1 from task t where t.account_id = a.id and t.kind = 'CHECK_SUPPLY'
      and t.state <> 'DONE')
    or exists (select 1 from outbox o where o.topic = 'supply.changed' and not o.dead
      and (o.payload ->> 'account_id')::bigint = a.id))) as breaches
from supply s join account a on a.id = s.account_id
join account_position p on p.account_id = a.id join strategy y on y.code = a.strategy
where s.output_state = 0 and s.control_state = 0 and a.closed_at is null
and (a.protected or p.available_fen > (y.document -> 'restore' ->> 'above_fen')::bigint)
"""

_NUMBERED = """
select coalesce(sum(copies), 0) as checked, coalesce(sum(copies - 1), 0)
    + (to_regclass('command_seq') is null)::int as breaches
from (select count(*) as copies from command where seq is not null group by meter_id, seq) n
"""

_OUTRANKED = f"""
select count(*) as checked, count(*) filter (where exists (
    select 1 from command t where t.meter_id = c.meter_id and t.verb = 1 and t.state = 'PENDING')
  ) as breaches
from command c where c.verb in (2, 3) and c.{_OPEN}
"""

_ONE_OPEN = f"""
select coalesce(sum(copies), 0) as checked, coalesce(sum(copies - 1), 0) as breaches
from (select count(*) as copies from command where {_OPEN} group by meter_id, verb) n
"""

_SHOWN = """
with latest as (
  select distinct on (meter_id) meter_id, output_state, control_state
  from supply_change order by meter_id, id desc
)
select count(*) as checked, count(*) filter (where (s.output_state, s.control_state)
    is distinct from (coalesce(l.output_state, 1), coalesce(l.control_state, 1))) as breaches
from supply s left join latest l using (meter_id)
"""

# An episode names its alarm and its notice: a second one would be named by none.
_SAID_ONCE = """
with named as (
  select alarm_message_id as id from episode union select notice_message_id from episode
), said as (
  select m.kind, n.id is not null as named, count(*) over (
    partition by m.account_id, m.kind, split_part(m.key, ':', 2), split_part(m.key, ':', 3)
  ) as copies
  from message m left join named n using (id) where m.kind in ('ALARM', 'NOTICE', 'FINAL_NOTICE')
)
select count(*) as checked, count(*) filter (
    where copies > 1 or not named and kind <> 'FINAL_NOTICE') as breaches from said
"""

CONTROL = (
    Invariant("C1", "every trip was decided with every guard held", _GUARDED),
    Invariant("C2", "every trip came after delivered notices and their lead times", _NOTICED),
    Invariant("C3", "no trip is open for a protected account", _PROTECTED),
    Invariant("C4", "whoever is owed power has a close, a field task or a review coming", _OWED),
    Invariant("C5", "no two commands of a meter share a sequence", _NUMBERED),
    Invariant("C6", "no trip waits beside an open permit-close", _OUTRANKED),
    Invariant("C7", "a meter has at most one open command of each verb", _ONE_OPEN),
    Invariant("C8", "the shown supply state is the last confirmed one", _SHOWN),
    Invariant("C9", "each level of an episode was said once", _SAID_ONCE),
)
