"""Secrets that people carry: refresh tokens and one-time codes; only their hashes are kept."""

import base64
import hashlib
import hmac
import secrets

_CODE_DIGITS = 6


def new_refresh_token() -> str:
    """Return an opaque token of 256 random bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return what is stored of a refresh token: it is random enough for a plain hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def new_salt() -> str:
    """Return the salt that makes a refresh token's successor."""
    return secrets.token_urlsafe(32)


def successor_of(token: str, salt: str) -> str:
    """Return the refresh token that follows this one.

    It takes the token, which only the app has, and the salt, which only the database has: so an
    app whose answer got lost is answered the same again, and neither of them alone is enough.
    """
    digest = hmac.digest(salt.encode(), token.encode("utf-8", "surrogatepass"), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def new_code() -> str:
    """Return a one-time code of six digits."""
    return f"{secrets.randbelow(10**_CODE_DIGITS):0{_CODE_DIGITS}d}"


def code_hash(code: str, phone: str) -> str:
    """Return what is stored of a code: salted, bound to its phone."""
    salt = secrets.token_hex(16)
    return f"{salt}${_stretched(code, phone, salt)}"


def code_matches(code: str, phone: str, stored: str) -> bool:
    """Tell whether the code is the stored one; takes as long when it is not."""
    salt, _, digest = stored.partition("$")
    return hmac.compare_digest(_stretched(code, phone, salt), digest)


def _stretched(code: str, phone: str, salt: str) -> str:
    # Few iterations: a code lives five minutes and five guesses, the salt is what matters.
    material = f"{phone}:{code}".encode("utf-8", "surrogatepass")
    return hashlib.pbkdf2_hmac("sha256", material, salt.encode(), 1000).hex()
