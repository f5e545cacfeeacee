#!/usr/bin/env python3
"""Sample reports as PDF, made from their text, in the layout and the order of drawing that such reports have: running
feet first, a table cell by cell with the grade centred beside its label, bullets of a symbol font, raised digits for
footnotes. Needs nothing but Python, and makes the same bytes everywhere.

    make_pdf.py FOLDER     writes FOLDER/<provider>-<published>.pdf
"""

import os
import re
import sys

LEFT, INDENT, GRADE, RIGHT = 70, 99, 302, 513
GRADES = re.compile(r"(?i)^(good|outstanding|inadequate|requires improvement( to be( good)?)?|to be good)$")
BULLETS = {"\u25fc": "n", "\uf0b7": "l", "\uf06e": "n", "\uf0a7": "n", "\u2022": "l", "\uf02d": "o"}

# The table's first line, the first line behind it, and the page that lists the contents, from 1.
REPORTS = {
    "eastmere/2015-06-12": ("1. Children who need", "1 This report brings", 2),
    "wrayburn/2021-11-08": ("Judgement", "Services for children in Wrayburn have slipped", 0),
    "thornholt/2026-06-15": ("Judgement", "In 2018 children", 0),
}


class Pdf:
    """Objects in a row, and the table that says where they begin."""

    def __init__(self):
        self.objects = []

    def add(self, body):
        self.objects.append(body)
        return len(self.objects)

    def stream(self, data):
        return self.add(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(data), data))

    def bytes(self, root, extra=b""):
        out, places = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
        for number, body in enumerate(self.objects, 1):
            places.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        start = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
        for place in places:
            out += b"%010d 00000 n \n" % place
        out += b"trailer\n<< /Size %d /Root %d 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (
            len(places) + 1, root, extra, start)
        return bytes(out)


def fonts(pdf):
    encoding = "<< /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [1 /fi /fl] >>"
    pairs = {code: rune for rune, code in BULLETS.items() if rune >= "\ue000" or rune == "\u25fc"}
    lines = "\n".join("<%02X> <%04X>" % (ord(code), ord(rune)) for code, rune in sorted(pairs.items()))
    cmap = pdf.stream(("/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n/CMapName /B def\n"
                       "1 begincodespacerange <00> <FF> endcodespacerange\n%d beginbfchar\n%s\nendbfchar\n"
                       "endcmap end end" % (len(pairs), lines)).encode())
    make = "<< /Type /Font /Subtype /Type1 /BaseFont /%s %s >>"
    plain = pdf.add((make % ("Helvetica", "/Encoding " + encoding)).encode())
    bold = pdf.add((make % ("Helvetica-Bold", "/Encoding " + encoding)).encode())
    marks = pdf.add((make % ("ZapfDingbats", "/ToUnicode %d 0 R" % cmap)).encode())
    return b"<< /Font << /F %d 0 R /B %d 0 R /S %d 0 R >> >>" % (plain, bold, marks)


def encode(text):
    text = text.replace("\ufb01", "\x01").replace("\ufb02", "\x02")
    return re.sub(rb"[\\()]", rb"\\\g<0>", text.encode("cp1252"))


