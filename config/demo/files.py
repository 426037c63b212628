"""Small real files, as students would hand them in."""

from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from contracts.base import Upload


def essay(name: str, title: str) -> Upload:
    """A PDF of one page, the same bytes every time."""
    content = BytesIO()
    canvas = Canvas(content, invariant=True)
    canvas.setTitle(title)
    canvas.setFont("Helvetica-Bold", 18)
    canvas.drawString(72, 760, title)
    canvas.setFont("Helvetica", 12)
    canvas.drawString(72, 730, f"by {name}")
    canvas.save()
    return Upload(name=f"{_file_name(title)}.pdf", content=content.getvalue())


def notes(name: str, title: str) -> Upload:
    """A plain text."""
    text = f"{title}\n{name}\n\n1. What was asked\n2. What I did\n3. What I found\n"
    return Upload(name=f"{_file_name(title)}.txt", content=text.encode())


def _file_name(title: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in title.lower()).split())
