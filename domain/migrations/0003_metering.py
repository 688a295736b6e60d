"""Metering in full: registers with digits and a ratio, doubts and their answers, estimates."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

METERS = """
alter table meter add constraint meter_digits check (digits between 4 and 9);
alter table meter add constraint meter_ratio check (ratio between 1 and 1000000);

create table ratio_change (
  meter_id bigint not null references meter,
  at timestamptz not null,
  ratio_before bigint not null,
  primary key (meter_id, at)
);
comment on column ratio_change.ratio_before is 'what the registers were multiplied by until then';
"""

FURTHER = """
create table further_reading (
  meter_id bigint not null references meter,
  measured_at timestamptz not null,
  export_wh bigint,
  import_varh bigint,
  export_varh bigint,
  primary key (meter_id, measured_at),
  constraint further_reading_says check (num_nonnulls(export_wh, import_varh, export_varh) > 0)
);
"""

DOUBTS = """
alter table reading_exception add constraint reading_exception_resolution
  check ((resolved_at is null) = (resolution is null));
create index reading_exception_instant on reading_exception (meter_id, measured_at);

create table reading_estimate (
  meter_id bigint not null references meter,
  measured_at timestamptz not null,
  method text not null,
  quality text not null,
  content jsonb not null,
  made_at timestamptz not null,
  replaced_at timestamptz,
  primary key (meter_id, measured_at, made_at)
);
create unique index reading_estimate_standing on reading_estimate (meter_id, measured_at)
  where replaced_at is null;

create table reading_finding (
  id bigint generated always as identity primary key,
  meter_id bigint not null references meter,
  account_id bigint not null references account,
  rule text not null,
  since timestamptz not null,
  until timestamptz not null,
  detail jsonb not null,
  found_at timestamptz not null,
  closed_at timestamptz,
  constraint reading_finding_once unique (meter_id, rule, since)
);
create index reading_finding_account on reading_finding (account_id, id);
"""


class Migration(migrations.Migration):
    dependencies = [("domain", "0002_hot_tables")]
    operations = [
        ops.AlterModelOptions(
            name="Meter",
            options={
                "table": "meter",
                "app": "domain",
                "pk_attr": "id",
                "table_description": "电能表: what measures a usage point.",
            },
        ),
        *(
            ops.AddField(model_name="Meter", name=name, field=field)
            for name, field in (
                ("digits", fields.BigIntField(default=6, db_default=6)),
                ("ct", fields.CharField(default="1/1", db_default="1/1", max_length=20)),
                ("pt", fields.CharField(default="1/1", db_default="1/1", max_length=20)),
                ("ratio", fields.BigIntField(default=1, db_default=1)),
            )
        ),
        *(
            ops.AddField(
                model_name="ReadingException",
                name=name,
                field=fields.CharField(null=True, max_length=length),
            )
            for name, length in (("resolved_by", 80), ("resolution", 20), ("reason", 200))
        ),
        *(ops.RunSQL(sql) for sql in (METERS, FURTHER, DOUBTS)),
    ]
