"""Charting: answers, conflicts between two who type, charted, verified, two apart, the form."""

import pytest

from charting import visibility
from charting.charting_forms import actions, setup
from charting.charting_forms.fields import NOT_REPORTED, default_fields
from charting.errors import Changed, Invalid, Refused
from charting.models import Answer, ChartingForm, ChartingStep
from charting.vocabulary import AnswerKind, Mode
from reviewapp.audit.models import Event


def fill(member, study, **values):
    for field in default_fields():
        if field.required:
            value = values.get(
                field.key,
                {"year": "2015", "design": "qualitative", "population": "severe or long-term", "keyword": "yes"}.get(
                    field.key, NOT_REPORTED
                ),
            )
            actions.answer(member=member, study=study, field_key=field.key, value=value)


def double(world):
    actions.publish_form(member=world.owner, fields=default_fields(), mode=Mode.DOUBLE)


def test_an_answer_is_kept_with_quote_page_and_event(world, study):
    row = actions.answer(member=world.reviewer_a, study=study, field_key="country", value=" Norway ", quote="in Oslo", page="2")

    assert (row.value, row.quote, row.page, row.version, row.form.number) == ("Norway", "in Oslo", "2", 1, 1)
    event = Event.objects.filter(review=world.review).last()
    assert (event.kind, event.data) == ("charting:answered", {"study": study.number, "field": "country", "version": 1})


def test_the_same_answer_again_changes_nothing(world, study):
    for _ in range(2):
        actions.answer(member=world.reviewer_a, study=study, field_key="country", value="Norway", seen=0)
    assert Answer.objects.count() == 1


def test_an_answer_that_somebody_else_changed_is_not_overwritten(world, study):
    actions.answer(member=world.reviewer_a, study=study, field_key="country", value="Norway", seen=0)

    with pytest.raises(Changed, match="Author 1 changed this at") as refusal:
        actions.answer(member=world.reviewer_b, study=study, field_key="country", value="Sweden", seen=0)
    assert refusal.value.current.value == "Norway"
    actions.answer(member=world.reviewer_b, study=study, field_key="country", value="Sweden", seen=1)
    assert visibility.agreed_answers(world.review).get().value == "Sweden"


@pytest.mark.parametrize(("key", "value"), [("year", "soon"), ("design", "astrology"), ("no_such", "x")])
def test_answers_that_cannot_be_are_refused(world, study, key, value):
    with pytest.raises(Invalid):
        actions.answer(member=world.reviewer_a, study=study, field_key=key, value=value)


def test_only_reviewers_chart_and_only_included_studies(world, study):
    with pytest.raises(Refused, match="Only reviewers"):
        actions.answer(member=world.owner, study=study, field_key="country", value="Norway")
    world.pause(world.all_records[0])
    with pytest.raises(Refused, match="not included now"):
        actions.answer(member=world.reviewer_a, study=study, field_key="country", value="Norway")


def test_charted_needs_every_required_field(world, study):
    actions.answer(member=world.reviewer_a, study=study, field_key="country", value="Norway")
    with pytest.raises(Refused, match="fields are left"):
        actions.chart(member=world.reviewer_a, study=study)
    fill(world.reviewer_a, study)
    assert actions.chart(member=world.reviewer_a, study=study) == actions.chart(member=world.reviewer_a, study=study)


def test_another_person_verifies_and_a_later_answer_opens_the_study_again(world, study):
    fill(world.reviewer_a, study)
    with pytest.raises(Refused, match="not charted yet"):
        actions.verify(member=world.reviewer_b, study=study)
    actions.chart(member=world.reviewer_a, study=study)
    with pytest.raises(Refused, match="You charted this study"):
        actions.verify(member=world.reviewer_a, study=study)
    step = actions.verify(member=world.reviewer_b, study=study)
    assert step == actions.verify(member=world.reviewer_b, study=study)

    actions.answer(member=world.reviewer_a, study=study, field_key="country", value="Sweden")
    again = actions.verify(member=world.reviewer_b, study=study)
    assert again.covers == step.covers + 1
    assert ChartingStep.objects.filter(kind="verified").count() == 2


