"""Tags and filters of our look; loaded into every template (settings TEMPLATES, builtins)."""
from datetime import date, datetime
from decimal import Decimal

from django import forms, template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

register = template.Library()

VERDICTS = {
    "include": ("check-lg", _("Include")),
    "exclude": ("x-lg", _("Exclude")),
    "maybe": ("question-lg", _("Maybe")),
}

CONTROLS: dict[type[forms.Widget], tuple[str, str]] = {
    forms.CheckboxSelectMultiple: ("choices", "form-check-input"),
    forms.RadioSelect: ("choices", "form-check-input"),
    forms.CheckboxInput: ("check", "form-check-input"),
    forms.Select: ("select", "form-select"),
}


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """Draw an icon of the sprite. It is silent for screen readers: put a word beside it, or a name on the button."""
    classes = f"icon {extra}".strip()
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', classes, static("vendor/icons.svg"), name)


@register.inclusion_tag("components/verdict.html")
def verdict(value: str, word: str = "") -> dict[str, object]:
    """Show a verdict as sign, word and colour. An unknown one (withdrawn) has no colour of its own."""
    sign, usual = VERDICTS.get(str(value), ("arrow-counterclockwise", str(value).capitalize()))
    return {"kind": value, "sign": sign, "word": word or usual}


@register.filter
def thousands(value: object) -> str:
    """Write a number with commas: 1,683. Nothing becomes a dash, what is not a number stays as it is."""
    if value is None or value == "":
        return "–"
    return f"{value:,}" if isinstance(value, int | float | Decimal) else str(value)


@register.filter
def minus(value: object) -> str:
    """Write a number below zero with a minus sign, as people read it; what is not a number stays as it is."""
    text = str(value)
    return f"−{text[1:]}" if text[:1] == "-" and text[1:2].isdigit() else text


@register.filter
def percent(value: float | None, digits: int = 1) -> str:
    """Write a share of one as percent: 0.982 becomes 98.2 %. Nothing becomes a dash."""
    return "–" if value is None else f"{value * 100:.{digits}f} %"


@register.filter
def date_time(value: datetime | date | None) -> str:
    """Write a moment as people say it: 14 February 2018, 10:42. A date without the hour."""
    if not value:
        return ""
    if isinstance(value, datetime):
        return formats.date_format(timezone.localtime(value) if timezone.is_aware(value) else value, "j F Y, H:i")
    return formats.date_format(value, "j F Y")


@register.filter
def control_kind(field: BoundField) -> str:
    """Say how a field is laid out: text, select, check (one box) or choices (several)."""
    return _control(field)[0]


@register.simple_tag
def control(field: BoundField, **attrs: str) -> SafeString:
    """Draw a field's control with the classes of our look; other attributes as ``data_x="…"``."""
    classes = [str(field.field.widget.attrs.get("class", "")), _control(field)[1], str(attrs.pop("class", ""))]
    given: dict[str, str | bool] = {name.replace("_", "-"): value for name, value in attrs.items()}
    return field.as_widget(attrs=given | {"class": " ".join(filter(None, classes))})


def _control(field: BoundField) -> tuple[str, str]:
    for widget, layout in CONTROLS.items():
        if isinstance(field.field.widget, widget):
            return layout
    return "text", "form-control"
