#!/usr/bin/env bash
# Damaged PDFs: each has its rows, or one row in errors, never neither or both. 2,000 of them by `make check-long`.
. "$(dirname "$0")/lib.sh"
export PYTHONDONTWRITEBYTECODE=1

n=100
[ -z "${ASSAY_LONG-}" ] || n=2000
mkdir mutated broken
python3 "$source_dir/tests/pdf/make_broken.py" broken
python3 "$source_dir/tests/pdf/mutate.py" "$n" mutated "$source_dir"/tests/pdf/*.pdf broken/{images,empty-password,whole}.pdf
cp "$source_dir/tests/pdf/wrayburn-2021-11-08.pdf" mutated/whole.pdf
assay run "$source_dir/conf/ilacs.cfg" mutated --set "registers=[\"$source_dir/tests/register.csv\"]" -o out 2>log
same "some of $n fail, and the run goes on" 1 $?
{
    cells out/reports.csv source
    cells out/errors.csv source
} | sort >told
same "each is a report or an error" "$(cd mutated && ls)" "$(cat told)"
same "a failed one has no rows" "" "$(comm -12 <(cells out/reports.csv source | sort) <(cells out/errors.csv source | sort))"
same "no error is without its sentence" 0 "$(cells out/errors.csv message | grep -c '^$')"
same "the whole one is read among them" whole.pdf "$(cells out/reports.csv source | grep whole)"
finish
