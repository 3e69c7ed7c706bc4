"""Bytes to lines: which encoding a file is in, and its text without control characters, streamed."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from .base import Limits, Refused
from .foreign import Watch

CHUNK = 1 << 18
CLEARLY = 20_000  # so many stray bytes, and ten times as many as well-formed letters: no UTF-8, whatever follows
HEAD_CHARS = 1 << 16
_CONTROLS = bytes(code for code in range(32) if code not in (9, 10, 11, 12, 13)) + b"\x7f"
_SPACED = bytes.maketrans(b"\x0b\x0c", b"  ")
_BAD_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
_SPACE_TEXT = re.compile("[\x0b\x0c\x85]")
_PAGE = re.compile(rb"(?:^|(?<=[\r\n]))[\x0b\x0c]+")  # a new page begins a line: no space before a tag
_PAGE_TEXT = re.compile("(?:^|(?<=[\r\n]))[\x0b\x0c]+")
_BAD_OR_SPACE = re.compile("[\x7f-\x9f\ufffe\uffff]")
_C1 = re.compile(rb"\xc2[\x80-\x9f]")  # how UTF-8 writes the second set of controls; one memchr for most files
_NO_CHARACTER = re.compile(rb"\xef\xbf[\xbe\xbf]")
_NO_CONTROLS = ("windows-1252", "mac-roman")
_DECLARED = (
    re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{2,40})["']"""),
    re.compile(rb"^\s*%\s*Encoding:\s*([A-Za-z0-9._:-]{2,40})"),
)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


_STRAY = re.compile("[\udc80-\udcff]")


def _as_windows(match: re.Match[str]) -> str:
    """Read one byte that is no UTF-8 as Windows-1252; a gap of that code page becomes U+FFFD."""
    return bytes([ord(match[0]) - 0xDC00]).decode("cp1252", "replace")


