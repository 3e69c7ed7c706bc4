"""A review goes out and comes back; what is broken is found."""

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from reviewapp.accounts.models import User
from reviewapp.audit.actions import broken_links
from reviewapp.audit.models import Event
from reviewapp.audit.triggers import maintenance
from reviewapp.reviews.models import Review
from screening.models import Record, RoundRecord, SearchText, SourceRecord, Upload
from screening.outcomes import merging
from screening.reporting import actions, archive, invariants
from screening.reporting.prisma import interop, queries, rules
from screening.vocabulary import Outcome, Verdict
from tests.factories import World
from tests.fixtures import cast_vote

SAID = ("seq", "at", "kind", "actor_number", "round_number", "record_number", "data", "text_digest")


def prisma_of(review: Review) -> dict[str, Any]:
    return interop.as_json(rules.flow(queries.all_facts(review)))


@pytest.fixture
def lived(world: World) -> World:
    """A review in which something of each kind happened, with its file."""
    upload = world.upload()
    data = b"TY  - JOUR\r\nER  - \r\n"
    digest = hashlib.sha256(data).hexdigest()
    name = default_storage.save(f"uploads/{digest[:2]}/{digest}-{world.review.slug}", ContentFile(data))
    Upload.objects.filter(pk=upload.pk).update(stored_as=name, sha256=digest, size=len(data))
    upload.refresh_from_db()
    one, two, clash, copy = (world.record(upload=upload) for _ in range(4))
    merging.merge(copy, two, by=world.owner)
    round = world.open_round()
    for record, a, b in ((one, Verdict.INCLUDE, Verdict.INCLUDE), (two, Verdict.EXCLUDE, Verdict.EXCLUDE), (clash, Verdict.INCLUDE, Verdict.EXCLUDE)):
        cast_vote(world.reviewer_a, record, round, a, note="Words")
        cast_vote(world.reviewer_b, record, round, b)
    cast_vote(world.reviewer_a, two, round, Verdict.MAYBE, why="Read it again")
    actions.freeze(world.owner, name="Before")
    return world


def out(review: Review) -> io.BytesIO:
    target = io.BytesIO()
    archive.write(review, target)
    target.seek(0)
    return target


def test_a_review_comes_back_beside_itself_with_equal_numbers_and_history(lived: World):
    before = list(Event.objects.filter(review=lived.review).order_by("seq").values(*SAID))
    times = list(SourceRecord.objects.filter(review=lived.review).order_by("record__number").values_list("record__created_at", flat=True))
    copy, report = archive.restore(out(lived.review))
    assert copy.slug != lived.review.slug
    assert report.rows["screening.record"] == 4
    assert prisma_of(copy) == prisma_of(lived.review)
    after = list(Event.objects.filter(review=copy).order_by("seq").values(*SAID))
    assert after[:-1] == before
    assert after[-1]["kind"] == "archive:restored"
    assert broken_links(copy) == []
    assert times == list(SourceRecord.objects.filter(review=copy).order_by("record__number").values_list("record__created_at", flat=True))
    assert invariants.problems(copy) == invariants.problems(lived.review) == []


def test_where_the_review_is_gone_slug_uid_and_chain_are_as_they_were(lived: World):
    held, uid, slug = out(lived.review), lived.review.uid, lived.review.slug
    hashes = list(Event.objects.filter(review=lived.review).order_by("seq").values_list("hash", flat=True))
    numbers = prisma_of(lived.review)
    names = list(Upload.objects.filter(review=lived.review).values_list("stored_as", flat=True))
    with maintenance("a test purges"):
        for model in (SearchText, *reversed(archive.owned_models())):
            model._base_manager.filter(**{archive._path_to_review(model): lived.review}).delete()
        Review.objects.filter(pk=lived.review.pk).delete()
        User.objects.filter(pk=lived.reviewer_c.user_id).delete()
    for name in names:
        default_storage.delete(name)
    back, _report = archive.restore(held)
    assert (back.uid, back.slug) == (uid, slug)
    assert list(Event.objects.filter(review=back).order_by("seq").values_list("hash", flat=True))[:-1] == hashes
    assert broken_links(back) == []
    assert prisma_of(back) == numbers
    assert all(default_storage.exists(name) for name in names)
    made = User.objects.get(email=lived.reviewer_c.user.email)
    assert not made.is_active
    assert not made.has_usable_password()


def test_a_changed_archive_is_refused_and_nothing_is_written(lived: World):
    held, changed = out(lived.review), io.BytesIO()
    with zipfile.ZipFile(held) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(b"Words", b"Other") if "record" in name else data)
    count = Review.objects.count()
    with pytest.raises(archive.NotAnArchive):
        archive.restore(changed)
    for wrong in (b"", b"no zip", json.dumps({}).encode()):
        with pytest.raises(archive.NotAnArchive):
            archive.restore(io.BytesIO(wrong))
    assert Review.objects.count() == count


def test_the_commands(lived: World, tmp_path: Path):
    call_command("archive", lived.review.slug, tmp_path / "a.zip")
    call_command("restore_archive", tmp_path / "a.zip")
    assert Review.objects.filter(title=lived.review.title).count() == 2
    with pytest.raises(CommandError):
        call_command("archive", "nothing", tmp_path / "b.zip")
    with pytest.raises(CommandError):
        call_command("restore_archive", tmp_path / "b.zip")


# --- invariants ---------------------------------------------------------------------------------------------------


def test_all_holds_in_a_review_that_lived(lived: World):
    call_command("check_invariants", lived.review.slug)


def broken_outcome(world: World) -> str:
    row = RoundRecord.objects.filter(review=world.review, outcome=Outcome.CONFLICT).first()
    RoundRecord.objects.filter(pk=row.pk).update(outcome=Outcome.EXCLUDED)
    return "its facts say"


def broken_head(world: World) -> str:
    Record.objects.filter(review=world.review, head__isnull=False).update(head=None)
    return "its merges say"


def broken_file(world: World) -> str:
    upload = Upload.objects.get(review=world.review)
    default_storage.delete(upload.stored_as)
    default_storage.save(upload.stored_as, ContentFile(b"other bytes"))
    return "is not what was sent"


def lost_file(world: World) -> str:
    default_storage.delete(Upload.objects.get(review=world.review).stored_as)
    return "is not there"


def broken_found(world: World) -> str:
    Upload.objects.filter(review=world.review).update(found=9)
    return "found 9"


def broken_chain(world: World) -> str:
    Event.objects.filter(review=world.review, seq=3).update(kind="other:kind")
    return "event 3"


def hole_in_numbers(world: World) -> str:
    Record.objects.filter(review=world.review, number=1).update(number=77)
    return "not dense"


@pytest.mark.parametrize("break_it", [broken_outcome, broken_head, broken_file, lost_file, broken_found, broken_chain, hole_in_numbers])
def test_what_is_broken_is_found(lived: World, break_it: Any, capsys: Any):
    with maintenance("a test breaks something"):
        said = break_it(lived)
    with pytest.raises(SystemExit):
        call_command("check_invariants", lived.review.slug)
    assert said in capsys.readouterr().out
