"""What an account is charged by: spans of meters behind a ratio, open ones and ended ones."""

from tortoise import migrations
from tortoise.migrations import operations as ops

REGISTERS = ("total", "sharp", "peak", "flat", "valley", "deep_valley")
ENDS = ", ".join(f"add column end_{name}_wh bigint" for name in REGISTERS)

SEGMENTS = f"""
alter table charge_base rename to charge_segment;
alter table charge_segment add column n smallint not null default 0,
  add column ratio bigint not null default 1, add column until timestamptz, {ENDS};
update charge_segment s set ratio = m.ratio from meter m where m.id = s.meter_id;
alter table charge_segment drop constraint charge_base_pkey;
drop index charge_base_account;
alter table charge_segment add primary key (account_id, meter_id, n);
alter table charge_segment add constraint charge_segment_end
  check (num_nulls(until, {", ".join(f"end_{name}_wh" for name in REGISTERS)}) in (0, 7));
create unique index charge_segment_open on charge_segment (meter_id) where until is null;
comment on column charge_segment.until is
  'null: it runs to the present registers of its meter';
"""


class Migration(migrations.Migration):
    dependencies = [("domain", "0004_billing")]
    operations = [ops.RunSQL(SEGMENTS)]