class Source:
    """One file on its way to a reader: its text in lines or whole, with counts of what had to be mended.

    `encoding` is what the bytes were taken for. `cut` is set by a reader when the file ends in the middle of an entry.
    """

    def __init__(
        self, file: BinaryIO, filename: str, limits: Limits, mapping: Mapping[str, str] | None = None, *, guess: bool = False
    ) -> None:
        self.file = file
        self.mapping = mapping  # label of a column → field, as a person chose
        self.guess = guess  # whether a table with an unknown header may be read by what its columns look like
        self.guessed = False  # … and was
        self.columns: dict[str, str] = {}  # label of a column → field, as a table is read
        self.filename = filename
        self.limits = limits
        self.controls_removed = 0
        self.letters_repaired = 0
        self.cut = False
        self.damaged = False
        self.consumed = 0  # characters given out so far
        self.mark = 0.0  # … when the last entry was complete; infinite for formats that are held whole
        self.open_end = False  # the last line has no line end
        file.seek(0, 2)
        self.size = file.tell()
        if self.size > limits.max_bytes:
            raise Refused(f"The file has {self.size:,} bytes, more than the limit of {limits.max_bytes:,}: split it or export in parts.")
        self.watch: Watch | None = None  # for readers that would take references of another format for their own lines
        self.start, self.encoding = self._encoding()
        self.head = self._head()
        self.margin = margin_of(self.head)  # what stands before every line: an export that was copied out of a mail or a document
        self.trailer = trailer_of(self.head)  # what stands behind every line: RIS that a spreadsheet opened and saved
        if self.margin or self.trailer:
            self.head = "\n".join(map(self._trimmed, self.head.split("\n")))

    # -- encoding ---------------------------------------------------------------------------------------------

    def _encoding(self) -> tuple[int, str]:
        """Say how many bytes of byte order mark to skip, and the encoding: BOM, UTF-16, UTF-8, declaration, evidence."""
        self.file.seek(0)
        first = self.file.read(CHUNK)
        for mark, name in _BOMS:
            if first.startswith(mark):
                if name == "utf-8-sig" and not self._is_utf8(len(mark)):
                    return len(mark), self._eight_bit(len(mark), first)
                return len(mark), name
        if wide := _unmarked_utf16(first):
            return 0, wide
        if self._is_utf8(0):
            return 0, "utf-8"
        return 0, self._eight_bit(0, first)

    def _is_utf8(self, start: int) -> bool:
        decoder = codecs.getincrementaldecoder("utf-8")()
        self.file.seek(start)
        try:
            while chunk := self.file.read(CHUNK):
                decoder.decode(chunk)
        except UnicodeDecodeError:
            return False
        self.damaged = bool(decoder.getstate()[0])  # cut inside the last letter
        return True

    def _eight_bit(self, start: int, first: bytes) -> str:
        """Choose between damaged UTF-8, a declared encoding, and the eight-bit encodings, by counting."""
        good = bad = 0
        sample: list[bytes] = []
        sampled = 0
        carry = b""
        self.file.seek(start)
        while chunk := self.file.read(CHUNK):
            chunk = carry + chunk
            cut = chunk.rfind(b"\n") + 1
            carry = b"" if not cut or len(chunk) > 4 * CHUNK else chunk[cut:]
            chunk = chunk if not cut or not carry else chunk[:cut]
            sequences, wrong = _utf8_evidence(chunk)
            good, bad = good + sequences, bad + wrong
            if sampled < 400_000 and wrong:
                sample.append(chunk)
                sampled += len(chunk)
            if bad > CLEARLY and bad > 10 * good and sampled >= 400_000:
                carry = b""
                break
        if carry:
            sequences, wrong = _utf8_evidence(carry)
            good, bad = good + sequences, bad + wrong
            sample.append(carry)
        if good >= bad:
            self.damaged = True
            return "utf-8"
        if (declared := _declared(first)) and declared != "utf-8" and _decodes(b"".join(sample), declared):
            return declared
        return guess_eight_bit(b"".join(sample))

    # -- text -------------------------------------------------------------------------------------------------

    def _head(self) -> str:
        """Give the first part of the text, for recognition; counts nothing."""
        texts: list[str] = []
        length = 0
        for text in self._texts():
            texts.append(text)
            length += len(text)
            if length >= HEAD_CHARS:
                break
        self.controls_removed = self.letters_repaired = self.consumed = 0
        return "".join(texts)[:HEAD_CHARS]

    def _texts(self) -> Iterator[str]:
        """Give decoded pieces with one kind of line end and without control characters."""
        for text in self._decoded():
            yield _one_line_end(text)

    def _decoded(self) -> Iterator[str]:
        """Give decoded pieces without control characters; none ends in CR, so that a line end is never parted."""
        codec = {"utf-8-sig": "utf-8"}.get(self.encoding, self.encoding)
        decoder = codecs.getincrementaldecoder(codec)("surrogateescape" if codec == "utf-8" else "replace")
        position = self.start
        pending = ""
        while True:
            self.file.seek(position)
            chunk = self.file.read(CHUNK)
            position += len(chunk)
            text = pending + self._decode(decoder, chunk, codec.startswith("utf-16"))
            if "\ufeff" in text:  # a mark inside: files that were put together
                text = text.replace("\ufeff", "")
            if not chunk:
                if text:
                    yield text
                return
            pending = ""
            if text.endswith("\r"):
                kept = len(text.rstrip("\r"))
                if len(text) - kept <= CHUNK:
                    text, pending = text[:kept], text[kept:]
            if text:
                self.consumed += len(text)
                if self.consumed - self.mark > self.limits.max_entry_chars + 2 * CHUNK:
                    raise Refused(
                        f"More than {self.limits.max_entry_chars:,} characters follow without the end of an entry: "
                        "the file is damaged, export it again."
                    )
                yield text

    def _decode(self, decoder: codecs.IncrementalDecoder, chunk: bytes, wide: bool) -> str:
        if not wide:
            if b"\x0c" in chunk:
                chunk = _PAGE.sub(b"", chunk)
            clean = chunk.translate(_SPACED, _CONTROLS)
            self.controls_removed += len(chunk) - len(clean)
        else:
            clean = chunk
        text = decoder.decode(clean, final=not chunk)
        if self.damaged:
            text, repaired = _STRAY.subn(_as_windows, text)
            self.letters_repaired += repaired
        elif not wide and (
            clean.isascii() or self.encoding in _NO_CONTROLS or (self.encoding.startswith("utf-8") and _is_clean(clean, text))
        ):
            return text
        return self._clean_text(text)

    def _clean_text(self, text: str) -> str:
        if "\x0c" in text:
            text = _PAGE_TEXT.sub("", text)
        text = _SPACE_TEXT.sub(" ", text) if _SPACE_TEXT.search(text) else text
        if _BAD_TEXT.search(text) is None:
            return text
        clean, removed = _BAD_TEXT.subn("", text)
        self.controls_removed += removed
        return clean

    def lines(self) -> Iterator[str]:
        """Give the lines without their ends and without a margin and a trailer that all have."""
        lines = map(self._trimmed, self._lines()) if self.margin or self.trailer else self._lines()
        return self.watch.lines(lines) if self.watch is not None else lines

    def _trimmed(self, line: str) -> str:
        return without_margin(line, self.margin).removesuffix(self.trailer)

    def _lines(self) -> Iterator[str]:
        """Give the lines without their ends; only CR LF, LF, CR (and CR CR LF) end a line."""
        carry = ""
        parts: list[str] = []
        waiting = 0
        number = 1
        for text in self._decoded():
            lines = _split(text)
            if len(lines) == 1:
                parts.append(lines[0])
                waiting += len(text)
                if waiting > self.limits.max_line_chars:
                    raise Refused(
                        f"Line {number} has more than {self.limits.max_line_chars:,} characters: this is no export of references."
                    )
                continue
            if parts:
                lines[0] = "".join(parts) + lines[0]
                parts = []
            waiting = len(lines[-1])
            carry = lines.pop()
            if carry:
                parts.append(carry)
            number += len(lines)
            yield from lines
        last = "".join(parts)
        self.open_end = bool(last.strip())
        if last:
            yield last

    def mentions(self, word: bytes) -> bool:
        """Say whether a word of small letters stands anywhere in the file, in any case."""
        self.file.seek(0)
        before = b""
        while chunk := self.file.read(CHUNK).lower():
            if word in before + chunk:
                return True
            before = chunk[-len(word) :]
        return False

    def pieces(self) -> Iterator[str]:
        """Give the text in pieces of no particular length."""
        yield from self._texts()

    def text(self) -> str:
        """Give the whole text; refuses what is too large to be held."""
        if self.size > self.limits.max_whole_bytes:
            raise Refused(
                f"The file has {self.size:,} bytes; this format is read up to {self.limits.max_whole_bytes:,}: export it in parts or RIS."
            )
        self.mark = float("inf")
        return "".join(self._texts())


