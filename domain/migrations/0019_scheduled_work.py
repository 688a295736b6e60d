"""Operators see what the schedule does: rounds over the meters, and bill runs of all districts."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from domain.base import wall

ROUND = """
alter table meter_round add column ended_at timestamptz;
comment on column meter_round.ended_at is 'when the last round ended; null: none has yet';
"""

RUNS = f"""
alter policy bill_run_operator on bill_run
  using (district_id is null or district_id = {wall.DISTRICTS})
"""


class Migration(migrations.Migration):
    dependencies = [("domain", "0018_refunds")]
    operations = [
        ops.RunSQL(sql) for sql in (ROUND, wall.narrowed("meter_round", operator="true"), RUNS)
    ]
