"""The schema: built once per process, and only if every field says who may use it."""

from datetime import date, datetime
from functools import cache
from uuid import UUID

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from api.graphql.account import (
    add_watcher,
    bind_account,
    close_account,
    end_entitlement,
    grant_entitlement,
    mark_messages_read,
    protect_account,
    refund_account,
    remove_watcher,
    report_repair,
    request_access,
    start_payment,
    state_service,
    unprotect_account,
    withdraw_reading,
)
from api.graphql.billing import (
    cancel_bill,
    correct_bills,
    propose_tariff,
    publish_tariff,
    release_bill,
    start_bill_run,
)
from api.graphql.desk import set_control_switch, set_quiet_hours
from api.graphql.document import Preparer, guard, preparer
from api.graphql.error import DocumentError, PlainError
from api.graphql.field import rules_of
from api.graphql.field_service import RepairRequest, assign_task, complete_task, start_task
from api.graphql.history import Command, Decision, Message, Payment, Refund, SupplyChange
from api.graphql.identity import (
    begin_set_up,
    confirm_set_up,
    end_session,
    enrol_tablet,
    invite_tablet,
    refresh_session,
    register_device,
    request_sign_in_code,
    revoke_tablet,
    set_locale,
    sign_in,
    sign_in_staff,
    sign_out,
    sign_out_everywhere,
    step_up,
    unregister_device,
)
from api.graphql.metering import resolve_reading_exception
from api.graphql.scalar import DATE, DATE_TIME, DECIMAL, UUID_TEXT, Decimal

from ._query import Query
from ._subscription import account_changed, command_progressed, tasks_changed


@strawberry.type(description="Everything that can be done.")
class Mutation:
    request_sign_in_code = request_sign_in_code
    sign_in = sign_in
    refresh_session = refresh_session
    sign_out = sign_out
    end_session = end_session
    sign_out_everywhere = sign_out_everywhere
    sign_in_staff = sign_in_staff
    step_up = step_up
    begin_set_up = begin_set_up
    confirm_set_up = confirm_set_up
    invite_tablet = invite_tablet
    enrol_tablet = enrol_tablet
    revoke_tablet = revoke_tablet
    request_access = request_access
    bind_account = bind_account
    add_watcher = add_watcher
    remove_watcher = remove_watcher
    start_payment = start_payment
    report_repair = report_repair
    mark_messages_read = mark_messages_read
    start_task = start_task
    complete_task = complete_task
    assign_task = assign_task
    protect_account = protect_account
    unprotect_account = unprotect_account
    set_control_switch = set_control_switch
    resolve_reading_exception = resolve_reading_exception
    withdraw_reading = withdraw_reading
    grant_entitlement = grant_entitlement
    end_entitlement = end_entitlement
    state_service = state_service
    release_bill = release_bill
    cancel_bill = cancel_bill
    start_bill_run = start_bill_run
    correct_bills = correct_bills
    close_account = close_account
    refund_account = refund_account
    register_device = register_device
    unregister_device = unregister_device
    set_locale = set_locale
    set_quiet_hours = set_quiet_hours
    propose_tariff = propose_tariff
    publish_tariff = publish_tariff


@strawberry.type(description="Everything that can be watched.")
class Subscription:
    account_changed = account_changed
    command_progressed = command_progressed
    tasks_changed = tasks_changed


class QuietSchema(strawberry.Schema):
    """Faults are logged once, with their id, where they are masked; documents never are."""

    prepare: Preparer

    def process_errors(
        self,
        errors: list[GraphQLError],
        execution_context: ExecutionContext | None = None,
    ) -> None:
        """Leave the errors to the guard."""


@cache
def schema(*, introspection: bool = True, trusted: frozenset[bytes] | None = None) -> QuietSchema:
    """Return the schema; in production without introspection, and for trusted documents only."""
    built = QuietSchema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[
            PlainError,
            DocumentError,
            Payment,
            Refund,
            Message,
            SupplyChange,
            Command,
            Decision,
            RepairRequest,
        ],
        config=StrawberryConfig(
            scalar_map={Decimal: DECIMAL, UUID: UUID_TEXT, date: DATE, datetime: DATE_TIME}
        ),
    )
    rules_of(built)
    kinds = built._schema  # ruff: ignore[private-member-access]
    built.prepare = preparer(kinds, introspection=introspection, trusted=trusted)
    built.extensions = (guard(built.prepare),)
    return built


def schema_text() -> str:
    """Return the schema as it stands in `schema.graphql`."""
    return schema().as_str() + "\n"
