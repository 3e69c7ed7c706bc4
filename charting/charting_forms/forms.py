"""What the charting pages send."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import slugify

from charting.charting_forms.fields import Choice, Field
from charting.vocabulary import FieldKind

NEW_ROWS = 2


class AnswerForm(forms.Form):
    """One field of one study. A list with several values sends ``value`` several times."""

    field = forms.SlugField(max_length=40)
    quote = forms.CharField(required=False, max_length=8000)
    page = forms.CharField(required=False, max_length=40)
    seen = forms.IntegerField(required=False, min_value=0)
    kind = forms.ChoiceField(required=False, choices=[("", ""), ("own", ""), ("agreed", "")])


def read_rows(sent: Mapping[str, Any], n: int, old: Sequence[Field]) -> list[Field]:
    """Read the rows of the form's editor: in the order of their numbers, without those to leave out and without empty new ones.

    What the editor does not show (the field that a choice belongs to) is kept from the version before.
    """
    before = {f.key: f for f in old}
    rows: list[tuple[int, int, Field]] = []
    taken = set(before)
    for i in range(n):
        get = {
            name: str(sent.get(f"f{i}-{name}", "")).strip()
            for name in ("key", "label", "kind", "help", "choices", "order", "minimum", "maximum", "part_of")
        }
        if sent.get(f"f{i}-remove") or not get["label"]:
            continue
        key = get["key"] if get["key"] in before else _free_key(get["label"], taken)
        taken.add(key)
        was = before.get(key)
        rows.append((_number(get["order"]) or i + 1, i, _row(get, key, was, sent, i)))
    return [f for _order, _i, f in sorted(rows, key=lambda row: row[:2])]


def _row(get: Mapping[str, str], key: str, was: Field | None, sent: Mapping[str, Any], i: int) -> Field:
    return Field(
        key=key,
        label=get["label"],
        kind=FieldKind(get["kind"]) if get["kind"] in FieldKind.values else FieldKind.SHORT,
        help=get["help"],
        choices=tuple(_choice(line) for line in get["choices"].splitlines() if line.strip()),
        required=bool(sent.get(f"f{i}-required")),
        in_table=bool(sent.get(f"f{i}-in_table")),
        minimum=_number(get["minimum"]),
        maximum=_number(get["maximum"]),
        parent=was.parent if was else "",
        part_of=get["part_of"],
    )


def _choice(line: str) -> Choice:
    value, _, within = line.partition("|")
    return Choice(" ".join(value.split()), " ".join(within.split()))


def _number(text: str) -> int | None:
    return int(text) if text.lstrip("-").isdigit() and len(text) < 10 else None


def _free_key(label: str, taken: set[str]) -> str:
    stem = slugify(label).replace("-", "_")[:30].strip("_")
    stem = stem if stem[:1].isalpha() else f"field_{stem}".strip("_")
    return next(key for key in (stem, *(f"{stem}_{n}" for n in range(2, 200))) if key not in taken)
