"""Identity: people, their devices and sessions, codes, second factors, and the keys of tokens.

Its times are wall times, its audit entries' too. Secrets arrive as hashes, or sealed (TOTP secrets,
private keys): what makes and compares them is `auth`. A **watcher** is a person with access to an
account; the watcher's role decides which **rights** that gives. Messages are queued by
`notification`, which stands above this room and follows the fact `code.asked`.
"""

from ._add_staff import PhoneTaken, add_staff, reset_factor, retire_staff, set_password
from ._ask_code import (
    CODE_LIFE,
    PER_ADDRESS_MAX,
    PER_PHONE_MAX,
    TooManyCodes,
    ask_code,
    network_of,
)
from ._begin_set_up import begin_set_up, confirm_set_up
from ._count_attempt import (
    FAILED_PER_ADDRESS_MAX,
    FAILED_PER_NAME_AND_ADDRESS_MAX,
    FAILED_PER_NAME_MAX,
    TooManyAttempts,
    count_attempt,
    forgive_attempt,
)
from ._end_session import SessionUnknown, end_session
from ._end_sessions import end_sessions
from ._enrol import enrol
from ._enrol_device import DeviceUnknown, enrol_device, revoke_device
from ._forget_attempts import forget_attempts
from ._grant_access import (
    LastHolder,
    WatcherUnknown,
    end_access,
    grant_access,
    has_right,
    phone_of,
    watchers_of,
)
from ._invite import INVITATION_LIFE, InvitationRejected, Invites, StaffUnknown, invite, staff_named
from ._keep_code import asking_phone, keep_code
from ._open_session import (
    PLAY,
    DeviceNotEnrolled,
    open_play_session,
    open_play_sessions,
    open_session,
)
from ._person import Person, Role, Sight, name_of_actor
from ._phone import PhoneInvalid, plain_phone
from ._queries import open_sessions, person_by_phone, person_of, sessions_ended
from ._redeem_code import ATTEMPTS_MAX, CodeRejected, redeem_code
from ._reseal import kept_secrets, reseal
from ._right import RIGHTS, AccessRole, Right, roles_with
from ._rotate import REFRESH_GRACE, Rotated, SessionEnded, Successor, rotate
from ._rotate_keys import KEY_LIFE, rotate_keys
from ._set_locale import LocaleUnknown, set_locale
from ._signed_in import OpenSession, Shown, SignedIn
from ._signing_keys import KEY_LEAD, SigningKey, signing_keys
from ._staff import Device, StaffMember, devices, staff, staff_secret_of
from ._staff_secret import StaffSecret
from ._take_factor import lock_secret, mark_proven, take_factor
from ._watcher import Watcher

__all__ = [
    "ATTEMPTS_MAX",
    "CODE_LIFE",
    "FAILED_PER_ADDRESS_MAX",
    "FAILED_PER_NAME_AND_ADDRESS_MAX",
    "FAILED_PER_NAME_MAX",
    "INVITATION_LIFE",
    "KEY_LEAD",
    "KEY_LIFE",
    "PER_ADDRESS_MAX",
    "PER_PHONE_MAX",
    "PLAY",
    "REFRESH_GRACE",
    "RIGHTS",
    "AccessRole",
    "CodeRejected",
    "Device",
    "DeviceNotEnrolled",
    "DeviceUnknown",
    "InvitationRejected",
    "Invites",
    "LastHolder",
    "LocaleUnknown",
    "OpenSession",
    "Person",
    "PhoneInvalid",
    "PhoneTaken",
    "Right",
    "Role",
    "Rotated",
    "SessionEnded",
    "SessionUnknown",
    "Shown",
    "Sight",
    "SignedIn",
    "SigningKey",
    "StaffMember",
    "StaffSecret",
    "StaffUnknown",
    "Successor",
    "TooManyAttempts",
    "TooManyCodes",
    "Watcher",
    "WatcherUnknown",
    "add_staff",
    "ask_code",
    "asking_phone",
    "begin_set_up",
    "confirm_set_up",
    "count_attempt",
    "devices",
    "end_access",
    "end_session",
    "end_sessions",
    "enrol",
    "enrol_device",
    "forget_attempts",
    "forgive_attempt",
    "grant_access",
    "has_right",
    "invite",
    "keep_code",
    "kept_secrets",
    "lock_secret",
    "mark_proven",
    "name_of_actor",
    "network_of",
    "open_play_session",
    "open_play_sessions",
    "open_session",
    "open_sessions",
    "person_by_phone",
    "person_of",
    "phone_of",
    "plain_phone",
    "redeem_code",
    "reseal",
    "reset_factor",
    "retire_staff",
    "revoke_device",
    "roles_with",
    "rotate",
    "rotate_keys",
    "sessions_ended",
    "set_locale",
    "set_password",
    "signing_keys",
    "staff",
    "staff_named",
    "staff_secret_of",
    "take_factor",
    "watchers_of",
]
