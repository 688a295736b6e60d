"""What every mutation answers with."""

import strawberry

from ._error import UserError


@strawberry.interface(description="The answer of a mutation.")
class Payload:
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Refusals by the business; empty where it was done."
    )
