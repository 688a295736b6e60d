"""Document: what stands between the text of a request and its execution.

`Documents` finds a text by its hash: trusted ones from the manifest, and those that clients have
registered. A `Preparer` parses, weighs and validates it, at a cost that is linear in its length; a
known document costs nothing. `guard` brings both to strawberry; `masked` keeps faults from callers.
"""

from ._document import Documents, manifest_text, trusted_documents, trusted_forms
from ._guard import OVERLOADED, Preparer, guard, masked, masked_all, preparer, price_of, unclean
from ._limits import COST_MAX, LIMITS, Scales, excess, paged_fields, points_of

__all__ = [
    "COST_MAX",
    "LIMITS",
    "OVERLOADED",
    "Documents",
    "Preparer",
    "Scales",
    "excess",
    "guard",
    "manifest_text",
    "masked",
    "masked_all",
    "paged_fields",
    "points_of",
    "preparer",
    "price_of",
    "trusted_documents",
    "trusted_forms",
    "unclean",
]
