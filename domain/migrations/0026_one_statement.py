"""People read over connections that are their role already: one statement is a whole reading."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from domain.base import wall

LOOK = f"""
create function look_as(me name, kind text, person bigint, district bigint) returns boolean
language plpgsql security definer set search_path from current as $$
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
  if me <> becomes then
    raise exception '% does not read as %', me, becomes using errcode = 'insufficient_privilege';
  end if;
  if kind in ('OPERATOR', 'INSPECTOR') then
    districts := case when district is not null then array[district]
                 else 0 || array(select id from district) end;
  end if;
  perform set_config('feikong.person', person::text, true),
    set_config('feikong.accounts', accounts::text, true),
    set_config('feikong.billed', billed::text, true),
    set_config('feikong.districts', districts::text, true);
  return true;
end $$;
comment on function look_as is
  'from here to the end of the transaction this person reads; `me` has to be the role for that';
revoke all on function look_as from public;
grant execute on function look_as to {wall.READER};
"""


class Migration(migrations.Migration):
    dependencies = [("domain", "0025_never")]
    operations = [ops.RunSQL(sql) for sql in ("drop function look_as", LOOK)]
