"""Tables that no ORM row ever passes through: written and read set-based, by SQL of their rooms.

Also what Tortoise does not write into a first migration: foreign keys between rooms and checks.
"""

from tortoise import migrations
from tortoise.migrations import operations as ops

OUTBOX = """
create table outbox (
  id bigint generated always as identity primary key,
  topic text not null,
  payload jsonb not null,
  created_at timestamptz not null default clock_timestamp(),
  lease_until timestamptz,
  attempts int not null default 0,
  dead boolean not null default false
) with (fillfactor = 70)
"""

METERING = """
create table reading (
  meter_id bigint not null,
  measured_at timestamptz not null,
  n bigint not null,
  total_wh bigint not null,
  sharp_wh bigint not null,
  peak_wh bigint not null,
  flat_wh bigint not null,
  valley_wh bigint not null,
  deep_valley_wh bigint not null,
  estimated boolean not null default false,
  primary key (meter_id, measured_at)
) partition by range (measured_at);

create table meter_register (
  meter_id bigint primary key references meter,
  account_id bigint not null references account,
  last_n bigint not null,
  seen bigint not null default 0,
  measured_at timestamptz not null,
  total_wh bigint not null,
  sharp_wh bigint not null,
  peak_wh bigint not null,
  flat_wh bigint not null,
  valley_wh bigint not null,
  deep_valley_wh bigint not null,
  estimated boolean not null default false
) with (fillfactor = 50);
create index meter_register_account on meter_register (account_id);
comment on column meter_register.seen is 'bit k is set where uplink last_n - k was taken';

create table usage_changed (
  account_id bigint primary key references account
) with (fillfactor = 50);

create index reading_exception_open on reading_exception (account_id) where resolved_at is null;
"""

LEDGER = """
create table ledger_account (
  id bigint generated always as identity primary key,
  account_id bigint references account,
  kind text not null,
  balance_fen bigint,
  constraint ledger_account_once unique nulls not distinct (account_id, kind),
  constraint ledger_account_balance check ((account_id is null) = (balance_fen is null))
) with (fillfactor = 70);

create sequence ledger_transaction;

create table ledger_transfer (
  id bigint generated always as identity primary key,
  transaction_id bigint not null,
  account_id bigint references account,
  debit_id bigint not null references ledger_account,
  credit_id bigint not null references ledger_account,
  amount_fen bigint not null constraint ledger_transfer_amount check (amount_fen > 0),
  kind text not null,
  source text not null,
  at timestamptz not null,
  reverses_id bigint references ledger_transfer,
  constraint ledger_transfer_sides check (debit_id <> credit_id),
  constraint ledger_transfer_once unique (source, kind),
  constraint ledger_transfer_reversed_once unique (reverses_id)
);
create index ledger_transfer_account on ledger_transfer (account_id, id);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is immutable: correct it by a reversal', tg_table_name
    using errcode = 'restrict_violation';
end $$;
create trigger ledger_transfer_immutable before update or delete on ledger_transfer
  for each row execute function refuse_change();
create trigger ledger_transfer_kept before truncate on ledger_transfer
  for each statement execute function refuse_change();
"""

ACCRUAL = """
create table charge_base (
  meter_id bigint primary key references meter,
  account_id bigint not null references account,
  since timestamptz not null,
  total_wh bigint not null,
  sharp_wh bigint not null,
  peak_wh bigint not null,
  flat_wh bigint not null,
  valley_wh bigint not null,
  deep_valley_wh bigint not null
) with (fillfactor = 70);
create index charge_base_account on charge_base (account_id);

create table account_position (
  account_id bigint primary key references account,
  cycle_wh bigint not null default 0,
  billed_fen bigint not null default 0,
  prepaid_fen bigint not null default 0,
  receivable_fen bigint not null default 0,
  late_fee_fen bigint not null default 0,
  unbilled_fen bigint not null default 0,
  unbilled_wh bigint not null default 0,
  available_fen bigint not null default 0,
  as_of timestamptz,
  estimated boolean not null default false,
  window_at timestamptz,
  window_fen bigint not null default 0,
  before_at timestamptz,
  before_fen bigint not null default 0,
  daily_fen bigint not null default 0,
  watch_below_fen bigint,
  watch_below_days int,
  watch_above_fen bigint
) with (fillfactor = 50);
comment on column account_position.cycle_wh is 'charged in the tier cycle before the open period';
"""

COMMAND = """
create table supply (
  meter_id bigint primary key references meter,
  account_id bigint not null references account,
  output_state smallint not null default 1,
  control_state smallint not null default 1,
  keep boolean not null default false,
  alarm boolean not null default false,
  reported_at timestamptz,
  last_seq bigint not null default 0,
  next_seq bigint not null default 1,
  mode smallint not null default 0,
  address text,
  heard_at timestamptz
) with (fillfactor = 50);
create index supply_account on supply (account_id);

create table supply_change (
  id bigint generated always as identity primary key,
  account_id bigint not null references account,
  meter_id bigint not null references meter,
  output_state smallint not null,
  control_state smallint not null,
  at timestamptz not null
);
create index supply_change_account on supply_change (account_id, id);

create table command (
  id bigint primary key,
  account_id bigint not null references account,
  meter_id bigint not null references meter,
  verb smallint not null,
  args jsonb not null default '{}',
  state text not null,
  priority smallint not null,
  seq bigint,
  cause text not null,
  created_at timestamptz not null,
  not_before timestamptz not null,
  expires_at timestamptz not null,
  sent_at timestamptz,
  attempts int not null default 0,
  accepted_at timestamptz,
  verified_at timestamptz,
  closed_at timestamptz,
  result_code smallint,
  unverified_reports smallint not null default 0
) with (fillfactor = 70);
create unique index command_open on command (meter_id, verb)
  where state in ('PENDING', 'SENT', 'DELIVERED', 'ACCEPTED');
create index command_account on command (account_id, id);
create unique index command_seq on command (meter_id, seq);
"""

