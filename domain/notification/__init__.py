"""Notification: one message to one person, and its life.

QUEUED -> SENDING -> SENT -> DELIVERED, or UNDELIVERABLE after bounded attempts; SHADOW was written
down and never sent. A message is unique by its `key`: asked for again, it is the same message. Only
a receipt makes it delivered; unknown is not delivered. What became of an account's message is the
fact `message.settled`; a notice that did not arrive becomes a task for a person.

A message takes one `Way`: by SMS, or first to the devices that people have registered (PUSHED is
its end there), or both. Notices that the law asks for are the SMS; the app is told beside it and
that proves nothing. How far a person has read an account's messages is that person's own mark.
In a district's quiet hours what can wait has a `due_at`; if a payment comes
first it is OVERTAKEN.

A message is sent in its account's language, and composed in the others at the same moment: who else
watches the account is shown it, or has it pushed, in their own. (Told anew later it might differ
from what was sent.) What is secret is composed once, for whom it is for.

The texts want these `params`, besides the account that every text names by its last four digits:
ALARM, TRIPPED `available_fen`; NOTICE, FINAL_NOTICE `available_fen`, `trip_at`; PERMIT_READY and
RESTORED none; PAYMENT_RECEIVED `amount_fen`, `available_fen`; SIGN_IN_CODE `code`, `minutes`;
ACCESS_CODE `code`, `minutes`, `who`;
TASK `number`, `due_at`; BILL_ISSUED `first_day`, `last_day`, `energy_wh`, `amount_fen`;
BILL_CORRECTED `first_day`, `amount_fen`; REFUNDED `amount_fen`. More than these do no harm.
"""

from ._currency import Currency, speak_of
from ._device import (
    DEVICES_MAX,
    EndpointRefused,
    PushDevice,
    PushKeysInvalid,
    PushTarget,
    endpoint_host,
)
from ._forget_device import DeviceUnknown, forget_device
from ._mark_read import mark_read
from ._note_taken import note_taken
from ._open_push_key import PushKey, open_push_key
from ._queries import (
    devices_of,
    due_at,
    expects_receipt_until,
    public_push_key,
    push_targets,
)
from ._queue import queue
from ._queue_many import Wanted, queue_many
from ._quiet import QuietHours
from ._record import give_up, record_failed, record_pushed, record_receipt, record_sent
from ._register_device import register_device
from ._reseal_push_key import kept_secrets, reseal_push_key
from ._segments import segments
from ._send_access_code import send_access_code
from ._send_code import send_code
from ._send_due import send_due
from ._set_quiet_hours import set_quiet_hours
from ._take import Sms, take
from ._texts import Kind, language_of, text
from ._way import Way, way_of

__all__ = [
    "DEVICES_MAX",
    "Currency",
    "DeviceUnknown",
    "EndpointRefused",
    "Kind",
    "PushDevice",
    "PushKey",
    "PushKeysInvalid",
    "PushTarget",
    "QuietHours",
    "Sms",
    "Wanted",
    "Way",
    "devices_of",
    "due_at",
    "endpoint_host",
    "expects_receipt_until",
    "forget_device",
    "give_up",
    "kept_secrets",
    "language_of",
    "mark_read",
    "note_taken",
    "open_push_key",
    "public_push_key",
    "push_targets",
    "queue",
    "queue_many",
    "record_failed",
    "record_pushed",
    "record_receipt",
    "record_sent",
    "register_device",
    "reseal_push_key",
    "segments",
    "send_access_code",
    "send_code",
    "send_due",
    "set_quiet_hours",
    "speak_of",
    "take",
    "text",
    "way_of",
]
