"""A meter may tell the highest demand that it has measured, and when that was."""

from tortoise import migrations
from tortoise.migrations import operations as ops

DEMAND = """
alter table further_reading
  add column demand_w bigint,
  add column demand_at timestamptz,
  drop constraint further_reading_says,
  add constraint further_reading_says
    check (num_nonnulls(export_wh, import_varh, export_varh, demand_w) > 0),
  add constraint further_reading_demand
    check (num_nonnulls(demand_w, demand_at) in (0, 2) and demand_w >= 0);
comment on column further_reading.demand_w is
  'the highest since the meter began anew to look for it, as shown; it was reached at demand_at';
"""


class Migration(migrations.Migration):
    dependencies = [("domain", "0030_service_fact_ids")]
    operations = [ops.RunSQL(DEMAND)]
