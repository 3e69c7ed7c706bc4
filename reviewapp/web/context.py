"""What every template may use besides what its view gives."""
from django.conf import settings
from django.http import HttpRequest

#: A file per behaviour; the order does not matter.
SCRIPTS = tuple(
    f"js/{name}.js"
    for name in ("announce", "autosave", "copy", "dialog", "dropzone", "failed", "focus", "ready", "shortcuts", "toast", "votes")
)


def site(request: HttpRequest) -> dict[str, object]:
    """Give the few facts about this server that pages say aloud."""
    return {
        "mail_works": settings.MAIL_WORKS,
        "open_signup": settings.OPEN_SIGNUP,
        "request_id": getattr(request, "request_id", ""),
        "shell_scripts": SCRIPTS,
    }
