"""The fields of a charting form: read from a version's JSON, checked, and asked for soft warnings. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from charting.vocabulary import DESIGN_DETAILS, Design, FieldKind, Population

KEY = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
LONGEST = 20_000
NOT_REPORTED = "not reported"


@dataclass(frozen=True)
class Choice:
    """One entry of a list. ``within``: the value of the parent field that it belongs to."""

    value: str
    within: str = ""


@dataclass(frozen=True)
class Field:
    """One question of a charting form. ``parent``: key of the field whose value a choice must fit; ``part_of``: key of the whole."""

    key: str
    label: str
    kind: FieldKind = FieldKind.SHORT
    help: str = ""
    choices: tuple[Choice, ...] = field(default=())
    required: bool = True
    in_table: bool = False
    minimum: int | None = None
    maximum: int | None = None
    parent: str = ""
    part_of: str = ""

    @property
    def has_list(self) -> bool:
        return self.kind in (FieldKind.CHOICE, FieldKind.MANY)

    @property
    def is_narrow(self) -> bool:
        """Short fields stand two in a row."""
        return self.kind != FieldKind.LONG


class BadField(ValueError):
    """A field that cannot be; the message says why."""


def read(raw: Iterable[Mapping[str, Any]]) -> tuple[Field, ...]:
    """Read a version's fields; BadField where a key is missing, wrong or used twice, or a list is empty."""
    fields = tuple(_field(entry) for entry in raw)
    keys = [f.key for f in fields]
    for key in keys:
        if keys.count(key) > 1:
            raise BadField(f"The key {key} is used twice.")
    for f in fields:
        for other in (f.parent, f.part_of):
            if other and other not in keys:
                raise BadField(f"{f.label} refers to {other}, which is not in the form.")
    return fields


def _field(entry: Mapping[str, Any]) -> Field:
    key, label = str(entry.get("key", "")), str(entry.get("label", "")).strip()
    if not KEY.match(key):
        raise BadField(f"“{key}” cannot be a key: use small letters, digits and _, beginning with a letter.")
    if not label:
        raise BadField(f"The field {key} has no label.")
    kind = FieldKind(entry.get("kind", FieldKind.SHORT))
    choices = tuple(_choice(choice) for choice in entry.get("choices", []))
    if kind in (FieldKind.CHOICE, FieldKind.MANY) and not choices:
        raise BadField(f"{label} is a list without entries.")
    return Field(
        key=key,
        label=label,
        kind=kind,
        help=str(entry.get("help", "")),
        choices=choices,
        required=bool(entry.get("required", True)),
        in_table=bool(entry.get("in_table", False)),
        minimum=entry.get("minimum"),
        maximum=entry.get("maximum"),
        parent=str(entry.get("parent", "")),
        part_of=str(entry.get("part_of", "")),
    )


def _choice(raw: Any) -> Choice:
    return Choice(str(raw["value"]), str(raw.get("within", ""))) if isinstance(raw, Mapping) else Choice(str(raw))


def as_json(fields: Sequence[Field]) -> list[dict[str, Any]]:
    """Give fields as they are stored."""
    return [
        {
            "key": f.key, "label": f.label, "kind": str(f.kind.value), "help": f.help,
            "choices": [{"value": c.value, "within": c.within} for c in f.choices],
            "required": f.required, "in_table": f.in_table, "minimum": f.minimum, "maximum": f.maximum,
            "parent": f.parent, "part_of": f.part_of,
        }
        for f in fields
    ]  # fmt: skip


def clean(f: Field, value: str) -> str:
    """Give the value as it is stored; BadField where it cannot be an answer to this field. An empty value takes an answer back."""
    value = value.replace("\r\n", "\n").replace("\x00", "").strip()
    if len(value) > LONGEST:
        raise BadField(f"{f.label} has {len(value):,} characters; {LONGEST:,} fit.")
    if not value or value == NOT_REPORTED:
        return value
    if f.kind == FieldKind.NUMBER:
        digits = value.replace(" ", "").replace(",", "").replace("\u00a0", "")
        if not re.fullmatch(r"-?[0-9]{1,12}", digits):
            raise BadField(f"{f.label} is a number. Write it with digits only, or “{NOT_REPORTED}”.")
        return str(int(digits))
    if f.has_list:
        allowed = {choice.value for choice in f.choices}
        chosen = [line.strip() for line in value.split("\n") if line.strip()] if f.kind == FieldKind.MANY else [value]
        strange = [one for one in chosen if one not in allowed]
        if strange:
            raise BadField(f"“{strange[0]}” is not in the list of {f.label}.")
        return "\n".join(choice.value for choice in f.choices if choice.value in chosen) if f.kind == FieldKind.MANY else value
    return value if f.kind == FieldKind.LONG else " ".join(value.split())


