"""Access tokens: ours are taken, everything else is not."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from auth import KeySet, TokenRejected, issue_access_token, new_key, verify_access_token
from domain.identity import Person, SignedIn, SigningKey

KID, PEM = new_key()
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
KEYS = KeySet.of([SigningKey(KID, PEM, SINCE)], issuer="feikong", audience="feikong-api")
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
    head = unsigned({"typ": "at+jwt", "kid": KID, "alg": "HS256"}).rpartition(".")[0]
    signature = hmac.digest(PUBLIC_PEM, head.encode(), "sha256")
    return head + "." + base64.urlsafe_b64encode(signature).decode().rstrip("=")


def b64(given):
    return base64.urlsafe_b64encode(given).decode().rstrip("=")


def signed(header, claims=GOOD, *, key=None, der=False, payload=None):
    """Sign exactly what is given: PyJWT would mend or refuse it."""
    body = json.dumps(claims).encode() if payload is None else payload
    head = header if isinstance(header, bytes) else json.dumps(header).encode()
    text = f"{b64(head)}.{b64(body)}"
    signature = (key or KEYS.private[KID]).sign(text.encode(), ec.ECDSA(hashes.SHA256()))
    if not der:
        r, s = decode_dss_signature(signature)
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return f"{text}.{b64(signature)}"


HEADER = {"typ": "at+jwt", "kid": KID, "alg": "ES256"}
GOOD_TEXT = signed(HEADER)
HEAD, BODY, SIGNATURE = GOOD_TEXT.split(".")


def without_key(*, by):
    """Keep the header, and sign the claims with a secret of one's own."""
    head = f"{b64(json.dumps(HEADER | {'alg': 'HS256'}).encode())}.{b64(json.dumps(GOOD).encode())}"
    return f"{head}.{b64(hmac.digest(by, head.encode(), 'sha256'))}"


def nested():
    """Return a token whose payload is a good token."""
    return signed(HEADER | {"cty": "JWT"}, payload=GOOD_TEXT.encode())


def hs_with_jwk():
    secret = b"mine"
    header = {**HEADER, "alg": "HS256", "jwk": {"kty": "oct", "k": b64(secret)}}
    head = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(GOOD).encode())}"
    return f"{head}.{b64(hmac.digest(secret, head.encode(), 'sha256'))}"


JWK = jwt.algorithms.ECAlgorithm.to_jwk(OTHER.public_key(), as_dict=True)

JWK_TEXT = json.dumps(JWK)
ORDER = bytes.fromhex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")

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
    "iat a word": token({"iat": "now"}),
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
    "crit empty": signed(HEADER | {"crit": []}),
    "crit a word": signed(HEADER | {"crit": "exp"}),
    "b64 false": signed(HEADER | {"b64": False, "crit": ["b64"]}),
    "b64 false, not critical": signed(HEADER | {"b64": False}),
    "detached payload": f"{HEAD}..{SIGNATURE}",
    "nested": nested(),
    "alg es256": signed(HEADER | {"alg": "es256"}),
    "alg ES256 with a space": signed(HEADER | {"alg": "ES256 "}),
    "alg nOnE": unsigned(HEADER | {"alg": "nOnE"}),
    "alg a list": signed(HEADER | {"alg": ["ES256"]}),
    "alg null": signed(HEADER | {"alg": None}),
    "alg ES384 over our key": signed(HEADER | {"alg": "ES384"}),
    "alg HS256, empty secret": without_key(by=b""),
    "alg HS256, kid as secret": without_key(by=KID.encode()),
    "alg HS256, own jwk": hs_with_jwk(),
    "two algs, the last is none": signed(
        b'{"typ":"at+jwt","kid":"%s","alg":"ES256","alg":"none"}' % KID.encode()
    ),
    "DER signature": signed(HEADER, der=True),
    "signature doubled": GOOD_TEXT + SIGNATURE,
    "signature of another of ours": f"{HEAD}.{BODY}.{token({'jti': 'y'}).split('.')[2]}",
    "header of another of ours": f"{token(x='1').split('.')[0]}.{BODY}.{SIGNATURE}",
    "r and s are the order": f"{HEAD}.{BODY}.{b64(ORDER * 2)}",
    "own key under our kid": signed(HEADER, key=OTHER),
    "own key, x5c": signed(HEADER | {"x5c": ["MIIB"]}, key=OTHER),
    "own key, jwk as kid": signed(HEADER | {"kid": JWK_TEXT}, key=OTHER),
    "kid a number": signed(HEADER | {"kid": 0}),
    "kid a list": signed(HEADER | {"kid": [KID]}),
    "kid null": signed(HEADER | {"kid": None}),
    "kid with a NUL": signed(HEADER | {"kid": KID + "\0"}),
    "kid in capitals": signed(HEADER | {"kid": KID.swapcase()}),
    "typ application/at+jwt": signed(HEADER | {"typ": "application/at+jwt"}),
    "typ AT+JWT": signed(HEADER | {"typ": "AT+JWT"}),
    "typ a device's proof": signed(HEADER | {"typ": "dpop+jwt", "jwk": JWK}),
    "no typ": signed({"kid": KID, "alg": "ES256"}),
    "typ a list": signed(HEADER | {"typ": ["at+jwt"]}),
    "header a list": signed(b"[]"),
    "header no JSON": signed(b"{"),
    "payload a list": signed(HEADER, payload=b"[]"),
    "payload no JSON": signed(HEADER, payload=b"{"),
    "payload empty": signed(HEADER, payload=b""),
    "four parts": GOOD_TEXT + ".x",
    "five parts, as if encrypted": f"{HEAD}.{BODY}.{SIGNATURE}..",
    "NUL inside": GOOD_TEXT[:20] + "\0" + GOOD_TEXT[20:],
    "NUL behind": GOOD_TEXT + "\0",
    "NUL in the subject": token({"sub": "7\0"}),
    "not ASCII": GOOD_TEXT[:-1] + "é",
    "lone surrogate": GOOD_TEXT[:-1] + "\ud800",
    "JSON serialisation": json.dumps({"payload": BODY, "protected": HEAD, "signature": SIGNATURE}),
    "exp long ago": token({"exp": 0}),
    "exp below zero": token({"exp": -1}),
    "exp true": token({"exp": True}),
    "exp null": token({"exp": None}),
    "exp past all calendars": token({"exp": 10**20}),
    "nbf a string": token({"nbf": "soon"}),
    "aud null": token({"aud": None}),
    "aud empty": token({"aud": ""}),
    "aud a prefix of ours": token({"aud": "feikong"}),
    "iss a list": signed(HEADER, GOOD | {"iss": ["feikong"]}),
    "sub a number": signed(HEADER, GOOD | {"sub": 7}),
    "sub null": token({"sub": None}),
    "jti null": token({"jti": None}),
    "role in lower case": token({"role": "operator"}),
    "role null": token({"role": None}),
    "cnf without a thumbprint": token({"cnf": {}}),
    "cnf a word": token({"cnf": "x"}),
    "auth_time a word": token({"auth_time": "now"}),
    "oversize by a header": token(x="y" * 4000),
}


