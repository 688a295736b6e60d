"""Identity: who signs in and by what, and the account that somebody means.

`signIn` is for customers, `signInStaff` for inspectors and operators; sessions, enrolled tablets
and push devices are their own to end. `seen_account` answers alike for an account that is out of
sight and one that does not exist.
"""

from ._locale import set_locale
from ._push_device import Devices, register_device, unregister_device
from ._seen_account import seen_account
from ._session import OpenSession, end_session, open_sessions, session_of, sign_out_everywhere
from ._sign_in import (
    SECRET_MAX,
    Role,
    phone_of,
    refresh_session,
    request_sign_in_code,
    sign_in,
    sign_out,
)
from ._staff_sign_in import (
    Tablet,
    begin_set_up,
    confirm_set_up,
    enrol_tablet,
    invite_tablet,
    revoke_tablet,
    sign_in_staff,
    step_up,
    tablet_of,
    tablets,
)

__all__ = [
    "SECRET_MAX",
    "Devices",
    "OpenSession",
    "Role",
    "Tablet",
    "begin_set_up",
    "confirm_set_up",
    "end_session",
    "enrol_tablet",
    "invite_tablet",
    "open_sessions",
    "phone_of",
    "refresh_session",
    "register_device",
    "request_sign_in_code",
    "revoke_tablet",
    "seen_account",
    "session_of",
    "set_locale",
    "sign_in",
    "sign_in_staff",
    "sign_out",
    "sign_out_everywhere",
    "step_up",
    "tablet_of",
    "tablets",
    "unregister_device",
]
