"""Which codes a client may meet where: for the reference."""

from collections.abc import Mapping

_SEEN = ("ACCOUNT_UNKNOWN",)
_TRIED = ("PHONE_INVALID", "TOO_MANY_ATTEMPTS", "SIGN_IN_BUSY")
_TASK = ("TASK_UNKNOWN", "TASK_NOT_YOURS", "TASK_NOT_OPEN")

CODES: Mapping[str, tuple[str, ...]] = {
    "requestSignInCode": ("PHONE_INVALID", "TOO_MANY_CODES"),
    "signIn": ("PHONE_INVALID", "CODE_REJECTED", "DEVICE_KEY_MISSING"),
    "signInStaff": (*_TRIED, "CODE_REJECTED", "DEVICE_KEY_MISSING", "DEVICE_NOT_ENROLLED"),
    "stepUp": ("CODE_REJECTED", "TOO_MANY_ATTEMPTS", "SESSION_ENDED"),
    "beginSetUp": (*_TRIED, "INVITATION_REJECTED", "PASSWORD_UNFIT"),
    "confirmSetUp": (*_TRIED, "INVITATION_REJECTED", "CODE_REJECTED"),
    "enrolTablet": (*_TRIED, "INVITATION_REJECTED", "DEVICE_KEY_MISSING"),
    "inviteTablet": ("INSPECTOR_UNKNOWN",),
    "revokeTablet": ("DEVICE_UNKNOWN",),
    "requestAccess": ("TOO_MANY_CODES",),
    "bindAccount": ("CODE_REJECTED",),
    "addWatcher": (*_SEEN, "ROLE_FORBIDS", "PHONE_INVALID", "WATCHER_REFUSED"),
    "removeWatcher": (*_SEEN, "ROLE_FORBIDS", "WATCHER_UNKNOWN", "LAST_HOLDER"),
    "endSession": ("SESSION_UNKNOWN",),
    "signOutEverywhere": (),
    "refreshSession": ("SESSION_ENDED",),
    "signOut": (),
    "startPayment": (
        *_SEEN,
        "ROLE_FORBIDS",
        "AMOUNT_INVALID",
        "AMOUNT_TOO_SMALL",
        "AMOUNT_TOO_LARGE",
        "CHANNEL_UNKNOWN",
        "CHANNEL_NOT_CONTRACTED",
        "IDEMPOTENCY_KEY_REUSED",
    ),
    "reportRepair": (*_SEEN, "ROLE_FORBIDS", "TEXT_TOO_LONG", "IDEMPOTENCY_KEY_REUSED"),
    "startTask": _TASK,
    "completeTask": (*_TASK, "TEXT_TOO_LONG"),
    "assignTask": ("TASK_UNKNOWN", "TASK_NOT_OPEN", "INSPECTOR_UNKNOWN"),
    "protectAccount": (*_SEEN, "WHY_MISSING", "TEXT_TOO_LONG"),
    "unprotectAccount": _SEEN,
    "registerDevice": ("PUSH_OFF", "PUSH_ENDPOINT_REFUSED", "PUSH_KEYS_INVALID"),
    "setQuietHours": ("UNKNOWN_DISTRICT", "TIME_INVALID"),
    "unregisterDevice": ("DEVICE_UNKNOWN",),
    "setControlSwitch": ("SWITCH_UNKNOWN", "WHOLE_DEPLOYMENT_ONLY"),
}
"""The codes of each mutation's `userErrors`; one that is not listed tells REFUSED and its own."""

EVERYWHERE: Mapping[str, tuple[str, str]] = {
    "BAD_REQUEST": ("400", "The request is not one of GraphQL over HTTP."),
    "GRAPHQL_PARSE_FAILED": ("400", "The document does not parse."),
    "GRAPHQL_VALIDATION_FAILED": ("400", "The document does not fit the schema."),
    "BAD_USER_INPUT": ("400", "A variable does not fit its type, or holds control characters."),
    "DEPTH_LIMIT": ("400", "The document is too deep."),
    "ROOT_FIELDS_LIMIT": ("400", "It has too many root fields."),
    "ALIASES_LIMIT": ("400", "It has too many aliases."),
    "DIRECTIVES_LIMIT": ("400", "It has too many directives."),
    "FRAGMENTS_LIMIT": ("400", "It has too many fragments."),
    "REPEATS_LIMIT": ("400", "It repeats a name too often in one selection."),
    "FRAGMENT_CYCLE": ("400", "A fragment spreads itself."),
    "TOKENS_LIMIT": ("400", "It has too many tokens."),
    "COST_LIMIT": ("400", "It may cost too much: ask for smaller pages."),
    "SIGN_IN_ALONE": ("400", "Sign in by an operation of its own."),
    "DOCUMENT_NOT_TRUSTED": ("400", "Production runs the documents of the apps only."),
    "UNAUTHENTICATED": ("401, or 200 in a field", "Sign in, or refresh the session."),
    "STEP_UP_REQUIRED": (
        "200",
        "Give a second factor by stepUp, then send it again with the token that it returns.",
    ),
    "DEVICE_PROOF_REJECTED": ("200", "The DPoP header is not good for this request."),
    "FORBIDDEN": ("200", "The field is not for this kind of person."),
    "NOT_FOUND": ("200", "What is to be watched does not exist or is not yours."),
    "PAGE_SIZE_INVALID": ("200", "`first` is not between 1 and 100."),
    "CURSOR_INVALID": ("200", "`after` is no cursor of this list."),
    "PERSISTED_QUERY_NOT_FOUND": ("200", "Send the hash once more, with the text."),
    "DOCUMENT_UNKNOWN": ("404", "There is no document of this id."),
    "METHOD_NOT_ALLOWED": ("405", "Another method, or a mutation by GET; see `Allow`."),
    "STREAM_NEEDED": ("406", "Subscribe by websocket, events or multipart."),
    "BODY_TOO_SLOW": ("408", "The body did not arrive in time."),
    "BODY_TOO_LARGE": ("413", "The body is larger than 64 KiB."),
    "MEDIA_TYPE": ("415", "Send application/json."),
    "TOO_MANY_STREAMS": (
        "200; a websocket closes with 1013",
        "Too many streams or connections are open for the person or the address.",
    ),
    "RATE_LIMITED": ("429", "The budget is spent; see `Retry-After`."),
    "INTERNAL": ("500, or 200 in a field", "A fault of ours; tell us the `requestId`."),
    "OVERLOADED": ("503", "Too many ask at once; see `Retry-After`."),
    "TIMEOUT": ("503", "It took too long; see `Retry-After`."),
}
"""The codes of whole requests: HTTP status (of application/graphql-response+json) and meaning."""
