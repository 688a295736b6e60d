"""Holders see who watches, operators their inspectors' tablets, tenants no bills."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from domain.base import wall

BILLED = """
create function seen_billed() returns bigint[] language sql stable as
  $$ select nullif(current_setting('feikong.billed', true), '')::bigint[] $$;
comment on function seen_billed is 'the accounts of which a customer sees bills: not as a tenant';
"""

LOOK = f"""
create or replace function look_as(kind text, person bigint, district bigint) returns void
language plpgsql as $$
declare
  accounts bigint[] := '{{}}';
  billed bigint[] := '{{}}';
  districts bigint[] := '{{}}';
  becomes text := '{wall.CUSTOMER}';
begin
  if kind = 'CUSTOMER' then
    select coalesce(array_agg(account_id), '{{}}'),
      coalesce(array_agg(account_id) filter (where role <> 'TENANT'), '{{}}')
    into accounts, billed from account_access where person_id = person;
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
    set_config('feikong.billed', billed::text, true),
    set_config('feikong.districts', districts::text, true),
    set_config('role', becomes, true);
end $$;
"""

BILLS = [
    f"alter policy {table}_customer on {table}"
    " using (account_id = any ((select seen_billed())::bigint[]))"
    for table in ("bill", "bill_line")
]

HELD = f"""
exists (select from account_access x
  join account_access mine on mine.account_id = x.account_id and mine.role = 'HOLDER'
  where mine.person_id = {wall.PERSON} and x.person_id = person.id)
"""
WATCHING = "exists (select from account_access x where x.person_id = person.id)"
TABLETS = "exists (select from person p where p.id = device.person_id and p.role = 'INSPECTOR')"
PEOPLE = (
    f"create policy person_customer on person for select to {wall.CUSTOMER} using ({HELD})",
    f"create policy person_watching on person for select to {wall.OPERATOR} using ({WATCHING})",
    f"create policy device_operator on device for select to {wall.OPERATOR} using ({TABLETS})",
)


OWN = "exists (select from session s where s.id = refresh_token.session_id)"
SESSIONS = wall.narrowed("refresh_token", OWN, "id", "session_id", "expires_at", "used_at")


class Migration(migrations.Migration):
    dependencies = [("domain", "0015_buried_facts")]
    operations = [ops.RunSQL(sql) for sql in (BILLED, LOOK, *BILLS, *PEOPLE, SESSIONS)]
