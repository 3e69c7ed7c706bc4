"""Which round a file goes to; which person of it is which member, and which reason which."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reviewapp.reviews.models import Member
from screening.attaching import queries, rules
from screening.models import Reason, Record, Upload
from screening.vocabulary import Independence


class FileForm(forms.Form):
    """A file with decisions, and the round its votes are for."""

    round: Any = forms.ModelChoiceField(queryset=None, label=_("Round"), empty_label=None, help_text=_("Only open rounds take votes."))
    upload = forms.IntegerField(required=False, min_value=1, max_value=99_999_999, widget=forms.HiddenInput)
    file = forms.FileField(
        label=_("File with decisions"),
        required=False,
        allow_empty_file=True,
        help_text=_(
            "Rayyan’s RIS, CSV or zip with its log; Covidence’s RIS or CSV; ASReview’s RIS, CSV or XLSX; a table with a column decision."
        ),
    )

    def __init__(self, *args: Any, member: Member, here: Upload | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.here = here
        self.fields["round"].queryset = queries.open_rounds(member)  # type: ignore[attr-defined]  # of this kind of field
        if here is not None:
            self.initial["upload"] = here.number
            del self.fields["file"]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if self.here is None and not values.get("file") and "file" not in self.errors:
            self.add_error("file", _("Choose the file with the decisions."))
        return values


def _select() -> forms.Select:
    return forms.Select(attrs={"class": "form-select"})


def _of_record(record: Record) -> str:
    told = ", ".join(filter(None, (str(record.year or ""), record.journal[:60])))
    return _("record %(n)s: %(title)s") % {"n": f"{record.number:,}", "title": record.title[:90]} + (f" ({told})" if told else "")


class MappingForm(forms.Form):
    """Each person of the file, each reason, and each reference that fits several records, by their places in it."""

    def __init__(
        self, *args: Any, people: Sequence[str], reasons: Sequence[str], team: Sequence[Member], own: Sequence[Reason],
        several: Sequence[queries.Several] = (), **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.people, self.reasons, self.team = people, reasons, {str(one.number): one for one in team}
        self.several = several
        members = [("", _("leave out")), *((str(one.number), one.screen_label) for one in team)]
        names = [(one.number, one.user.display_name) for one in team]
        for n, name in enumerate(people):
            guess = rules.likely(name, names) if name else None
            self.fields[f"person_{n}"] = forms.ChoiceField(
                choices=members, required=False, initial=str(guess or ""), label=name, widget=_select()
            )
            self.fields[f"independent_{n}"] = forms.ChoiceField(
                choices=Independence.choices, initial=Independence.UNKNOWN, label=name, widget=_select()
            )
        own_choices = [("", _("none: kept as a note")), *((str(one.pk), one.text) for one in own)]
        texts = {one.text.casefold(): one.pk for one in own} | {one.key.casefold(): one.pk for one in own}
        for n, text in enumerate(reasons):
            same = texts.get(text.casefold(), "")
            self.fields[f"reason_{n}"] = forms.ChoiceField(choices=own_choices, required=False, initial=str(same), label=text)
        for one in several:
            choices = [("", _("none of these: left out")), *((str(record.number), _of_record(record)) for record in one.records)]
            title = one.reference.row["title"] or _("Without a title")
            self.fields[f"which_{one.place}"] = forms.ChoiceField(choices=choices, required=False, label=title, widget=_select())

    def _value(self, name: str) -> str:
        return str(self.cleaned_data.get(name, "") if self.is_bound else self.fields[name].initial or "")

    def mapping(self) -> dict[str, rules.Person]:
        """Give person → member and independence, as chosen or, before that, as guessed."""
        found = {}
        for n, name in enumerate(self.people):
            member = self.team.get(self._value(f"person_{n}"))
            found[name] = rules.Person(member.pk if member else None, self._value(f"independent_{n}") == Independence.YES)
        return found

    def chosen_reasons(self) -> dict[str, int]:
        """Give text of the file → reason of the review."""
        chosen = {text: self._value(f"reason_{n}") for n, text in enumerate(self.reasons)}
        return {text: int(value) for text, value in chosen.items() if value}

    def which(self) -> dict[int, int]:
        """Give place of a reference that fits several records → the head that was chosen."""
        chosen = {one.place: self._value(f"which_{one.place}") for one in self.several}
        return {one.place: record.pk for one in self.several for record in one.records if str(record.number) == chosen[one.place]}

    def several_fields(self) -> list[tuple[queries.Several, Any]]:
        """Give each reference that fits several records with its field."""
        return [(one, self[f"which_{one.place}"]) for one in self.several]

    def said(self) -> list[dict[str, Any]]:
        """Give what is kept of the choice: those who are somebody."""
        rows = [(name, self.team.get(self._value(f"person_{n}")), self._value(f"independent_{n}")) for n, name in enumerate(self.people)]
        return [{"person": name, "member": one.number, "independent": independent} for name, one, independent in rows if one]

    def person_fields(self) -> list[tuple[Any, Any]]:
        """Give the two fields of each person, in order."""
        return [(self[f"person_{n}"], self[f"independent_{n}"]) for n in range(len(self.people))]

    def reason_fields(self) -> list[Any]:
        """Give the field of each reason, in order."""
        return [self[f"reason_{n}"] for n in range(len(self.reasons))]
