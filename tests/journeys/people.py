"""People in browsers of their own, who know the application by its pages only."""
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
PASSWORD = "a long demo password"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
_axe = Axe()
expect.set_options(timeout=15_000)


@dataclass
class Person:
    """One person, one browser context, one page."""

    name: str
    page: Page
    seen: dict[str, str] = field(default_factory=dict)

    @property
    def email(self) -> str:
        return self.name.lower().replace(" ", ".") + "@example.org"

    def go(self, address: str) -> Page:
        answer = self.page.goto(address)
        assert answer is not None
        assert answer.status == 200, f"{self.name}: {address} answered {answer.status}"
        return self.page

    def press(self, name: str, *, role: Any = "button") -> None:
        """Press a button or follow a link by its words."""
        self.page.get_by_role(role, name=name).first.click()

    def make_account(self) -> None:
        self.page.get_by_label("Your name").fill(self.name)
        self.page.get_by_label("E-mail").fill(self.email)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.press("Make the account")

    def sign_in(self) -> None:
        self.page.get_by_label("E-mail or user name").fill(self.email)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.press("Sign in")

    def sign_out(self) -> None:
        self.page.context.clear_cookies()


def arrive(browser: Browser, url: str, name: str) -> Person:
    """Open a browser window for somebody; a page that scripts fail on fails the test."""
    context = browser.new_context(base_url=url, viewport=DESK, accept_downloads=True, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: (_ for _ in ()).throw(AssertionError(f"{name}, {page.url}: {error}")))
    return Person(name, page)


def problems_of(page: Page) -> list[str]:
    """What axe finds on the page as it stands: rule and place."""
    found = _axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{one['id']} at {node['target']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def check(person: Person, address: str) -> list[str]:
    """Visit a page: what is wrong for helping technology at a desk, and whether a phone would have to scroll sideways."""
    person.go(address)
    page = person.page
    wrong = [f"{address}: {problem}" for problem in problems_of(page)]
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    width = page.evaluate("document.scrollingElement.scrollWidth")
    if width > PHONE["width"]:
        widest = page.evaluate(
            """() => [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
            .slice(0, 3).map((e) => e.outerHTML.slice(0, 90))"""
        )
        wrong.append(f"{address}: {width} px wide on a phone, by {widest}")
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    return wrong


def pdf(words: str) -> bytes:
    """A PDF of one page that says a few words."""
    stream = f"BT /F1 24 Tf 72 720 Td ({words}) Tj ET".encode()
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for n, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(out)


__all__ = ["PASSWORD", "SAMPLES", "Person", "arrive", "check", "expect", "pdf", "problems_of"]
