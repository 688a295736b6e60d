"""What a night's accrual needs, noted beforehand: changed accounts by groups, bases, terms."""

from tortoise import migrations
from tortoise.migrations import operations as ops

PERIODS = ("sharp", "peak", "flat", "valley", "deep_valley")
AT_ONCE = 5_000

# A row for each group of readings instead of one for each account: nothing to collide with, and
# taken off the list by one delete.
CHANGED = f"""
alter table usage_changed rename to usage_changed_before;
alter table usage_changed_before rename constraint usage_changed_pkey to usage_changed_before_pkey;
create table usage_changed (
  id bigint generated always as identity primary key,
  size int not null,
  first_id bigint not null,
  last_id bigint not null,
  account_ids bigint[],
  gathered boolean not null default false
);
comment on column usage_changed.gathered is 'groups that came in any order, sorted anew';
comment on column usage_changed.account_ids is 'null: all from the first to the last';
insert into usage_changed (size, first_id, last_id, account_ids)
select count(*), min(account_id), max(account_id), array_agg(account_id order by account_id)
from (select account_id, row_number() over (order by account_id) as n from usage_changed_before) c
group by (n - 1) / {AT_ONCE};
drop table usage_changed_before;
create view usage_changed_account as
select unnest(account_ids) as account_id from usage_changed
union all
select generate_series(first_id, last_id) from usage_changed where account_ids is null;
comment on view usage_changed_account is 'whose balance is yet to follow what has changed';
"""

# Used is, by period: what the register shows times the ratio, and the offset.
BASIS = f"""
create table charge_terms (
  id int generated always as identity primary key,
  tariff_code text not null,
  first_day date not null,
  agreed_until date,
  timezone text not null,
  constraint charge_terms_once
    unique nulls not distinct (tariff_code, first_day, agreed_until, timezone)
);
comment on table charge_terms is 'what accounts share that hold nothing; a row never changes';

create table charge_basis (
  account_id bigint references account,
  terms_id int,
  meter_id bigint,
  ratio bigint,
  since timestamptz,
  cycle_wh bigint,
  {", ".join(f"{name}_wh bigint" for name in PERIODS)},
  primary key (account_id) include (terms_id)
) with (fillfactor = 70);
comment on table charge_basis is
  'a memo of agreement, segments and position; without terms it is to be looked up again';
insert into charge_basis (account_id) select account_id from account_position;
"""

# Whoever changes what a memo was made of, by whatever statement, makes it void.
VOID = """
create function void_charge_basis() returns trigger language plpgsql as $$
begin
  update charge_basis b set terms_id = null
  where b.terms_id is not null and b.account_id in (select account_id from changed);
  return null;
end $$;
"""
VOIDING = [
    f"create trigger {table}_voids_{verb} after {verb} on {table} referencing {rows} table as"
    " changed for each statement execute function void_charge_basis()"
    for table in ("agreement", "charge_segment", "entitlement")
    for verb, rows in (("insert", "new"), ("update", "new"), ("delete", "old"))
]


class Migration(migrations.Migration):
    dependencies = [("domain", "0011_bill_runs")]
    operations = [ops.RunSQL(sql) for sql in (CHANGED, BASIS, VOID, *VOIDING)]