SIGNED_IN = SignedIn(3, PERSON)


def test_a_token_of_ours_tells_who_asks():
    wall = datetime.now(UTC)
    issued = issue_access_token(KEYS, SIGNED_IN, wall=wall)

    principal = verify_access_token(issued.text, KEYS)

    assert (principal.kind, principal.person_id, principal.session_id) == ("CUSTOMER", 7, 3)
    assert (principal.proven_at, principal.bound_to) == (None, None)
    assert principal.expires_at == issued.expires_at
    assert issued.expires_at - wall <= timedelta(minutes=10)


def test_a_token_tells_the_second_factor_and_the_device_it_is_bound_to():
    wall = datetime.now(UTC)
    proven = wall.replace(microsecond=0)
    issued = issue_access_token(KEYS, SignedIn(3, PERSON, proven, "thumb"), wall=wall)

    principal = verify_access_token(issued.text, KEYS)

    assert (principal.proven_at, principal.bound_to) == (proven, "thumb")
    assert principal.is_proven(within=timedelta(minutes=5), wall=proven + timedelta(minutes=5))
    assert not principal.is_proven(
        within=timedelta(minutes=5), wall=proven + timedelta(seconds=301)
    )


def test_a_token_of_a_machine_whose_clock_is_ahead_is_good():
    issued = issue_access_token(KEYS, SIGNED_IN, wall=datetime.now(UTC) + timedelta(seconds=20))
    assert verify_access_token(issued.text, KEYS).person_id == 7


def test_the_hand_made_good_token_is_good():
    assert verify_access_token(token(), KEYS).person_id == 7
    assert verify_access_token(signed(HEADER, GOOD), KEYS).person_id == 7


def test_at_least_sixty_ways_to_forge_a_token_are_tried():
    assert len(FORGED) >= 60
    assert len(set(FORGED.values())) == len(FORGED)


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_or_stale_token_is_rejected(name):
    with pytest.raises(TokenRejected):
        verify_access_token(FORGED[name], KEYS)


def test_a_retired_key_still_verifies_and_the_newest_signs():
    fresh = SigningKey(*new_key(), SINCE + timedelta(days=1))
    both = KeySet.of([fresh, SigningKey(KID, PEM, SINCE)], issuer="feikong", audience="feikong-api")

    assert verify_access_token(token(), both).person_id == 7
    issued = issue_access_token(both, SIGNED_IN, wall=WALL)
    assert jwt.get_unverified_header(issued.text)["kid"] == fresh.kid


def test_a_key_that_was_only_announced_is_published_and_does_not_sign_yet():
    coming = SigningKey(*new_key(), WALL + timedelta(seconds=60))
    both = KeySet.of(
        [coming, SigningKey(KID, PEM, SINCE)], issuer="feikong", audience="feikong-api"
    )

    issued = issue_access_token(both, SIGNED_IN, wall=WALL)
    assert jwt.get_unverified_header(issued.text)["kid"] == KID
    assert [key["kid"] for key in both.jwks()["keys"]] == [coming.kid, KID]
    later = issue_access_token(both, SIGNED_IN, wall=WALL + timedelta(seconds=60))
    assert jwt.get_unverified_header(later.text)["kid"] == coming.kid


def test_published_keys_are_public():
    (key,) = KEYS.jwks()["keys"]
    assert (key["kid"], key["alg"], key["kty"]) == (KID, "ES256", "EC")
    assert "d" not in key
