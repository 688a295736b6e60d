"""People read as a role of their own, and PostgreSQL leaves out what is not theirs to see."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from domain.base import wall

ROLE = f"""
do $$ begin
  begin
    create role {wall.READER} nologin;
  exception when duplicate_object or unique_violation then null;
  end;
  begin
    perform set_config('role', '{wall.READER}', true);
    perform set_config('role', 'none', true);
  exception when insufficient_privilege then
    execute format('grant {wall.READER} to %I', current_user);
  end;
exception when insufficient_privilege then
  raise exception 'people read as the role {wall.READER}, which % may not make or take on',
    current_user using errcode = 'insufficient_privilege', hint = format(
      'as an administrator: create role {wall.READER} nologin; grant {wall.READER} to %I;',
      current_user);
end $$;
do $$ begin execute format('grant usage on schema %I to {wall.READER}', current_schema()); end $$;
"""

SEEN = """
create function seen_person() returns bigint language sql stable as
  $$ select nullif(current_setting('feikong.person', true), '')::bigint $$;
create function seen_accounts() returns bigint[] language sql stable as
  $$ select nullif(current_setting('feikong.accounts', true), '')::bigint[] $$;
create function seen_sites() returns bigint[] language sql stable as
  $$ select nullif(current_setting('feikong.sites', true), '')::bigint[] $$;
create function seen_districts() returns bigint[] language sql stable as
  $$ select nullif(current_setting('feikong.districts', true), '')::bigint[] $$;
create function seen_areas() returns bigint[] language sql stable as
  $$ select nullif(current_setting('feikong.areas', true), '')::bigint[] $$;

create view account_place as select id as account_id, district_id from account;
create view meter_place as select id as meter_id, account_id from meter;
comment on view account_place is 'for policies: what a policy asks is not itself under policies';
"""

LOOK = f"""
create function look_as(kind text, person bigint, district bigint) returns void
language plpgsql as $$
declare
  accounts bigint[] := '{{}}';
  sites bigint[] := '{{}}';
  areas bigint[] := '{{}}';
begin
  if kind = 'CUSTOMER' then
    accounts := array(select account_id from account_access where person_id = person);
    sites := accounts;
  elsif kind = 'INSPECTOR' then
    sites := array(select distinct account_id from task
                   where assignee_id = person and state <> 'DONE' and account_id is not null);
  end if;
  if kind in ('OPERATOR', 'INSPECTOR') then
    areas := case when district is not null then array[district]
             else 0 || array(select id from district) end;
  end if;
  perform set_config('feikong.person', person::text, true),
    set_config('feikong.accounts', accounts::text, true),
    set_config('feikong.sites', sites::text, true),
    set_config('feikong.districts', case kind when 'OPERATOR' then areas else '{{}}' end::text,
               true),
    set_config('feikong.areas', areas::text, true),
    set_config('role', '{wall.READER}', true);
end $$;
comment on function look_as is 'from here to the end of the transaction, read as this person';
"""

# The brake on trips counts a whole district's; nobody but the house sees whose they were.
COUNTED = """
create function district_trips(district bigint, since timestamptz) returns bigint
language sql stable security definer set search_path from current as $$
  select count(*) from decision d join account a on a.id = d.account_id
  where d.verdict = 'TRIP' and not d.shadow and d.at > since and a.district_id = district
$$;
"""

PUBLIC = (
    "calendar_day",
    "control_switch",
    "district",
    "quiet_hours",
    "strategy",
    "tariff_version",
)
OF_ACCOUNT = (
    "account_access",
    "account_position",
    "agreement",
    "bill",
    "bill_cycle",
    "bill_line",
    "charge_segment",
    "decision",
    "entitlement",
    "episode",
    "ledger_account",
    "ledger_transfer",
    "open_bill_part",
    "payment",
    "payment_order",
    "reading_exception",
    "reading_finding",
    "service_fact",
)
OF_SITE = ("command", "meter_register", "supply", "supply_change")
OF_METER = ("further_reading", "ratio_change", "reading", "reading_estimate")
OF_PERSON = ("device", "session")
MESSAGE = (
    "id",
    "account_id",
    "kind",
    "locale",
    "text",
    "state",
    "created_at",
    "sent_at",
    "delivered_at",
    "failed_at",
    "reason",
)
TASKED = "exists (select from task t where t.account_id = {} and t.assignee_id = {})"
REPORTED = "exists (select from repair_request r where r.account_id = account.id)"

NARROWED = (
    *(wall.narrowed(table, wall.of_account(table)) for table in OF_ACCOUNT),
    *(wall.narrowed(table, wall.of_account(table, wall.SITES)) for table in OF_SITE),
    *(wall.narrowed(table, wall.of_meter(table)) for table in OF_METER),
    *(wall.narrowed(table, f"person_id = {wall.PERSON}") for table in OF_PERSON),
    *(
        wall.narrowed(
            table,
            f"{wall.of_account(table, wall.SITES)}"
            f" or {TASKED.format(f'{table}.account_id', wall.PERSON)}",
        )
        for table in ("meter", "usage_point")
    ),
    wall.narrowed(
        "account",
        f"id = {wall.SITES} or district_id = {wall.DISTRICTS}"
        f" or {TASKED.format('account.id', wall.PERSON)}"
        f" or district_id = {wall.AREAS} and {REPORTED}",
    ),
    wall.narrowed(
        "task",
        f"assignee_id = {wall.PERSON} or district_id = {wall.DISTRICTS}"
        f" or kind = 'REPAIR' and (account_id = {wall.ACCOUNTS} or district_id = {wall.AREAS})",
    ),
    wall.narrowed(
        "repair_request",
        f"account_id = {wall.ACCOUNTS} or {wall.in_district('repair_request', wall.AREAS)}",
    ),
    wall.narrowed("message", wall.of_account("message"), *MESSAGE),
    wall.narrowed("bill_run", f"coalesce(district_id, 0) = {wall.DISTRICTS}"),
    wall.narrowed("tariff_draft", "(select seen_districts()) <> '{}'"),
    wall.narrowed(
        "person",
        f"id = {wall.PERSON} or role = 'INSPECTOR' and (district_id = {wall.DISTRICTS}"
        " or district_id is null and (select seen_districts()) <> '{}')",
    ),
)
COLUMNS = (
    wall.readable("channel", "id", "code", "name", "active"),
    wall.readable("account_place"),
    wall.readable("meter_place"),
)


class Migration(migrations.Migration):
    dependencies = [("domain", "0008_sign_in")]
    operations = [
        ops.RunSQL(sql)
        for sql in (
            ROLE,
            SEEN,
            LOOK,
            COUNTED,
            *map(wall.readable, PUBLIC),
            *NARROWED,
            *COLUMNS,
        )
    ]
