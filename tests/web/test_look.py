"""Tags, filters, and how fields are drawn."""
from datetime import UTC, date, datetime

import pytest
from django import forms
from django.template import Context, Template

from reviewapp.web.templatetags.look import date_time, minus, percent, thousands


class SearchForm(forms.Form):
    hits = forms.IntegerField(label="Hits in the database", help_text="After limits.")
    rule = forms.ChoiceField(label="Maybe", choices=[("a", "counts as include"), ("b", "a list of its own")], widget=forms.RadioSelect)
    totals = forms.BooleanField(label="Show totals", required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "Scoping review")])

    def clean(self) -> None:
        if self.data.get("clash"):
            raise forms.ValidationError("The numbers do not fit together.")


def draw(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize(("value", "text"), [(1683, "1,683"), (0, "0"), (None, "–"), ("", "–"), ("12 †", "12 †")])
def test_numbers_have_commas(value: object, text: str) -> None:
    assert thousands(value) == text


@pytest.mark.parametrize(("value", "digits", "text"), [(0.982, 1, "98.2 %"), (0.5, 0, "50 %"), (None, 1, "–")])
def test_shares_are_percent(value: float | None, digits: int, text: str) -> None:
    assert percent(value, digits) == text


def test_moments_are_written_as_people_say_them() -> None:
    assert date_time(datetime(2018, 2, 14, 10, 42, tzinfo=UTC)) == "14 February 2018, 10:42"
    assert date_time(date(2018, 2, 14)) == "14 February 2018"
    assert date_time(None) == ""


def test_verdict_is_sign_word_and_colour() -> None:
    html = draw('{% verdict "exclude" %}')

    assert "is-exclude" in html
    assert "#x-lg" in html
    assert "Exclude" in html


def test_icon_is_silent() -> None:
    assert draw('{% icon "check" %}') == '<svg class="icon" aria-hidden="true"><use href="/static/vendor/icons.svg#check"/></svg>'


def test_field_ties_label_help_and_error_together() -> None:
    html = draw("{{ form.hits.as_field_group }}", form=SearchForm({"hits": "many"}))

    assert '<label class="form-label" for="id_hits">' in html
    assert 'aria-describedby="id_hits_helptext id_hits_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_hits_helptext"' in html
    assert 'class="field-error" id="id_hits_error"' in html
    assert "is-bad" in html


def test_controls_have_the_classes_of_the_look() -> None:
    html = draw("{{ form }}", form=SearchForm())

    assert html.count("form-check-input") == 3
    assert "form-select" in html
    assert '<legend class="form-label">Maybe</legend>' in html
    assert '<label class="form-check-label" for="id_rule_1">a list of its own</label>' in html


def test_what_is_wrong_with_the_whole_form_is_said_first() -> None:
    html = draw("{{ form }}", form=SearchForm({"clash": "1"}))

    assert html.index("The numbers do not fit together.") < html.index("Hits in the database")
    assert 'role="alert" tabindex="-1" autofocus' in html


def test_words_of_people_are_escaped() -> None:
    html = draw('{% include "components/notice.html" with fact=fact %}', fact="<b>x</b>")

    assert "&lt;b&gt;x&lt;/b&gt;" in html


@pytest.mark.parametrize(
    ("value", "text"),
    [("-0.0331", "−0.0331"), (-0.5, "−0.5"), ("0.4", "0.4"), ("", ""), ("-", "-"), ("-vention", "-vention"), ("3-5", "3-5"), (None, "None")],
)
def test_a_number_below_zero_has_a_minus_sign(value: object, text: str) -> None:
    assert minus(value) == text
