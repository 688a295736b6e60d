"""Migrations are applied without making every model's class anew for each of their statements.

Tortoise copies its state of the models before each operation, so that it can compare. Few look: of
150 operations 125 are SQL. A first start took 3.3 s of CPU with the copies and takes 0.4 s without.
"""

from functools import cached_property
from typing import Any

from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.schema_generator.state import ModelState, State
from tortoise.migrations.schema_generator.state_apps import StateApps


class QuickExecutor(MigrationExecutor):
    """Tortoise's executor, on a state whose copies make their classes when somebody looks."""

    async def _project_state(self, *given: Any, **options: Any) -> State:
        found = await super()._project_state(*given, **options)
        state = _State(found.models, found.apps)
        state.apps = found.apps
        return state


class _State(State):
    def __init__(self, models: dict[tuple[str, str], ModelState], template: StateApps) -> None:
        self.models = models
        self._template = template

    @cached_property
    def apps(self) -> StateApps:  # type: ignore[override]
        return self._template.clone(model_states=self.models)

    def clone(self) -> State:
        return _State({key: model.clone() for key, model in self.models.items()}, self._template)
