"""Memos are made void by their key: a join found plans that looked through all for each change."""

from tortoise import migrations
from tortoise.migrations import operations as ops

# Nobody knows beforehand how many have changed, nor, after a bill run, how many memos there are.
VOID = """
create or replace function void_charge_basis() returns trigger language plpgsql as $$
begin
  update charge_basis b set terms_id = null
  where b.account_id = any (array(select account_id from changed)) and b.terms_id is not null;
  return null;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("domain", "0023_export_by_period")]
    operations = [ops.RunSQL(VOID)]
