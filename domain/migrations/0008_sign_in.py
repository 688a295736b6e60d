"""How people prove who they are: device keys, passwords, second factors; who watches an account."""

from tortoise import migrations
from tortoise.migrations import operations as ops

DEVICES = """
create table device (
  id bigint generated always as identity primary key,
  person_id bigint not null references person,
  thumbprint text not null,
  name text not null default '',
  enrolled boolean not null default false,
  created_at timestamptz not null,
  revoked_at timestamptz,
  constraint device_once unique (person_id, thumbprint)
);
comment on column device.thumbprint is 'of its public key (RFC 7638); the device shows it by DPoP';
comment on column device.enrolled is 'an operator let it in: the tokens of inspectors need that';

alter table session add column device_id bigint references device,
  add column used_at timestamptz, add column proven_at timestamptz;
comment on column session.proven_at is 'when a second factor was given last';
create index session_device on session (device_id) where revoked_at is null;
create index session_revoked on session (revoked_at) where revoked_at is not null;

alter table refresh_token add column salt text;
comment on column refresh_token.salt is 'its successor is computed from this and from itself';
create index refresh_token_expiry on refresh_token (expires_at);
"""

STAFF = """
create table staff_secret (
  person_id bigint primary key references person,
  password_hash text,
  totp_secret text,
  totp_step bigint not null default 0,
  set_up_at timestamptz
) with (fillfactor = 70);
comment on column staff_secret.totp_step is 'the last time step whose code was taken: each once';
comment on column staff_secret.set_up_at is 'when the second factor was confirmed; null: not yet';

create table recovery_code (
  person_id bigint not null references person,
  code_hash text not null,
  used_at timestamptz,
  primary key (person_id, code_hash)
);

create table invitation (
  id bigint generated always as identity primary key,
  person_id bigint not null references person,
  kind text not null constraint invitation_kind check (kind in ('SET_UP', 'DEVICE')),
  code_hash text not null constraint invitation_once unique,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index invitation_person on invitation (person_id);
"""

CODES = """
create table sign_in_attempt (
  id bigint generated always as identity primary key,
  who text not null,
  address text not null,
  at timestamptz not null,
  failed boolean not null default true
);
comment on column sign_in_attempt.who is 'the name or number that was tried, known or not';
create index sign_in_attempt_who on sign_in_attempt (who, at) where failed;
create index sign_in_attempt_address on sign_in_attempt (address, at) where failed;
create index sign_in_attempt_at on sign_in_attempt (at);

comment on column sign_in_code.code_hash is 'empty until a code is made: for unknown numbers never';
create index sign_in_code_created on sign_in_code (created_at);
"""

KEYS = """
alter table signing_key add column signs_from timestamptz;
update signing_key set signs_from = created_at;
alter table signing_key alter column signs_from set not null;
comment on column signing_key.signs_from is 'published before it signs: every process knows it';
"""

WATCHERS = """
alter table account_access
  add column role text not null default 'HOLDER'
    constraint account_access_role check (role in ('HOLDER', 'FAMILY', 'TENANT', 'CLERK')),
  add column granted_at timestamptz not null default clock_timestamp(),
  add column granted_by text not null default 'SYSTEM:0';

create table access_code (
  id bigint generated always as identity primary key,
  account_number text not null,
  person_id bigint not null references person,
  role text not null
    constraint access_code_role check (role in ('HOLDER', 'FAMILY', 'TENANT', 'CLERK')),
  code_hash text not null default '',
  created_at timestamptz not null,
  expires_at timestamptz not null,
  attempts int not null default 0,
  used_at timestamptz
) with (fillfactor = 70);
create index access_code_person on access_code (person_id, created_at);
create index access_code_account on access_code (account_number, created_at);
create index access_code_created on access_code (created_at);
"""


class Migration(migrations.Migration):
    dependencies = [("domain", "0007_push")]
    operations = [ops.RunSQL(sql) for sql in (DEVICES, STAFF, CODES, KEYS, WATCHERS)]
