"""A constraint that both ends of a foreign key belong to one review (I3), kept by the database itself."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS
from django.db.backends.ddl_references import Columns, Statement, Table
from django.db.models import BaseConstraint, Model
from django.utils.translation import gettext_lazy as _

FOREIGN_KEY = "FOREIGN KEY (%(columns)s) REFERENCES %(to_table)s (%(to_columns)s) DEFERRABLE INITIALLY DEFERRED"
INLINE = "CONSTRAINT %(name)s " + FOREIGN_KEY
ADD = "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s " + FOREIGN_KEY + "; SET CONSTRAINTS %(name)s IMMEDIATE"
DROP = "SET CONSTRAINTS %(name)s IMMEDIATE; ALTER TABLE %(table)s DROP CONSTRAINT %(name)s"


class SameReview(BaseConstraint):
    """Tie ``field`` to a parent of the same review: a composite foreign key (review, field) → parent (review, id).

    ``also`` names further pairs (own column, parent's column) that must agree, for example a stored number.
    The parent carries UNIQUE(review, id[, …]). How this was shown to work on both engines: docs/decisions/0002.
    """

    def __init__(self, *, field: str, name: str, also: Sequence[tuple[str, str]] = (), violation_error_message: Any = None) -> None:
        self.field = field
        self.also = tuple((own, theirs) for own, theirs in also)
        super().__init__(name=name, violation_error_message=violation_error_message or _("This belongs to another review."))

    def _parts(self, model: Any, editor: Any) -> dict[str, Any]:
        parent: Any = model._meta.get_field(self.field).remote_field.model
        own = ["review_id", model._meta.get_field(self.field).column, *(model._meta.get_field(a).column for a, _b in self.also)]
        theirs = ["review_id", parent._meta.pk.column, *(parent._meta.get_field(b).column for _a, b in self.also)]
        quote = editor.quote_name
        return {
            "name": quote(self.name),
            "table": Table(model._meta.db_table, quote),
            "columns": Columns(model._meta.db_table, own, quote),
            "to_table": Table(parent._meta.db_table, quote),
            "to_columns": Columns(parent._meta.db_table, theirs, quote),
        }

    def constraint_sql(self, model: Any, schema_editor: Any) -> str:
        if schema_editor.connection.vendor == "sqlite":
            return str(Statement(INLINE, **self._parts(model, schema_editor)))
        self.create_sql(model, schema_editor)
        return ""

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        # At the end of the migration: in a cycle the parent's UNIQUE may not be there yet.
        schema_editor.deferred_sql.append(Statement(ADD, **self._parts(model, schema_editor)))

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return Statement(DROP, **self._parts(model, schema_editor))

    def validate(self, model: type[Model], instance: Model, exclude: Any = None, using: str = DEFAULT_DB_ALIAS) -> None:
        key: Any = model._meta.get_field(self.field)
        parent_id = getattr(instance, key.attname)
        if parent_id is None or (exclude and (self.field in exclude or "review" in exclude)):
            return
        owned: Any = instance
        if not key.remote_field.model._base_manager.using(using).filter(pk=parent_id, review_id=owned.review_id).exists():
            raise ValidationError(self.get_violation_error_message(), code="another_review")

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        kwargs: dict[str, Any] = {"field": self.field, "name": self.name}
        if self.also:
            kwargs["also"] = self.also
        return "reviewapp.db.constraints.SameReview", (), kwargs

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SameReview) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash((self.field, self.name, self.also))


def same_review(*fields: str) -> list[SameReview]:
    """Give one SameReview for each named foreign key; the model's name fills in ``%(class)s``."""
    return [SameReview(field=field, name=f"%(app_label)s_%(class)s_{field}_same_review") for field in fields]
