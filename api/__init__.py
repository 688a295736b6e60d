"""API: GraphQL for people, signed HTTP for payment channels, health for machines.

`create_app` is the ASGI application. `schema_text` is what `schema.graphql` holds, `manifest_text`
what `api/trusted_documents.json` and `reference_text` what `docs/api.md` hold. `open_keys` and
`ready_sign_in` make the tokens of the demo; `Trust` tells whose `Credentials` are good.
`trusted_documents` are what apps may send in production, by name.
"""

from ._app import create_app
from .bills import bill_data, bill_pdf
from .graphql import manifest_text, reference_text, schema_text, trusted_documents
from .sign_in import open_keys, ready_sign_in
from .trust import Credentials, Trust

__all__ = [
    "Credentials",
    "Trust",
    "bill_data",
    "bill_pdf",
    "create_app",
    "manifest_text",
    "open_keys",
    "ready_sign_in",
    "reference_text",
    "schema_text",
    "trusted_documents",
]
