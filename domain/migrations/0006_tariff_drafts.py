"""Tariffs are published by two people and never changed; what an account has contracted."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops

VERSIONS = """
create trigger tariff_version_immutable before update or delete on tariff_version
  for each row execute function refuse_change();
create trigger tariff_version_kept before truncate on tariff_version
  for each statement execute function refuse_change();
"""

DRAFTS = """
alter table tariff_draft add constraint tariff_draft_state
  check (state in ('OPEN', 'SUPERSEDED', 'PUBLISHED'));
alter table tariff_draft add constraint tariff_draft_decided
  check (num_nulls(decided_by, decided_at) = case state when 'OPEN' then 2 else 0 end);
alter table tariff_draft add constraint tariff_draft_two_people
  check (state <> 'PUBLISHED' or decided_by <> proposed_by);
create unique index tariff_draft_open on tariff_draft (code, version) where state = 'OPEN';

create function refuse_draft_change() returns trigger language plpgsql as $$
begin
  if old.state <> 'OPEN' or to_jsonb(new) - '{state,decided_by,decided_at}'::text[]
     is distinct from to_jsonb(old) - '{state,decided_by,decided_at}'::text[] then
    raise exception 'a draft is never edited: propose another one'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger tariff_draft_immutable before update on tariff_draft
  for each row execute function refuse_draft_change();
create trigger tariff_draft_kept before delete on tariff_draft
  for each row execute function refuse_change();
"""

FACTS = """
create table service_fact (
  account_id bigint not null references account,
  since date not null,
  capacity_va bigint not null default 0
    constraint service_fact_capacity check (capacity_va >= 0),
  declared_w bigint not null default 0
    constraint service_fact_declared check (declared_w >= 0),
  primary key (account_id, since)
);
comment on table service_fact is 'contracted capacity and declared demand, from a day on';
"""


class Migration(migrations.Migration):
    dependencies = [("domain", "0005_charge_segments")]
    operations = [
        ops.CreateModel(
            name="TariffDraft",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("code", fields.CharField(max_length=60)),
                ("version", fields.CharField(max_length=20)),
                ("document", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("state", fields.CharField(default="OPEN", db_default="OPEN", max_length=12)),
                ("proposed_by", fields.CharField(max_length=80)),
                ("proposed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("decided_by", fields.CharField(null=True, max_length=80)),
                ("decided_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "tariff_draft",
                "app": "domain",
                "pk_attr": "id",
                "table_description": (
                    "A document that somebody has proposed and somebody else publishes; "
                    "it never changes."
                ),
            },
            bases=["Model"],
        ),
        *(ops.RunSQL(sql) for sql in (VERSIONS, DRAFTS, FACTS)),
    ]