NOTIFICATION = """
create table message (
  id bigint generated always as identity primary key,
  account_id bigint references account,
  phone text not null,
  kind text not null,
  locale text not null,
  key text not null constraint message_once unique,
  text text not null,
  state text not null,
  provider_id text constraint message_provider unique,
  attempts int not null default 0,
  created_at timestamptz not null,
  sent_at timestamptz,
  delivered_at timestamptz,
  failed_at timestamptz,
  reason text
) with (fillfactor = 70);
create index message_account on message (account_id, id);
create index message_open on message (id) where state in ('QUEUED', 'SENDING', 'SENT');
"""

CHARGE_CONTROL = """
create table episode (
  id bigint generated always as identity primary key,
  account_id bigint not null references account,
  opened_at timestamptz not null,
  closed_at timestamptz,
  alarm_message_id bigint references message,
  notice_message_id bigint references message,
  final_message_id bigint references message,
  final_for timestamptz,
  trip_command_id bigint
) with (fillfactor = 70);
create unique index episode_open on episode (account_id) where closed_at is null;

create table control (
  account_id bigint primary key references account,
  review_at timestamptz
) with (fillfactor = 50);
create index control_due on control (review_at) where review_at is not null;

create table decision (
  id bigint generated always as identity primary key,
  account_id bigint not null references account,
  episode_id bigint references episode,
  at timestamptz not null,
  verdict text not null,
  shadow boolean not null default false,
  evidence jsonb not null,
  command_id bigint
);
create index decision_account on decision (account_id, id);
create index decision_trips on decision (at) where verdict = 'TRIP';

create table control_switch (
  name text primary key,
  is_on boolean not null,
  set_by text not null,
  set_at timestamptz not null
);
insert into control_switch values
  ('stop_trips', false, 'SYSTEM:0', now()), ('shadow', false, 'SYSTEM:0', now());
"""

LINKS = """
alter table account add foreign key (district_id) references district;
alter table agreement add foreign key (account_id) references account;
alter table contact add foreign key (account_id) references account;
alter table usage_point add foreign key (account_id) references account;
alter table meter add foreign key (account_id) references account;
alter table meter add foreign key (usage_point_id) references usage_point;
alter table reading_exception add foreign key (meter_id) references meter;
alter table task add foreign key (district_id) references district;
alter table task add foreign key (account_id) references account;
alter table task add foreign key (assignee_id) references person;
alter table person add foreign key (district_id) references district;
alter table account_access add foreign key (person_id) references person;
alter table account_access add foreign key (account_id) references account;
alter table session add foreign key (person_id) references person;
alter table refresh_token add foreign key (session_id) references session;
alter table channel_contract add foreign key (channel_id) references channel;
alter table channel_contract add foreign key (district_id) references district;
alter table channel_nonce add foreign key (channel_id) references channel;
alter table payment_order add foreign key (account_id) references account;
alter table payment_order add foreign key (channel_id) references channel;
alter table payment_order add foreign key (person_id) references person;
alter table payment add foreign key (account_id) references account;
alter table payment add foreign key (channel_id) references channel;
alter table payment add foreign key (order_id) references payment_order;
alter table repair_request add foreign key (account_id) references account;
alter table repair_request add foreign key (task_id) references task;
alter table payment add constraint payment_amount check (amount_fen > 0);
alter table payment_order add constraint payment_order_amount check (amount_fen > 0);
alter table meter add constraint meter_rating check (rated_w > 0);
alter table tariff_version add constraint tariff_version_validity
  check (valid_to is null or valid_to > valid_from);
alter table agreement add constraint agreement_validity
  check (valid_to is null or valid_to > valid_from);
create index account_district on account (district_id, id);
create index agreement_account on agreement (account_id);
create index contact_account on contact (account_id);
create index usage_point_account on usage_point (account_id);
create index meter_account on meter (account_id);
create index account_access_account on account_access (account_id);
create index payment_account on payment (account_id, id);
create index payment_order_account on payment_order (account_id, id);
create index repair_request_account on repair_request (account_id, id);
create index task_assignee on task (assignee_id, id);
create index task_account on task (account_id);
create index task_district on task (district_id, id);
create index sign_in_code_phone on sign_in_code (phone, created_at);
create index sign_in_code_address on sign_in_code (address, created_at);
create index session_person on session (person_id);
create index refresh_token_session on refresh_token (session_id);
create trigger audit_entry_immutable before update or delete on audit_entry
  for each row execute function refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("domain", "0001_initial")]
    operations = [
        ops.RunSQL(sql)
        for sql in (
            OUTBOX,
            METERING,
            LEDGER,
            ACCRUAL,
            COMMAND,
            NOTIFICATION,
            CHARGE_CONTROL,
            LINKS,
        )
    ]
