"""Forms to set up a review: what it asks, its criteria, rules and rounds."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviewapp.reviews.models import Member, Review
from reviewapp.reviews.vocabulary import ReviewKind, Role
from screening.models import HighlightList, Label, Reason, RuleVersion, SearchRound, Stage
from screening.stages.again import LABEL, REASON, WHICH
from screening.vocabulary import CriterionChange, Opens, RoundKind, StageKind, WhoSettles

PRESET_CHOICES = [("covidence", _("like Covidence: maybe counts as include, votes open record by record")),
                  ("rayyan", _("like Rayyan: maybe is a list of its own, votes open when the round closes"))]  # fmt: skip


class Lines(forms.CharField):
    """One thing a line: a list of the lines that are not empty."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": kwargs.pop("rows", 4)}), **kwargs)

    def clean(self, value: Any) -> Any:
        return [line.strip() for line in (super().clean(value) or "").splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value


class DescriptionForm(forms.Form):
    """How the review describes itself."""

    title = forms.CharField(label=_("Title"), max_length=300)
    kind = forms.ChoiceField(label=_("Kind"), choices=ReviewKind.choices)
    question = forms.CharField(label=_("Question"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    framework = forms.CharField(label=_("Framework"), required=False, max_length=20, help_text=_("For example PCC or PICO."))
    aims = Lines(label=_("Aims"), required=False, help_text=_("One a line."), rows=3)


class NewReviewForm(DescriptionForm):
    preset = forms.ChoiceField(
        label=_("Rules"),
        choices=PRESET_CHOICES,
        initial="covidence",
        widget=forms.RadioSelect,
        help_text=_("Every rule can be changed later."),
    )
    i_vote = forms.BooleanField(label=_("I screen too"), required=False, initial=True)


class ReviewForm(DescriptionForm):
    author_word = forms.ChoiceField(label=_("People are called"), choices=[("Author", _("Author")), ("Reviewer", _("Reviewer"))])


class CriteriaForm(forms.Form):
    include = Lines(label=_("Include"), required=False, help_text=_("One criterion a line."), rows=5)
    exclude = Lines(label=_("Exclude"), required=False, help_text=_("One criterion a line."), rows=4)
    reasons = Lines(
        label=_("Reasons to exclude, in order"), rows=5,
        help_text=_(
            "One a line; the first criterion that fails is the primary reason. "
            "A line that stays as it is keeps its votes; keys 1–9 follow the order."
        ),
    )  # fmt: skip
    change = forms.ChoiceField(label=_("This version is"), choices=CriterionChange.choices)
    why = forms.CharField(label=_("Why"), required=False, widget=forms.Textarea(attrs={"rows": 2}))


class RulesForm(forms.ModelForm):
    class Meta:
        model = RuleVersion
        fields = [
            "votes_needed", "majority", "maybe_counts_as_include", "reason_required", "reasons_may_conflict", "who_settles", "opens",
            "opens_after_minutes", "voters_may_settle", "show_totals", "self_check",
        ]  # fmt: skip
        widgets = {"votes_needed": forms.Select(choices=[(1, "1"), (2, "2"), (3, "3")])}

    def __init__(self, *args: Any, stage: Stage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("maybe_counts_as_include", "reason_required", "self_check") if stage.is_full_text else ("reasons_may_conflict",):
            del self.fields[name]

    def clean_opens_after_minutes(self) -> int:
        minutes: int = self.cleaned_data["opens_after_minutes"]
        if minutes > 1440:
            raise forms.ValidationError(_("At most one day: 1,440 minutes."))
        return minutes

    def _post_clean(self) -> None:
        """A version is made by its action; there is no row to check here."""


class RoundForm(forms.Form):
    """Open a round."""

    stage = forms.ModelChoiceField(label=_("Stage"), queryset=Stage.objects.none(), empty_label=None, to_field_name="order")
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            (RoundKind.MAIN, RoundKind.MAIN.label),
            (RoundKind.UPDATE, RoundKind.UPDATE.label),
            (RoundKind.PILOT, RoundKind.PILOT.label),
        ],
    )
    name = forms.CharField(label=_("Name"), max_length=120)
    search_round = forms.ModelChoiceField(
        label=_("Takes the records of"),
        queryset=SearchRound.objects.none(),
        required=False,
        empty_label=_("all search rounds"),
        to_field_name="number",
    )
    team = forms.MultipleChoiceField(label=_("Who votes"), widget=forms.CheckboxSelectMultiple)
    sample = forms.IntegerField(
        label=_("Records in a pilot"), min_value=1, max_value=500, initial=25, required=False, help_text=_("A random sample; 25 is usual.")
    )

    def __init__(self, *args: Any, review: Review, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].queryset = Stage.objects.for_review(review)  # type: ignore[attr-defined]  # of this kind of field
        self.fields["search_round"].queryset = SearchRound.objects.for_review(review)  # type: ignore[attr-defined]  # of this kind of field
        people = Member.objects.for_review(review).filter(ended_at=None).select_related("user", "review")
        self.able = {str(member.number): member for member in people if member.has_role(Role.REVIEWER)}
        self.fields["team"].choices = [(number, member.screen_label) for number, member in self.able.items()]  # type: ignore[attr-defined]  # of this kind of field

    def clean_team(self) -> list[Member]:
        return [self.able[number] for number in self.cleaned_data["team"]]


class TeamForm(forms.Form):
    """Who votes in a round."""

    name = forms.CharField(label=_("Name"), max_length=120)
    team = forms.MultipleChoiceField(label=_("Who votes"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, review: Review, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Member.objects.for_review(review).filter(ended_at=None).select_related("user", "review")
        self.able = {str(member.number): member for member in people if member.has_role(Role.REVIEWER)}
        self.fields["team"].choices = [(number, member.screen_label) for number, member in self.able.items()]  # type: ignore[attr-defined]  # of this kind of field

    def clean_team(self) -> list[Member]:
        return [self.able[number] for number in self.cleaned_data["team"]]


class RelookForm(TeamForm):
    """Look again at records that were decided."""

    stage = forms.ModelChoiceField(label=_("Stage"), queryset=Stage.objects.none(), empty_label=None, to_field_name="order")
    which = forms.ChoiceField(label=_("Which records"), choices=WHICH, widget=forms.RadioSelect)
    reason = forms.ModelChoiceField(
        label=_("The reason"), queryset=Reason.objects.none(), required=False, empty_label=_("choose one"), to_field_name="key",
        help_text=_("For records that were excluded for one reason."),
    )  # fmt: skip
    label = forms.ModelChoiceField(
        label=_("The label"), queryset=Label.objects.none(), required=False, empty_label=_("choose one"), to_field_name="number",
        help_text=_("For records with one label: the team’s labels, and your own."),
    )  # fmt: skip
    earlier = forms.BooleanField(label=_("Only those decided before the present version of the criteria"), required=False, initial=True)
    sample = forms.IntegerField(
        label=_("Only so many, at random"), min_value=1, max_value=100_000, required=False, help_text=_("Empty: all of them.")
    )
    shows = forms.ChoiceField(
        label=_("One’s own earlier vote"), initial="hidden", widget=forms.RadioSelect,
        choices=[("hidden", _("hidden: each judges anew")), ("shown", _("shown on the card: each says whether it still holds"))],
    )  # fmt: skip
    seed = forms.CharField(widget=forms.HiddenInput, max_length=32, required=False)
    field_order = ["stage", "which", "reason", "label", "earlier", "sample", "shows", "team", "name", "seed"]

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, review=member.review, **kwargs)
        self.fields["stage"].queryset = Stage.objects.for_review(member.review)  # type: ignore[attr-defined]  # of this kind of field
        self.fields["reason"].queryset = Reason.objects.for_review(member.review)  # type: ignore[attr-defined]  # of this kind of field
        labels = Label.objects.for_review(member.review).filter(ended_at=None).filter(Q(owner=None) | Q(owner=member))
        self.fields["label"].queryset = labels.order_by("owner_id", "name", "number")  # type: ignore[attr-defined]  # of this kind of field

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("which") == REASON and data.get("reason") is None and "reason" not in self.errors:
            self.add_error("reason", _("Choose the reason."))
        if data.get("which") == LABEL and data.get("label") is None and "label" not in self.errors:
            self.add_error("label", _("Choose the label."))
        return data


class PracticeForm(TeamForm):
    """Records to practise on."""

    n = forms.IntegerField(label=_("How many records"), min_value=1, max_value=500, initial=20)
    source = forms.ChoiceField(
        label=_("Taken from"), initial="settled", widget=forms.RadioSelect,
        choices=[("settled", _("records that are settled: what the team decided can be compared")), ("any", _("all records"))],
    )  # fmt: skip
    field_order = ["n", "source", "team", "name"]


class ReopenForm(forms.Form):
    """One record of a closed round, and why it is opened again."""

    record = forms.IntegerField(label=_("Number of the record"), min_value=1, max_value=999_999_999)
    why = forms.CharField(label=_("Why"), max_length=5000, widget=forms.Textarea(attrs={"rows": 2}))


class HighlightForm(forms.ModelForm):
    class Meta:
        model = HighlightList
        fields = ["name", "kind", "words"]
        widgets = {"words": forms.Textarea(attrs={"rows": 5})}


__all__ = [
    "CriteriaForm", "HighlightForm", "NewReviewForm", "Opens", "PracticeForm", "RelookForm", "ReopenForm", "ReviewForm", "RoundForm",
    "RulesForm", "StageKind", "WhoSettles",
]  # fmt: skip
