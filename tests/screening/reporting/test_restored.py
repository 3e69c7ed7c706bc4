"""A review with one of everything goes out by the command, and comes back beside itself and into an empty database, with real commits."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from reviewapp.reviews.models import Review
from screening.models import Upload
from screening.reporting import actions as reporting
from screening.reporting import archive
from screening.reporting.prisma import interop, queries, rules
from screening.vocabulary import Verdict
from tests.access.whole import Whole
from tests.fixtures import cast_vote

pytestmark = pytest.mark.django_db(transaction=True)


def numbers_of(review: Review) -> str:
    """The flow diagram's numbers as they are exported."""
    return json.dumps(interop.as_json(rules.flow(queries.all_facts(review))), sort_keys=True, default=str)


def rows_of(review: Review) -> dict[str, int]:
    """How many rows of each kind the review has."""
    return {m._meta.label: m._base_manager.filter(**{archive._path_to_review(m): review}).count() for m in archive.owned_models()}


def give_file(upload: Upload) -> None:
    """Uploads of the factories have no file."""
    data = f"TI  - {upload.number}\n".encode()
    name = default_storage.save(f"uploads/{upload.review.slug}-{upload.number}", ContentFile(data))
    Upload.objects.filter(pk=upload.pk).update(stored_as=name, sha256=hashlib.sha256(data).hexdigest(), size=len(data))


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Path, str, dict[str, int], str]:
    """The archive of a review that lived, its numbers, its rows, its slug."""
    whole = Whole()
    cast_vote(whole.reviewer_a, whole.untouched, whole.round, Verdict.INCLUDE)
    reporting.take_back(whole.owner, whole.declared)  # three duplicates that no file holds: then the sums cannot hold
    for upload in Upload.objects.filter(review=whole.review).exclude(pk=whole.file.pk):
        give_file(upload)
    call_command("check_invariants", whole.review.slug)
    target = tmp_path / "review.zip"
    call_command("archive", whole.review.slug, target)
    return target, numbers_of(whole.review), rows_of(whole.review), whole.review.slug


def holds(slug: str) -> None:
    """Both commands end with 0: what they find would end them otherwise."""
    call_command("check_invariants", slug)
    call_command("verify_audit", slug)


def compare(review: Review, numbers: str, rows: dict[str, int]) -> None:
    """All is as it was; the restoring itself is one event more."""
    assert numbers_of(review) == numbers
    found = rows_of(review)
    differing = {label: (rows[label], n) for label, n in found.items() if n != rows[label]}
    assert differing == {"audit.Event": (rows["audit.Event"], rows["audit.Event"] + 1)}


def test_beside_itself(kept: tuple[Any, ...]):
    target, numbers, rows, slug = kept
    call_command("restore_archive", target)
    copy = Review.objects.exclude(slug=slug).get()
    holds(copy.slug)
    compare(copy, numbers, rows)
    holds(slug)


def test_into_an_empty_database(kept: tuple[Any, ...]):
    target, numbers, rows, slug = kept
    call_command("flush", interactive=False)
    assert not Review.objects.exists()
    call_command("restore_archive", target)
    back = Review.objects.get()
    assert back.slug == slug
    holds(slug)
    compare(back, numbers, rows)
