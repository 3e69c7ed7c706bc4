"""Operations of migrations that Django does not have."""

from collections.abc import Iterator, Mapping, Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import BaseConstraint, Model


class AddConstraints(Operation):
    """Add constraints to several models at once. ``constraints``: the model's name → what is added to it.

    The same as one AddConstraint after the other, each of which renders every model of the project again: a hundred of them were more
    than half of what migrating an empty database costs.
    """

    def __init__(self, constraints: Mapping[str, Sequence[BaseConstraint]]) -> None:
        self.constraints = constraints

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        keys = [(app_label, name.lower()) for name in self.constraints]
        for name, added in self.constraints.items():
            options = state.models[app_label, name.lower()].options
            options["constraints"] = [*options.get("constraints", []), *added]
        state.reload_models(keys, delay=False)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for model, constraint in self._each(app_label, schema_editor, to_state):
            schema_editor.add_constraint(model, constraint)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        # backwards ``to_state`` is the state without them
        for model, constraint in self._each(app_label, schema_editor, to_state):
            schema_editor.remove_constraint(model, constraint)

    def _each(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, state: ProjectState
    ) -> Iterator[tuple[type[Model], BaseConstraint]]:
        """Give each constraint that is to be added or removed, with its model as ``state`` has it."""
        for name, constraints in self.constraints.items():
            model = state.apps.get_model(app_label, name)
            if self.allow_migrate_model(schema_editor.connection.alias, model):
                for constraint in _needed(constraints, schema_editor.connection.vendor):
                    yield model, constraint

    def describe(self) -> str:
        return f"Add constraints to {', '.join(self.constraints)}"

    @property
    def migration_name_fragment(self) -> str:
        return "constraints"


def _needed(added: Sequence[BaseConstraint], vendor: str) -> list[BaseConstraint]:
    """Leave out what comes along: SQLite makes a table anew for a constraint, and then with all that its model has."""
    if vendor != "sqlite":
        return list(added)
    anew = [one for one in added if not getattr(one, "condition", None) or not hasattr(one, "fields")]
    return anew[:1] or list(added)
