"""What waits for me, and where a review stands."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviewapp.audit.models import Event
from reviewapp.reviews.models import Member
from reviewapp.reviews.vocabulary import Right
from screening import visibility
from screening.models import (
    CriteriaVersion,
    DuplicatePair,
    Entry,
    EntryEnding,
    Report,
    ScreeningRound,
    SearchRound,
    Source,
    SourceRecord,
)
from screening.overview.rail import IN_DATABASES, identified, may_settle, open_conflicts
from screening.queues import queries as queues
from screening.stages import late
from screening.vocabulary import Arm, Outcome, PairState, Retrieval, StageKind


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits for somebody, with the way there."""

    n: int
    title: str
    text: str
    url: str


def waits_for(member: Member) -> list[Task]:
    """Everything in one review that waits for this member."""
    slug = member.review.slug
    tasks: list[Task] = []
    for round in queues.my_rounds(member):
        n = queues.waiting_for(member, round).count()
        if n:
            url = reverse("screen", args=[slug, round.number])
            tasks.append(Task(n, ngettext("record to screen", "records to screen", n), f"{round.name} · {round.stage}", url))
    rounds = list(ScreeningRound.objects.for_review(member.review).select_related("rules"))
    n = open_conflicts(member, rounds).filter(may_settle(member, rounds)).count()
    if n:
        tasks.append(
            Task(
                n,
                ngettext("conflict to settle", "conflicts to settle", n),
                _("the votes are open to you"),
                reverse("conflicts", args=[slug]),
            )
        )
    named = list(visibility.mentions(member))
    if named:
        message = named[0].message
        head = message.record.head or message.record
        text = _("%(who)s names you in the talk about a record") % {"who": message.by.label}
        url = reverse("conflict", args=[slug, message.round.number, head.number])
        tasks.append(Task(len(named), ngettext("message for you", "messages for you", len(named)), text, url))
    n = late.waiting(member)
    if n:
        text = _("came after their round was closed: admit or leave them")
        tasks.append(Task(n, ngettext("late vote", "late votes", n), text, reverse("late_votes", args=[slug])))
    if member.may(Right.DUPLICATES):
        n = DuplicatePair.objects.for_review(member.review).filter(state=PairState.OPEN).count()
        if n:
            tasks.append(
                Task(n, ngettext("possible duplicate", "possible duplicates", n), _("side by side"), reverse("duplicates", args=[slug]))
            )
    if member.may(Right.FULL_TEXTS):
        n = (
            Report.objects.for_review(member.review)
            .filter(visibility.of_known_records(member), retrieval__in=(Retrieval.SOUGHT, Retrieval.REQUESTED))
            .count()
        )
        if n:
            tasks.append(
                Task(n, ngettext("full text to get", "full texts to get", n), _("sought or requested"), reverse("fulltext", args=[slug]))
            )
    if member.may(Right.SEARCHES):
        n = unread_entries(member)
        if n:
            tasks.append(
                Task(n, ngettext("entry to look at", "entries to look at", n), _("could not be read"), reverse("searches", args=[slug]))
            )
    return tasks


def unread_entries(member: Member) -> int:
    """Entries of standing files that wait for a person."""
    waiting = Entry.objects.for_review(member.review).exclude(problem="").filter(upload__is_withdrawn=False)
    ended = EntryEnding.objects.filter(entry__in=waiting, superseded_at=None).count()
    return int(waiting.count() - ended)


def next_step(member: Member) -> Task | None:
    """The one thing to do next in this review, if something waits."""
    return next(iter(waits_for(member)), None)


def setup_steps(member: Member) -> list[dict[str, Any]]:
    """What a new review still needs, in order, each with its way there."""
    review, slug = member.review, member.review.slug
    steps = [
        (_("Write the criteria and the reasons to exclude"), "criteria", review_has_criteria(member)),
        (_("Invite the team"), "team", Member.objects.for_review(review).filter(ended_at=None).count() > 1),
        (_("Record the searches and upload their files"), "searches", sum(identified(member).values()) > 0),
        (_("Open the first round of screening"), "rounds", ScreeningRound.objects.for_review(review).exists()),
    ]
    return [{"text": text, "url": reverse(name, args=[slug]), "done": done} for text, name, done in steps]


def review_has_criteria(member: Member) -> bool:

    return bool(CriteriaVersion.objects.for_review(member.review).exists())


def funnel(member: Member) -> list[dict[str, Any]]:
    """From search to included studies: what this member may see, each step with its share of the whole (0–1000, for the bar)."""
    review = member.review
    found = identified(member)[Arm.DATABASES]
    sources = SourceRecord.objects.for_review(review).filter(upload__is_withdrawn=False, upload__search__source__kind__in=IN_DATABASES)
    # counted from the sources on: just after an import PostgreSQL knows nothing of its rows, and would compare each with each
    alone = Q(record__head=None, record__is_parked=False, record__is_removed=False)
    led = Q(record__head__is_parked=False, record__head__is_removed=False)
    heads = sources.filter(alone | led).aggregate(n=Count(Coalesce("record__head", "record"), distinct=True))["n"]
    known = visibility.outcomes(member).filter(decides=True)
    settled = known.filter(stage__kind=StageKind.TITLE_ABSTRACT).count()
    reports = Report.objects.for_review(review).filter(visibility.of_known_records(member))
    included = known.filter(stage__kind=StageKind.FULL_TEXT, outcome=Outcome.GOES_ON).count()
    slug = review.slug
    rows = [
        (found, _("Records identified"), reverse("searches", args=[slug])),
        (heads, _("Records to screen"), reverse("records", args=[slug])),
        (settled, _("Settled at title and abstract"), reverse("screening", args=[slug])),
        (reports.count(), _("Reports sought"), reverse("fulltext", args=[slug])),
        (reports.filter(retrieval=Retrieval.RETRIEVED).count(), _("Reports retrieved"), reverse("fulltext", args=[slug])),
        (included, _("Reports included"), reverse("prisma", args=[slug])),
    ]
    return [{"n": n, "label": label, "url": url, "share": round(1000 * n / found) if found else 0} for n, label, url in rows]


def search_table(member: Member) -> dict[str, Any]:
    """Entries found per source and search round."""

    rounds = list(SearchRound.objects.for_review(member.review))
    sources = Source.objects.for_review(member.review)
    found = {
        (source, search_round): n
        for source, search_round, n in sources.filter(searches__uploads__is_withdrawn=False)
        .values_list("pk", "searches__search_round")
        .annotate(n=Sum("searches__uploads__found"))
        .order_by()
    }
    rows = [(source, [found.get((source.pk, r.pk), 0) for r in rounds]) for source in sources]
    return {
        "rounds": rounds,
        "rows": [row for row in rows if sum(row[1])],
        "totals": [sum(found.get((s.pk, r.pk), 0) for s in sources) for r in rounds],
    }


def team_table(member: Member) -> list[dict[str, Any]]:
    """Who votes in the open rounds. One's own numbers; of others only who they are: whether somebody voted is at most a total."""
    rows = []
    for round in ScreeningRound.objects.for_review(member.review).filter(closed_at=None).select_related("stage", "rules", "review"):
        people = [place.member for place in round.team.select_related("member__user", "member__review").order_by("member__number")]
        own = queues.progress(member, round) if member in people else None
        total = visibility.placed(member, round).count()
        rows.append(
            {"round": round, "people": people, "own": own, "total": total, "others": visibility.vote_totals(member, round) if own else None}
        )
    return rows


def latest_events(member: Member, n: int = 8) -> list[Event]:
    """The newest events this member may read."""
    return list(visibility.events(member).order_by("-seq")[:n])
