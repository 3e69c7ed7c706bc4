"""Answer, say that a study is charted, verify it, change the form. One action, one transaction, one Event."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from charting import people, queries
from charting.charting_forms import rules, setup
from charting.charting_forms.fields import BadField, Field, as_json, clean, left, read
from charting.errors import Changed, Invalid, Refused
from charting.models import Answer, ChartingForm, ChartingStep
from charting.vocabulary import AnswerKind, Mode, StepKind
from reviewapp.audit import actions as audit
from reviewapp.reviews.models import Member, Review
from reviewapp.reviews.vocabulary import Right
from screening.models import Study

MOST_FIELDS = 60


@transaction.atomic
def answer(
    *,
    member: Member,
    study: Study,
    field_key: str,
    value: str,
    quote: str = "",
    page: str = "",
    seen: int | None = None,
    kind: str | None = None,
) -> Answer | None:
    """Keep an answer to one field of a study; an empty one takes it back. The same again changes nothing.

    ``seen`` is the version that the page knew (0: none): Changed, with the row that stands, when somebody else was faster. ``kind`` is the
    review's by default: agreed where one charts and another verifies, own where two chart apart; *agreed* there reconciles.
    """
    _check(member, study)
    form = setup.ensure_form(member.review)
    field = _field(form, field_key)
    try:
        value = clean(field, value)
    except BadField as error:
        raise Invalid(str(error)) from error
    kind = kind or (AnswerKind.OWN if form.mode == Mode.DOUBLE else AnswerKind.AGREED)
    _lock(study)
    _check_kind(member, study, form, kind)
    rows = Answer.objects.filter(study=study, field_key=field.key, kind=kind, superseded_at=None).select_related("member__review")
    current = (rows.filter(member=member) if kind == AnswerKind.OWN else rows).first()
    quote, page = quote.replace("\x00", "").strip(), " ".join(page.replace("\x00", "").split())[:40]
    if (current is None and not (value or quote or page)) or (
        current and (current.value, current.quote, current.page) == (value, quote, page)
    ):
        return current
    if seen is not None and seen != (current.version if current else 0):
        raise Changed(_changed_sentence(current), current)
    fresh = _write(member, study, form, field, kind, current, value, quote, page)
    event = "charting:answered" if kind == AnswerKind.AGREED else "answer:own"
    audit.log(event, review=member.review, actor=member, data={"study": study.number, "field": field.key, "version": fresh.version})
    return fresh


def _write(
    member: Member, study: Study, form: ChartingForm, field: Field, kind: str, current: Answer | None, value: str, quote: str, page: str
) -> Answer:
    now = timezone.now()
    if current is not None:
        Answer.objects.filter(pk=current.pk).update(superseded_at=now)
    return Answer.objects.create(
        review=member.review, study=study, field_key=field.key, kind=kind, version=current.version + 1 if current else 1,
        value=value, quote=quote, page=page, member=member, form=form, at=now,
    )  # fmt: skip


def _check(member: Member, study: Study) -> None:
    if not member.may(Right.APPRAISE):
        raise Refused(_("Only reviewers chart studies."))
    if not queries.studies_charted(member.review).filter(pk=study.pk).exists():
        raise Refused(_("This study is not included now. Its answers are kept and count again when it is included again."))
    report = queries.main_report(study)
    if report is not None and people.is_own_paper(member, report.record):
        raise Refused(_("You said that this is your own paper. The others chart it."))


def _field(form: ChartingForm, key: str) -> Field:
    for field in setup.fields(form):
        if field.key == key:
            return field
    raise Invalid(_("This field is not in the charting form now. Reload the page; what you typed is still here."))


def _lock(study: Study) -> None:
    """Answers and steps of a study follow one another."""
    Study.objects.select_for_update(no_key=True).get(pk=study.pk)


def _check_kind(member: Member, study: Study, form: ChartingForm, kind: str) -> None:
    if form.mode != Mode.DOUBLE:
        if kind != AnswerKind.AGREED:
            raise Invalid(_("In this review one charts and another verifies: there is one answer to each field."))
        return
    charted = set(ChartingStep.objects.filter(study=study, kind=StepKind.CHARTED, undone_at=None).values_list("by_id", flat=True))
    if kind == AnswerKind.OWN and member.pk in charted:
        raise Refused(_("You said that this study is charted. Changes now go into the reconciled answers."))
    if kind == AnswerKind.AGREED and member.pk not in charted:
        raise Refused(_("Chart this study yourself first. Then the other’s answers open, and you can reconcile them."))
    if kind == AnswerKind.AGREED and len(charted) < rules.NEEDED_APART:
        raise Refused(_("The second author has not finished charting this study. Reconcile when both are done."))


def _changed_sentence(current: Answer | None) -> str:
    if current is None or not current.value:
        return _("The answer was taken back while this page was open. Yours is kept below. Choose.")
    return _("%(who)s changed this at %(time)s. Yours is kept. Choose.") % {
        "who": current.member.label,
        "time": timezone.localtime(current.at).strftime("%H:%M"),
    }


# --- steps ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def chart(*, member: Member, study: Study) -> ChartingStep:
    """Say that a study is charted: every required field has an answer. Again changes nothing.

    Where two chart apart, the second one's word also makes the answers that are the same the reconciled ones.
    """
    _check(member, study)
    form = setup.ensure_form(member.review)
    _lock(study)
    kind = AnswerKind.OWN if form.mode == Mode.DOUBLE else AnswerKind.AGREED
    answers = Answer.objects.filter(study=study, kind=kind, superseded_at=None)
    values = dict((answers.filter(member=member) if kind == AnswerKind.OWN else answers).values_list("field_key", "value"))
    _check_complete(form, values)
    live = ChartingStep.objects.filter(study=study, kind=StepKind.CHARTED, undone_at=None)
    already = (live.filter(by=member) if form.mode == Mode.DOUBLE else live).first()
    if already is not None:
        return already
    step = _step(member, study, StepKind.CHARTED)
    same = _take_over_same(member, study, form) if form.mode == Mode.DOUBLE and live.count() == rules.NEEDED_APART else 0
    audit.log("charting:charted", review=member.review, actor=member, data={"study": study.number, "same": same})
    return step


@transaction.atomic
def verify(*, member: Member, study: Study, seen: int | None = None) -> ChartingStep:
    """Say that a study's answers are right. By another person than who charted it. ``seen`` = how many answers the page knew of.

    Any later answer opens the study for verifying again.
    """
    _check(member, study)
    form = setup.ensure_form(member.review)
    _lock(study)
    steps = [rules.Step(s.kind, s.by_id, s.covers) for s in ChartingStep.objects.filter(study=study, undone_at=None)]
    covers = answer_count(study)
    charted = [s for s in steps if s.kind == StepKind.CHARTED]
    if len(charted) < (rules.NEEDED_APART if form.mode == Mode.DOUBLE else 1):
        raise Refused(_("This study is not charted yet. It can be verified when it is."))
    if not rules.may_verify(steps, member.pk, mode=form.mode):
        raise Refused(_("You charted this study. Another author verifies it."))
    if seen is not None and seen != covers:
        raise Changed(_("An answer changed while this page was open. Look at it, then verify."))
    mine = ChartingStep.objects.filter(study=study, kind=StepKind.VERIFIED, by=member, undone_at=None).first()
    if mine is not None and mine.covers == covers:
        return mine
    _check_complete(
        form, dict(Answer.objects.filter(study=study, kind=AnswerKind.AGREED, superseded_at=None).values_list("field_key", "value"))
    )
    if mine is not None:
        ChartingStep.objects.filter(pk=mine.pk).update(undone_at=timezone.now(), undone_by=member)
    step = _step(member, study, StepKind.VERIFIED)
    audit.log("charting:verified", review=member.review, actor=member, data={"study": study.number, "covers": covers})
    return step


@transaction.atomic
def take_back(*, member: Member, study: Study) -> int:
    """Take back one's own word that a study is charted or verified. Gives how many steps were taken back.

    Where two charted apart and both are done, they have read each other: only *reconciled* can still be taken back.
    """
    _check(member, study)
    form = setup.ensure_form(member.review)
    _lock(study)
    live = ChartingStep.objects.filter(study=study, undone_at=None)
    mine = live.filter(by=member)
    if form.mode == Mode.DOUBLE and live.filter(kind=StepKind.CHARTED).count() >= rules.NEEDED_APART:
        mine = mine.filter(kind=StepKind.VERIFIED)
        if not mine.exists():
            raise Refused(_("Both authors have charted this study. Changes go into the reconciled answers."))
    n = mine.update(undone_at=timezone.now(), undone_by=member)
    if n:
        audit.log("charting:taken_back", review=member.review, actor=member, data={"study": study.number})
    return n


def answer_count(study: Study) -> int:
    """How many agreed answer rows a study has ever had."""
    return Answer.objects.filter(study=study, kind=AnswerKind.AGREED).count()


def _step(member: Member, study: Study, kind: StepKind) -> ChartingStep:
    return ChartingStep.objects.create(
        review=member.review, study=study, kind=kind, covers=answer_count(study), by=member, at=timezone.now()
    )


def _check_complete(form: ChartingForm, values: dict[str, str]) -> None:
    missing = left(setup.fields(form), values)
    if missing:
        raise Refused(
            ngettext("%(n)s field is left: %(names)s. ", "%(n)s fields are left: %(names)s. ", len(missing))
            % {"n": len(missing), "names": ", ".join(f.label for f in missing[:3]) + (" …" if len(missing) > 3 else "")}
            + _("Write “not reported” where the study says nothing.")
        )


def _take_over_same(member: Member, study: Study, form: ChartingForm) -> int:
    """Make answers on which both agree word for word the reconciled ones."""
    own: dict[str, list[Answer]] = {}
    for row in Answer.objects.filter(study=study, kind=AnswerKind.OWN, superseded_at=None).exclude(value=""):
        own.setdefault(row.field_key, []).append(row)
    taken = set(Answer.objects.filter(study=study, kind=AnswerKind.AGREED, superseded_at=None).values_list("field_key", flat=True))
    same = 0
    for field in setup.fields(form):
        rows = own.get(field.key, [])
        if field.key not in taken and len(rows) >= rules.NEEDED_APART and len({row.value for row in rows}) == 1:
            _write(member, study, form, field, AnswerKind.AGREED, None, rows[0].value, rows[0].quote, rows[0].page)
            same += 1
    return same


# --- the form -------------------------------------------------------------------------------------------------------


@transaction.atomic
def publish_form(*, member: Member, fields: Sequence[Field], mode: str, why: str = "") -> ChartingForm:
    """Publish the next version of the charting form. A form equal to the one in force changes nothing.

    Answers stay with the keys of their fields: a field that leaves the form keeps them, and has them again when it returns.
    """
    try:
        raw = as_json(read(as_json(fields)))
    except BadField as error:
        raise Invalid(str(error)) from error
    if not raw or len(raw) > MOST_FIELDS:
        raise Invalid(_("A charting form has between 1 and %(n)s fields.") % {"n": MOST_FIELDS})
    if mode not in Mode.values:
        raise Invalid(_("Choose how studies are charted."))
    Review.objects.select_for_update(no_key=True).get(pk=member.review_id)
    now = setup.ensure_form(member.review)
    if (now.fields, now.mode) == (raw, mode):
        return now
    if now.mode != mode and Answer.objects.for_review(member.review).exists():
        raise Refused(_("Charting has begun: how studies are charted stays as it is. Fields may still change."))
    fresh = ChartingForm.objects.create(review=member.review, number=now.number + 1, mode=mode, fields=raw, why=why.strip(), by=member)
    audit.log("form:published", review=member.review, actor=member, data={"version": fresh.number, "fields": len(raw)}, text=why.strip())
    return fresh
