"""People read as a role of their own, and PostgreSQL leaves out what is not theirs to see."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from domain.base import wall

EVERY = (wall.READER, *wall.KINDS)
MEND = (
    *(f"create role {role} nologin;" for role in EVERY),
    f"grant {wall.READER} to {', '.join(wall.KINDS)};",
    f"grant {', '.join(EVERY)} to %I;",
)
ROLES = f"""
do $$
declare wanted text;
begin
  foreach wanted in array array['{"', '".join(EVERY)}'] loop
    begin
      if not exists (select from pg_roles where rolname = wanted) then
        execute format('create role %I nologin', wanted);
      end if;
    exception when duplicate_object or unique_violation then null;
    end;
    if not pg_has_role(wanted, '{wall.READER}', 'usage') then
      execute format('grant {wall.READER} to %I', wanted);
    end if;
    begin
      perform set_config('role', wanted, true);
      perform set_config('role', 'none', true);
    exception when insufficient_privilege then
      execute format('grant %I to %I', wanted, current_user);
    end;
  end loop;
exception when insufficient_privilege then
  raise exception '% may not make or take on the roles that people read as', current_user
    using errcode = 'insufficient_privilege',
      hint = format('as an administrator: {" ".join(MEND)}', current_user);
end $$;
do $$ begin execute format('grant usage on schema %I to {wall.READER}', current_schema()); end $$;
"""

SEEN = """
create function seen_person() returns bigint language sql stable as
  $$ select nullif(current_setting('feikong.person', true), '')::bigint $$;
create function seen_accounts() returns bigint[] language sql stable as
  $$ select nullif(current_setting('feikong.accounts', true), '')::bigint[] $$;
create function seen_districts() returns bigint[] language sql stable as
  $$ select nullif(current_setting('feikong.districts', true), '')::bigint[] $$;

create view account_place as select id as account_id, district_id from account;
create view meter_place as select id as meter_id, account_id from meter;
comment on view account_place is 'for policies: what a policy asks is not itself under policies';
"""

LOOK = f"""
create function look_as(kind text, person bigint, district bigint) returns void
language plpgsql as $$
declare
  accounts bigint[] := '{{}}';
  districts bigint[] := '{{}}';
  becomes text := '{wall.CUSTOMER}';
begin
  if kind = 'CUSTOMER' then
    accounts := array(select account_id from account_access where person_id = person);
  elsif kind = 'INSPECTOR' then
    becomes := '{wall.INSPECTOR}';
    accounts := array(select distinct account_id from task
                      where assignee_id = person and state <> 'DONE' and account_id is not null);
  elsif kind = 'OPERATOR' then
    becomes := '{wall.OPERATOR}';
  end if;
  if kind in ('OPERATOR', 'INSPECTOR') then
    districts := case when district is not null then array[district]
                 else 0 || array(select id from district) end;
  end if;
  perform set_config('feikong.person', person::text, true),
    set_config('feikong.accounts', accounts::text, true),
    set_config('feikong.districts', districts::text, true),
    set_config('role', becomes, true);
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
    *map(wall.of_account, OF_ACCOUNT),
    *(wall.of_account(table, inspected=True) for table in OF_SITE),
    *map(wall.of_meter, OF_METER),
    *(wall.narrowed(table, f"person_id = {wall.PERSON}") for table in OF_PERSON),
    *(
        wall.narrowed(
            table,
            customer=wall.OF_ACCOUNT,
            inspector=f"{wall.OF_ACCOUNT} or {TASKED.format(f'{table}.account_id', wall.PERSON)}",
            operator=wall.in_district(table),
        )
        for table in ("meter", "usage_point")
    ),
    wall.narrowed(
        "account",
        customer=f"id = {wall.ACCOUNTS}",
        inspector=f"id = {wall.ACCOUNTS} or {TASKED.format('account.id', wall.PERSON)}"
        f" or district_id = {wall.DISTRICTS} and {REPORTED}",
        operator=f"district_id = {wall.DISTRICTS}",
    ),
    wall.narrowed(
        "task",
        customer=f"kind = 'REPAIR' and {wall.OF_ACCOUNT}",
        inspector=f"assignee_id = {wall.PERSON}"
        f" or kind = 'REPAIR' and district_id = {wall.DISTRICTS}",
        operator=f"district_id = {wall.DISTRICTS}",
    ),
    wall.narrowed(
        "repair_request",
        customer=wall.OF_ACCOUNT,
        inspector=wall.in_district("repair_request"),
        operator=wall.in_district("repair_request"),
    ),
    wall.of_account("message", *MESSAGE),
    wall.narrowed("bill_run", operator=f"coalesce(district_id, 0) = {wall.DISTRICTS}"),
    wall.narrowed("tariff_draft", operator="true"),
    wall.narrowed(
        "person",
        f"id = {wall.PERSON}",
        operator=f"role = 'INSPECTOR' and (district_id is null or district_id = {wall.DISTRICTS})",
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
            ROLES,
            SEEN,
            LOOK,
            COUNTED,
            *map(wall.readable, PUBLIC),
            *NARROWED,
            *COLUMNS,
        )
    ]
