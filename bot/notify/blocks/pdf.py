"""Documents as PDF, by fpdf2, in DejaVu (accents, typographic spaces, arrows). Slow: a thread's work."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.notify.blocks.document import Document, Lines, Part, Rows, Said, Section, Table

if TYPE_CHECKING:
    from fpdf import FPDF

FAMILY: Final = "DejaVu"
STYLES: Final = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf", "I": "DejaVuSans-Oblique.ttf"}
MONO: Final = "DejaVuSansMono.ttf"
INK: Final = (33, 37, 41)
GREY: Final = (100, 106, 112)
GREEN: Final = (20, 83, 45)
PALE: Final = (240, 244, 241)
WHITE: Final = (255, 255, 255)
TIME_WIDTH: Final = 24.0  # millimetres
LOG_LINES: Final = 40


def pdf(document: Document) -> bytes:
    """A4, its pages numbered; equal documents give equal bytes, but for the date of making."""
    paper = _paper(document)
    paper.set_text_color(*GREEN)
    paper.set_font(FAMILY, "B", 17)
    paper.multi_cell(0, 8, _shown(paper, document.title), new_x="LMARGIN", new_y="NEXT", align="L")
    paper.set_text_color(*GREY)
    paper.set_font(FAMILY, "", 9.5)
    for fact in document.facts:
        paper.multi_cell(0, 5.4, _shown(paper, fact), new_x="LMARGIN", new_y="NEXT", align="L")
    for section in document.sections:
        _section(paper, section)
    return bytes(paper.output())


def _paper(document: Document) -> "FPDF":
    from fpdf import FPDF  # takes a while, and few ever need it

    class Paper(FPDF):
        def footer(self) -> None:
            self.set_y(-13)
            self.set_font(FAMILY, "", 7.5)
            self.set_text_color(*GREY)
            self.cell(0, 5, f"{_shown(self, document.footer)}    {self.page_no()} / {{nb}}", align="C")

    paper = Paper(format="A4")
    fonts = _fonts()
    for style, file in STYLES.items():
        paper.add_font(FAMILY, style, fonts / file)
    paper.add_font("Mono", "", fonts / MONO)
    paper.set_title(document.title)
    paper.set_lang(document.language)
    paper.set_margins(18, 16, 18)
    paper.set_auto_page_break(True, 18)
    paper.add_page()
    return paper


def _fonts() -> Path:
    """matplotlib brings them; it is not imported for that, which would take a second."""
    found = find_spec("matplotlib")
    if found is None or found.origin is None:
        raise FileNotFoundError("matplotlib, which brings the fonts, is not installed")
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"


def _section(paper: "FPDF", section: Section) -> None:
    paper.ln(4.5)
    if paper.will_page_break(24):  # no heading alone at the foot of a page
        paper.add_page()
    paper.set_font(FAMILY, "B", 12)
    paper.set_text_color(*GREEN)
    paper.multi_cell(0, 6.5, _shown(paper, section.title), new_x="LMARGIN", new_y="NEXT", align="L")
    paper.set_draw_color(*GREEN)
    paper.line(paper.l_margin, paper.get_y() + 0.6, paper.w - paper.r_margin, paper.get_y() + 0.6)
    paper.ln(2.4)
    for part in section.parts:
        paper.set_text_color(*INK)
        paper.set_font(FAMILY, "", 9.5)
        _part(paper, part)
        paper.ln(1.6)


def _part(paper: "FPDF", part: Part) -> None:
    match part:
        case Said(text):
            paper.multi_cell(0, 5.2, _shown(paper, text), new_x="LMARGIN", new_y="NEXT", align="L")
        case Rows(items, times):
            for at, item in enumerate(items):
                _item(paper, times[at] if times else "•", item, TIME_WIDTH if times else 5)
        case Table():
            _table(paper, part)
        case Lines(text):
            paper.set_font("Mono", "", 7.2)
            paper.set_fill_color(*PALE)
            kept = "\n".join(line[:160] for line in text.rstrip("\n").splitlines()[-LOG_LINES:])
            paper.multi_cell(0, 3.7, _shown(paper, kept), new_x="LMARGIN", new_y="NEXT", align="L", fill=True)
            paper.set_fill_color(*WHITE)  # else tables after it get the same ground


def _item(paper: "FPDF", mark: str, text: str, width: float) -> None:
    if paper.will_page_break(5.2):
        paper.add_page()
    paper.set_text_color(*GREY)
    paper.cell(width, 5.2, _shown(paper, mark))
    paper.set_text_color(*INK)
    paper.multi_cell(0, 5.2, _shown(paper, text), new_x="LMARGIN", new_y="NEXT", align="L")


def _table(paper: "FPDF", table: Table) -> None:
    paper.set_font(FAMILY, "", 8.5)
    paper.set_draw_color(205, 212, 208)
    with paper.table(
        col_widths=table.widths, text_align="LEFT", line_height=4.8, padding=1, borders_layout="HORIZONTAL_LINES",
    ) as drawn:  # fmt: skip
        for row in (table.head, *table.rows):
            cells = drawn.row()
            for cell in row:
                cells.cell(_shown(paper, cell))


def _shown(paper: "FPDF", text: str) -> str:
    """Without what the font has no picture of: emoji of colour become nothing rather than a box."""
    glyphs = getattr(paper.fonts.get(FAMILY.lower()), "cmap", None)
    if glyphs is None:
        return text
    kept = "".join(sign for sign in text if sign in "\n" or ord(sign) in glyphs)
    return kept if "\n" in text else " ".join(kept.split(" ")).strip(" ")
