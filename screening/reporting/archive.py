"""A whole review as one ZIP file, and back: facts, states, history and files; people by their e-mail.

``manifest.json`` names every member of the ZIP with its SHA-256. ``models/<app>.<model>.jsonl`` holds a model's rows, one JSON object a
line, values as the model's fields write them, references as the ids of the archive. ``files/<sha256>`` holds each kept file once.
Background tasks, cards on hold, open invitations, the access log and passwords are not part of a review's work and are left out.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, Any
from uuid import UUID, uuid4

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, models
from django.utils.text import slugify

from reviewapp.accounts.models import User
from reviewapp.audit import actions as audit
from reviewapp.audit.models import Access, ChainHead, Event, EventText
from reviewapp.audit.triggers import maintenance
from reviewapp.db.moment import one_moment
from reviewapp.jobs.models import Job
from reviewapp.reviews.models import Invitation, Review
from screening.models import Hold, SearchText
from screening.search import actions as search

FORM = 1
LEFT_OUT: tuple[type[models.Model], ...] = (Job, Access, Invitation, Hold, SearchText)
SLICE = 500
#: Lists of ids inside JSON, which no foreign key shows: model → {field: model of the ids}.
IDS_IN_JSON: dict[str, dict[str, str]] = {"screening.resolutionstep": {"decisions": "screening.decision"}}


class NotAnArchive(ValueError):
    """The file is no archive of a review, or it was changed."""


# ------------------------------------------------------------------------------------------------ what belongs to a review
def owned_models() -> list[type[models.Model]]:
    """Give every model whose rows belong to a review, parents before children as far as there is no circle."""
    found = [model for model in apps.get_models() if model not in LEFT_OUT and _path_to_review(model)]
    ordered: list[type[models.Model]] = []
    waiting = sorted(found, key=lambda model: model._meta.label)
    while waiting:
        free = [m for m in waiting if all(parent in ordered or parent is m or parent not in found for parent in _parents(m))]
        for model in free or waiting[:1]:
            ordered.append(model)
            waiting.remove(model)
    return ordered


def _path_to_review(model: type[models.Model]) -> str:
    """Give the lookup from a model to its review: ``review``, or ``event__review`` for the texts of events; "" for none."""
    if model is EventText:
        return "event__review"
    found = (f for f in model._meta.local_concrete_fields if f.name == "review" and f.remote_field and f.remote_field.model is Review)
    return "review" if next(found, None) else ""


def _parents(model: type[models.Model]) -> list[type[models.Model]]:
    return [field.remote_field.model for field in model._meta.local_concrete_fields if field.remote_field]


def rows_of(model: type[models.Model], review: Review) -> Iterator[models.Model]:
    """Yield a model's rows of a review, in the order of their ids."""
    return model._base_manager.filter(**{_path_to_review(model): review}).order_by("pk").iterator(chunk_size=2000)


def _plain(field: models.Field[Any, Any], value: Any) -> Any:
    """Bring a value into JSON without loss: moments with their microseconds."""
    if isinstance(field, models.JSONField) or value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    raise TypeError(f"{field} holds a {type(value).__name__}, which an archive does not know.")


def line_of(row: models.Model) -> dict[str, Any]:
    """Give a row as an object of JSON."""
    return {field.attname: _plain(field, getattr(row, field.attname)) for field in row._meta.local_concrete_fields}


def has_file(model: type[models.Model]) -> bool:
    names = {field.name for field in model._meta.local_concrete_fields}
    return {"stored_as", "sha256"} <= names


# ------------------------------------------------------------------------------------------------ out
@dataclass
class Report:
    """What was written or read: rows by model, files, and files that were not there."""

    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    missing: list[str] = field(default_factory=list)


