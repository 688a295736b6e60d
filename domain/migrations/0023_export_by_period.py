"""What flows back is counted by period, too, by meters that have such registers."""

from tortoise import migrations
from tortoise.migrations import operations as ops

PERIODS = """
alter table further_reading
  add column export_sharp_wh bigint,
  add column export_peak_wh bigint,
  add column export_flat_wh bigint,
  add column export_valley_wh bigint,
  add column export_deep_valley_wh bigint,
  add constraint further_reading_periods check (
    num_nonnulls(export_sharp_wh, export_peak_wh, export_flat_wh, export_valley_wh,
                 export_deep_valley_wh) in (0, 5)
    and (export_sharp_wh is null or export_wh is not null))
"""


class Migration(migrations.Migration):
    dependencies = [("domain", "0022_act_keys")]
    operations = [ops.RunSQL(PERIODS)]