def _is_clean(data: bytes, text: str) -> bool:
    """Say whether UTF-8 holds neither the second set of controls nor U+FFFE and U+FFFF; one memchr or two for most files."""
    if b"\xc2" in data and _C1.search(data):
        return False
    return not (b"\xef" in data and _NO_CHARACTER.search(data)) and _BAD_OR_SPACE.search(text[:2]) is None


def clean(text: str) -> str:
    """Take out what no database can hold (NUL, other controls, half surrogates) and fold line ends; for values that were unescaped."""
    if "\r" in text:
        text = _one_line_end(text)
    if _SPACE_TEXT.search(text):
        text = _SPACE_TEXT.sub(" ", text)
    return _BAD_TEXT.sub("", text) if _BAD_TEXT.search(text) else text


def margin_of(head: str) -> str:
    """Give the spaces and marks of quotation (">") that begin every line of a text that is not blank; "" for three lines or fewer."""
    lines = head.split("\n")
    if len(head) >= HEAD_CHARS:
        lines.pop()
    filled = [line for line in lines if line.strip(" >\t")]
    if len(filled) < 4 or filled[0][:1] not in (" ", ">"):
        return ""
    first, last = min(filled), max(filled)  # what these two share, all share
    shared = next((place for place, letter in enumerate(first) if last[place : place + 1] != letter), len(first))
    return first[: min(shared, len(first) - len(first.lstrip(" >")))]


_TRAILER = re.compile(r"[;,]+$")


def trailer_of(head: str) -> str:
    """Give the empty cells (";;") behind every line of a text that is not blank; "" for three lines or fewer."""
    if (begin := _TRAILER.search(head.partition("\n")[0])) is None:
        return ""
    lines = head.split("\n")
    if len(head) >= HEAD_CHARS:
        lines.pop()
    ends = {found[0] if (found := _TRAILER.search(line)) else "" for line in lines if line.strip(" ;,")}
    return begin[0] if len(lines) > 3 and len(ends) == 1 else ""


def without_margin(line: str, margin: str) -> str:
    """Take the margin off a line; a blank line may have less of it."""
    return line[len(margin) :] if line.startswith(margin) else line if line.strip(" >") else ""


