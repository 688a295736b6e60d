"""Execution: queries that come again are compiled, and run set-based.

An operation becomes a `Plan` (once per document, operation and choice of @include and @skip):
functions that make dictionaries out of values, and the resolved fields between them, each with its
rule. A field's rule is checked once per place in the document, before anything of it is resolved.
Where rows say all of a resolved field, PostgreSQL writes its whole answer as JSON (`Telling`).
The answer is the stock executor's; what a plan cannot say (mutations, subscriptions, introspection,
documents that came only once) is left to it, and so is whatever surprises a plan.
"""

from ._fault import Answer
from ._leaf import Surprise
from ._plan import Plan
from ._plans import Plans, planned
from ._run import run

__all__ = ["Answer", "Plan", "Plans", "Surprise", "planned", "run"]
