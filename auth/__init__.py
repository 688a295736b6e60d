"""Auth: who is asking, and may they. It only computes: its tables live in `domain.identity`.

A `Principal` comes out of an access token (ES256, `typ` at+jwt, local keys by `kid` only). A `Rule`
tells which kinds may use a field; the principal's `sight` narrows which rows they get. Payment
channels carry no token: each of their requests is signed (RFC 9421 with RFC 9530).
"""

from ._access_token import (
    AccessToken,
    KeySet,
    TokenRejected,
    issue_access_token,
    new_key,
    verify_access_token,
)
from ._message_signature import (
    SIGNATURE_LIFE,
    FieldLines,
    SignatureRejected,
    SignedRequest,
    SigningIdentity,
    key_id_of,
    signed_headers,
    verify_signature,
)
from ._principal import Principal
from ._rule import ANYBODY, CUSTOMERS, INSPECTORS, OPERATORS, SIGNED_IN, STAFF, Rule
from ._secret import code_hash, code_matches, new_code, new_refresh_token, token_hash

__all__ = [
    "ANYBODY",
    "CUSTOMERS",
    "INSPECTORS",
    "OPERATORS",
    "SIGNATURE_LIFE",
    "SIGNED_IN",
    "STAFF",
    "AccessToken",
    "FieldLines",
    "KeySet",
    "Principal",
    "Rule",
    "SignatureRejected",
    "SignedRequest",
    "SigningIdentity",
    "TokenRejected",
    "code_hash",
    "code_matches",
    "issue_access_token",
    "key_id_of",
    "new_code",
    "new_key",
    "new_refresh_token",
    "signed_headers",
    "token_hash",
    "verify_access_token",
    "verify_signature",
]
