"""Access tokens: ours are taken, everything else is not."""

import base64
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from auth import KeySet, TokenRejected, issue_access_token, new_key, verify_access_token
from domain.identity import Person

KID, PEM = new_key()
KEYS = KeySet.of([(KID, PEM)], issuer="feikong", audience="feikong-api")
OTHER = ec.generate_private_key(ec.SECP256R1())
WALL = datetime.now(UTC)
PERSON = Person(7, "Wang", "CUSTOMER", "zh-CN", None)
GOOD = {
    "iss": "feikong",
    "aud": "feikong-api",
    "sub": "7",
    "sid": 3,
    "role": "CUSTOMER",
    "district": None,
    "locale": "zh-CN",
    "iat": int(WALL.timestamp()),
    "exp": int((WALL + timedelta(hours=1)).timestamp()),
    "jti": "x",
}
PUBLIC_PEM = (
    KEYS
    .private[KID]
    .public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
)


def token(claims=None, *, key=None, algorithm="ES256", drop=(), **header):
    content = {k: v for k, v in {**GOOD, **(claims or {})}.items() if k not in drop}
    headers = {"typ": "at+jwt", "kid": KID} | header
    return jwt.encode(content, key or KEYS.private[KID], algorithm=algorithm, headers=headers)


def unsigned(header, claims=GOOD, signature=b""):
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(p).decode().rstrip("=") for p in parts)


def past(**delta):
    return int((WALL - timedelta(**delta)).timestamp())


def confused():
    """Sign with the public key's text as an HMAC secret: PyJWT itself refuses to, so by hand."""
    import hashlib
    import hmac

    head = unsigned({"typ": "at+jwt", "kid": KID, "alg": "HS256"}).rpartition(".")[0]
    signature = hmac.new(PUBLIC_PEM, head.encode(), hashlib.sha256).digest()
    return head + "." + base64.urlsafe_b64encode(signature).decode().rstrip("=")


JWK = jwt.algorithms.ECAlgorithm.to_jwk(OTHER.public_key(), as_dict=True)

FORGED = {
    "nothing": "",
    "one word": "abc",
    "two dots": "..",
    "binary": "\x00\x01.\x02.\x03",
    "not base64": "a!.b!.c!",
    "alg none": unsigned({"typ": "at+jwt", "kid": KID, "alg": "none"}),
    "alg None": unsigned({"typ": "at+jwt", "kid": KID, "alg": "None"}),
    "no alg": unsigned({"typ": "at+jwt", "kid": KID}),
    "empty signature": unsigned({"typ": "at+jwt", "kid": KID, "alg": "ES256"}),
    "zero signature": unsigned({"typ": "at+jwt", "kid": KID, "alg": "ES256"}, signature=bytes(64)),
    "HMAC with the public key": confused(),
    "other curve": token(key=ec.generate_private_key(ec.SECP384R1()), algorithm="ES384"),
    "other key": token(key=OTHER),
    "other key, jwk": token(key=OTHER, jwk=JWK),
    "other key, jku": token(key=OTHER, jku="https://evil.example/keys"),
    "other key, x5u": token(key=OTHER, x5u="https://evil.example/cert"),
    "unknown kid": token(kid="nobody"),
    "kid is a path": token(kid="../../dev/null"),
    "kid is SQL": token(kid="' or 1=1 --"),
    "typ JWT": token(typ="JWT"),
    "typ refresh": token(typ="rt+jwt"),
    "expired": token({"exp": past(minutes=1)}),
    "exp a string": token({"exp": "soon"}),
    "no exp": token(drop=("exp",)),
    "no iat": token(drop=("iat",)),
    "no aud": token(drop=("aud",)),
    "no iss": token(drop=("iss",)),
    "no sub": token(drop=("sub",)),
    "no jti": token(drop=("jti",)),
    "no sid": token(drop=("sid",)),
    "no role": token(drop=("role",)),
    "iat to come": token({"iat": past(minutes=-60)}),
    "nbf to come": token({"nbf": past(minutes=-60)}),
    "other issuer": token({"iss": "evil"}),
    "other audience": token({"aud": "other"}),
    "list of audiences": token({"aud": ["feikong-api", "other"]}),
    "role admin": token({"role": "ADMIN"}),
    "role a list": token({"role": ["CUSTOMER"]}),
    "sub not a number": token({"sub": "root"}),
    "sid not a number": token({"sid": "x"}),
    "district not a number": token({"district": "all"}),
    "oversize": token({"pad": "x" * 4000}),
    "tail cut": token()[:-3],
    "payload changed": ".".join((
        token().split(".")[0],
        token({"sub": "1"}).split(".")[1],
        token().split(".")[2],
    )),
    "header without kid": jwt.encode(
        GOOD, KEYS.private[KID], algorithm="ES256", headers={"typ": "at+jwt"}
    ),
    "crit of nobody": token(crit=["exp2"]),
}


def test_a_token_of_ours_tells_who_asks():
    issued = issue_access_token(KEYS, person=PERSON, session_id=3, wall=WALL)

    principal = verify_access_token(issued.text, KEYS)

    assert (principal.kind, principal.person_id, principal.session_id) == ("CUSTOMER", 7, 3)
    assert principal.expires_at == issued.expires_at
    assert issued.expires_at - WALL <= timedelta(minutes=10)


def test_the_hand_made_good_token_is_good():
    assert verify_access_token(token(), KEYS).person_id == 7


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_or_stale_token_is_rejected(name):
    with pytest.raises(TokenRejected):
        verify_access_token(FORGED[name], KEYS)


def test_a_retired_key_still_verifies_and_the_newest_signs():
    fresh = new_key()
    both = KeySet.of([fresh, (KID, PEM)], issuer="feikong", audience="feikong-api")

    assert verify_access_token(token(), both).person_id == 7
    issued = issue_access_token(both, person=PERSON, session_id=3, wall=WALL)
    assert jwt.get_unverified_header(issued.text)["kid"] == fresh[0]


def test_published_keys_are_public():
    (key,) = KEYS.jwks()["keys"]
    assert (key["kid"], key["alg"], key["kty"]) == (KID, "ES256", "EC")
    assert "d" not in key
