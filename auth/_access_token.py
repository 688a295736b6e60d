"""Access tokens: JWT after RFC 9068, one pinned algorithm, keys from the local set only."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from domain.identity import Role, SignedIn, SigningKey
from runtime import clock

from ._principal import Principal
from ._sealed import sealed, unsealed

_ALGORITHM = "ES256"
_TYPE = "at+jwt"
_CHARACTERS_MAX = 2048
_LIFE = {
    "CUSTOMER": timedelta(minutes=10),
    "INSPECTOR": timedelta(minutes=15),
    "OPERATOR": timedelta(minutes=10),
}
# A token is used on another machine a moment after it was made, and its clock may be behind.
_AHEAD_MAX = timedelta(seconds=60)
_CLAIMS = ["exp", "iat", "aud", "iss", "sub", "jti", "sid", "role"]


class TokenRejected(Exception):
    """The access token is not one of ours, or its time is over."""


@dataclass(frozen=True, slots=True)
class KeySet:
    """The keys of this deployment, newest first: one of them signs, all of them verify."""

    private: dict[str, ec.EllipticCurvePrivateKey]
    signs_from: dict[str, datetime]
    issuer: str
    audience: str
    life_max: timedelta = timedelta(minutes=15)

    @classmethod
    def of(
        cls,
        keys: Iterable[SigningKey],
        *,
        issuer: str,
        audience: str,
        life_max: timedelta = timedelta(minutes=15),
    ) -> "KeySet":
        """Return the set of these keys, newest first."""
        known = list(keys)
        private = {key.kid: _loaded(key.pem) for key in known}
        signs_from = {key.kid: key.signs_from for key in known}
        return cls(private, signs_from, issuer, audience, life_max)

    def signing(self, wall: datetime) -> tuple[str, ec.EllipticCurvePrivateKey]:
        """Return the key that signs now: the newest of those that every process has heard of."""
        kid = next(kid for kid, since in self.signs_from.items() if since <= wall)
        return kid, self.private[kid]

    def jwks(self) -> dict[str, Any]:
        """Return the public keys as a JSON Web Key Set (RFC 7517), those to come included."""
        keys = [
            ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
            | {"kid": kid, "alg": _ALGORITHM, "use": "sig"}
            for kid, key in self.private.items()
        ]
        return {"keys": keys}


def _loaded(pem: str) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(unsealed(pem).encode(), password=None)
    return cast("ec.EllipticCurvePrivateKey", key)


def new_key() -> tuple[str, str]:
    """Return a fresh (kid, private PEM) pair, the latter sealed to be kept."""
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return secrets.token_urlsafe(12), sealed(pem.decode())


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A signed token and the moment when it is over."""

    text: str
    expires_at: datetime


def issue_access_token(
    keys: KeySet, signed_in: SignedIn, *, wall: datetime, life: timedelta | None = None
) -> AccessToken:
    """Sign an access token for the session; `life` overrides what the role is given."""
    kid, key = keys.signing(wall)
    person, proven_at = signed_in.person, signed_in.proven_at
    expires_at = (wall + (life or min(_LIFE[person.role], keys.life_max))).replace(microsecond=0)
    claims = {
        "iss": keys.issuer,
        "aud": keys.audience,
        "sub": str(person.id),
        "sid": signed_in.session_id,
        "role": person.role,
        "district": person.district_id,
        "locale": person.locale,
        "iat": int(wall.timestamp()),
        "exp": int(expires_at.timestamp()),
        "jti": secrets.token_urlsafe(12),
    }
    if proven_at is not None:
        claims["auth_time"] = int(proven_at.timestamp())
    if signed_in.bound_to is not None:
        claims["cnf"] = {"jkt": signed_in.bound_to}
    text = jwt.encode(claims, key, algorithm=_ALGORITHM, headers={"typ": _TYPE, "kid": kid})
    return AccessToken(text, expires_at)


def verify_access_token(text: str, keys: KeySet) -> Principal:
    """Return who the token speaks for; raise TokenRejected for anything doubtful.

    Where the principal is `bound_to` a device key, the caller has yet to see its proof.
    """
    if len(text) > _CHARACTERS_MAX:
        raise TokenRejected("oversize")
    try:
        return _principal(_verified_claims(text, keys))
    except (jwt.PyJWTError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise TokenRejected(type(error).__name__) from error


def _verified_claims(text: str, keys: KeySet) -> dict[str, Any]:
    header = jwt.get_unverified_header(text)
    if header.get("typ") != _TYPE or "crit" in header:  # PyJWT leaves the first to us
        raise TokenRejected("header")
    claims: dict[str, Any] = jwt.decode(
        text,
        keys.private[header["kid"]].public_key(),
        algorithms=[_ALGORITHM],
        audience=keys.audience,
        issuer=keys.issuer,
        options={"require": _CLAIMS, "strict_aud": True, "verify_iat": False},
    )
    if int(claims["iat"]) > (clock.wall() + _AHEAD_MAX).timestamp():
        raise TokenRejected("iat")
    return claims


def _principal(claims: dict[str, Any]) -> Principal:
    if claims["role"] not in _LIFE:
        raise TokenRejected("role")
    district, proven_at = claims.get("district"), claims.get("auth_time")
    return Principal(
        kind=cast("Role", claims["role"]),
        person_id=int(claims["sub"]),
        district_id=None if district is None else int(district),
        session_id=int(claims["sid"]),
        locale=str(claims.get("locale", "zh-CN")),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        proven_at=None if proven_at is None else datetime.fromtimestamp(proven_at, UTC),
        bound_to=claims["cnf"]["jkt"] if "cnf" in claims else None,
    )
