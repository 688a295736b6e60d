"""Signed requests of payment channels."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from auth import (
    FieldLines,
    SignatureRejected,
    SignedRequest,
    SigningIdentity,
    key_id_of,
    signed_headers,
    verify_signature,
)

_PRIVATE = ed25519.Ed25519PrivateKey.generate()
PRIVATE_PEM = _PRIVATE.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
PUBLIC_PEM = (
    _PRIVATE
    .public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
)
ED = SigningIdentity("ed25519", "k1", PRIVATE_PEM)
HMAC = SigningIdentity("hmac-sha256", "k2", "a shared secret")
URL = "https://pay.example/channels/bank/payments"
BODY = b'{"reference": "1"}'


def signed(identity=ED, *, body=BODY, url=URL, nonce="nonce-0001", created=None):
    headers = signed_headers(
        identity, method="POST", url=url, body=body, nonce=nonce, created=created
    )
    return SignedRequest("POST", url, FieldLines(list(headers.items())), body)


def changed(request, **parts):
    given = {name: getattr(request, name) for name in ("method", "url", "headers", "body")}
    return SignedRequest(**given | parts)


def without(request, name):
    lines = [(k, v) for k, v in request.headers.items() if k.lower() != name]
    return changed(request, headers=FieldLines(lines))


def verify(request, identity=ED):
    key = PUBLIC_PEM if identity is ED else identity.key
    return verify_signature(request, algorithm=identity.algorithm, key_id=identity.key_id, key=key)


@pytest.mark.parametrize("identity", [ED, HMAC], ids=["ed25519", "hmac-sha256"])
def test_a_signed_request_is_taken_and_yields_its_nonce(identity):
    request = signed(identity)
    assert key_id_of(request) == identity.key_id
    assert verify(request, identity) == "nonce-0001"


# Signed when it is asked for: a long run of all tests is longer than a signature lasts.
REFUSED = {
    "other body": lambda: changed(signed(), body=b'{"reference": "2"}'),
    "other method": lambda: changed(signed(), method="PUT"),
    "other target": lambda: changed(signed(), url=URL + "x"),
    "no digest": lambda: without(signed(), "content-digest"),
    "no signature": lambda: without(signed(), "signature"),
    "stale": lambda: signed(created=datetime.now(UTC) - timedelta(seconds=310)),
    "from the future": lambda: signed(created=datetime.now(UTC) + timedelta(hours=1)),
    "short nonce": lambda: signed(nonce="1"),
    "other key": lambda: signed(SigningIdentity("hmac-sha256", "k1", PUBLIC_PEM)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_request_that_is_not_signed_as_demanded_is_refused(name):
    with pytest.raises(SignatureRejected):
        verify(REFUSED[name]())


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("stale", "stale"),
        ("from the future", "stale"),
        ("other body", "invalid"),
        ("other target", "invalid"),
        ("no digest", "invalid"),
    ],
)
def test_age_is_told_apart_from_forgery_and_from_what_is_missing(name, reason):
    with pytest.raises(SignatureRejected) as refusal:
        verify(REFUSED[name]())
    assert refusal.value.reason == reason


@pytest.mark.parametrize("text", [None, "", "x", 'a=("@method")', "a=1, b=2", "\x00"])
def test_a_request_without_one_readable_key_id_is_refused(text):
    lines = [] if text is None else [("signature-input", text)]
    with pytest.raises(SignatureRejected):
        key_id_of(SignedRequest("POST", URL, FieldLines(lines), BODY))
