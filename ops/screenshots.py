"""Pictures of the main pages, from the demo: `python ops/screenshots.py [--all] [--out FOLDER] [WORD …]`.

The demo is built in throw-away folders up to the steps that pictures need (3: voting, 4: conflicts, 6: full
texts, 12: the end), each is served by the development server, and each page is opened in a headless Chromium as the person who works on it.
Without --all only the pictures kept in docs/screenshots are made; WORD keeps those whose name holds it. A picture has 256 colours.
"""
import argparse
import base64
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that `python ops/screenshots.py` finds the project too

from ops.servers import free_port  # noqa: E402 (the path is set above)

OUT = ROOT / "docs" / "screenshots"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DESK, PHONE = (1440, 900), (390, 844)
PASSWORD = "demo-review"  # noqa: S105 - the published password of the demo
LARGEST = 150_000


@dataclass(frozen=True)
class Shot:
    """One page: its name, the step the demo stands at, who looks, and which of its four pictures are kept in the repository."""

    name: str
    step: int
    who: str
    address: str
    kept: tuple[str, ...] = ()


LIGHT, DARK, SMALL, SMALL_DARK = "light", "dark", "phone", "phone-dark"
SHOTS = (
    Shot("sign-in", 12, "", "/account/login/", (LIGHT,)),
    Shot("home", 12, "author1", "/", (LIGHT,)),
    Shot("empty-overview", 12, "author1", "new", (LIGHT,)),
    Shot("empty-prisma", 12, "author1", "new:report/"),
    Shot("overview", 12, "author1", "/r/demo/", (LIGHT, DARK, SMALL)),
    Shot("searches", 12, "librarian", "/r/demo/searches/", (LIGHT,)),
    Shot("search", 12, "librarian", "/r/demo/searches/1/"),
    Shot("import-report", 12, "librarian", "/r/demo/uploads/2/", (LIGHT,)),
    Shot("duplicates", 12, "librarian", "/r/demo/duplicates/1/", (LIGHT,)),
    Shot("merges", 12, "librarian", "/r/demo/duplicates/merges/"),
    Shot("screening", 3, "author1", "/r/demo/screening/"),
    Shot("screen", 3, "author1", "screen", (LIGHT, DARK, SMALL)),
    Shot("conflicts", 4, "author3", "conflict", (LIGHT, SMALL)),
    Shot("full-texts", 12, "author1", "/r/demo/full-text/"),
    Shot("full-text", 6, "author1", "report", (LIGHT,)),
    Shot("classification", 12, "author1", "/r/demo/classification/", (LIGHT,)),
    Shot("charting", 12, "author1", "/r/demo/charting/"),
    Shot("charting-study", 12, "author1", "/r/demo/charting/1/", (LIGHT,)),
    Shot("table-1", 12, "author1", "/r/demo/table1/", (LIGHT,)),
    Shot("charts", 12, "author1", "/r/demo/charts/"),
    Shot("themes", 12, "author1", "/r/demo/themes/", (LIGHT,)),
    Shot("prisma-draft", 4, "author1", "/r/demo/report/"),
    Shot("prisma", 12, "author1", "/r/demo/report/", (LIGHT, DARK)),
    Shot("agreement", 12, "author1", "/r/demo/report/agreement/", (LIGHT,)),
    Shot("records", 12, "author1", "/r/demo/records/"),
    Shot("record", 12, "author1", "/r/demo/records/1/", (LIGHT,)),
    Shot("history", 12, "author1", "/r/demo/history/"),
    Shot("criteria", 12, "author1", "/r/demo/criteria/"),
    Shot("rounds", 12, "author1", "/r/demo/rounds/"),
    Shot("team", 12, "author1", "/r/demo/team/"),
    Shot("settings", 12, "author1", "/r/demo/settings/"),
    Shot("exports", 12, "author1", "/r/demo/report/exports/"),
)
KINDS = {LIGHT: (DESK, "light"), DARK: (DESK, "dark"), SMALL: (PHONE, "light"), SMALL_DARK: (PHONE, "dark")}

