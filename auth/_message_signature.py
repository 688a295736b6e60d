"""HTTP message signatures (RFC 9421) with Content-Digest (RFC 9530): who sent this request.

The cryptography is the library's; here stands what this house demands of a signature.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import http_sf
from cryptography.exceptions import UnsupportedAlgorithm
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureAlgorithm,
    MappingKeyResolver,
)
from http_message_signatures.algorithms import ED25519, HMAC_SHA256
from http_message_signatures.exceptions import HTTPMessageSignaturesException

SIGNATURE_LIFE = timedelta(seconds=300)
_ALGORITHMS: dict[str, type[HTTPSignatureAlgorithm]] = {
    "ed25519": ED25519,
    "hmac-sha256": HMAC_SHA256,
}
_COVERED = ("@method", "@target-uri", "content-digest")
_REQUIRED = ("@method", "content-digest")
_NONCE_LENGTHS = range(8, 121)


class SignatureRejected(Exception):
    """The request is not signed as we demand; `reason` says why, without any key."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class FieldLines:
    """Header lines in their order, repeated ones too: what the library wants of headers."""

    def __init__(self, lines: list[tuple[str, str]]) -> None:
        self.lines = lines

    def items(self) -> list[tuple[str, str]]:
        """Return all lines."""
        return self.lines


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A received request as a signature covers it."""

    method: str
    url: str
    headers: FieldLines
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the combined value of a header."""
        found = [value for key, value in self.headers.items() if key.lower() == name]
        return ", ".join(found) if found else None


def is_key(algorithm: str, key: str) -> bool:
    """Tell whether signatures of this algorithm can be verified with a key."""
    try:
        _ALGORITHMS[algorithm](public_key=key.encode())
    except (HTTPMessageSignaturesException, UnsupportedAlgorithm, ValueError):
        return False
    return True


def key_id_of(request: SignedRequest) -> str:
    """Return the key id that the request claims, so that the key can be fetched."""
    text = request.header("signature-input")
    if text is None:
        raise SignatureRejected("missing")
    try:
        parsed: Any = http_sf.parse(text.encode(), tltype="dictionary")
        (_, parameters), *others = parsed.values()
    except (ValueError, TypeError) as error:
        raise SignatureRejected("malformed") from error
    key_id = parameters.get("keyid")
    if others or not isinstance(key_id, str):
        raise SignatureRejected("malformed")
    return key_id


def verify_signature(request: SignedRequest, *, algorithm: str, key_id: str, key: str) -> str:
    """Verify signature, digest and age with the channel's key; return the nonce."""
    verifier = HTTPMessageVerifier(
        signature_algorithm=_ALGORITHMS[algorithm],
        key_resolver=MappingKeyResolver(public_keys={key_id: key.encode()}, private_keys={}),
    )
    try:
        (found,) = verifier.verify(
            request, max_age=SIGNATURE_LIFE, require_components=_REQUIRED, body=request.body
        )
    except (HTTPMessageSignaturesException, ValueError) as error:
        raise SignatureRejected(_reason(error)) from error
    if not {'"@target-uri"', '"@path"'} & found.covered_components.keys():
        raise SignatureRejected("target not covered")
    if found.nonce is None or len(found.nonce) not in _NONCE_LENGTHS:
        raise SignatureRejected("nonce missing")
    return found.nonce


def _reason(error: Exception) -> str:
    said = str(error)
    return "stale" if "Signature age" in said or "to a time in the" in said else "invalid"


@dataclass(slots=True)
class _Outgoing:
    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SigningIdentity:
    """A channel's side: `key` is a private PEM (ed25519) or the shared secret (hmac-sha256)."""

    algorithm: str
    key_id: str
    key: str


def signed_headers(
    identity: SigningIdentity,
    *,
    method: str,
    url: str,
    body: bytes,
    nonce: str,
    created: datetime | None = None,
) -> Mapping[str, str]:
    """Return the headers that sign this request: for the demo, the tests, and channels' trials."""
    signer = HTTPMessageSigner(
        signature_algorithm=_ALGORITHMS[identity.algorithm],
        key_resolver=MappingKeyResolver(
            public_keys={},
            private_keys={identity.key_id: identity.key.encode()},
        ),
    )
    message = _Outgoing(method, url)
    signer.sign(
        message,
        key_id=identity.key_id,
        created=created or datetime.now(UTC),
        nonce=nonce,
        label="channel",
        covered_component_ids=_COVERED,
        body=body,
    )
    return message.headers
