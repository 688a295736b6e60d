"""Bills and their lines, parts that ended before their period, what accounts are entitled to."""

from tortoise import migrations
from tortoise.migrations import operations as ops

ENTITLEMENTS = """
create table entitlement (
  account_id bigint not null references account,
  name text not null,
  since date not null,
  until date,
  count int not null default 1,
  primary key (account_id, name, since),
  constraint entitlement_validity check (until is null or until > since),
  constraint entitlement_count check (count > 0)
);
"""

BILLS = """
create table bill_cycle (
  account_id bigint primary key references account,
  reading_day smallint not null constraint bill_cycle_day check (reading_day between 1 and 28)
);

create table bill_run (
  id bigint generated always as identity primary key,
  district_id bigint references district,
  started_at timestamptz not null,
  ended_at timestamptz,
  accounts bigint not null default 0,
  issued bigint not null default 0,
  held bigint not null default 0,
  total_fen bigint not null default 0,
  reasons jsonb not null default '{}'
) with (fillfactor = 70);

create sequence bill_id;

create table bill (
  account_id bigint not null references account,
  id bigint not null,
  kind text not null constraint bill_kind check (kind in ('BILL', 'REVERSAL')),
  state text not null
    constraint bill_state check (state in ('HELD', 'ISSUED', 'REVERSED', 'CANCELLED')),
  first_day date not null,
  until date not null,
  total_fen bigint,
  energy_wh bigint not null default 0,
  estimated boolean not null default false,
  reasons text[] not null default '{}',
  basis jsonb not null,
  created_at timestamptz not null,
  issued_at timestamptz,
  original_id bigint,
  why text,
  primary key (account_id, id),
  constraint bill_period check (until > first_day),
  constraint bill_rated
    check (state <> 'ISSUED' or (total_fen is not null and issued_at is not null))
);
create unique index bill_once on bill (account_id, first_day)
  where kind = 'BILL' and state in ('HELD', 'ISSUED');
create unique index bill_reversed_once on bill (account_id, original_id) where kind = 'REVERSAL';
create index bill_number on bill (id);
create index bill_held on bill (id) where state = 'HELD';
comment on column bill.original_id is 'the bill that this one reverses, or takes the place of';

create table bill_line (
  account_id bigint not null,
  bill_id bigint not null,
  n smallint not null,
  part smallint not null,
  line text not null,
  kind text not null,
  unit text not null,
  quantity bigint not null,
  price bigint not null,
  period text,
  tier smallint,
  share text,
  amount_fen bigint not null,
  primary key (account_id, bill_id, n)
);
comment on column bill_line.part is 'which part of the period: bill.basis names its tariff version';

create table open_bill_part (
  account_id bigint not null references account,
  n smallint not null,
  part jsonb not null,
  primary key (account_id, n)
);

create function refuse_bill_change() returns trigger language plpgsql as $$
begin
  if to_jsonb(new) - '{state,reasons,issued_at,why}'::text[]
     is distinct from to_jsonb(old) - '{state,reasons,issued_at,why}'::text[] then
    raise exception 'a bill is never edited: correct it by reversal and replacement'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger bill_immutable before update on bill
  for each row execute function refuse_bill_change();
create trigger bill_kept before delete on bill
  for each row execute function refuse_change();
create trigger bill_line_immutable before update or delete on bill_line
  for each row execute function refuse_change();
"""

POSITION = """
alter table account_position add column closed_fen bigint not null default 0;
alter table account_position add column closed_wh bigint not null default 0;
comment on column account_position.closed_fen is
  'charged in parts that have ended and are not billed yet; included in unbilled_fen';
"""


class Migration(migrations.Migration):
    dependencies = [("domain", "0003_metering")]
    operations = [ops.RunSQL(sql) for sql in (ENTITLEMENTS, BILLS, POSITION)]
