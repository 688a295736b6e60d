"""Notification: one message to one person, and its life.

QUEUED -> SENDING -> SENT -> DELIVERED, or UNDELIVERABLE after bounded attempts; SHADOW was written
down and never sent. A message is unique by its `key`: asked for again, it is the same message. Only
a receipt makes it delivered; unknown is not delivered. What became of an account's message is the
fact `message.settled`; a notice that did not arrive becomes a task for a person.

The texts want these `params`, besides the account that every text names by its last four digits:
ALARM, TRIPPED `available_fen`; NOTICE, FINAL_NOTICE `available_fen`, `trip_at`; PERMIT_READY and
RESTORED none; PAYMENT_RECEIVED `amount_fen`, `available_fen`; SIGN_IN_CODE `code`, `minutes`;
TASK `number`, `due_at`. More than these do no harm.
"""

from ._queries import Message, expects_receipt_until, message_of, messages_of
from ._queue import queue
from ._record import give_up, record_failed, record_receipt, record_sent
from ._segments import segments
from ._take import Sms, take
from ._texts import Kind, text

__all__ = [
    "Kind",
    "Message",
    "Sms",
    "expects_receipt_until",
    "give_up",
    "message_of",
    "messages_of",
    "queue",
    "record_failed",
    "record_receipt",
    "record_sent",
    "segments",
    "take",
    "text",
]
