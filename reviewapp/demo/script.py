"""Play METHOD part C through the same actions that people's clicks use; no row is written past them.

Every step may run again, also after a kill half-way: votes carry keys, everything else looks whether it is done already. Steps are
those of C2; ``play`` goes up to one of them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from charting.charting_forms import actions as charting
from charting.classification_table import actions as classification
from charting.models import AgreedRating, ChartingStep, Theme
from charting.themes import actions as themes
from charting.vocabulary import Population
from reviewapp.demo import charts, fulltexts, ratings, review, truth
from reviewapp.demo.cast import Cast, find
from reviewapp.jobs import actions as jobs
from reviewapp.reviews.models import Counter, Member, Review
from screening.conflicts import actions as conflicts
from screening.decisions import actions as decisions
from screening.deduplication import actions as deduplication
from screening.fulltext import actions as fulltext
from screening.importing import actions as importing
from screening.importing import endings
from screening.models import (
    DuplicatePair,
    Entry,
    EntryEnding,
    Record,
    Report,
    RoundRecord,
    ScreeningRound,
    Search,
    SearchRound,
    SourceRecord,
    StudyLink,
    Upload,
)
from screening.outcomes import merging
from screening.searches import actions as searches
from screening.stages import actions as stages
from screening.studies import actions as studies
from screening.vocabulary import (
    CLASHES,
    CriterionChange,
    PairState,
    RemovalReason,
    Retrieval,
    RoundKind,
    StageKind,
    Verdict,
)

LAST = 12
STEP = "demo_step"
Progress = Callable[[int, str], None]
AT_ONCE = 40  # votes in one commit: a person's click is one commit, the demo has thousands


def step_done() -> int:
    """Give the last step that is whole; 0 before the first."""
    found = find()
    counter = Counter.objects.filter(review=found, name=STEP).first() if found else None
    return counter.last if counter else 0


def play(until: int = LAST, *, say: Progress = lambda step, words: None) -> Review:
    """Play the steps that are not done, up to ``until``; gives the review. ``say`` hears of each step."""
    with jobs.silent():
        demo = Demo()
        for step, (words, act) in enumerate(demo.steps, start=1):
            if step > until or step <= step_done():
                continue
            say(step, words)
            act()
            Counter.objects.update_or_create(review=demo.review, name=STEP, defaults={"last": step})
        if until > 1:
            demo.work(("import", "dedupe", "index"))  # without a worker too, words find what is there
    return demo.review


def batches(items: Iterable[Any], n: int = AT_ONCE) -> Iterator[list[Any]]:
    source = iter(items)
    while batch := list(islice(source, n)):
        yield batch


class Demo(Cast):
    """The steps."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: Sequence[tuple[str, Callable[[], None]]] = (
            ("Setting up and importing the first searches", self.step_1),
            ("Finding duplicates", self.step_2),
            ("Pilot", self.step_3),
            ("Voting on titles and abstracts", self.step_4),
            ("Settling conflicts", self.step_5),
            ("Getting full texts", self.step_6),
            ("Full text and classification", self.step_7),
            ("The research network", self.step_8),
            ("The update search", self.step_9),
            ("Screening the update", self.step_10),
            ("Charting and themes", self.step_11),
            ("Closing the rounds", self.step_12),
        )

    # --- 1 and 9: searches and imports ------------------------------------------------------------------------------

    def step_1(self) -> None:
        self.set_up()
        self._search_and_upload(1)
        jobs.run_pending("import")

    # --- 2: duplicates ----------------------------------------------------------------------------------------------

    def step_2(self) -> None:
        self.work()
        self._answer_pairs()
        self._remove(1)
        filename, position = truth.unreadable()
        entry = Entry.objects.get(upload__review=self.review, upload__filename=filename, position=position)
        if not EntryEnding.objects.filter(entry=entry, superseded_at=None).exists():
            endings.mark_unreadable(self.librarian, entry, "Nothing in it names a paper.")

    def _answer_pairs(self) -> None:
        """Answer the queue from the generator's truth, then join what no engine could see."""
        for pair in DuplicatePair.objects.for_review(self.review).filter(state=PairState.OPEN).select_related("a", "b"):
            if truth.same(self._key(pair.a_id), self._key(pair.b_id)):
                deduplication.same(self.owner, pair)
            else:
                deduplication.different(self.owner, pair)
        first: dict[str, Record] = {}
        rows = SourceRecord.objects.for_review(self.review).select_related("record__head", "record__review").order_by("record__number")
        for row in rows:
            key = truth.key_of(row.title, row.doi, row.accession)
            head = row.record.head or row.record
            if key and first.setdefault(key, head).pk != head.pk:
                merging.merge(first[key], head, by=self.owner)

    def _key(self, record_id: int) -> str:
        row = SourceRecord.objects.get(record_id=record_id)
        return truth.key_of(row.title, row.doi, row.accession) or ""

    def _remove(self, n: int) -> None:
        heads = self.records()
        for removal in truth.removals():
            if removal.round == n and not Record.objects.get(pk=heads[removal.key].pk).is_removed:
                stages.remove(self.people[removal.by], heads[removal.key], reason=RemovalReason(removal.reason), note=removal.note)

    # --- 3: pilot ---------------------------------------------------------------------------------------------------

    def step_3(self) -> None:
        heads = self.records()
        keys = truth.pilot_keys()
        pilot = self._round(RoundKind.PILOT, StageKind.TITLE_ABSTRACT, "Pilot", self.authors, record_ids=[heads[key].pk for key in keys])
        for key, votes in truth.pilot_votes(keys).items():
            for author, verdict in votes.items():
                self._vote(author, heads[key], pilot, Verdict(verdict))
        if pilot.closed_at is None:
            stages.close_round(self.owner, pilot)
        change, why = review.CRITERIA_CHANGE
        self._publish(2, CriterionChange(change), why)

    def _round(self, kind: RoundKind, stage: StageKind, name: str, team: Sequence[Member], **kwargs: Any) -> ScreeningRound:
        found: ScreeningRound | None = (
            ScreeningRound.objects.for_review(self.review).filter(name=name).select_related("stage", "rules", "review").first()
        )
        return found or stages.open_round(self.owner, kind=kind, stage=stages.stage_of(self.review, stage), name=name, team=team, **kwargs)

    def _vote(self, author: str, record: Record, round: ScreeningRound, verdict: Verdict, reason: str | None = None) -> None:
        key = f"demo:{round.number}:{record.number}:{author}"
        decisions.cast(member=self.people[author], record=record, round=round, verdict=verdict, key=key, reason=self.reason(reason))

    # --- 4 and 5: title and abstract --------------------------------------------------------------------------------

    def _main(self, n: int, stage: StageKind) -> ScreeningRound:
        words = {StageKind.TITLE_ABSTRACT: "Title and abstract", StageKind.FULL_TEXT: "Full text"}[stage]
        kind = RoundKind.MAIN if n == 1 else RoundKind.UPDATE
        search_round = SearchRound.objects.for_review(self.review).get(name=review.ROUND_NAMES[n])
        return self._round(kind, stage, f"{words}, {review.ROUND_NAMES[n].lower()}", self.screeners, search_round=search_round)

    def step_4(self) -> None:
        self._screen(1)

    def _screen(self, n: int) -> None:
        round = self._main(n, StageKind.TITLE_ABSTRACT)
        heads = self.records()
        votes = truth.title_abstract_votes(n)
        for column, author in enumerate(review.SCREENERS):
            for batch in batches(votes.items()):
                with transaction.atomic():
                    for key, pair in batch:
                        self._vote(author, heads[key], round, Verdict(pair[column]))

    def step_5(self) -> None:
        self._settle(self._main(1, StageKind.TITLE_ABSTRACT), truth.title_abstract_resolutions(1))

    def _settle(self, round: ScreeningRound, resolutions: Iterable[truth.Resolution]) -> None:
        heads = self.records()
        clashing = set(RoundRecord.objects.filter(round=round, is_live=True, outcome__in=CLASHES).values_list("record_id", flat=True))
        for one in resolutions:
            if heads[one.key].pk in clashing:
                conflicts.rule(
                    self.third, heads[one.key], round, verdict=Verdict(one.verdict), rationale=one.rationale, reason=self.reason(one.reason)
                )

    # --- 6 and 7: full text -----------------------------------------------------------------------------------------

    def step_6(self) -> None:
        self._main(1, StageKind.FULL_TEXT)
        self._retrieve(1)

    def _retrieve(self, n: int) -> None:
        heads = self.records()
        reports = {report.record_id: report for report in Report.objects.for_review(self.review).select_related("record__review", "review")}
        for one in truth.retrievals(n):
            self._get(reports[heads[one.key].pk], one.key, note="" if one.retrieved else one.note)

    def _get(self, report: Report, key: str, note: str = "") -> None:
        if report.retrieval in (Retrieval.RETRIEVED, Retrieval.NOT_RETRIEVED):
            return
        if note:
            fulltext.record_step(self.librarian, report, Retrieval.NOT_RETRIEVED, note=note)
        else:
            file = SimpleUploadedFile(f"{report.record.short_name}.pdf", fulltexts.pdf(key), content_type="application/pdf")
            fulltext.attach(self.librarian, report, file)

    def step_7(self) -> None:
        self._assess(1)
        self._rate(1)

    def _assess(self, n: int) -> None:
        round = self._main(n, StageKind.FULL_TEXT)
        heads = self.records()
        for key, votes in truth.full_text_votes(n).items():
            for author, vote in zip(review.SCREENERS, votes, strict=True):
                self._vote(author, heads[key], round, Verdict(vote.verdict), vote.reason)
        self._settle(round, truth.full_text_resolutions(n))
        labels = truth.included_reports(n)
        for key, label in labels.items():
            study = StudyLink.objects.select_related("study__review").get(report__record=heads[key], undone_at=None).study
            if study.label != label:
                studies.rename(self.owner, study, label)

    def _rate(self, n: int | None) -> None:
        heads = self._with_network()
        reports = {report.record_id: report for report in Report.objects.for_review(self.review).select_related("record__review", "review")}
        for one in ratings.ratings():
            report = reports.get(heads[one.key].pk) if one.round == n and one.key in heads else None
            if report is None or AgreedRating.objects.filter(report=report, superseded_at=None).count() == 2:
                continue
            with transaction.atomic():
                for author, cell in one.own.items():
                    for scale, value in zip(("relevance", "design"), cell, strict=True):
                        classification.rate(member=self.people[author], report=report, scale=scale, value=value)
                for scale, value in zip(("relevance", "design"), one.agreed, strict=True):
                    classification.agree(member=self.owner, report=report, scale=scale, value=value, note=one.note)

    # --- 8: the research network ------------------------------------------------------------------------------------

    def _with_network(self) -> dict[str, Record]:
        heads = self.records()
        for paper in truth.network():
            row = (
                SourceRecord.objects.for_review(self.review)
                .filter(doi=paper.doi)
                .select_related("record__head__review", "record__review")
                .first()
            )
            if not paper.matches and row is not None:
                heads[paper.key] = row.record.head or row.record
        return heads

    def step_8(self) -> None:
        source = self._source(review.NETWORK_SOURCE)
        search_round = SearchRound.objects.for_review(self.review).get(name=review.ROUND_NAMES[1])
        search = Search.objects.for_review(self.review).filter(source=source).first() or searches.add_search(
            self.librarian,
            source=source,
            search_round=search_round,
            run_by="author1",
            hits_exported=len(truth.network()),
            method="The authors named papers that they knew and that the databases had not found.",
            notes="Known to the authors.",
        )
        if not Upload.objects.filter(search=search).exists():
            importing.type_reference(self.librarian, search, truth.network_ris().decode())
        self.work()
        self._answer_pairs()
        heads = self._with_network()
        round = self._main(1, StageKind.FULL_TEXT)
        for paper in truth.network():
            if not paper.matches:
                self._get(Report.objects.select_related("record__review", "review").get(record=heads[paper.key]), paper.key)
                for author in review.SCREENERS:
                    self._vote(author, heads[paper.key], round, Verdict.EXCLUDE, paper.reason)
        self._rate(None)

    # --- 9 to 12 ----------------------------------------------------------------------------------------------------

    def step_9(self) -> None:
        self._search_and_upload(2)
        self.work()
        self._answer_pairs()
        self._remove(2)
        self._main(2, StageKind.TITLE_ABSTRACT)
        self._main(2, StageKind.FULL_TEXT)

    def step_10(self) -> None:
        self._screen(2)
        self._settle(self._main(2, StageKind.TITLE_ABSTRACT), truth.title_abstract_resolutions(2))
        self._retrieve(2)
        self._assess(2)
        self._rate(2)

    def step_11(self) -> None:
        heads = self.records()
        chart_of = {row.key: row for row in charts.charted()}
        links = StudyLink.objects.for_review(self.review).filter(undone_at=None, is_primary=True).select_related("study__review")
        study_of = {link.report.record_id: link.study for link in links.select_related("study__review", "report")}
        themes_by_code = self._themes()
        for key, row in chart_of.items():
            study = study_of[heads[key].pk]
            with transaction.atomic():
                for name, value in _answers(row).items():
                    charting.answer(member=self.owner, study=study, field_key=name, value=value)
                charting.chart(member=self.owner, study=study)
                if not ChartingStep.objects.filter(study=study, kind="verified", undone_at=None).exists():
                    charting.verify(member=self.people["author2"], study=study)
        for placed in charts.placements():
            themes.place(
                member=self.owner,
                study=study_of[heads[placed.key].pk],
                theme=themes_by_code[placed.theme],
                primary=placed.primary,
                why=placed.why,
            )

    def _themes(self) -> dict[str, Theme]:
        found: dict[str, Theme] = {}
        for node in charts.THEMES:
            theme = Theme.objects.for_review(self.review).filter(name=node.name).first()
            found[node.code] = theme or themes.create_theme(
                member=self.owner, name=node.name, label=node.code, memo=node.memo, parent=found.get(node.parent)
            )
        return found

    def step_12(self) -> None:
        for round in ScreeningRound.objects.for_review(self.review).filter(closed_at=None).select_related("stage", "rules", "review"):
            stages.close_round(self.owner, round)


POPULATIONS = {"severe": Population.SEVERE.value, "mild": Population.MILD.value, "context": Population.CONTEXT.value}


def _answers(row: charts.Charted) -> dict[str, str]:
    return {
        "year": str(row.year), "country": row.country, "aims": row.aims, "participants": row.participants,
        "population": POPULATIONS[row.population],
        "findings": row.findings, "design": row.design.replace("_", " "), "keyword": "yes" if row.keyword else "no",
        "internal_validity": row.internal_validity, "external_validity": row.external_validity, "notes": row.notes,
    }  # fmt: skip


__all__ = ["LAST", "Demo", "find", "play", "step_done"]