def test_verifying_a_page_that_is_older_than_an_answer_is_refused(world, study):
    fill(world.reviewer_a, study)
    actions.chart(member=world.reviewer_a, study=study)
    seen = actions.answer_count(study)
    actions.answer(member=world.reviewer_a, study=study, field_key="country", value="Sweden")
    with pytest.raises(Changed):
        actions.verify(member=world.reviewer_b, study=study, seen=seen)


def test_two_who_chart_apart_read_each_other_only_when_done(world, study):
    double(world)
    fill(world.reviewer_a, study)
    actions.chart(member=world.reviewer_a, study=study)
    actions.answer(member=world.reviewer_b, study=study, field_key="country", value="Norway")
    others = visibility.answers(world.reviewer_b).exclude(member=world.reviewer_b)
    assert not others.exists()

    fill(world.reviewer_b, study, country="Norway")
    actions.chart(member=world.reviewer_b, study=study)
    assert others.exists()


def test_what_two_wrote_alike_is_reconciled_at_once_and_the_rest_by_a_person(world, study):
    double(world)
    fill(world.reviewer_a, study, country="Norway")
    fill(world.reviewer_b, study, country="Sweden")
    actions.chart(member=world.reviewer_a, study=study)
    with pytest.raises(Refused, match="second author has not finished"):
        actions.answer(member=world.reviewer_a, study=study, field_key="country", value="Norway", kind=AnswerKind.AGREED)
    actions.chart(member=world.reviewer_b, study=study)

    agreed = dict(visibility.agreed_answers(world.review).values_list("field_key", "value"))
    assert "country" not in agreed
    assert agreed["design"] == "qualitative"
    with pytest.raises(Refused, match="1 field is left"):
        actions.verify(member=world.reviewer_a, study=study)
    actions.answer(member=world.reviewer_a, study=study, field_key="country", value="Norway", kind=AnswerKind.AGREED)
    assert actions.verify(member=world.reviewer_a, study=study)


def test_own_answers_close_when_one_is_done_and_open_by_taking_it_back(world, study):
    double(world)
    fill(world.reviewer_a, study)
    actions.chart(member=world.reviewer_a, study=study)
    with pytest.raises(Refused, match="You said that this study is charted"):
        actions.answer(member=world.reviewer_a, study=study, field_key="country", value="Norway")
    assert actions.take_back(member=world.reviewer_a, study=study) == 1
    assert actions.answer(member=world.reviewer_a, study=study, field_key="country", value="Norway")


def test_the_form_is_versioned_and_its_mode_stays_once_charting_began(world, study):
    fields = default_fields()[:3]
    assert actions.publish_form(member=world.owner, fields=fields, mode=Mode.VERIFY).number == 2
    assert actions.publish_form(member=world.owner, fields=fields, mode=Mode.VERIFY).number == 2
    assert ChartingForm.objects.count() == 2
    actions.answer(member=world.reviewer_a, study=study, field_key="country", value="Norway")
    with pytest.raises(Refused, match="Charting has begun"):
        actions.publish_form(member=world.owner, fields=fields, mode=Mode.DOUBLE)
    with pytest.raises(Invalid):
        actions.publish_form(member=world.owner, fields=(*fields, fields[0]), mode=Mode.VERIFY)
    assert setup.form(world.review).number == 2


def test_who_is_done_first_reads_nothing_of_the_other_and_after_both_nobody_goes_back(world, study):
    double(world)
    fill(world.reviewer_a, study)
    actions.chart(member=world.reviewer_a, study=study)
    actions.answer(member=world.reviewer_b, study=study, field_key="country", value="Norway")
    assert not visibility.answers(world.reviewer_a).filter(member=world.reviewer_b).exists()

    fill(world.reviewer_b, study)
    actions.chart(member=world.reviewer_b, study=study)
    assert visibility.answers(world.reviewer_a).filter(member=world.reviewer_b).exists()
    with pytest.raises(Refused, match="Both authors have charted"):
        actions.take_back(member=world.reviewer_a, study=study)
    assert actions.verify(member=world.reviewer_a, study=study)
    assert actions.take_back(member=world.reviewer_a, study=study) == 1