def _split(text: str) -> list[str]:
    """Part a piece at its line ends; a piece with CR LF throughout is parted at once."""
    if "\r" not in text:
        return text.split("\n")
    count = text.count("\n")
    if count == text.count("\r") and len(lines := text.split("\r\n")) == count + 1:
        return lines
    return _one_line_end(text).split("\n")


def _one_line_end(text: str) -> str:
    if "\r" not in text:
        return text
    if "\r\r\n" in text:
        text = text.replace("\r\r\n", "\n")
    text = text.replace("\r\n", "\n")
    return text.replace("\r", "\n") if "\r" in text else text


def _unmarked_utf16(first: bytes) -> str:
    """Name UTF-16 without a mark: nearly every second byte is NUL."""
    sample = first[:4096]
    if len(sample) < 16:
        return ""
    even, odd, half = sample[::2].count(0), sample[1::2].count(0), len(sample) / 2
    if odd > 0.7 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.7 * half and odd < 0.1 * half:
        return "utf-16-be"
    return ""


def _declared(first: bytes) -> str:
    for pattern in _DECLARED:
        if match := pattern.match(first[:2000]):
            try:
                name = codecs.lookup(match[1].decode("ascii")).name
            except LookupError:
                return ""
            return name if name in _DECLARABLE or re.fullmatch(r"(iso8859|cp|windows|mac|koi8|gb|big5|shift|euc)[a-z0-9_-]*", name) else ""
    return ""


_DECLARABLE = {"utf-8", "cp1252", "iso8859-1", "gb18030", "mac-roman"}
_WELL_FORMED = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")


def _utf8_evidence(chunk: bytes) -> tuple[int, int]:
    """Count well-formed UTF-8 sequences and stray high bytes."""
    if chunk.isascii():
        return 0, 0
    rest, sequences = _WELL_FORMED.subn(b"", chunk)
    return sequences, len(_HIGH.findall(rest))


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        sample.decode(encoding, "strict")
    except (UnicodeError, LookupError):
        return False
    return True


def guess_eight_bit(sample: bytes) -> str:
    """Choose Windows-1252, MacRoman or GB18030 (or, for a script of another kind, what the statistics of letters say)."""
    runs = [run.group() for run in _HIGH_RUN.finditer(sample)]
    if not runs:
        return "windows-1252"
    paired = sum(len(run) for run in runs if len(run) >= 2 and len(run) % 2 == 0)
    total = sum(map(len, runs))
    if paired > 0.8 * total:
        text = sample.decode("gb18030", "replace")
        chinese = sum("\u4e00" <= letter <= "\u9fff" for letter in text)
        if chinese > 0.6 * (total / 2) and text.count("\ufffd") <= 0.02 * total:
            return "gb18030"
    if total > 3 * len(runs):  # long runs of high bytes: a script that is not Latin
        return _statistical(sample)
    return "mac-roman" if _mac_evidence(sample) > 0 else "windows-1252"


def _statistical(sample: bytes) -> str:
    """Try Russian and Greek by the share of small letters of their script; else ask charset-normalizer."""
    high = b"".join(_HIGH_RUN.findall(sample[:100_000]))
    for encoding, first, last in (
        ("windows-1251", "\u0430", "\u0451"),
        ("koi8-r", "\u0430", "\u0451"),
        ("windows-1253", "\u03ac", "\u03ce"),
    ):
        if sum(first <= letter <= last for letter in high.decode(encoding, "replace")) > 0.75 * len(high):
            return encoding
    from charset_normalizer import from_bytes  # slow to import, rarely needed

    best = from_bytes(sample[:60_000]).best()
    return best.encoding.replace("_", "-") if best and best.encoding not in ("ascii", "utf_8") else "windows-1252"


_BETWEEN = re.compile(rb"(?<=[A-Za-z])([\x80-\xff])(?=[a-z])")


def _mac_evidence(sample: bytes) -> int:
    """Weigh each high byte that stands inside a word: which of the two code pages makes it a small letter there."""
    score = 0
    for match in _BETWEEN.finditer(sample):
        byte = match[1]
        if 0x91 <= byte[0] <= 0x97:  # curly quotes and dashes in one, letters in the other
            continue
        mac, windows = byte.decode("mac-roman"), byte.decode("cp1252", "replace")
        score += mac.islower() - windows.islower()
    return score
