#!/usr/bin/env bash
# PDFs: a sample report gives the tables that its text gives, and what can't be read says why.
. "$(dirname "$0")/lib.sh"
export PYTHONDONTWRITEBYTECODE=1

run() { # OUT INPUT...
    assay run "$source_dir/conf/ilacs.cfg" "${@:2}" --set "registers=[\"$source_dir/tests/register.csv\"]" -o "$1" 2>"$1.log"
}

# ---- samples

mkdir made text
python3 "$source_dir/tests/pdf/make_pdf.py" made
for pdf in made/*.pdf; do
    name=$(basename "$pdf" .pdf)
    cmp -s "$pdf" "$source_dir/tests/pdf/$name.pdf"
    ok $? "$name.pdf is what make_pdf.py makes"
    cp "$source_dir/tests/reports/${name%%-*}/${name#*-}.txt" "text/$name.txt"
done
run from_pdf made
same "reports as PDF are read" "0 " "$? $(grep -v ' 0 failed' from_pdf.log)"
run from_text text
same "and as text" 0 $?
for table in reports judgements improvements improvement_themes sentences sentence_themes themes; do
    for kind in pdf text; do
        python3 - "from_$kind/$table.csv" >"$kind.table" <<'PY'
import csv, sys
with open(sys.argv[1], newline="", encoding="utf-8") as f:
    for row in csv.DictReader(f):
        # ids begin with that of the file
        print("|".join(v.replace(row["report_id"], "") for k, v in row.items()
                       if k not in ("source", "loader", "sha256")))
PY
    done
    same "$table.csv is the same from both" "$(cat text.table)" "$(cat pdf.table)"
    [ -s pdf.table ]
    ok $? "and has rows"
done

# ---- what can't be read

mkdir broken
python3 "$source_dir/tests/pdf/make_broken.py" broken
cp made/wrayburn-2021-11-08.pdf broken/a-good-one.pdf
run errors broken
same "some fail" 1 $?
damaged="the file is damaged: get it anew, or save it anew from a PDF viewer"
cut="the file is cut off, it lacks its end: get it anew"
same "each says why; what is read is told to be no report" "about-pdf.pdf|text|is an HTML page; save the report as PDF or as text
bad-content.pdf|pdf|page 2 of 2 can't be read (syntax error in content stream); $damaged
bad-xref.pdf||read
behind-a-header.pdf||read
blank.pdf|pdf|holds no text
cut-early.pdf|pdf|can't be read as a PDF (invalid key in dict); $cut
cut-late.pdf|pdf|can't be read as a PDF (none of its pages can be found); $cut
empty-password.pdf||read
fewer-pages.pdf|pdf|page 2 of 2 can't be read (cannot find page 2 in page tree); $damaged
images.pdf|pdf|holds no text, only images; it has to go through text recognition first
many-pages.pdf|pdf|can't be read as a PDF (it says that it has 2000000000 pages; no report has so many); $damaged
more-pages.pdf|pdf|can't be read as a PDF (it has more pages than the 1 that it counts); $damaged
no-content.pdf|pdf|page 2 of 2 can't be read (its content is missing); $damaged
no-pages.pdf|pdf|has no pages
one-blank.pdf||read
password.pdf|pdf|is encrypted and needs a password; save a copy without one
rubbish.pdf|pdf|can't be read as a PDF (no objects found); $cut
text-about-pdf.pdf||read
whole.pdf||read" "$(cells errors/errors.csv source plugin message | sed 's/|the first pages have no title.*/|read/')"
same "what was repaired is told" "bad-xref.pdf behind-a-header.pdf" \
    "$(sed -n 's/^assay: note: \([^:]*\): pdf: is damaged, and was repaired; all of its pages could be read$/\1/p' errors.log | sort | xargs)"
finish