class Page:
    """What is drawn on a page, downwards from y."""

    def __init__(self, notes):
        self.notes, self.content, self.y = notes, [], 760

    def show(self, x, y, text, size=12, font="F"):
        """A line; the digits of footnotes are raised."""
        parts = re.split(r"(?<=[A-Za-z?.])(\d)(?=\s|$)", text)
        shown = b"BT %d %d Td" % (x, y)
        for i, part in enumerate(parts):
            if i % 2 and part in self.notes:
                shown += b" /%s %d Tf %d Ts (%s) Tj 0 Ts" % (font.encode(), size * 2 // 3, size // 3, encode(part))
            elif part:
                shown += b" /%s %d Tf (%s) Tj" % (font.encode(), size, encode(part))
        self.content.append(shown + b" ET")

    def mark(self, x, rune):
        self.content.append(b"BT %d %d Td /S 10 Tf (%s) Tj ET" % (x, self.y, BULLETS[rune].encode()))

    def lines(self, x, lines, size=12, font="F"):
        for line in lines:
            self.show(x, self.y, line, size, font)
            self.y -= size * 6 // 5

    def foot(self, lines):
        """The running foot, with the number at the right."""
        for i, line in enumerate(lines[:-1]):
            self.show(LEFT, 44 - 12 * i, line, 9)
        self.show(RIGHT, 32, lines[-1], 10)

    def footnotes(self, notes):
        y = 70 + 12 * sum(len(note) for note in notes)
        for note in notes:
            digit, first = note[0].split(" ", 1)
            self.content.append(b"BT %d %d Td /F 6 Tf 4 Ts (%s) Tj /F 10 Tf 0 Ts ( %s) Tj ET" % (
                LEFT, y, encode(digit), encode(first)))
            for line in note[1:]:
                y -= 12
                self.show(LEFT, y, line, 10)
            y -= 12

    def row(self, label, grade):
        """A row of the table of judgements, the grade centred beside its label."""
        height = 14 * max(len(label), len(grade))
        font = "B" if label == ["Judgement"] else "F"
        for x, cell in ((76, label), (GRADE, grade)):
            for i, line in enumerate(cell):
                self.show(x, self.y - (height - 14 * len(cell)) // 2 - 14 * i, line, 12, font)
        self.y -= height + 8

    def contents(self, title, number):
        self.lines(LEFT, title)
        self.show(RIGHT, self.y + 14, number)
        self.y -= 8


def blocks_of(lines):
    """Runs of lines without a blank line in between."""
    blocks = [[]]
    for line in lines:
        if line.strip():
            blocks[-1].append(line.strip())
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def rows_of(lines):
    """Rows of the table: lines of a label up to the last line of its grade."""
    rows = []
    for line in lines:
        # a grade may wrap: "Requires improvement to be" / "good"
        if line == "Grade" or GRADES.match(line):
            rows[-1][1].append(line)
        elif rows and not rows[-1][1]:
            rows[-1][0].append(line)
        else:
            rows.append(([line], []))
    return rows


def is_heading(block, before):
    return (len(block) <= 3 and not re.search(r"[.,;:]$", block[-1]) and re.match(r"[A-Z]", block[0])
            and max(map(len, block)) < 72 and (not before or before[-1][-1:] in ".:?" or before[0] in ("heading", "item")))


def draw_block(page, block, state):
    before, state["before"] = state.get("before"), block
    if block[0][0] in BULLETS:
        text = [block[0][1:].strip()] + block[1:] if block[0][1:].strip() else block[1:]
        state["x"] = 128 if state.get("bullet", block[0][0]) != block[0][0] else INDENT
        state.setdefault("bullet", block[0][0])
        page.mark(state["x"] - 25, block[0][0])
        page.lines(state["x"], text)
        state["before"] = ["item"]
    elif before == ["item"] and re.match(r"[a-z(\d]|[A-Z][a-z]+ [a-z]", block[0]) and not is_heading(block, None):
        page.y += 6  # a line of the item that a blank line parted from it
        page.lines(state["x"], block)
        state["before"] = ["item"]
    elif re.fullmatch(r"\d+\.", block[0]):
        page.show(LEFT, page.y, block[0])
        page.lines(INDENT, block[1:])
    elif is_heading(block, before):
        state.pop("bullet", None)
        state["before"] = ["heading"]
        page.lines(LEFT, block, 14, "B")
    else:
        state.pop("bullet", None)
        page.lines(LEFT, block)
    page.y -= 6


def draw_page(text, number, spec, state):
    blocks = blocks_of(text.split("\n"))
    notes = [b for b in blocks if re.match(r"\d [A-Z]", b[0])]
    page = Page({note[0][0] for note in notes})
    foot = next((b for b in blocks if b[-1] == str(number)), None) if number > 1 or blocks[0] == ["1"] else None
    if foot:
        page.foot(foot)
    table, end = [], None
    for block in blocks:
        if block is foot or block in notes:
            end = end or (block[0].startswith(spec[1]) and table)
            continue
        if number == 1 and block[0].startswith(spec[0]) and not table:
            table = [line for b in blocks[blocks.index(block):] for line in (b if not stops(b, spec) else [None])]
            table = table[:table.index(None)]
            for label, grade in rows_of(table):
                page.row(label, grade)
        elif number == 1 and table and block[0] in table:
            continue
        elif number == spec[2] and re.fullmatch(r"\d+", block[-1]):
            page.contents(block[:-1], block[-1])
        else:
            draw_block(page, block, state)
    page.footnotes(notes)
    assert page.y > 70 + 12 * sum(len(note) for note in notes), "page %d is too long: %d" % (number, page.y)
    return b"\n".join(page.content)


def stops(block, spec):
    return block[0].startswith(spec[1])


def make(name, spec):
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "reports")
    with open(os.path.join(folder, name + ".txt"), encoding="utf-8") as f:
        pages = f.read().rstrip("\f\n ").split("\f")
    pdf, state = Pdf(), {}
    resources, tree, kids = fonts(pdf), len(pages) * 2 + 5, []
    for number, text in enumerate(pages, 1):
        content = pdf.stream(draw_page(text, number, spec, state))
        kids.append(pdf.add(b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Resources %s /Contents %d 0 R >>"
                            % (tree, resources, content)))
    assert tree == pdf.add(b"<< /Type /Pages /Count %d /Kids [%s] >>" % (
        len(kids), b" ".join(b"%d 0 R" % k for k in kids)))
    return pdf.bytes(pdf.add(b"<< /Type /Catalog /Pages %d 0 R >>" % tree))


def main(folder):
    for name, spec in REPORTS.items():
        with open(os.path.join(folder, name.replace("/", "-") + ".pdf"), "wb") as f:
            f.write(make(name, spec))


if __name__ == "__main__":
    main(sys.argv[1])
