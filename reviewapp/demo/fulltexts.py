"""A small PDF for each report that is retrieved: one page that says it is a demo."""

from reviewapp.demo import corpus, truth


def pdf(key: str) -> bytes:
    """Make the PDF of a report; the same bytes each time. Raises KeyError for an unknown key."""
    by_network = {paper.key: paper.title for paper in truth.network()}
    title = by_network[key] if key in by_network else corpus.build().papers[key].title
    lines = (*_wrapped(title), "", "This page stands for a full text. It belongs to the demonstration review.")
    text = " T* ".join(f"({_escaped(line)}) Tj" for line in lines)
    stream = f"BT /F1 14 Tf 20 TL 60 760 Td {text} ET".encode("cp1252", "replace")
    return _document(stream)


def _wrapped(title: str, width: int = 60) -> list[str]:
    lines = [""]
    for word in title.split():
        if len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _escaped(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _document(stream: bytes) -> bytes:
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length " + str(len(stream)).encode() + b" >>\nstream\n" + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    out = bytearray(b"%PDF-1.4\n")
    starts = []
    for number, content in enumerate(objects, 1):
        starts.append(len(out))
        out += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{start:010d} 00000 n \n".encode() for start in starts)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)
