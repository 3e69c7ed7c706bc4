"""How a round is shared out, as a form: a row a person."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviewapp.reviews.models import Member
from screening.models import Label, Sharing
from screening.queues.actions import Again, ListShare, Plan
from screening.queues.aside import Days
from screening.queues.leaving import Cast
from screening.queues.sharing import Rules
from screening.search.languages import NAMES, codes_of
from screening.vocabulary import SharingMode

MOST = 1000


class LanguagesField(forms.CharField):
    """Languages by their names or codes, as the list of their codes."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        codes = sorted(codes_of(text))
        if text and not codes:
            raise forms.ValidationError(_("No language is known by this name. Write for example: English, Norwegian."))
        return codes


class SharingForm(forms.Form):
    """Mode, single share, rules; ``in_``, ``weight_``, ``stop_`` and ``reads_<number>`` of each person; ``list_<number>`` of each label."""

    mode = forms.ChoiceField(label=gettext_lazy("Who judges what"), choices=SharingMode.choices, widget=forms.RadioSelect)
    one_of = forms.MultipleChoiceField(
        label=gettext_lazy("At least one of them on every record"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("For example those with experience. None chosen: no rule."),
    )  # fmt: skip
    never_two = forms.MultipleChoiceField(
        label=gettext_lazy("Never two of them on one record"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("For example the students. None chosen: no rule."),
    )  # fmt: skip
    single = forms.DecimalField(
        label=gettext_lazy("Judged by one person, % of the records"), min_value=Decimal(0), max_value=Decimal(100), decimal_places=1,
        initial=0, widget=forms.NumberInput(attrs={"step": "0.1", "inputmode": "decimal"}),
        help_text=gettext_lazy("A random part that needs one vote only, if the protocol says so. The methods text and the rounds name it."),
    )  # fmt: skip

    def __init__(self, *args: Any, people: list[tuple[Member, bool]], labels: Sequence[Label] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people, self.labels = people, labels
        names = [(str(one.number), one.screen_label) for one, _in_team in people]
        self.fields["one_of"].choices = names  # type: ignore[attr-defined]  # of this kind of field
        self.fields["never_two"].choices = names  # type: ignore[attr-defined]  # of this kind of field
        for label in labels:
            self.fields[f"list_{label.number}"] = forms.MultipleChoiceField(
                label=label.name, choices=names, required=False, widget=forms.CheckboxSelectMultiple
            )
        for one, _in_team in people:
            name = one.screen_label
            part = forms.BooleanField(label=_("%(name)s takes part") % {"name": name}, required=False)
            weight = forms.IntegerField(label=_("Weight of %(name)s") % {"name": name}, min_value=1, max_value=MOST, required=False)
            stop = forms.IntegerField(label=_("%(name)s stops after so many votes") % {"name": name}, min_value=1, required=False)
            reads = LanguagesField(label=_("Languages that %(name)s reads") % {"name": name}, required=False)
            for prefix, field in (("in", part), ("weight", weight), ("stop", stop), ("reads", reads)):
                field.widget.attrs["aria-label"] = field.label
                self.fields[f"{prefix}_{one.number}"] = field

    def rows(self) -> Iterator[tuple[Member, bool, BoundField, BoundField, BoundField, BoundField]]:
        """A row a person: who, in the team or not, takes part, weight, stop, languages."""
        for one, in_team in self.people:
            part, weight, stop, reads = (self[f"{prefix}_{one.number}"] for prefix in ("in", "weight", "stop", "reads"))
            yield one, in_team, part, weight, stop, reads

    def general(self) -> list[BoundField]:
        """The fields that are not a person's."""
        return [self[name] for name in ("one_of", "never_two", "single")]

    def lists(self) -> list[BoundField]:
        """A field for each label: who judges the records that wear it."""
        return [self[f"list_{label.number}"] for label in self.labels]

    def plan(self) -> Plan:
        """Give the plan of a valid form. Who takes part without a weight has weight 1; a list without people is none."""
        data = self.cleaned_data
        by_list = SharingMode(data["mode"]) == SharingMode.LIST
        chosen = [(label, data[f"list_{label.number}"]) for label in self.labels] if by_list else []
        numbers = [one.number for one, _in_team in self.people]
        return Plan(
            mode=SharingMode(data["mode"]),
            weights={number: data[f"weight_{number}"] or 1 for number in numbers if data[f"in_{number}"]},
            rules=Rules(frozenset(map(int, data["one_of"])), frozenset(map(int, data["never_two"]))),
            single=int(data["single"] * 10),
            stops={number: stop for number in numbers if (stop := data[f"stop_{number}"]) is not None},
            reads={number: codes for number in numbers if (codes := data[f"reads_{number}"])},
            lists=[ListShare(label.number, label.name, tuple(sorted(map(int, their)))) for label, their in chosen if their],
        )


def initial(
    sharing: Sharing | None, people: list[tuple[Member, bool]], stops: Mapping[int, int], reads: Mapping[int, Sequence[str]]
) -> dict[str, Any]:
    """Give what holds now, as the form shows it."""
    settings = sharing.settings if sharing is not None else {}
    weights = settings.get("weights", {})
    found: dict[str, Any] = {
        "mode": sharing.mode if sharing is not None else SharingMode.ALL,
        "single": Decimal(settings.get("single", 0)) / 10,
        "one_of": [str(number) for number in settings.get("one_of", ())],
        "never_two": [str(number) for number in settings.get("never_two", ())],
    }
    for each in settings.get("lists", ()):
        found[f"list_{each['label']}"] = [str(number) for number in each["people"]]
    for one, in_team in people:
        found[f"in_{one.number}"] = str(one.number) in weights if weights else in_team
        found[f"weight_{one.number}"] = weights.get(str(one.number), 1)
        found[f"stop_{one.number}"] = stops.get(one.number)
        found[f"reads_{one.number}"] = ", ".join(NAMES[code][0].capitalize() for code in reads.get(one.number, ()))
    return found


KEEP, AGAIN = "keep", "again"


class LeavingForm(forms.Form):
    """Who takes what somebody leaves, what becomes of their votes, and why. Nothing sent: the others evenly, all votes kept."""

    heir = forms.ChoiceField(label=gettext_lazy("What is still to be judged goes to"), required=False, widget=forms.RadioSelect)
    votes = forms.ChoiceField(
        label=gettext_lazy("The votes of this person"), required=False, widget=forms.RadioSelect, initial=KEEP,
        choices=[(KEEP, gettext_lazy("stay and count")), (AGAIN, gettext_lazy("are set aside, and their records screened again"))],
    )  # fmt: skip
    rounds = forms.MultipleChoiceField(
        label=gettext_lazy("Set aside: votes in"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("The records of a closed round open again for votes; these are not independent, as the round is revealed."),
    )  # fmt: skip
    since = forms.DateField(
        label=gettext_lazy("Only votes from this day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("Only votes to this day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    why = forms.CharField(
        label=gettext_lazy("Why"), required=False, max_length=500, help_text=gettext_lazy("Needed where votes are set aside.")
    )

    def __init__(self, *args: Any, heirs: list[Member], cast: Sequence[Cast], only_again: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.heirs = {str(one.number): one for one in heirs}
        self.cast = {str(one.round.number): one.round for one in cast}
        nobody = _("nobody more: the people of each round") if only_again else _("the others of each round, evenly")
        named = [(number, one.screen_label) for number, one in self.heirs.items()]
        self.fields["heir"].choices = [("", nobody), *named]  # type: ignore[attr-defined]  # of this kind of field
        self.fields["heir"].initial = ""
        self.fields["rounds"].choices = [(number, round.name) for number, round in self.cast.items()]  # type: ignore[attr-defined]  # of this kind of field
        self.fields["rounds"].initial = list(self.cast)
        self.only_again = only_again
        if only_again:
            del self.fields["votes"]
            self.fields["heir"].label = _("Who screens them again, beside the people of the round")
        elif not cast:
            for name in ("votes", "rounds", "since", "until"):
                del self.fields[name]
            self.fields["why"].help_text = _("Kept in the history. It may stay empty.")

    @property
    def is_again(self) -> bool:
        """Say whether votes are to be set aside."""
        return self.only_again or self.cleaned_data.get("votes") == AGAIN

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.is_again:
            if "rounds" in self.fields and "rounds" not in self.errors and not data.get("rounds"):
                self.add_error("rounds", _("Choose at least one round."))
            if "why" not in self.errors and not data.get("why", "").strip():
                self.add_error("why", _("Say why these records are screened again; it is kept in the history and beside each vote."))
            if data.get("since") and data.get("until") and data["since"] > data["until"]:
                self.add_error("until", _("The last day lies before the first one."))
        return data

    def successor(self) -> Member | None:
        return self.heirs.get(self.cleaned_data["heir"])

    def again(self) -> Again:
        """Give which votes are to be screened again; none where all are kept."""
        if not self.is_again:
            return Again()
        data = self.cleaned_data
        return Again([self.cast[number] for number in data["rounds"]], Days(data["since"], data["until"]))
