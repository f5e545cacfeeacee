#!/usr/bin/env python3
"""Small PDFs that can't be read, or only nearly so.

    make_broken.py FOLDER     writes FOLDER/<what is wrong>.pdf
"""
import hashlib
import os
import struct
import sys

from make_pdf import Pdf

PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
FONT = b"<< /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
TEXT = b"BT /F 12 Tf 70 700 Td (The report of page %d) Tj ET"


def pdf_of(contents, count=None, resources=FONT, encrypt=None, objects=()):
    """One page for each content; None: a page whose content is missing."""
    pdf, tree, kids = Pdf(), 2 * len(contents) + len(objects) + 1, []
    for body in objects:
        pdf.add(body)
    for content in contents:
        number = len(pdf.objects) + 1
        stream = pdf.stream(encrypt(number, content) if encrypt else content) if content is not None else (
            pdf.add(b"null"))
        kids.append(pdf.add(b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Resources %s /Contents %d 0 R >>"
                            % (tree, resources, stream)))
    pdf.add(b"<< /Type /Pages /Count %d /Kids [%s] >>" % (
        len(kids) if count is None else count, b" ".join(b"%d 0 R" % k for k in kids)))
    return pdf, pdf.add(b"<< /Type /Catalog /Pages %d 0 R >>" % tree)


def rc4(key, data):
    state, out, j = list(range(256)), bytearray(), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def encrypted(password):
    """With the standard handler's first revision (PDF 1.7, 7.6.3)."""
    user, name = (password + PAD)[:32], b"0123456789abcdef"
    owner = rc4(hashlib.md5((b"owner" + PAD)[:32]).digest()[:5], user)
    key = hashlib.md5(user + owner + struct.pack("<i", -4) + name).digest()[:5]

    def encrypt(number, data):
        return rc4(hashlib.md5(key + struct.pack("<I", number)[:3] + b"\0\0").digest()[:10], data)

    pdf, root = pdf_of([TEXT % 1], encrypt=encrypt)
    return pdf.bytes(root, b"/ID [<%s> <%s>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> " % (
        name.hex().encode(), name.hex().encode(), owner.hex().encode(), rc4(key, PAD).hex().encode()))


def image_only():
    image = (b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 "
             b"/Length 1 >>\nstream\n0\nendstream")
    pdf, root = pdf_of([b"q 500 0 0 700 40 40 cm /I Do Q"] * 2, resources=b"<< /XObject << /I 1 0 R >> >>",
                       objects=[image])
    return pdf.bytes(root)


def plain(contents, **how):
    pdf, root = pdf_of(contents, **how)
    return pdf.bytes(root)


def main(folder):
    three = plain([TEXT % page for page in (1, 2, 3)])
    files = {
        "whole": three,
        "password": encrypted(b"secret"),
        "empty-password": encrypted(b""),
        "images": image_only(),
        "blank": plain([b"", b""]),
        "one-blank": plain([TEXT % 1, b""]),
        "no-pages": plain([]),
        "many-pages": plain([TEXT % 1], count=2000000000),
        "more-pages": plain([TEXT % 1, TEXT % 2], count=1),
        "fewer-pages": plain([TEXT % 1], count=2),
        "no-content": plain([TEXT % 1, None]),
        "bad-content": plain([TEXT % 1, TEXT % 2 + b" ]] (cut"]),
        "cut-early": three[:len(three) // 3],
        "cut-late": three[:three.index(b"xref") - 40],
        "bad-xref": three.replace(b"0000000", b"0000123"),
        "behind-a-header": b"Content-Type: application/pdf\r\n\r\n" + three,
        "rubbish": b"%PDF-1.7\n" + b"rubbish " * 100,
        "about-pdf": b"<!DOCTYPE html>\n<html><body>A PDF begins with\n%PDF-1.7\n</body></html>\n",
        "text-about-pdf": b"Every PDF begins with %PDF-1.7 or the like.\n",
    }
    for name, content in files.items():
        with open(os.path.join(folder, name + ".pdf"), "wb") as f:
            f.write(content)


if __name__ == "__main__":
    main(sys.argv[1])
