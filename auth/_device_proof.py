"""Device proofs: DPoP (RFC 9449). An app shows that it holds its key; nothing secret travels."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

PROOF_LIFE = timedelta(seconds=60)
_ALGORITHM = "ES256"
_TYPE = "dpop+jwt"
_CHARACTERS_MAX = 2048
_PUBLIC = ("crv", "kty", "x", "y")


class ProofRejected(Exception):
    """The request does not come from whoever holds the device's key; the message says why."""


@dataclass(frozen=True, slots=True)
class ProvenRequest:
    """What a proof has to be about: method, `Host` header, path, and the token beside it."""

    method: str
    host: str
    path: str
    access_token: str | None = None


class DeviceProof(NamedTuple):
    """The thumbprint (RFC 7638) of the key that signed a proof, and what its maker calls it."""

    thumbprint: str
    jti: str


def verify_device_proof(text: str, request: ProvenRequest, *, wall: datetime) -> DeviceProof:
    """Return what the proof says; that it was not shown before is for a `ProofMemory` to tell.

    The scheme of `htu` is not compared, for TLS may end in front of us. Raises ProofRejected.
    """
    if len(text) > _CHARACTERS_MAX:
        raise ProofRejected("oversize")
    try:
        jwk, claims = _verified(text)
        _check(claims, request, wall)
        return DeviceProof(_thumbprint(jwk), str(claims["jti"]))
    except (
        jwt.PyJWTError,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        OverflowError,
    ) as error:
        raise ProofRejected(type(error).__name__) from error


def _verified(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the key that the proof shows and what it signs with it."""
    header = jwt.get_unverified_header(text)
    jwk = header["jwk"]
    if header.get("typ") != _TYPE or "crit" in header or "d" in jwk:
        raise ProofRejected("header")
    claims = jwt.decode(
        text,
        cast("ec.EllipticCurvePublicKey", ECAlgorithm.from_jwk(jwk)),
        algorithms=[_ALGORITHM],
        options={"require": ["jti", "htm", "htu", "iat"], "verify_iat": False},
    )
    return jwk, claims


def _check(claims: dict[str, Any], request: ProvenRequest, wall: datetime) -> None:
    target = urlsplit(claims["htu"])
    if claims["htm"] != request.method or (target.netloc, target.path) != (
        request.host,
        request.path,
    ):
        raise ProofRejected("other request")
    if abs(wall.timestamp() - int(claims["iat"])) > PROOF_LIFE.total_seconds():
        raise ProofRejected("stale")
    if request.access_token is not None and claims["ath"] != _digest(request.access_token):
        raise ProofRejected("other token")


def _thumbprint(jwk: dict[str, Any]) -> str:
    members = {name: jwk[name] for name in _PUBLIC}
    return _digest(json.dumps(members, separators=(",", ":"), sort_keys=True))


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """An app's own key: for tests, trials and the demo. An app keeps it in its secure hardware."""

    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def jwk(self) -> dict[str, Any]:
        """Return the public key as a JSON Web Key."""
        found = ECAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {name: found[name] for name in _PUBLIC}

    @property
    def thumbprint(self) -> str:
        """Return what names the key."""
        return _thumbprint(self.jwk)

    def proof(
        self, *, method: str, url: str, wall: datetime, access_token: str | None = None
    ) -> str:
        """Return the `DPoP` header of a request."""
        claims: dict[str, Any] = {
            "jti": secrets.token_urlsafe(12),
            "htm": method,
            "htu": url,
            "iat": int(wall.timestamp()),
        }
        if access_token is not None:
            claims["ath"] = _digest(access_token)
        headers = {"typ": _TYPE, "jwk": self.jwk}
        return jwt.encode(claims, self.private, algorithm=_ALGORITHM, headers=headers)
