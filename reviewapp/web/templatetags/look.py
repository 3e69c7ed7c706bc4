"""Tags and filters of our look; loaded into every template (settings TEMPLATES, builtins)."""
from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """Draw an icon of the sprite. It is silent for screen readers: put a word beside it, or a name on the button."""
    classes = f"icon {extra}".strip()
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', classes, static("vendor/icons.svg"), name)


@register.filter
def thousands(value: object) -> str:
    """Write a number with commas: 1,683. What is not a number stays as it is."""
    return f"{value:,}" if isinstance(value, int | float) else str(value if value is not None else "")
