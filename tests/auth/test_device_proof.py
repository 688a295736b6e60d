"""A device shows that it holds its key; anything else that looks like it is refused."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from auth import (
    PROOF_LIFE,
    DeviceKey,
    DeviceProof,
    ProofMemory,
    ProofRejected,
    ProvenRequest,
    verify_device_proof,
)

WALL = datetime.now(UTC)
KEY = DeviceKey()
URL = "https://api.example/graphql"
TOKEN = "header.payload.signature"
REQUEST = ProvenRequest("POST", "api.example", "/graphql")


def proof(*, key=KEY, algorithm="ES256", drop=(), claims=None, **header):
    content = {"jti": "x", "htm": "POST", "htu": URL, "iat": int(WALL.timestamp())}
    content = {k: v for k, v in {**content, **(claims or {})}.items() if k not in drop}
    headers = {"typ": "dpop+jwt", "jwk": KEY.jwk} | header
    return jwt.encode(content, key.private, algorithm=algorithm, headers=headers)


def seconds(off):
    return {"iat": int((WALL + timedelta(seconds=off)).timestamp())}


OTHER = DeviceKey()
P384 = DeviceKey(ec.generate_private_key(ec.SECP384R1()))
PRIVATE_JWK = ECAlgorithm.to_jwk(KEY.private, as_dict=True)
BAD = {
    "nothing": "",
    "a word": "x",
    "no typ of a proof": proof(typ="JWT"),
    "an access token's typ": proof(typ="at+jwt"),
    "no key": proof(jwk=None),
    "another key's signature": proof(key=OTHER),
    "the private key shown": proof(jwk=PRIVATE_JWK),
    "a key of another curve": proof(key=P384, algorithm="ES384", jwk=P384.jwk),
    "a symmetric key": proof(jwk={"kty": "oct", "k": "eA"}),
    "crit": proof(crit=["x"]),
    "no jti": proof(drop=("jti",)),
    "no iat": proof(drop=("iat",)),
    "no method": proof(drop=("htm",)),
    "no address": proof(drop=("htu",)),
    "another method": proof(claims={"htm": "GET"}),
    "another host": proof(claims={"htu": "https://evil.example/graphql"}),
    "another path": proof(claims={"htu": "https://api.example/other"}),
    "an address that is none": proof(claims={"htu": 7}),
    "too old": proof(claims=seconds(-61)),
    "too early": proof(claims=seconds(62)),
    "iat a word": proof(claims={"iat": "now"}),
    "iat without end": proof(claims={"iat": float("inf")}),
    "oversize": proof(claims={"pad": "x" * 4000}),
    "unsigned": ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in ({"typ": "dpop+jwt", "alg": "none", "jwk": KEY.jwk}, {"jti": "x"}, {})
    ),
}


def test_a_device_is_known_by_its_key_whatever_it_is_called():
    text = KEY.proof(method="POST", url=URL, wall=WALL)
    assert verify_device_proof(text, REQUEST, wall=WALL).thumbprint == KEY.thumbprint
    assert verify_device_proof(proof(), REQUEST, wall=WALL) == (KEY.thumbprint, "x")
    assert OTHER.thumbprint != KEY.thumbprint


def test_the_thumbprint_is_that_of_rfc_7638():
    jwk = jwt.PyJWK(KEY.jwk | {"alg": "ES256"})
    assert jwk.Algorithm is not None
    members = json.dumps(dict(sorted(KEY.jwk.items())), separators=(",", ":"))
    assert json.loads(members).keys() == {"crv", "kty", "x", "y"}
    assert len(KEY.thumbprint) == 43


def test_tls_may_end_in_front_of_us():
    text = proof(claims={"htu": "http://api.example/graphql"})
    assert verify_device_proof(text, REQUEST, wall=WALL).thumbprint == KEY.thumbprint


@pytest.mark.parametrize("name", BAD)
def test_a_proof_that_is_none_is_rejected(name):
    with pytest.raises(ProofRejected):
        verify_device_proof(BAD[name], REQUEST, wall=WALL)


def test_beside_an_access_token_it_is_about_that_token():
    asked = replace(REQUEST, access_token=TOKEN)
    good = KEY.proof(method="POST", url=URL, wall=WALL, access_token=TOKEN)
    assert verify_device_proof(good, asked, wall=WALL).thumbprint == KEY.thumbprint
    for other in (proof(), KEY.proof(method="POST", url=URL, wall=WALL, access_token="y")):
        with pytest.raises(ProofRejected):
            verify_device_proof(other, asked, wall=WALL)


def test_a_proof_is_good_for_one_request_while_it_is_fresh():
    memory = ProofMemory()
    first, other = DeviceProof("key", "a"), DeviceProof("key", "b")
    for _ in range(2):  # one request may look twice
        memory.use(first, request_id="1", wall=WALL)
    memory.use(other, request_id="2", wall=WALL)
    memory.use(DeviceProof("another key", "a"), request_id="2", wall=WALL)
    last = WALL + 2 * PROOF_LIFE - timedelta(seconds=1)
    for wall in (WALL, last):
        with pytest.raises(ProofRejected):
            memory.use(first, request_id="3", wall=wall)
    memory.use(first, request_id="3", wall=WALL + 2 * PROOF_LIFE)


def test_a_flood_of_proofs_makes_the_oldest_forgotten_and_no_others():
    memory = ProofMemory(most=3)
    for n in range(4):
        memory.use(DeviceProof("key", f"{n}"), request_id=f"{n}", wall=WALL)
    for n in (3, 2):
        with pytest.raises(ProofRejected):
            memory.use(DeviceProof("key", f"{n}"), request_id="x", wall=WALL)
