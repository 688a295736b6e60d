"""What must hold of money and energy, each as one statement."""

from domain.accrual import SEGMENT_AS_OF, SEGMENT_BASES, SEGMENT_USE
from domain.metering import PERIODS

from ._invariant import Invariant

_SIDES = """
select count(*) as checked, count(*) filter (where t.amount_fen <= 0 or t.debit_id = t.credit_id
    or d.id is null or c.id is null or coalesce(d.account_id, t.account_id) <> t.account_id
    or coalesce(c.account_id, t.account_id) <> t.account_id) as breaches
from ledger_transfer t left join ledger_account d on d.id = t.debit_id
left join ledger_account c on c.id = t.credit_id
"""

_MOVED = """
with moved as (
  select id, sum(fen) as fen from (
    select credit_id as id, amount_fen as fen from ledger_transfer
    union all select debit_id, -amount_fen from ledger_transfer) as sides group by id
), standing as (
  select a.id, a.account_id, coalesce(m.fen, 0) as moved_fen,
    case a.kind when 'RECEIVABLE' then -a.balance_fen else a.balance_fen end as stored_fen
  from ledger_account a left join moved m using (id)
)
"""

_BALANCES = f"""{_MOVED}
select count(*) as checked, count(*) filter (where stored_fen <> moved_fen) as breaches
from standing where account_id is not null
"""

_BOOKS = f"""{_MOVED}
select count(*) as checked,
  (coalesce(sum(coalesce(stored_fen, moved_fen)), 0) <> 0)::int as breaches from standing
"""

_PARTS = """
with money as (
  select account_id, coalesce(sum(balance_fen) filter (where kind = 'PREPAID'), 0) as prepaid_fen,
    coalesce(sum(balance_fen) filter (where kind = 'RECEIVABLE'), 0) as receivable_fen
  from ledger_account where account_id is not null group by account_id
)
select count(*) as checked, count(*) filter (
    where p.prepaid_fen <> coalesce(m.prepaid_fen, 0)
    or p.receivable_fen <> coalesce(m.receivable_fen, 0)
    or p.available_fen <> p.prepaid_fen - p.receivable_fen - p.late_fee_fen - p.unbilled_fen
  ) as breaches
from account_position p left join money m using (account_id)
"""

_ONCE_PAID = """
with noted as (
  select 'payment:' || id as source, count(*) over (partition by channel_id, reference) as copies
  from payment
), credited as (
  select source, count(*) as credits from ledger_transfer where kind = 'PAYMENT' group by source
)
select count(n.source) as checked,
  count(*) filter (where n.source is null or n.copies > 1 or c.credits > 1) as breaches
from noted n full join credited c using (source)
"""

_TRACED = """
select count(*) as checked, count(*) filter (where t.id is null or m.id is null) as breaches
from payment p
left join (ledger_transfer t join ledger_account c on c.id = t.credit_id and c.kind = 'PREPAID')
  on t.source = 'payment:' || p.id and t.kind = 'PAYMENT' and t.amount_fen = p.amount_fen
  and t.account_id = p.account_id and c.account_id = p.account_id
left join message m on m.key = 'payment:' || p.id and m.account_id = p.account_id
"""

_REFUNDED = """
select (select count(*) from account_position) as checked,
  count(*) filter (where r.id is null or t.source is null) as breaches
from refund r full join (select * from ledger_transfer where kind = 'REFUND') t
  on (t.source, t.account_id, t.amount_fen) = ('refund:' || r.id, r.account_id, r.amount_fen)
"""

_CARRIED = """
with facts as (
  select distinct (payload ->> 'message_id')::bigint as message_id from outbox
  where topic = 'message.queued'
)
select count(*) as checked, count(*) filter (where f.message_id is null) as breaches
from message m left join facts f on f.message_id = m.id
where m.state in ('QUEUED', 'SENDING') and m.due_at is null
"""

_IMMUTABLE = """
with guards as (
  select count(*) as found from pg_trigger
  where tgrelid = 'ledger_transfer'::regclass and tgenabled in ('O', 'A')
  and tgname in ('ledger_transfer_immutable', 'ledger_transfer_kept')
), reversals as (
  select count(*) as found, count(*) filter (where o.id is null or (r.debit_id, r.credit_id,
    r.amount_fen) is distinct from (o.credit_id, o.debit_id, o.amount_fen) or r.copies > 1) as bad
  from (select *, count(*) over (partition by reverses_id) as copies from ledger_transfer
        where reverses_id is not null) r left join ledger_transfer o on o.id = r.reverses_id
)
select 2 + r.found as checked, 2 - g.found + r.bad as breaches from guards g, reversals r
"""

