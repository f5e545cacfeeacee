#!/usr/bin/env bash
# What an installed assay is to its users, with no source tree at hand: tests/installed.sh PREFIX. Run by CI on the output of
# `make install`; not part of `make check`, which must not install.
set -eu
prefix=$1
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
! ls "$prefix/lib/assay" | grep -q '\.la$'
