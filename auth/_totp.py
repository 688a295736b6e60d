"""Second factors of staff: time-based codes (RFC 6238), and recovery codes for a lost phone."""

import hmac
import secrets
from datetime import datetime

import pyotp

_STEP_S = 30
_STEPS_OFF = (0, -1, 1)
_RECOVERY_CODES = 8
# 32 letters and digits that cannot be mistaken for each other (Crockford): five bits each.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISTAKEN = str.maketrans("OIL", "011")
_SECRET_LENGTH = 16


def new_totp_secret() -> str:
    """Return a fresh secret of 160 bits, in base 32."""
    return pyotp.random_base32()


def totp_uri(secret: str, *, name: str, issuer: str) -> str:
    """Return the `otpauth` address that an authenticator reads as a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def totp_step(code: str, secret: str, *, wall: datetime) -> int | None:
    """Return the time step whose code this is, one step off at most; None: of none.

    Whoever takes a code remembers its step, and takes none of it or before it again.
    """
    now, totp = int(wall.timestamp()) // _STEP_S, pyotp.TOTP(secret)
    given = code.encode("utf-8", "surrogatepass")
    found = [
        now + off
        for off in _STEPS_OFF
        if hmac.compare_digest(totp.generate_otp(now + off).encode(), given)
    ]
    return found[0] if found else None


def new_secret_code() -> str:
    """Return a code of 80 random bits to be typed once: invitations and recovery codes."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_SECRET_LENGTH))


def new_recovery_codes() -> tuple[str, ...]:
    """Return codes each of which stands in for a second factor once."""
    return tuple(new_secret_code() for _ in range(_RECOVERY_CODES))


def spaced(code: str) -> str:
    """Return a secret code as people read it: ABCD-EFGH-JKMN-PQRS."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def typed(text: str) -> str:
    """Return what somebody has typed as the code that was meant."""
    kept = "".join(each for each in text.upper() if each.isalnum())
    return kept.translate(_MISTAKEN)
