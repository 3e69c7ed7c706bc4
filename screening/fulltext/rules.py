"""What counts as a PDF. Pure."""


def is_pdf(beginning: bytes) -> bool:
    """Say whether a file that begins so is a PDF: its mark stands within the first kilobyte (PDF 1.7, appendix H)."""
    return b"%PDF-" in beginning[:1024]
