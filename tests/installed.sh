#!/usr/bin/env bash
# What an installed assay is to its users, with no source tree at hand: tests/installed.sh PREFIX [PLUGINS MUPDF_LIBS]. Run by
# CI on the output of `make install`; not part of `make check`, which must not install. With the folder of our plugins'
# sources, these are built, too, as an author's would be.
set -eu
prefix=$1
tests=$(realpath "$(dirname "$0")")
plugins=${2:+$(realpath "$2")}
mupdf=${3:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$(dirname "$0")/reports/eastmere/2015-06-12.txt" "$(dirname "$0")/plugins/opinion.c" "$work"
cd "$work"
export PATH="$prefix/bin:$PATH" PKG_CONFIG_PATH="$prefix/lib/pkgconfig"

assay plugins | grep -q '^themes '
assay show 2015-06-12.txt | grep -q '"provider_printed": "Eastmere'
assay run "$prefix/share/assay/conf/ilacs.cfg" 2015-06-12.txt -o out
test "$(wc -l <out/reports.csv)" = 2

# a plugin from the installed header alone, as C and as C++
${CC:-cc} -std=c11 -Wall -Wextra -Werror -shared -fPIC $(pkg-config --cflags assay) opinion.c -o opinion.so
ASSAY_PLUGIN_PATH=$work assay plugins opinion | grep -q '^kind     analyser'
printf '#include <assay/assay.h>\nint main() { return sizeof(assay_plugin) == 0; }\n' >header.cc
if command -v c++ >/dev/null; then
    c++ -std=c++11 -Wall -Wextra -Werror $(pkg-config --cflags assay) header.cc -o header
    ./header
fi

# our own plugins use nothing but that header: each is built out of the tree, declares there what it does here, and all of
# them together give the same tables
if [ -n "$plugins" ]; then
    mkdir modules
    # build NAME "SOURCES" "LIBRARIES"
    build() {
        # shellcheck disable=SC2086
        ${CC:-cc} -std=gnu17 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -shared -fPIC $(pkg-config --cflags assay) \
            $(cd "$plugins" && realpath $2) -o "modules/$1.so" $3
    }
    build pdf "loaders/pdf/fonts.c loaders/pdf/lines.c loaders/pdf/page.c loaders/pdf/pdf.c loaders/pdf/rows.c" "$mupdf -Wl,--exclude-libs,ALL"
    build text loaders/text.c "$(pkg-config --cflags --libs libutf8proc)"
    for name in improvements judgements risk sentences; do
        build "$name" "analysers/$name.c" ""
    done
    build themes "analysers/evidence/terms.c analysers/themes/evidence.c analysers/themes/themes.c" -lm
    build sentiment "analysers/evidence/terms.c analysers/sentiment/clauses.c analysers/sentiment/evidence.c analysers/sentiment/judgement.c analysers/sentiment/sentiment.c" -lm
    build benchmark "summaries/benchmark.c summaries/measures.c" -lm
    build trend "summaries/trend.c summaries/inspections.c summaries/measures.c" -lm
    build csv writers/csv.c "$(pkg-config --cflags --libs jansson)"
    for module in "$prefix"/lib/assay/*.so; do
        name=$(basename "$module" .so)
        diff <(assay plugins "$name" | grep -v '^module') <(ASSAY_PLUGIN_PATH=$work/modules assay plugins "$name" | grep -v '^module')
        ASSAY_PLUGIN_PATH=$work/modules assay plugins "$name" | grep -q "^module *$work/modules/"
    done
    ASSAY_PLUGIN_PATH=$work/modules assay run "$prefix/share/assay/conf/ilacs.cfg" 2015-06-12.txt -o out2
    diff -r -x run.json -x ledger -x changes.csv out out2
fi

# what the installed documentation says, in an empty folder; and each kind of new plugin
mkdir -p source/doc
ln -s "$prefix/share/doc/assay/plugins.md" source/doc
for script in tutorial new_plugin; do
    ASSAY_INSTALLED=1 ASSAY_SOURCE_DIR=$work/source ASSAY_BUILD_DIR=$prefix/bin "$tests/command/$script.sh"
done

! ls "$prefix/lib/assay" | grep -q '\.la$'
