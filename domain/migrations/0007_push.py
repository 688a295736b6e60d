"""Messages also reach phones that people register; what can wait leaves the night alone."""

from tortoise import migrations
from tortoise.migrations import operations as ops

DEVICES = """
create table push_key (
  only_one boolean primary key default true constraint push_key_once check (only_one),
  private_pem text not null,
  public_key text not null,
  created_at timestamptz not null
);
comment on column push_key.public_key is 'P-256 point, uncompressed, base64url (RFC 8292)';

create table push_device (
  id bigint generated always as identity primary key,
  person_id bigint not null references person,
  session_id bigint not null references session,
  kind text not null constraint push_device_kind check (kind in ('WEB_PUSH')),
  endpoint text not null constraint push_device_once unique,
  p256dh text not null,
  auth text not null,
  name text not null default '',
  created_at timestamptz not null,
  taken_at timestamptz
) with (fillfactor = 80);
comment on column push_device.taken_at is 'when its push service took a message last';
create index push_device_person on push_device (person_id, id);
"""

MESSAGES = """
alter table message add column due_at timestamptz, add column pushed_at timestamptz;
comment on column message.due_at is 'a message that can wait is not sent before this';
comment on column message.pushed_at is 'when a push service took it';
create index message_due on message (due_at) where state = 'QUEUED' and due_at is not null;

create table quiet_hours (
  district_id bigint primary key references district,
  since time not null,
  until time not null
);
comment on table quiet_hours is 'local time; since = until: none. No row: 22:00 to 08:00';
"""


class Migration(migrations.Migration):
    dependencies = [("domain", "0006_tariff_drafts")]
    operations = [ops.RunSQL(DEVICES), ops.RunSQL(MESSAGES)]