def left(fields: Sequence[Field], values: Mapping[str, str]) -> list[Field]:
    """Give the required fields without an answer."""
    return [f for f in fields if f.required and not values.get(f.key, "").strip()]


def soft_checks(fields: Sequence[Field], values: Mapping[str, str], *, record_year: int | None = None) -> dict[str, str]:
    """Give key → sentence for answers that look odd. They stop nobody."""
    found: dict[str, str] = {}
    by_key = {f.key: f for f in fields}
    for f in fields:
        value = values.get(f.key, "")
        if not value or value == NOT_REPORTED:
            continue
        number = int(value) if f.kind == FieldKind.NUMBER and re.fullmatch(r"-?[0-9]+", value) else None
        if number is not None and f.minimum is not None and number < f.minimum:
            found[f.key] = f"{number} is below {f.minimum}, the least that the form expects."
        elif number is not None and f.maximum is not None and number > f.maximum:
            found[f.key] = f"{number} is above {f.maximum}, the most that the form expects."
        elif f.key == "year" and number is not None and record_year and number != record_year:
            found[f.key] = f"The record says {record_year}."
        elif f.parent and (odd := _unfitting(f, value, by_key[f.parent], values.get(f.parent, ""))):
            found[f.key] = odd
    return found | _parts(fields, values)


def _unfitting(f: Field, value: str, parent: Field, above: str) -> str:
    within = next((choice.within for choice in f.choices if choice.value == value), "")
    return f"“{value}” belongs to {within}, but {parent.label} says {above}." if within and above and within != above else ""


def _parts(fields: Sequence[Field], values: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for whole in fields:
        parts = [f for f in fields if f.part_of == whole.key]
        numbers = [int(values[f.key]) for f in parts if values.get(f.key, "").lstrip("-").isdigit()]
        total = values.get(whole.key, "")
        if numbers and total.isdigit() and sum(numbers) > int(total):
            found[whole.key] = f"The parts ({', '.join(f.label for f in parts)}) sum to {sum(numbers)}, more than {total}."
    return found


def default_fields() -> tuple[Field, ...]:
    """Give the form that every review begins with (the columns of a scoping review's Table 1)."""
    designs = tuple(Choice(str(design.value)) for design in Design)
    details = tuple(Choice(name, str(design.value)) for name, design in DESIGN_DETAILS.items())
    groups = tuple(Choice(str(group.value)) for group in Population)
    yes_no = (Choice("yes"), Choice("no"))
    return (
        Field("year", "Year", FieldKind.NUMBER, "Of publication.", minimum=1900, maximum=2100),
        Field(
            "country", "Country of the study", FieldKind.SHORT, "Where the study was done, not where its authors work. “multi” for several."
        ),
        Field("authors_country", "Country of the authors", FieldKind.SHORT, "", required=False),
        Field(
            "keyword",
            "Main concept among the keywords",
            FieldKind.CHOICE,
            "Of the article itself, as its authors gave them.",
            choices=yes_no,
        ),
        Field(
            "aims",
            "Research questions or hypotheses",
            FieldKind.LONG,
            "Aims, questions or hypotheses, near the authors’ words.",
            in_table=True,
        ),
        Field("participants", "Participants", FieldKind.LONG, "Who took part, and how they were found.", in_table=True),
        Field("participants_n", "Number of participants", FieldKind.NUMBER, "", required=False, minimum=0),
        Field("population", "Population group", FieldKind.CHOICE, "", choices=groups),
        Field("findings", "Major findings", FieldKind.LONG, "", in_table=True),
        Field("design", "Research design", FieldKind.CHOICE, "", choices=designs, in_table=True),
        Field("design_detail", "Design in detail", FieldKind.CHOICE, "", choices=details, required=False, parent="design"),
        Field(
            "internal_validity", "Internal validity", FieldKind.LONG, "What speaks for and against trust in the findings.", in_table=True
        ),
        Field("external_validity", "External validity", FieldKind.LONG, "To whom and where the findings may apply.", in_table=True),
        Field("notes", "Notes", FieldKind.LONG, "With pages.", required=False),
    )
