# What the plugin @NAME@ promises, checked by assay, and what it makes of the reports here, compared with expected/. After a
# change that is meant, look at the difference, and copy the new file there from out/.
set -eu
export ASSAY_PLUGIN_PATH=.
assay check pipeline.cfg >/dev/null
assay test-plugin --pipeline pipeline.cfg @NAME@.so reports/* >out.tap || { grep -A 5 '^not ok' out.tap; exit 1; }
sed -n 's/^# .*: /@NAME@.so: /p' out.tap
rm out.tap
assay run pipeline.cfg reports -o out
for file in expected/*; do
    diff -u "$file" "out/$(basename "$file")"
done
echo "@NAME@: all is as it should be"
