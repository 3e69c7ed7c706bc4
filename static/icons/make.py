"""Draw the icons of the installed application from static/vendor/mark.svg again: python static/icons/make.py"""

import re
from pathlib import Path

import resvg_py

HERE = Path(__file__).parent
MARK = re.sub(r"</?svg[^>]*>", "", (HERE.parent / "vendor/mark.svg").read_text()).replace("#5b7fd0", "#ffffff").strip()


def draw(name: str, size: int, corner: float, share: float) -> None:
    """Write the mark in white on its ground; ``share`` of the square is the mark, the rest is what a phone may cut away."""
    scale = 64 * share / 18
    at = (64 - 18 * scale) / 2
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="{corner}" fill="#2f56a6"/>'
        f'<g transform="translate({at} {at}) scale({scale})">{MARK}</g></svg>'
    )
    (HERE / name).write_bytes(bytes(resvg_py.svg_to_bytes(svg_string=svg, width=size, height=size)))


draw("icon-192.png", 192, 13, 0.56)
draw("icon-512.png", 512, 13, 0.56)
draw("icon-maskable.png", 512, 0, 0.46)
draw("icon-apple.png", 180, 0, 0.52)
