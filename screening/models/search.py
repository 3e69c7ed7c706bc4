"""What the search knows of a record: derived, rebuilt at any time, no fact of the review."""

from typing import Any

from django.db import models
from django.db.models import Q

from reviewapp.reviews.owned import ReviewOwned, owned


class TokensField(models.TextField):
    """The tokens of a record as PostgreSQL's tsvector. SQLite keeps them in a full-text table of its own; there this stays empty."""

    def db_type(self, connection: Any) -> str | None:
        return "tsvector" if connection.vendor == "postgresql" else super().db_type(connection)

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        return "%s::tsvector" if connection.vendor == "postgresql" else "%s"


@TokensField.register_lookup
class Matches(models.Lookup):
    """The tokens fit a tsquery."""

    lookup_name = "matches"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (value,)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]  # a condition, not a value
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} @@ {right}::tsquery", [*left_params, *right_params]


class SearchText(ReviewOwned):
    """One row for each head that is in the index. ``is_stale``: its words changed since; one writer: screening.search.actions."""

    record = models.OneToOneField("screening.Record", on_delete=models.RESTRICT, related_name="search_text")
    is_stale = models.BooleanField(default=True)
    tokens = TokensField(default="")

    class Meta:
        constraints = owned("record")
        indexes = [models.Index(fields=["review", "record"], condition=Q(is_stale=True), name="screening_searchtext_stale")]
