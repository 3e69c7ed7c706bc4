"""The demo's people, its review, and what is set up in it: found or made, so that every step may run again."""

from collections.abc import Sequence
from functools import cache
from io import BytesIO

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from reviewapp.accounts.models import User
from reviewapp.demo import review, truth, writers
from reviewapp.jobs import actions as jobs
from reviewapp.jobs.models import LIVE, Job
from reviewapp.reviews import actions as reviews
from reviewapp.reviews import numbers
from reviewapp.reviews.models import Member, Review
from reviewapp.reviews.vocabulary import Role
from screening.importing import actions as importing
from screening.models import HighlightList, Reason, Record, Search, SearchRound, Source, SourceRecord, Upload
from screening.searches import actions as searches
from screening.stages import actions as stages
from screening.vocabulary import CriterionChange, HighlightKind, Opens, SourceKind, WhoSettles


def find() -> Review | None:
    """Give the demo review, if it was begun."""
    return Review.objects.filter(slug=review.SLUG).first()


class Cast:
    """The cast and the review, found or made."""

    def __init__(self) -> None:
        self.users = {account.username: _user(account) for account in review.ACCOUNTS}
        self.review = find() or self._create()
        self.people = self._members()

    def _members(self) -> dict[str, Member]:
        found = {m.user.username: m for m in Member.objects.filter(review=self.review).select_related("user")}
        for member in found.values():
            member.review = self.review
        return found

    def _create(self) -> Review:
        owner = review.ACCOUNTS[0]
        with transaction.atomic():
            member = reviews.create_review(
                self.users[owner.username], title=review.TITLE, slug=review.SLUG, roles=[Role(r) for r in owner.roles],
                question=review.QUESTION,
                framework="PCC", aims=review.AIMS, is_demo=True,
            )  # fmt: skip
            stages.ensure_stages(
                member.review, by=member, who_settles=WhoSettles.THIRD, opens=Opens.WHEN_IN, opens_after_minutes=0, voters_may_settle=False
            )
        return member.review

    @property
    def owner(self) -> Member:
        return self.people["author1"]

    @property
    def librarian(self) -> Member:
        return self.people["librarian"]

    @property
    def third(self) -> Member:
        return self.people["author3"]

    @property
    def authors(self) -> list[Member]:
        return [self.people[name] for name in truth.AUTHORS]

    @property
    def screeners(self) -> list[Member]:
        return [self.people[name] for name in review.SCREENERS]

    def reason(self, key: str | None) -> Reason | None:
        return Reason.objects.get(review=self.review, key=key) if key else None

    def work(self, kinds: Sequence[str] = ("import", "dedupe")) -> None:
        """Do every job of these kinds that waits, here, or wait for the worker that took it."""
        while Job.objects.filter(review=self.review, kind__in=kinds, state__in=LIVE).exists():
            if not any(jobs.run_pending(kind) for kind in kinds):
                jobs.sweep()
                jobs.wait(0.2)

    def records(self) -> dict[str, Record]:
        """Give truth key → head, for all that is imported by now."""
        heads: dict[int, Record] = Record.objects.for_review(self.review).heads().defer("abstract", "keywords").in_bulk()
        for head in heads.values():
            head.review = self.review
        found: dict[str, Record] = {}
        rows = SourceRecord.objects.for_review(self.review).order_by("record__number")
        for title, doi, accession, record, speaks in rows.values_list("title", "doi", "accession", "record_id", "record__head_id"):
            key = truth.key_of(title, doi, accession)
            if key is not None:
                found.setdefault(key, heads[speaks or record])
        return found

    # --- what is set up ---

    def set_up(self) -> None:
        """Invite everybody, publish the first criteria, and list the words to mark."""
        for account in review.ACCOUNTS[1:]:
            self._invite(account)
        self.people = self._members()
        self._publish(1, CriterionChange.NEW, "")
        for kind, words in review.HIGHLIGHTS.items():
            self._highlight(kind, words)

    def _invite(self, account: review.Account) -> None:
        user = self.users[account.username]
        if not Member.objects.filter(review=self.review, user=user).exists():
            owner = Member.objects.select_related("review", "user").get(review=self.review, user__username="author1")
            invitation, _token = reviews.invite(owner, email=user.email, roles=[Role(r) for r in account.roles])
            reviews.accept(invitation, user)

    def _publish(self, version: int, change: CriterionChange, why: str) -> None:
        present = stages.criteria_of(self.review)
        if present is None or present.number < version:
            lines = review.CRITERIA[version]
            stages.publish_criteria(
                self.owner,
                include=[line.text for line in lines if line.kind == "include"],
                exclude=[line.text for line in lines if line.kind == "exclude"],
                reasons=list(review.REASONS),
                change=change,
                why=why,
            )

    def _highlight(self, kind: str, words: Sequence[str]) -> None:
        name = {"include": "towards inclusion", "exclude": "towards exclusion"}[kind]
        if not HighlightList.objects.for_review(self.review).filter(name=name).exists():
            listed = {"include": HighlightKind.INCLUSION, "exclude": HighlightKind.EXCLUSION}[kind]
            HighlightList.objects.create(
                review=self.review, number=numbers.take(self.review, "highlights"), name=name, kind=listed, words="\n".join(words)
            )

    def _search_and_upload(self, n: int) -> None:
        name = review.ROUND_NAMES[n]
        search_round = SearchRound.objects.for_review(self.review).filter(name=name).first()
        if search_round is None:
            search_round = searches.add_search_round(self.librarian, name=name, is_update=n > 1)
        files = {file.name: file for file in writers.files()}
        for row in review.searches():
            if row.round == n:
                search = self._search(row, search_round)
                for filename in row.files:
                    if not Upload.objects.filter(search=search, filename=filename).exists():
                        importing.receive(self.librarian, search, BytesIO(files[filename].content), filename)

    def _source(self, name: str) -> Source:
        info = next(source for source in review.SOURCES if source.name == name)
        found: Source | None = Source.objects.for_review(self.review).filter(name=name).first()
        return found or searches.add_source(
            self.librarian,
            name=info.name,
            platform=info.platform,
            kind=SourceKind(info.kind),
            straight_to_retrieval=info.kind == SourceKind.CONTACTS,
        )

    def _search(self, row: review.SearchRow, search_round: SearchRound) -> Search:
        source = self._source(row.database)
        found: Search | None = Search.objects.for_review(self.review).filter(source=source, search_round=search_round).first()
        before = Search.objects.for_review(self.review).filter(source=source).order_by("number").first()
        return found or searches.add_search(
            self.librarian, source=source, search_round=search_round, run_on=row.date_run, run_by=row.who, strategy=row.strategy,
            coverage=row.coverage, filters="none", prior_work="" if before else "none", repeats=before,
            updates="" if before else "Run again before the article is sent in.",
            vocabulary=row.vocabulary, limits=row.limits, limits_reason=row.limits_reason, hits_shown=row.hits_shown,
            hits_after_dedup=row.hits_after_platform, hits_exported=row.hits_exported, peer_review=row.peer_reviewed_by, notes=row.notes,
        )  # fmt: skip


def _user(account: review.Account) -> User:
    user = User.objects.filter(username=account.username).first()
    if user is None:
        user = User(username=account.username, email=f"{account.username}@demo.example", name=account.name)
        if settings.DEMO_PASSWORD:
            user.password = _password()
        else:
            user.set_unusable_password()
        user.save()
    return user


@cache
def _password() -> str:
    """Hash the one password that all of them have, once."""
    return make_password(settings.DEMO_PASSWORD)
