"""Data of the figures: a review with many records and votes, written by bulk through the models. Everything in it is invented."""
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

WORDS = (
    "support", "recovery", "people", "illness", "community", "daily", "life", "service", "peer", "family", "hope", "work", "home",
    "friends", "meaning", "place", "voice", "time", "nurse", "network", "housing", "youth", "care", "trust", "music", "garden",
)  # fmt: skip
NAMES = ("Demo", "Prøve", "Utkast", "Mønster", "Øvelse", "Forsøk", "Eksempel", "Skisse", "Modell", "Tenkt", "Lekeland", "Sandkasse")
SLICE = 2000


def _mixed(n: int) -> int:
    """Scatter a number: the same for the same n."""
    return (n * 2654435761 + 40503) % 2**32


def title_of(n: int) -> str:
    m, words = _mixed(n), []
    for _ in range(9):
        words.append(WORDS[m % len(WORDS)])
        m = _mixed(m)
    return " ".join(words).capitalize() + f": {NAMES[n % len(NAMES)].lower()} {n}"


def fields_of(n: int) -> dict[str, Any]:
    """The fields of the n-th paper, about 1.2 kB with its abstract."""
    m = _mixed(n)
    return {
        "title": title_of(n),
        "authors": [f"{NAMES[m % 12]}, {chr(65 + m % 26)}.", f"{NAMES[m // 7 % 12]}, {chr(65 + m // 11 % 26)}."],
        "year": 1990 + m % 30, "journal": f"Demo Journal {m % 90}",
        "volume": str(m % 60), "issue": str(m % 12), "pages": f"{m % 900}-{m % 900 + 9}",
        "doi": f"10.5555/bench.{n}" if n % 3 else "", "abstract": " ".join(WORDS[(n * 7 + k * k) % len(WORDS)] for k in range(160)) + ".",
        "language": "English", "type": "article",
    }  # fmt: skip


def again(n: int) -> dict[str, Any]:
    """The same paper as another database writes it: no DOI, capitals, another form of names and pages."""
    fields = fields_of(n)
    return fields | {
        "title": fields["title"].upper() + ".", "authors": [name.rstrip(".") for name in fields["authors"]], "doi": "",
        "pages": fields["pages"].split("-")[0], "journal": fields["journal"].lower(),
    }  # fmt: skip


def people(slug: str) -> dict[str, Any]:
    """Make a review with an owner and two reviewers; gives the members by name."""
    from django.contrib.auth import get_user_model

    from reviewapp.reviews import numbers
    from reviewapp.reviews.models import Member, Review
    from reviewapp.reviews.vocabulary import Role
    from screening.stages import actions as stages

    review = Review.objects.create(slug=slug, title=slug.capitalize())
    found: dict[str, Any] = {}
    for name, role in (("owner", Role.OWNER), ("first", Role.REVIEWER), ("second", Role.REVIEWER)):
        user = get_user_model().objects.create_user(username=f"{slug}-{name}", email=f"{slug}-{name}@example.org", password="bench")
        author = numbers.take(review, "author") if role == Role.REVIEWER else None
        found[name] = Member.objects.create(
            review=review, user=user, number=numbers.take(review, "member"), author_number=author, roles=[role.value]
        )
    stages.ensure_stages(review, by=found["owner"])
    return found


def search_of(owner: Any, name: str = "Bench") -> Any:
    from screening.searches import actions as searches

    search_round = searches.add_search_round(owner, name="Original search") if not _rounds(owner) else _rounds(owner)[0]
    return searches.add_search(owner, source=searches.add_source(owner, name=name), search_round=search_round)


def _rounds(owner: Any) -> list[Any]:
    from screening.models import SearchRound

    return list(SearchRound.objects.for_review(owner.review))


def file_with(owner: Any, search: Any, papers: Iterator[dict[str, Any]]) -> int:
    """Put papers into one file that counts as read, as the import writes them but without bytes; gives how many."""
    from django.db import transaction

    from reviewapp.reviews import numbers
    from screening.importing.bulk import insert
    from screening.models import Entry, Record, SourceRecord, Upload
    from screening.vocabulary import UploadState

    review = owner.review
    number = numbers.take(review, "upload")
    upload = Upload.objects.create(
        review=review, number=number, search=search, filename=f"bench{number}.ris", stored_as=f"bench{number}", sha256=f"{number:064x}",
        size=1, uploaded_by=owner, state=UploadState.READ, dialect="ris",
    )  # fmt: skip
    position = 0
    shown = {field.name for field in Record._meta.concrete_fields}
    while batch := list(islice(papers, SLICE)):
        with transaction.atomic():
            first = numbers.take(review, "record", len(batch))
            entries = [
                Entry(review=review, upload=upload, position=position + i, line=position + i, raw=f"TI  - {fields['title']}")
                for i, fields in enumerate(batch, start=1)
            ]
            records = [
                Record(review=review, number=first + i, **{k: v for k, v in fields.items() if k in shown}) for i, fields in enumerate(batch)
            ]
            insert(entries)
            insert(records)
            insert(
                [
                    SourceRecord(review=review, upload=upload, entry_id=entry.pk, record_id=record.pk, **fields)
                    for entry, record, fields in zip(entries, records, batch, strict=True)
                ]
            )
        position += len(batch)
    Upload.objects.filter(pk=upload.pk).update(found=position)
    return position


def votes(member: Any, round: Any, numbers_of_records: range, verdict_of: Any, *, settled: bool = True) -> int:
    """Write votes of one person by bulk, an hour and more ago, and settle their records; gives how many.

    ``settled``: not, where another's votes on all of them follow, or where one vote alone changes nothing.
    """
    from django.db import transaction
    from django.utils import timezone

    from screening.importing.bulk import insert
    from screening.models import Decision, Record
    from screening.outcomes.settle import settle_many

    before = timezone.now() - timedelta(hours=1)
    n = 0
    for start in range(numbers_of_records.start, numbers_of_records.stop, SLICE):
        rows = Record.objects.for_review(round.review).filter(
            number__gte=start, number__lt=min(start + SLICE, numbers_of_records.stop)
        ).values_list("pk", "number")  # fmt: skip
        made = [
            Decision(
                review=round.review, record_id=pk, round=round, stage=round.stage, stage_kind=round.stage.kind, reviewer=member,
                verdict=verdict_of(number), independent=True, criteria=round.criteria, key=f"bench-{member.number}-{number}",
                received_at=before,
            )
            for pk, number in rows
        ]  # fmt: skip
        with transaction.atomic():
            insert(made)
            for part in range(0, len(made) if settled else 0, 1000):
                settle_many([row.record_id for row in made[part : part + 1000]])
        n += len(made)
    return n
