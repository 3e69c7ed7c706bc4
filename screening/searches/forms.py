"""Forms for sources, search rounds and searches."""
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from reviewapp.reviews.models import Review
from screening.models import Search, SearchRound, Source
from screening.searches.queries import is_part_of_split
from screening.vocabulary import SourceKind

MOST = 2_000_000_000
#: Longer than any strategy, and short enough to be compared and printed.
LONGEST = 200_000
HITS = ("hits_shown", "hits_after_dedup", "hits_exported")


class SourceForm(forms.ModelForm):
    """A database on a platform, a register, a website, contacts …"""

    class Meta:
        model = Source
        fields = ("name", "platform", "kind", "straight_to_retrieval")
        help_texts = {
            "name": _("CINAHL, Idunn, research network …"),
            "platform": _("EBSCOhost, Ovid, ProQuest … Leave it empty when the source is its own platform."),
            "kind": _("Databases and registers are one arm of the flow; everything else is the other."),
            "straight_to_retrieval": _("For contacts and colleagues: such papers have no place in title and abstract."),
        }

    def __init__(self, *args: Any, review: Review, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.review = review

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        name, platform = values.get("name"), values.get("platform", "")
        same = Source.objects.for_review(self.review).filter(name__iexact=name or "", platform__iexact=platform)
        if name and same.exclude(pk=self.instance.pk).exists():
            self.add_error("name", _("This source is in the list already: choose it there."))
        if self.instance.pk is not None and values.get("kind"):
            was = Source.objects.get(pk=self.instance.pk)
            moved = SourceKind(values["kind"]).arm != was.arm or values.get("straight_to_retrieval") != was.straight_to_retrieval
            if moved and any(is_part_of_split(search) for search in was.searches.all()):
                self.add_error("kind", _("Entries of a split file belong to a search of this source: take the split back first."))
        return values


class SearchRoundForm(forms.ModelForm):
    class Meta:
        model = SearchRound
        fields = ("name", "is_update")
        help_texts = {
            "name": _("Original search 2018, Update 2020 …"),
            "is_update": _("An update searches again what was searched before; only what is new is screened."),
        }


class SearchForm(forms.ModelForm):
    """One run of one strategy. What is not known stays empty; a new source or round can be named on the way."""

    new_source = forms.CharField(label=_("or a new source"), max_length=120, required=False)
    new_platform = forms.CharField(label=_("on the platform"), max_length=120, required=False)
    new_kind = forms.ChoiceField(label=_("of the kind"), choices=SourceKind.choices, required=False)
    new_round = forms.CharField(label=_("or a new search round"), max_length=120, required=False)

    class Meta:
        model = Search
        fields = (
            "source", "search_round", "run_on", "run_by", *HITS, "gap_reason", "strategy", "method", "vocabulary", "limits",
            "limits_reason", "filters", "prior_work", "searched_with", "coverage", "peer_review", "updates", "notes",
        )  # fmt: skip
        widgets = {
            "run_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "strategy": forms.Textarea(attrs={"rows": 9, "spellcheck": "false"}),
            "limits": forms.Textarea(attrs={"rows": 2}),
            "limits_reason": forms.Textarea(attrs={"rows": 2}),
            "gap_reason": forms.Textarea(attrs={"rows": 2}),
            "method": forms.Textarea(attrs={"rows": 3}),
            "filters": forms.Textarea(attrs={"rows": 2}),
            "prior_work": forms.Textarea(attrs={"rows": 2}),
            "updates": forms.Textarea(attrs={"rows": 2}),
            "notes": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "hits_shown": _("The number on the screen. Unknown: leave it empty."),
            "hits_exported": _("As many as were put into the files."),
            "gap_reason": _("Why hits and entries found differ; the report prints it."),
            "strategy": _("Word for word, with its line numbers, as it was run. It is kept as it is typed, blanks and empty lines too."),
            "method": _(
                "Citation searching: which papers were followed, in which index, backwards or forwards. Websites: which pages, how they "
                "were browsed. Contacts: who was asked, and how."
            ),
            "vocabulary": _("MeSH 2019, CINAHL headings …"),
            "limits": _("Years, languages, publication types …; or none."),
            "filters": _("A published filter for study designs or topics, with its reference, and what was changed in it; or none."),
            "prior_work": _("The review or strategy from which this one was taken or adapted; or none."),
            "searched_with": _("Other databases searched in the same run."),
            "coverage": _("From when to when the source holds records: 1806 to week 3 of January 2020."),
            "peer_review": _("PRESS, by whom; or none."),
            "updates": _("Run again when, alerts by e-mail …; or none."),
        }

    def __init__(self, *args: Any, review: Review, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.review = review
        sources = Source.objects.for_review(review).order_by("number")
        rounds = SearchRound.objects.for_review(review).order_by("number")
        source, search_round = self.fields["source"], self.fields["search_round"]
        source.queryset, search_round.queryset = sources, rounds  # type: ignore[attr-defined]  # of this kind of field
        source.label_from_instance = lambda one: one.full_name  # type: ignore[attr-defined]  # of this kind of field
        source.required = search_round.required = False
        source.empty_label = search_round.empty_label = _("choose …")  # type: ignore[attr-defined]  # of this kind of field
        for name in HITS:
            self.fields[name] = forms.IntegerField(
                label=self.fields[name].label, help_text=self.fields[name].help_text, required=False, min_value=0, max_value=MOST
            )
        strategy: Any = self.fields["strategy"]
        strategy.strip, strategy.max_length = False, LONGEST
        strategy.validators.append(MaxLengthValidator(LONGEST))
        if not self.is_bound and self.instance.pk is None and (newest := rounds.last()):
            self.initial.setdefault("search_round", newest.pk)

    def clean_strategy(self) -> str:
        """Keep the strategy as it was typed; browsers send every end of line as two characters."""
        return str(self.cleaned_data["strategy"]).replace("\r\n", "\n")

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        values["new_source"], values["new_platform"] = values.get("new_source", "").strip(), values.get("new_platform", "").strip()
        if not values.get("source") and not values["new_source"] and "source" not in self.errors:
            self.add_error("source", _("Choose the source that was searched, or name a new one."))
        if not values.get("search_round") and not values.get("new_round") and "search_round" not in self.errors:
            self.add_error("search_round", _("Choose the search round, or name a new one."))
        self._hold_together(values)
        named = Source.objects.for_review(self.review).filter(name__iexact=values["new_source"], platform__iexact=values["new_platform"])
        if values["new_source"] and not values.get("source") and named.exists():
            self.add_error("new_source", _("This source is in the list already: choose it there."))
        return values

    def _hold_together(self, values: dict[str, Any]) -> None:
        """Keep the searches of a split file in one round and one arm."""
        if self.instance.pk is None or not is_part_of_split(self.instance):
            return
        search_round, source = values.get("search_round"), values.get("source")
        if search_round and search_round != self.instance.search_round:
            self.add_error("search_round", _("Entries of a split file belong to this search: its round stays. Take the split back first."))
        if source and (source.arm, source.straight_to_retrieval) != (self.instance.source.arm, self.instance.source.straight_to_retrieval):
            self.add_error("source", _("Entries of a split file belong to this search: take the split back first."))

    def fields_of_search(self) -> dict[str, Any]:
        """Give the values of the Search itself, but for its source and round."""
        apart = {"source", "search_round", "new_source", "new_platform", "new_kind", "new_round"}
        return {name: value for name, value in self.cleaned_data.items() if name not in apart}


class RepeatForm(forms.Form):
    """A later run of the same strategy: in which update, when, by whom."""

    search_round: Any = forms.ModelChoiceField(queryset=None, label=_("Search round"), required=False, empty_label=_("choose …"))
    new_round = forms.CharField(label=_("or a new update"), max_length=120, required=False, help_text=_("Update 2020 …"))
    run_on = forms.DateField(
        label=_("Date run"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Not run yet: leave it empty."),
    )  # fmt: skip
    run_by = forms.CharField(label=_("Run by"), max_length=120, required=False)

    def __init__(self, *args: Any, search: Search, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        later = SearchRound.objects.for_review(search.review).filter(is_update=True).exclude(pk=search.search_round_id).order_by("number")
        self.fields["search_round"].queryset = later  # type: ignore[attr-defined]  # of this kind of field
        if not self.is_bound and (newest := later.last()):
            self.initial.setdefault("search_round", newest.pk)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        values["new_round"] = values.get("new_round", "").strip()
        if not values.get("search_round") and not values["new_round"] and not {"search_round", "new_round"} & set(self.errors):
            self.add_error("new_round", _("Choose the update to which this run belongs, or name a new one."))
        if values.get("new_round"):
            values["search_round"] = None
        return values
