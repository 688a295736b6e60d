"""How far the nightly look over the meters has come, for each time zone."""

from tortoise import migrations
from tortoise.migrations import operations as ops

ROUND = """
create table meter_round (
  timezone text primary key,
  due_at timestamptz not null,
  since timestamptz not null,
  until timestamptz,
  reached bigint not null default 0
);
comment on table meter_round is
  'from since to until the meters up to the one reached were looked over; until: it has begun';
"""


class Migration(migrations.Migration):
    dependencies = [("domain", "0012_charge_basis")]
    operations = [ops.RunSQL(ROUND)]