#: Counts the colours of a picture, keeps the 256 most frequent, gives each pixel the nearest of them.
TO_PALETTE = """async (data) => {
  const image = new Image();
  image.src = "data:image/png;base64," + data;
  await image.decode();
  const { width, height } = image, brush = new OffscreenCanvas(width, height).getContext("2d");
  brush.drawImage(image, 0, 0);
  const all = new Uint32Array(brush.getImageData(0, 0, width, height).data.buffer), counts = new Map();
  for (const one of all) counts.set(one, (counts.get(one) || 0) + 1);
  const palette = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 256).map(([one]) => one);
  const place = new Map(palette.map((one, i) => [one, i]));
  const parts = (one) => [one & 255, (one >> 8) & 255, (one >> 16) & 255];
  const kept = palette.map(parts);
  const near = (one) => {
    const [r, g, b] = parts(one);
    let best = 0, least = Infinity;
    kept.forEach(([x, y, z], i) => {
      const away = (r - x) ** 2 + (g - y) ** 2 + (b - z) ** 2;
      if (away < least) [least, best] = [away, i];
    });
    return best;
  };
  const pixels = new Uint8Array(all.length);
  all.forEach((one, i) => {
    if (!place.has(one)) place.set(one, near(one));
    pixels[i] = place.get(one);
  });
  let text = "";
  for (let i = 0; i < pixels.length; i += 32768) text += String.fromCharCode(...pixels.subarray(i, i + 32768));
  return { width, height, palette: kept, pixels: btoa(text) };
}"""


