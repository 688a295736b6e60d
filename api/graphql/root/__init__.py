"""Root: everything that can be asked for, done and watched, put together into one schema.

`schema` is built once per process and only if every field says who may use it. `schema_text` is
what `schema.graphql` holds, `reference_text` what `docs/api.md` holds.
"""

from ._manual import reference_text
from ._schema import QuietSchema, schema, schema_text

__all__ = ["QuietSchema", "reference_text", "schema", "schema_text"]
