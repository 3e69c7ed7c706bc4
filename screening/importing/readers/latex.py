"""Letters written as TeX commands, as BibTeX exports hold them: accents, ligatures, symbols, protecting braces."""

from __future__ import annotations

import re
import unicodedata

_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307", '"': "\u0308",
    "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328", "b": "\u0331",
}  # fmt: skip
_LETTERS = {
    "ss": "ß", "o": "ø", "O": "Ø", "aa": "å", "AA": "Å", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "l": "ł", "L": "Ł", "i": "ı", "j": "ȷ",
    "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ",
    "textendash": "–", "textemdash": "—", "textquoteright": "’", "textquoteleft": "‘", "textquotedblleft": "“", "textquotedblright": "”",
    "textquotesingle": "'", "textquotedbl": '"', "textless": "<", "textgreater": ">", "textbar": "|", "textbackslash": "\x00",
    "textbraceleft": "\\{", "textbraceright": "\\}",
    "textasciitilde": "~", "textasciicircum": "^", "textunderscore": "_", "textdollar": "$", "textregistered": "®",
    "texttrademark": "™", "textcopyright": "©", "copyright": "©", "textdegree": "°", "degree": "°", "textmu": "µ", "textpm": "±", "pm": "±",
    "times": "×",
    "texttimes": "×", "cdot": "·", "textperiodcentered": "·", "textbullet": "•", "ldots": "…", "dots": "…", "textellipsis": "…",
    "textexclamdown": "¡", "textquestiondown": "¿", "pounds": "£", "textsterling": "£", "euro": "€", "texteuro": "€", "S": "§", "P": "¶",
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eta": "η", "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ",
    "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Delta": "Δ", "Omega": "Ω",
    "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "approx": "≈", "sim": "∼", "infty": "∞", "rightarrow": "→", "leftarrow": "←",
    "textgreek": "", "guillemotleft": "«", "guillemotright": "»",
}  # fmt: skip
_STYLES = [
    "textit",
    "textbf",
    "textrm",
    "textsc",
    "texttt",
    "textsf",
    "textsuperscript",
    "textsubscript",
    "emph",
    "mathrm",
    "mathit",
    "mathbf",
    "mbox",
    "text",
    "it",
    "bf",
    "em",
    "rm",
    "sc",
    "tt",
    "relax",
    "ensuremath",
    "mathcal",
    "mathbb",
    "textup",
    "textmd",
    "underline",
    "url",
    "href",
    "uppercase",
    "lowercase",
]
_ACCENT = re.compile(r"\\([`'^~=.\"]|[uvHcdbkr](?![A-Za-z]))\s*(?:\{\s*(\\[ij](?![A-Za-z])|[^\W\d_]?)\s*\}|(\\[ij](?![A-Za-z])|[^\W\d_]))")
_COMMAND = re.compile(r"\\([A-Za-z]+)\s*(?:\{\})?")
_ESCAPED = re.compile(r"\\([&%$#_{}\s/,;:!-])")
_BRACES = re.compile(r"(?<!\\)[{}]")


def _accent(match: re.Match[str]) -> str:
    base = (match[2] if match[2] is not None else match[3]) or ""
    base = base.lstrip("\\")
    return unicodedata.normalize("NFC", base + _ACCENTS[match[1]]) if base else ""


def _command(match: re.Match[str]) -> str:
    name = match[1]
    if name in _LETTERS:
        return _LETTERS[name]
    return "" if name in _STYLES else match[0]


def decode(text: str) -> str:
    """Turn TeX letters into Unicode and drop protecting braces; a command that is not known stays as written."""
    if "~" in text:
        text = _ACCENT.sub(_accent, text)
        text = _TIE.sub(" ", text)
    if "\\" in text:
        text = _SORTED.sub("", text)
        text = _FORMULA.sub(r"\1", text) if "$" in text else text
        text = _ACCENT.sub(_accent, text)
        text = _COMMAND.sub(_command, text)
        text = _BRACES.sub("", text)
        text = _ESCAPED.sub(lambda match: " " if match[1].isspace() or match[1] in ",;:" else "" if match[1] in "/!-" else match[1], text)
        return text.replace("\x00", "\\")  # a backslash that was named escapes nothing
    return _BRACES.sub("", text) if "{" in text or "}" in text else text


_SORTED = re.compile(r"\{?\\noopsort\s*\{[^{}]{0,40}\}\}?")  # says where an entry sorts, not what it says
_FORMULA = re.compile(r"(?<!\\)\$((?:[^$\\]{0,40}\\[A-Za-z]{1,20})+[^$\\]{0,40})\$")  # $\alpha$; what holds no command may be money
_TIE = re.compile(r"(?<=[^\W\d])~(?=[^\W\d])|(?<=\.)~(?=[^\W\d])")  # not in 5~10


def plain(text: str) -> str:
    """Undo only the escapes in a verbatim value (DOI, link)."""
    return (
        _BRACES.sub("", text)
        .replace("\\_", "_")
        .replace("\\%", "%")
        .replace("\\&", "&")
        .replace("\\#", "#")
        .replace("\\textasciitilde", "~")
    )
