"""The cast and the smallest data: owner, reviewer_a, reviewer_b, reviewer_c, adjudicator, librarian, observer, outsider."""

from itertools import count
from typing import Any

from reviewapp.accounts.models import User
from reviewapp.reviews import numbers
from reviewapp.reviews.models import Member, Review
from reviewapp.reviews.vocabulary import Role
from screening.models import Entry, Record, Search, SearchRound, Source, SourceRecord, Upload
from screening.outcomes.settle import settle_many
from screening.stages import actions as stages
from screening.vocabulary import CriterionChange, RoundKind, SourceKind, StageKind, UploadState

_next = count(1)
PASSWORD = "correct-horse-battery"


def user(name: str = "") -> User:
    n = next(_next)
    return User.objects.create_user(
        username=name or f"person{n}", email=f"{name or 'person'}{n}@example.org", password=PASSWORD, name=name.title() or f"Person {n}"
    )


def review(title: str = "A review") -> Review:
    return Review.objects.create(slug=f"review-{next(_next)}", title=title)


def member(of: Review, *roles: Role, who: User | None = None) -> Member:
    author = None
    if Role.REVIEWER in roles:
        author = numbers.take(of, "author")
    return Member.objects.create(
        review=of, user=who or user(), number=numbers.take(of, "member"), author_number=author, roles=[role.value for role in roles]
    )


class World:
    """One review with its people, two stages, criteria, a source and a search."""

    def __init__(self, name: str = "world", *, preset: str = "covidence", **rules: Any) -> None:
        self.review = review(name)
        self.owner = member(self.review, Role.OWNER)
        self.reviewer_a = member(self.review, Role.REVIEWER)
        self.reviewer_b = member(self.review, Role.REVIEWER)
        self.reviewer_c = member(self.review, Role.REVIEWER)
        self.adjudicator = member(self.review, Role.ADJUDICATOR)
        self.librarian = member(self.review, Role.LIBRARIAN)
        self.observer = member(self.review, Role.OBSERVER)
        stages.ensure_stages(self.review, preset=preset, **{"opens_after_minutes": 0, **rules})
        self.criteria = stages.publish_criteria(
            self.owner,
            include=["adults"],
            exclude=["opinions"],
            reasons=[("relevance", "Not relevant"), ("viewpoint", "Viewpoint"), ("design", "Poor design")],
            change=CriterionChange.NEW,
        )
        self.search_round = SearchRound.objects.create(
            review=self.review, number=numbers.take(self.review, "search_round"), name="Original search"
        )
        self.source = Source.objects.create(
            review=self.review, number=numbers.take(self.review, "source"), name="CINAHL", kind=SourceKind.DATABASE
        )
        self.search = self.search_in(self.source)
        self.abstracts = stages.stage_of(self.review, StageKind.TITLE_ABSTRACT)
        self.full_texts = stages.stage_of(self.review, StageKind.FULL_TEXT)

    def search_in(self, source: Source, search_round: SearchRound | None = None) -> Search:
        return Search.objects.create(
            review=self.review, number=numbers.take(self.review, "search"), source=source, search_round=search_round or self.search_round
        )

    def reason(self, key: str = "relevance") -> Any:
        from screening.models import Reason

        return Reason.objects.get(review=self.review, key=key)

    def upload(self, search: Search | None = None) -> Upload:
        n = next(_next)
        return Upload.objects.create(
            review=self.review, number=numbers.take(self.review, "upload"), search=search or self.search, filename=f"file{n}.ris",
            stored_as=f"file{n}",
            sha256=f"{n:064x}", size=1, uploaded_by=self.librarian, state=UploadState.READ, found=0,
        )  # fmt: skip

    def record(self, title: str = "", *, upload: Upload | None = None, **fields: Any) -> Record:
        """Make one imported record, as an import would; joins no round by itself."""
        upload = upload or self.upload()
        n = next(_next)
        title = title or f"Title {n}"
        position = upload.entries.count() + 1
        entry = Entry.objects.create(review=self.review, upload=upload, position=position, line=position, raw=f"TI  - {title}")
        Upload.objects.filter(pk=upload.pk).update(found=position)
        fields = {"authors": ["Demo, Kari"], "year": 2015, "abstract": "Words.", **fields}
        shown = {k: v for k, v in fields.items() if hasattr(Record, k)}
        record = Record.objects.create(review=self.review, number=numbers.take(self.review, "record"), title=title, **shown)
        SourceRecord.objects.create(review=self.review, entry=entry, upload=upload, record=record, title=title, **fields)
        stages.admit(self.review, [record.pk], upload.search.search_round)
        record.refresh_from_db()
        return record

    def records(self, n: int, **fields: Any) -> list[Record]:
        upload = self.upload()
        return [self.record(upload=upload, **fields) for _ in range(n)]

    def open_round(self, stage: Any = None, *, kind: RoundKind = RoundKind.MAIN, team: Any = None, **kwargs: Any) -> Any:
        stage = stage or self.abstracts
        if stage == self.abstracts and kind in (RoundKind.MAIN, RoundKind.UPDATE):
            kwargs.setdefault("search_round", self.search_round)
        return stages.open_round(
            self.owner, kind=kind, stage=stage, name=f"{stage} {kind}", team=team or [self.reviewer_a, self.reviewer_b], **kwargs
        )


__all__ = ["PASSWORD", "World", "member", "review", "settle_many", "user"]