_USED = f"""
with used as (
  select account_id, as_of, sharp_wh + peak_wh + flat_wh + valley_wh + deep_valley_wh as wh
  from (select s.account_id, {SEGMENT_AS_OF} as as_of, {SEGMENT_USE}
    from charge_segment s join meter_register r using (meter_id) group by s.account_id) as segments
)
"""

_CHARGED_ENERGY = f"""{_USED}
select count(*) as checked, count(*) filter (where p.unbilled_wh - p.closed_wh <> u.wh) as breaches
from account_position p join used u using (account_id)
where p.as_of = u.as_of
and not exists (select 1 from usage_changed_account w where w.account_id = p.account_id)
"""

# Whoever has no tariff today keeps the old charge on purpose: stale, and therefore never cut off.
_NOT_FORGOTTEN = f"""{_USED}
select count(*) as checked, count(*) filter (where p.as_of < u.as_of and not exists (
    select 1 from usage_changed_account w where w.account_id = p.account_id)) as breaches
from account_position p join used u using (account_id)
join account a on a.id = p.account_id join district d on d.id = a.district_id
where exists (select 1 from agreement g join tariff_version v on v.code = g.tariff_code
  cross join lateral (select (u.as_of at time zone d.timezone)::date as day) t
  where g.account_id = a.id and t.day >= greatest(g.valid_from, v.valid_from)
  and t.day < least(coalesce(g.valid_to, 'infinity'), coalesce(v.valid_to, 'infinity')))
"""

_BASE = ("meter_id", "ratio", "since", *(f"{name}_wh" for name in PERIODS))
_NOTED = f"""
select count(*) as checked, count(*) filter (where
  ({", ".join(f"b.{name}" for name in _BASE)}) is distinct from
  ({", ".join(f"s.{name}" for name in _BASE)}) or b.cycle_wh <> p.cycle_wh
  or not exists (select 1 from charge_terms t join agreement g on g.tariff_code = t.tariff_code
    and g.valid_to is not distinct from t.agreed_until and g.valid_from <= t.first_day
    where t.id = b.terms_id and g.account_id = b.account_id)) as breaches
from charge_basis b join account_position p using (account_id)
left join ({SEGMENT_BASES.format("")}) s using (account_id) where b.terms_id is not null
"""

_BILLS_MEET = """
with met as (
  select first_day, lag(until) over (partition by account_id order by first_day) as before
  from bill where kind = 'BILL' and state in ('ISSUED', 'HELD')
)
select (select count(*) from account_position) as checked,
  (select count(*) from met where first_day <> before) as breaches
"""

_BILLS_ADD_UP = """
with lines as (
  select account_id, bill_id as id, sum(amount_fen) as fen from bill_line group by 1, 2
), posted as (
  select t.source, sum(case d.kind when 'RECEIVABLE' then amount_fen else -amount_fen end) as fen
  from ledger_transfer t join ledger_account d on d.id = t.debit_id
  where t.kind in ('BILL', 'REVERSAL') group by t.source
)
select (select count(*) from account_position) as checked, count(*) filter (
    where b.total_fen <> coalesce(l.fen, 0) or coalesce(p.fen, 0) <> case
      when b.state in ('ISSUED', 'REVERSED') then b.total_fen else 0 end) as breaches
from bill b left join lines l using (account_id, id)
left join posted p on p.source = 'bill:' || b.id where b.total_fen is not null
"""

MONEY = (
    Invariant("L1", "every transfer has two sides and a positive amount", _SIDES),
    Invariant("L2", "every stored balance is the sum of its transfers", _BALANCES),
    Invariant("L2", "every available balance is made of its parts", _PARTS),
    Invariant("L3", "all ledger accounts together are zero", _BOOKS),
    Invariant("L4", "one reference of a channel is one payment and one credit", _ONCE_PAID),
    Invariant("L5", "every payment has its credit and its message", _TRACED),
    Invariant("L5", "every refund has its transfer, and each of these its refund", _REFUNDED),
    Invariant("L5", "every message that waits has its fact in the outbox", _CARRIED),
    Invariant("L6", "transfers cannot change, and are reversed at most once", _IMMUTABLE),
    Invariant("L7", "charged energy is register now less register then", _CHARGED_ENERGY),
    Invariant("L7", "no reading waits for its charge without anybody knowing", _NOT_FORGOTTEN),
    Invariant("L7", "what is noted to charge by is what agreement and segments say", _NOTED),
    Invariant("L7", "every bill begins where the one before it ended", _BILLS_MEET),
    Invariant("L8", "every bill is the sum of its lines, and so it was posted", _BILLS_ADD_UP),
)