def write(review: Review, target: IO[bytes]) -> Report:
    """Write the archive of a review, of one moment."""
    report, digests = Report(), {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as held, one_moment():
        review = Review.objects.get(pk=review.pk)
        digests["review.json"] = _member(held, "review.json", [json.dumps(line_of(review), ensure_ascii=False)])
        digests["people.jsonl"] = _member(held, "people.jsonl", _people(review))
        files: dict[str, str] = {}
        for model in owned_models():
            name = f"models/{model._meta.label_lower}.jsonl"
            lines = []
            for row in rows_of(model, review):
                lines.append(json.dumps(line_of(row), ensure_ascii=False))
                if has_file(model):
                    files[row.sha256] = row.stored_as  # type: ignore[attr-defined]  # has_file says so
            report.rows[model._meta.label_lower] = len(lines)
            digests[name] = _member(held, name, lines)
        for digest, stored_as in sorted(files.items()):
            if _file(held, digest, stored_as):
                report.files += 1
                digests[f"files/{digest}"] = digest
            else:
                report.missing.append(stored_as)
        manifest = {
            "form": FORM,
            "slug": review.slug,
            "title": review.title,
            "uid": str(review.uid),
            "written": dt.datetime.now(dt.UTC).isoformat(),
            "rows": report.rows,
            "missing_files": report.missing,
            "members": digests,
        }
        held.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
    return report


def _member(held: zipfile.ZipFile, name: str, lines: Iterable[str]) -> str:
    digest = hashlib.sha256()
    with held.open(name, "w", force_zip64=True) as member:
        for line in lines:
            data = f"{line}\n".encode()
            digest.update(data)
            member.write(data)
    return digest.hexdigest()


def _people(review: Review) -> list[str]:
    users = User.objects.filter(memberships__review=review).order_by("pk")
    return [json.dumps({"id": u.pk, "email": u.email, "username": u.username, "name": u.name}, ensure_ascii=False) for u in users]


def _file(held: zipfile.ZipFile, digest: str, stored_as: str) -> bool:
    """Copy one kept file; False where it is not there or is not what its digest says."""
    if not default_storage.exists(stored_as):
        return False
    seen = hashlib.sha256()
    with default_storage.open(stored_as, "rb") as source:
        for chunk in source.chunks():
            seen.update(chunk)
    if seen.hexdigest() != digest:
        return False
    with default_storage.open(stored_as, "rb") as source, held.open(f"files/{digest}", "w", force_zip64=True) as member:
        for chunk in source.chunks():
            member.write(chunk)
    return True


# ------------------------------------------------------------------------------------------------ back
def restore(source: IO[bytes]) -> tuple[Review, Report]:
    """Make a new review from an archive. Raises NotAnArchive; then nothing was written.

    The slug is kept where it is free. Where the archived review is still in this database the new one gets a uid of its own, and its
    chain is hashed anew for it; else the chain is as it was. One event says that it was restored.
    """
    try:
        with zipfile.ZipFile(source) as held:
            manifest = _manifest(held)
            with maintenance("restore"):
                return _Restoring(held, manifest).run()
    except (zipfile.BadZipFile, KeyError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise NotAnArchive("The file is not an archive of a review.") from error


def _manifest(held: zipfile.ZipFile) -> dict[str, Any]:
    """Read the manifest and check every member against its digest."""
    if "manifest.json" not in held.namelist():
        raise NotAnArchive("The file is not an archive of a review: it has no manifest.")
    manifest: dict[str, Any] = json.loads(held.read("manifest.json"))
    if manifest.get("form") != FORM:
        raise NotAnArchive(f"The archive has form {manifest.get('form')}; this version reads form {FORM}.")
    for name, wanted in manifest["members"].items():
        digest = hashlib.sha256()
        with held.open(name) as member:
            while chunk := member.read(1 << 18):
                digest.update(chunk)
        if digest.hexdigest() != wanted:
            raise NotAnArchive(f"{name} in the archive is not what its digest says: the archive was changed or is damaged.")
    return manifest


class _Restoring:
    """One restoring: ids of the archive → ids here."""

    def __init__(self, held: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
        self.held, self.manifest = held, manifest
        self.ids: dict[type[models.Model], dict[Any, Any]] = {}
        self.report = Report(missing=list(manifest["missing_files"]))

    def run(self) -> tuple[Review, Report]:
        review, same_uid = self._review()
        self.ids[User] = self._users()
        wanted = owned_models()
        for model in wanted:
            self._take_ids(model)
        for model in wanted:
            self._insert(model)
        self._files()
        if not same_uid:
            _hash_anew(review)
        data = {"from": self.manifest["slug"], "uid": self.manifest["uid"], "rehashed": not same_uid}
        audit.log("archive:restored", review=review, data=data)
        search.ask(review)
        return review, self.report

    def _lines(self, name: str) -> Iterator[dict[str, Any]]:
        if name in self.manifest["members"]:
            with self.held.open(name) as member:
                for line in member:
                    yield json.loads(line)

    def _review(self) -> tuple[Review, bool]:
        values = next(self._lines("review.json"))
        old = values.pop("id")
        if Review.objects.filter(slug=values["slug"]).exists():
            values["slug"] = f"{slugify(values['slug'])[:70]}-{secrets.token_hex(3)}"
        same = not Review.objects.filter(uid=values["uid"]).exists()
        values["uid"] = values["uid"] if same else str(uuid4())
        values["deleted_at"] = None
        review = Review(**{f.attname: f.to_python(values[f.attname]) for f in Review._meta.local_concrete_fields if f.attname in values})
        _raw_insert(Review, [review], returning=True)
        self.ids[Review] = {old: review.pk}
        return review, same

    def _users(self) -> dict[int, int]:
        """Match people by e-mail; who is not here becomes an account that cannot sign in."""
        found = {}
        for one in self._lines("people.jsonl"):
            user = User.objects.filter(email__iexact=one["email"]).first() if one["email"] else None
            if user is None:
                username = one["username"]
                while User.objects.filter(username__iexact=username).exists():
                    username = f"{one['username'][:120]}-{secrets.token_hex(3)}"
                user = User(username=username, email=one["email"], name=one["name"], is_active=False)
                user.set_unusable_password()
                user.save()
            found[one["id"]] = user.pk
        return found

    def _take_ids(self, model: type[models.Model]) -> None:
        """Give each row of a model its id here; a model whose id is a reference has that of its parent."""
        pk = model._meta.pk
        old = [row[pk.attname] for row in self._lines(f"models/{model._meta.label_lower}.jsonl")]
        if pk.remote_field:
            parents = self.ids[pk.remote_field.model]
            self.ids[model] = {one: parents[one] for one in old}
        else:
            self.ids[model] = dict(zip(old, _fresh_ids(model, len(old)), strict=True))

    def _insert(self, model: type[models.Model]) -> None:
        label = model._meta.label_lower
        fields, rows, count = model._meta.local_concrete_fields, [], 0
        for line in self._lines(f"models/{label}.jsonl"):
            rows.append(model(**{f.attname: self._value(model, f, line) for f in fields if f.attname in line}))
            count += 1
            if len(rows) == SLICE:
                _raw_insert(model, rows)
                rows = []
        _raw_insert(model, rows)
        self.report.rows[label] = count

    def _value(self, model: type[models.Model], field: models.Field[Any, Any], line: dict[str, Any]) -> Any:
        value = line[field.attname]
        if value is None:
            return None
        if field.primary_key:
            return self.ids[model][value]
        if field.remote_field:
            return self.ids[field.remote_field.model][value]
        named = IDS_IN_JSON.get(model._meta.label_lower, {}).get(field.name)
        if named:
            return [self.ids[apps.get_model(named)][one] for one in value]
        return value if isinstance(field, models.JSONField) else field.to_python(value)

    def _files(self) -> None:
        for model in (m for m in owned_models() if has_file(m)):
            for line in self._lines(f"models/{model._meta.label_lower}.jsonl"):
                self._file(line["sha256"], line["stored_as"])

    def _file(self, digest: str, stored_as: str) -> None:
        if f"files/{digest}" not in self.manifest["members"] or default_storage.exists(stored_as):
            return
        if default_storage.save(stored_as, ContentFile(self.held.read(f"files/{digest}"))) != stored_as:
            raise NotAnArchive("A file of the archive could not be kept under its name.")
        self.report.files += 1


def _fresh_ids(model: type[models.Model], n: int) -> Iterable[int]:
    """Take ids that nobody has: from the table's sequence, or above the highest one (SQLite: nobody else writes meanwhile)."""
    if not n:
        return []
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", [f'"{table}"', column, n])
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
    highest = model._base_manager.aggregate(top=models.Max("pk"))["top"] or 0
    first = max(highest, row[0] if row else 0) + 1
    return range(first, first + n)


def _raw_insert(model: type[models.Model], rows: list[Any], *, returning: bool = False) -> None:
    """Insert rows as they are: no ``auto_now_add``, no signals."""
    if not rows:
        return
    fields = [f for f in model._meta.local_concrete_fields if not (returning and f.primary_key)]
    size = max(connection.ops.bulk_batch_size(fields, rows), 1) if connection.vendor == "sqlite" else SLICE
    for start in range(0, len(rows), size):
        query = models.sql.InsertQuery(model)
        query.insert_values(fields, rows[start : start + size], raw=True)
        compiler = query.get_compiler(using="default")
        if returning:
            (rows[0].pk,) = compiler.execute_sql([model._meta.pk])[0]
        else:
            compiler.execute_sql(None)


def _hash_anew(review: Review) -> None:
    """Hash a copied chain for the copy's own uid: its events stay word for word."""
    previous = ""
    for event in Event.objects.filter(review=review).order_by("seq"):
        event.previous = previous
        event.hash = previous = audit.hash_of(event, review.uid)
        Event.objects.filter(pk=event.pk).update(previous=event.previous, hash=event.hash)
    ChainHead.objects.filter(review=review).update(hash=previous)
