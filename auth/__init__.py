"""Auth: who is asking, and may they. It only computes: its tables live in `domain.identity`.

A `Principal` comes out of an access token (ES256, `typ` at+jwt, local keys by `kid` only). A `Rule`
tells which kinds may use a field; the principal's `sight` narrows which rows they get. An app shows
that it holds its device's key by DPoP (RFC 9449); staff have passwords (argon2id) and second
factors (RFC 6238). Payment channels carry no token: each of their requests is signed (RFC
9421 with RFC 9530). What of all that has to be kept readable is kept `sealed`.
"""

from ._access_token import (
    AccessToken,
    KeySet,
    TokenRejected,
    issue_access_token,
    new_key,
    verify_access_token,
)
from ._device_proof import (
    PROOF_LIFE,
    DeviceKey,
    DeviceProof,
    ProofRejected,
    ProvenRequest,
    verify_device_proof,
)
from ._message_signature import (
    SIGNATURE_LIFE,
    FieldLines,
    SignatureRejected,
    SignedRequest,
    SigningIdentity,
    is_key,
    key_id_of,
    signed_headers,
    verify_signature,
)
from ._password import PasswordUnfit, SignInBusy, password_hash, password_matches
from ._principal import Principal
from ._proof_memory import ProofMemory
from ._rule import ANYBODY, CONTROL, CUSTOMERS, INSPECTORS, OPERATORS, SIGNED_IN, STAFF, Rule
from ._sealed import is_sealed, sealed, unsealed
from ._secret import (
    code_hash,
    code_matches,
    new_code,
    new_refresh_token,
    new_salt,
    successor_of,
    token_hash,
)
from ._totp import (
    new_recovery_codes,
    new_secret_code,
    new_totp_secret,
    spaced,
    totp_step,
    totp_uri,
    typed,
)

__all__ = [
    "ANYBODY",
    "CONTROL",
    "CUSTOMERS",
    "INSPECTORS",
    "OPERATORS",
    "PROOF_LIFE",
    "SIGNATURE_LIFE",
    "SIGNED_IN",
    "STAFF",
    "AccessToken",
    "DeviceKey",
    "DeviceProof",
    "FieldLines",
    "KeySet",
    "PasswordUnfit",
    "Principal",
    "ProofMemory",
    "ProofRejected",
    "ProvenRequest",
    "Rule",
    "SignInBusy",
    "SignatureRejected",
    "SignedRequest",
    "SigningIdentity",
    "TokenRejected",
    "code_hash",
    "code_matches",
    "is_key",
    "is_sealed",
    "issue_access_token",
    "key_id_of",
    "new_code",
    "new_key",
    "new_recovery_codes",
    "new_refresh_token",
    "new_salt",
    "new_secret_code",
    "new_totp_secret",
    "password_hash",
    "password_matches",
    "sealed",
    "signed_headers",
    "spaced",
    "successor_of",
    "token_hash",
    "totp_step",
    "totp_uri",
    "typed",
    "unsealed",
    "verify_access_token",
    "verify_device_proof",
    "verify_signature",
]
