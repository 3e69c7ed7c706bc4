"""What really happened, as sentences for the methods section, with the tables that belong to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviewapp.reviews.models import Member
from screening.models import CriteriaVersion, Merge, RoundRecord, ScreeningRound, Search
from screening.reporting.agreement import report as agreements
from screening.reporting.exports import Reference, Sets
from screening.reporting.prisma import rules
from screening.vocabulary import Arm, Opens, RoundKind, WhoSettles
from screening.writers import docx


@dataclass
class Text:
    """A paragraph per part, the excluded full texts, and where the items of PRISMA-ScR are answered."""

    title: str
    paragraphs: list[tuple[str, str]]
    excluded: list[tuple[str, str]]
    checklist: list[tuple[str, str, str, str]] = field(default_factory=list)
    draft: bool = False


def build(member: Member) -> Text:
    """Write the text from what this member may know."""
    sets = Sets(member.review, member)
    flow = rules.flow(sets.facts)
    rows = sets.gathered.rows
    stages = agreements.report(member.review, member=member, rows=rows)
    paragraphs = [
        (_("Searches"), " ".join(_searches(member))),
        (_("Duplicates"), " ".join(_duplicates(member, flow))),
        (_("Selection"), " ".join(_selection(member, stages, rows.rounds))),
        (_("Flow"), " ".join(_flow(flow))),
    ]
    excluded = [(_cited(one), one.reason or _("not open to you yet")) for one in sets.references("excluded-full-text")]
    return Text(
        _("Methods and flow: %(title)s") % {"title": member.review.title},
        [(head, text) for head, text in paragraphs if text],
        excluded,
        _checklist(member),
        flow.draft,
    )


def _cited(one: Reference) -> str:
    authors: list[str] = one.authors
    names = ", ".join(authors[:3]) + (" et al." if len(authors) > 3 else "")
    parts = [f"{names} ({one.year})" if one.year else names, one.title, one.journal]
    return " ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part)


def _searches(member: Member) -> Iterator[str]:
    found = list(
        Search.objects.for_review(member.review).select_related("source", "search_round").order_by("search_round__number", "number")
    )
    by_round: dict[str, list[Search]] = {}
    for one in found:
        if one.source.arm == Arm.DATABASES:
            by_round.setdefault(one.search_round.name, []).append(one)
    for name, searches in by_round.items():
        names = _list(list(dict.fromkeys(one.source.full_name for one in searches)))
        dates = sorted(one.run_on for one in searches if one.run_on)
        when = ""
        if dates:
            when = _(" on %(day)s") % {"day": date_format(dates[0], "j F Y")}
            if dates[0] != dates[-1]:
                when = _(" between %(first)s and %(last)s") % {
                    "first": date_format(dates[0], "j F Y"),
                    "last": date_format(dates[-1], "j F Y"),
                }
        yield _("%(names)s were searched%(when)s (%(round)s).") % {"names": names, "when": when, "round": name}
    others = list(dict.fromkeys(one.source.name for one in found if one.source.arm == Arm.OTHER))
    if others:
        yield _("Further records came from %(names)s.") % {"names": _list(others)}


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def _duplicates(member: Member, flow: rules.Flow) -> Iterator[str]:
    n = flow.counts["duplicates"]
    if not isinstance(n, int) or not n:
        return
    live = Merge.objects.for_review(member.review).filter(undone_at=None)
    counts = live.aggregate(people=Count("by"), all=Count("pk"))
    by_people, by_engine = counts["people"], counts["all"] - counts["people"]
    yield _(
        "%(n)s duplicate records were removed from those of databases and registers. Of all copies, those of other methods too, "
        "%(engine)s were recognised automatically by identifiers and by comparing titles, "
        "authors, years and sources; %(people)s after a person had compared the two records."
    ) % {"n": f"{n:,}", "engine": f"{by_engine:,}", "people": f"{by_people:,}"}


def _selection(member: Member, stages: Sequence[agreements.StageReport], rounds: Sequence[ScreeningRound]) -> Iterator[str]:
    versions = CriteriaVersion.objects.for_review(member.review).count()
    if versions > 1:
        yield _("The eligibility criteria had %(n)s versions.") % {"n": versions}
    for stage in stages:
        for line in stage.lines:
            if line.pilot is not None and line.pilot.unanimous is not None:
                yield _(
                    "In a pilot %(people)s people judged the same %(n)s records; they were unanimous on %(share)s %% (Fleiss κ %(kappa)s)."
                ) % {
                    "people": line.pilot.people,
                    "n": line.pilot.items,
                    "share": f"{100 * line.pilot.unanimous:.0f}",
                    "kappa": line.pilot.fleiss.reason if line.pilot.fleiss.value is None else signed(line.pilot.fleiss.value),
                }
        main = [one for one in rounds if one.stage_id == stage.stage.pk and one.kind in (RoundKind.MAIN, RoundKind.UPDATE)]
        if main:
            yield from _stage(stage, main[-1])


def _stage(stage: agreements.StageReport, round: ScreeningRound) -> Iterator[str]:
    needed = round.rules.votes_needed
    yield ngettext(
        "At %(stage)s %(n)s person judged each record.", "At %(stage)s %(n)s people judged each record independently.", needed
    ) % {"stage": stage.stage, "n": {1: _("one"), 2: _("two"), 3: _("three")}[needed]}
    if needed > 1:
        yield from _single(round)
        yield (
            _("Nobody saw the others' votes on a record before all its votes were in.")
            if round.rules.opens == Opens.WHEN_IN
            else _("Nobody saw the others' votes before the round was closed.")
        )
        yield {
            WhoSettles.CONSENSUS_OR_THIRD: _("Conflicts were settled by consensus, else by a third reviewer."),
            WhoSettles.CONSENSUS: _("Conflicts were settled by consensus."),
            WhoSettles.THIRD: _("Conflicts were settled by a third reviewer."),
        }[WhoSettles(round.rules.who_settles)]
        if stage.maybes:
            yield _("A vote of maybe counted as include.") if stage.maybe_counts_as_include else _("A vote of maybe was settled later.")
    total = [line for line in stage.lines if line.arm == Arm.DATABASES and line.pilot is None and line.pairs]
    chosen = next((line for line in total if line.round is None), total[0] if len(total) == 1 else None)
    for one in chosen.pairs if chosen else ():
        k = one.figures.kappa
        kappa = k.reason if k.value is None else f"κ {signed(k.value)}"
        interval = (
            _(", 95 %% CI %(low)s to %(high)s") % {"low": signed(k.interval.low), "high": signed(k.interval.high)} if k.interval else ""
        )
        yield _("%(a)s and %(b)s agreed on %(po)s %% of %(n)s records (%(kappa)s%(interval)s).") % {
            "a": one.pair.first.label,
            "b": one.pair.second.label,
            "po": f"{100 * (one.figures.po or 0):.1f}",
            "n": f"{one.figures.n:,}",
            "kappa": kappa,
            "interval": interval,
        }


def _single(round: ScreeningRound) -> Iterator[str]:
    """Say how many records of a round one person judged, by the rule of the round."""
    rows = RoundRecord.objects.filter(round=round, is_live=True)
    counts = rows.aggregate(all=Count("pk"), single=Count("pk", filter=Q(needed=1)))
    if counts["single"]:
        yield _("By rule, a random part of %(n)s of these %(all)s records (%(share)s %%) was judged by one person.") % {
            "n": f"{counts['single']:,}",
            "all": f"{counts['all']:,}",
            "share": f"{100 * counts['single'] / counts['all']:.1f}",
        }


def signed(value: float) -> str:
    """Write a coefficient with two decimals and, below zero, a minus sign."""
    return f"{value:.2f}".replace("-", "−")


def _flow(flow: rules.Flow) -> Iterator[str]:
    c = flow.counts
    said = {key: f"{value:,}" for key, value in c.items() if isinstance(value, int)}
    if not said.get("records_screened"):
        return
    yield _("Of %(identified)s records identified, %(screened)s were screened and %(excluded)s excluded.") % {
        "identified": f"{(flow.boxes['identified'].n or 0):,}",
        "screened": said["records_screened"],
        "excluded": said["records_excluded"],
    }
    yield _(
        "%(sought)s full texts were sought, %(missing)s could not be retrieved, %(assessed)s were assessed; %(reports)s reports of "
        "%(studies)s studies are included."
    ) % {
        "sought": said["dbr_sought_reports"],
        "missing": said["dbr_notretrieved_reports"],
        "assessed": said["dbr_assessed"],
        "reports": said["new_reports"],
        "studies": said["new_studies"],
    }


def _checklist(member: Member) -> list[tuple[str, str, str, str]]:
    """Item, section, where this review answers it, address: the items of PRISMA-ScR that the software has data for."""
    slug = member.review.slug
    items = (
        ("4", _("Objectives"), _("Question and aims"), "overview"),
        ("6", _("Eligibility criteria"), _("Criteria, with their versions"), "criteria"),
        ("7", _("Information sources"), _("Search log: sources and dates"), "searches"),
        ("8", _("Search"), _("Search log: strategies word for word"), "searches"),
        ("9", _("Selection of sources of evidence"), _("Rounds and their rules; agreement"), "agreement"),
        ("10", _("Data charting process"), _("Charting form and its versions"), "charting"),
        ("11", _("Data items"), _("Fields of the charting form"), "charting"),
        ("12", _("Critical appraisal (optional)"), _("Classification table"), "classification"),
        ("14", _("Selection: results"), _("PRISMA flow, excluded full texts"), "prisma"),
        ("15", _("Characteristics of sources"), _("Table 1"), "table1"),
        ("16", _("Critical appraisal: results (optional)"), _("Classification table"), "classification"),
        ("17", _("Results of individual sources"), _("Table 1"), "table1"),
        ("18", _("Synthesis of results"), _("Themes and charts"), "themes"),
    )
    return [(number, section, where, reverse(name, args=[slug])) for number, section, where, name in items]


def as_docx(text: Text) -> bytes:
    """Write the text as a Word document: paragraphs, then the table of excluded full texts."""
    parts: list[docx.Part] = []
    for head, paragraph in text.paragraphs:
        parts += [docx.heading(head), docx.text(paragraph)]
    if text.excluded:
        parts += [
            docx.heading(_("Full texts excluded, with the primary reason")),
            docx.grid((_("Reference"), _("Primary reason")), text.excluded),
        ]
    parts += [docx.heading(_("Where PRISMA-ScR is answered"))]
    parts += [
        docx.grid((_("Item"), _("Section"), _("Where")), [(number, section, where) for number, section, where, _url in text.checklist])
    ]
    return docx.document(text.title, parts)