def small_png(page: Page, png: bytes) -> bytes:
    """Give the picture again with 256 colours."""
    found = page.evaluate(TO_PALETTE, base64.b64encode(png).decode())
    width, height, pixels = found["width"], found["height"], base64.b64decode(found["pixels"])
    rows = b"".join(b"\0" + pixels[y * width : (y + 1) * width] for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    colours = b"".join(bytes(colour) for colour in found["palette"])
    parts = ((b"IHDR", head), (b"PLTE", colours), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


@contextmanager
def served(step: int, folder: Path) -> Iterator[str]:
    """Serve a demo that stands at a step; gives its address."""
    data, port = folder / f"step-{step}", free_port()
    env = {**os.environ, "DATABASE_URL": "", "REDIS_URL": "", "REVIEWAPP_DATA": str(data), "PORT": str(port), "REVIEWAPP_DEBUG": "true"}
    manage = [sys.executable, str(ROOT / "manage.py")]
    if not (data / "reviewapp.sqlite3").exists():
        data.mkdir(parents=True, exist_ok=True)
        subprocess.run([*manage, "migrate", "--verbosity", "0"], env=env, check=True)
        subprocess.run([*manage, "demo", "--until", str(step)], env=env, check=True)
    server = subprocess.Popen(
        [*manage, "runserver", "--noreload", "--skip-checks", f"127.0.0.1:{port}"],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield answered(f"http://127.0.0.1:{port}", server)
    finally:
        server.terminate()
        server.wait()


def answered(url: str, server: subprocess.Popen[bytes]) -> str:
    """Wait until the server answers."""
    until = time.monotonic() + 120
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(url + "/account/login/")  # noqa: S310 - our own server
            return url
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise SystemExit(f"{url} does not answer.")


class Album:
    """One browser on one server; everybody signs in once."""

    def __init__(self, browser: Browser, url: str, out: Path) -> None:
        self.browser, self.url, self.out = browser, url, out
        self.cookies: dict[str, Any] = {}
        self.addresses: dict[str, str] = {}
        self.workshop = browser.new_page()

    def sign_in(self, who: str) -> Any:
        if who and who not in self.cookies:
            context = self.browser.new_context(base_url=self.url)
            page = context.new_page()
            page.goto("/account/login/")
            page.get_by_label("E-mail or user name").fill(who)
            page.get_by_label("Password", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url(self.url + "/")
            self.cookies[who] = context.storage_state()
            context.close()
        return self.cookies.get(who)

    def take(self, shot: Shot, kind: str) -> None:
        (width, height), theme = KINDS[kind]
        context = self.browser.new_context(
            color_scheme=theme,  # type: ignore[arg-type]  # light or dark, from KINDS
            base_url=self.url, viewport={"width": width, "height": height}, storage_state=self.sign_in(shot.who), reduced_motion="reduce",
            has_touch=width < 500, device_scale_factor=1,
        )  # fmt: skip
        page = context.new_page()
        self.find(page, shot)
        page.wait_for_load_state("networkidle")
        png = small_png(self.workshop, page.screenshot())
        path = self.out / f"{shot.name}{'' if kind == LIGHT else '-' + kind}.png"
        path.write_bytes(png)
        too_large = " LARGER THAN IT MAY BE" if len(png) > LARGEST else ""
        print(f"{path.name}: {len(png) // 1000} kB{too_large}", flush=True)
        context.close()

    def find(self, page: Page, shot: Shot) -> None:
        """Go to the page of a picture; some are found by clicking."""
        if shot.address in self.addresses:
            page.goto(self.addresses[shot.address])
        elif shot.address == "new" or shot.address.startswith("new:"):
            self.begin_review(page)
            page.goto(self.addresses["new"] + shot.address[4:])
        elif shot.address == "screen":
            vote_a_little(page)
        elif shot.address == "conflict":
            page.goto("/r/demo/conflicts/")
            page.locator("#list .item").nth(2).click()
            page.wait_for_selector("[data-room]:not([data-room=none])")
            self.addresses[shot.address] = page.url
        elif shot.address == "report":
            page.goto("/r/demo/full-text/")
            page.goto(page.locator("main a[href*='/full-text/']").filter(has_not_text="Full").nth(1).get_attribute("href") or "")
        else:
            page.goto(shot.address)
        if page.locator("h1").first.text_content() in ("Not Found", "Server Error (500)"):
            print(f"{shot.name}: {page.url} shows an error", file=sys.stderr)

    def begin_review(self, page: Page) -> None:
        """Start a review that has nothing yet."""
        if "new" in self.addresses:
            return
        page.goto("/reviews/new/")
        page.get_by_label("Title").fill("Peer support for young people: a scoping review")
        page.get_by_label("Question").fill("What is known about peer support for young people with mental health problems?")
        page.get_by_role("button", name="Start the review").click()
        page.wait_for_url("**/r/**")
        self.addresses["new"] = page.url


def vote_a_little(page: Page) -> None:
    """Open the main round if it is not open yet, cast a few votes in it, and stop at a record with an abstract in sections."""
    page.goto("/r/demo/rounds/")
    if "Original search" not in page.locator("main").inner_text():
        page.goto("/r/demo/rounds/new/")
        page.get_by_label("Name").fill("Original search 2018")
        for box in page.locator("input[name=team]").all()[:2]:
            box.check()
        page.get_by_role("button", name="Open the round").click()
        page.wait_for_url("**/rounds/")
    page.goto("/r/demo/screening/")
    page.locator("main a[href*='/screening/']").first.click()
    page.wait_for_url("**/screening/*/")
    for turn in range(40):
        card = page.locator("#record-card")
        if turn >= 4 and card.locator(".abstract h3").count():
            break
        number = card.get_attribute("data-number")
        page.keyboard.press("i" if turn % 5 == 1 else "1")
        page.wait_for_function("n => document.querySelector('#record-card').dataset.number !== n", arg=number)
    page.wait_for_function("() => document.querySelector('#saved').textContent.includes('All saved')")


def main() -> int:
    parser = argparse.ArgumentParser(description="Pictures of the main pages, from the demo.")
    parser.add_argument("words", nargs="*")
    parser.add_argument("--all", action="store_true", help="also the pictures that are not kept in docs/screenshots")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--data", type=Path, help="keep the demos here and use them again")
    given = parser.parse_args()
    wanted = [shot for shot in SHOTS if not given.words or any(word in shot.name for word in given.words)]
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        print("No Chromium is installed. On Debian: apt-get install -y --no-install-recommends chromium", file=sys.stderr)
        return 1
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="reviewapp-screenshots-") as scratch, sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=program, args=["--no-sandbox", "--hide-scrollbars"])
        for step in sorted({shot.step for shot in wanted}):
            with served(step, given.data or Path(scratch)) as url:
                album = Album(browser, url, given.out)
                for shot in (shot for shot in wanted if shot.step == step):
                    for kind in KINDS if given.all else shot.kept:
                        try:
                            album.take(shot, kind)
                        except Exception as error:  # one page that cannot be shown must not cost the others
                            print(f"{shot.name} {kind}: {str(error).splitlines()[0]}", file=sys.stderr, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
