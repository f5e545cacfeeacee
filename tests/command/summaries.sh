#!/usr/bin/env bash
# benchmark and trend over reports that are made here, so that it is known how often each of them says what. What is
# expected is computed from that by tests/command/summaries.py.
. "$(dirname "$0")/lib.sh"

take "$source_dir/conf/." .
cat >themes.cfg <<'EOF'
version = "1";
themes = ( { id = "supervision"; label = "Supervision"; definition = "Supervision"; terms = [ "supervision" ]; },
           { id = "housing"; label = "Housing"; definition = "Housing"; terms = [ "housing" ]; } );
EOF
cat >risks.cfg <<'EOF'
version = "1";
indicators = ( { id = "staffing"; label = "Staffing"; definition = "Posts"; terms = [ "vacancies" ];
                 outright = [ "posts are vacant" ]; } );
EOF
compare() { python3 "$source_dir/tests/command/summaries.py" "$@" 2>&1; }
compare make reports >register.csv
sed -e 's/"themes\/[a-z-]*.cfg"/"themes.cfg"/; s/"risks\/[a-z-]*.cfg"/"risks.cfg"/; s/"registers\/england.csv"/"register.csv"/' \
    ilacs.cfg >p.cfg

assay run p.cfg reports -o out 2>log
same "the run" 0 $?
same "the reports are read as they were made" "" "$(compare reports out)"
same "benchmark: values, n, percentiles and z" "" "$(compare benchmark out)"
same "trend: inspections, first, last, change and its interval" "" "$(compare trend out)"
same "no cell is NaN or infinite" "" "$(grep -inE '(^|,)-?(nan|inf)' out/benchmark.csv out/trend.csv)"
same "benchmark keeps the order of the run" "$(cells out/reports.csv report_id)" "$(cells out/benchmark.csv report_id | uniq)"
grep "^$(cells out/reports.csv report_id | head -n 1)" out/benchmark.csv >one
same "its areas keep the order of the report, its measures that of the tables" \
    "leaders help_protection in_care care_leavers summary|sentiment theme_supervision theme_housing risk_staffing" \
    "$(cut -d, -f5 one | uniq | xargs)|$(cut -d, -f6 one | head -n 4 | xargs)"
same "the tables describe themselves" "report_id area measure|provider_id area measure framework_version" \
    "$(jq -r '[.resources[] | select(.name == "benchmark" or .name == "trend") | .schema.primaryKey | join(" ")] | join("|")' out/datapackage.json)"

# ---- whatever the order of the inputs

find reports -type f | LC_ALL=C sort -r >reversed
xargs assay run p.cfg -o back <reversed 2>log
same "a run in the reverse order" 0 $?
same "it keeps its own order" "$(cells out/reports.csv report_id | tac)" "$(cells back/benchmark.csv report_id | uniq)"
for table in benchmark trend; do
    same "$table has the same rows" "$(sort out/$table.csv)" "$(sort back/$table.csv)"
done
same "a provider's rows in trend keep their order" "$(grep ^70002, out/trend.csv)" "$(grep ^70002, back/trend.csv)"
assay run p.cfg reports -o alone -j 1 --no-cache 2>log
same "the same bytes from one child, without a cache" "$(digest out)" "$(digest alone)"

# ---- pipelines that have less

without() {
    drop p.cfg "$1" >"without-$1.cfg"
    assay run "without-$1.cfg" reports -o "without-$1" 2>log
    same "without $1: the run" 0 $?
}
without risk
for table in benchmark trend; do
    same "without risk: all other rows of $table" "$(grep -v ,risk_ out/$table.csv)" "$(cat "without-risk/$table.csv")"
done
without themes
same "without themes: all other rows of benchmark" "$(grep -v ,theme_ out/benchmark.csv)" "$(cat without-themes/benchmark.csv)"
without judgements
same "without judgements no framework version is like another" "" "$(compare apart without-judgements)"
drop p.cfg improvements sentiment themes risk >bare.cfg
assay run bare.cfg reports -o bare 2>log
same "with none of its tables: no rows, but tables" "0|1 1" "$?|$(wc -l <bare/benchmark.csv) $(wc -l <bare/trend.csv)"

# ---- a table of the same name that isn't the one

mkdir plugins
cat >risks.c <<'EOF'
#include <assay/assay.h>
static const struct assay_table *const tables[] = {
    ASSAY_TABLE(.scope = ASSAY_PER_REPORT, .name = "risks", .doc = "Another table.",
                .columns = ASSAY_COLUMNS(ASSAY_COLUMN(.name = "area", .type = ASSAY_ID, .doc = "The area."),
                                         ASSAY_COLUMN(.name = "indicator", .type = ASSAY_INT, .doc = "A number."))),
    NULL};
static int analyse(struct assay_context *c, void *self, const struct assay_report *r)
{
    (void)c, (void)self, (void)r;
    return 0;
}
ASSAY_PLUGIN(risks) = {ASSAY_HEAD(ASSAY_ANALYSER), .name = "risks", .version = "1", .licence = "GPL-3.0-or-later",
                       .summary = "another table", .tables = tables, .analyse = analyse};
EOF
build_plugin risks.c plugins/risks.so || exit 1
sed 's/^analysers = (/plugin_path = [ "plugins" ];\nanalysers = ( { plugin = "risks"; },/' bare.cfg >other.cfg
before=$(digest bare)
assay run other.cfg reports -o bare 2>log
same "a table without the columns is told, the earlier output untouched" "3|1|$before" \
    "$?|$(grep -c 'plugin benchmark: the table risks has no column "indicator"' log)|$(digest bare)"

# ---- more rows than stay in memory

cat >many.c <<'EOF'
#include <assay/assay.h>
static const struct assay_option *const options[] = {
    ASSAY_OPTION(.name = "rows", .type = ASSAY_OPTION_INT, .default_value = "60000", .min = 0, .max = 1000000, .doc = "how many"),
    ASSAY_OPTION(.name = "opens", .type = ASSAY_OPTION_INT, .default_value = "-1", .min = -1, .max = 1000000,
                 .doc = "the row that is begun and not ended"),
    ASSAY_OPTION(.name = "fails", .type = ASSAY_OPTION_INT, .default_value = "-1", .min = -1, .max = 1000000,
                 .doc = "the row before which it fails"),
    NULL};
static const struct assay_table *const tables[] = {
    ASSAY_TABLE(.scope = ASSAY_PER_RUN, .name = "many", .doc = "One row per number.",
                .columns = ASSAY_COLUMNS(ASSAY_COLUMN(.name = "number", .type = ASSAY_INT, .doc = "It."),
                                         ASSAY_COLUMN(.name = "text", .type = ASSAY_TEXT, .nullable = 1, .doc = "Some."))),
    ASSAY_TABLE(.scope = ASSAY_PER_RUN, .name = "few", .doc = "One row per thousand.",
                .columns = ASSAY_COLUMNS(ASSAY_COLUMN(.name = "number", .type = ASSAY_INT, .doc = "It."))),
    NULL};
static int lookup(struct assay_context *c, void *self)
{
    (void)self;
    assay_row_begin(c, 0);
    assay_put_int(c, 0, -1);
    return assay_row_end(c);
}
static int summarise(struct assay_context *c, void *self)
{
    int64_t n = assay_option_int(c, "rows");
    (void)self;
    for (int64_t i = 0; i < n; i++) {
        if (i == assay_option_int(c, "fails"))
            return assay_fail(c, "fails before row %d", (int)i);
        assay_row_begin(c, i % 1000 == 0);
        assay_put_int(c, 0, i);
        if (i == assay_option_int(c, "opens"))
            continue;
        if (i % 1000)
            assay_put_text(c, 1, "a text of some length, so that rows take room");
        if (assay_row_end(c))
            return -1;
    }
    return 0;
}
ASSAY_PLUGIN(many) = {ASSAY_HEAD(ASSAY_SUMMARY), .name = "many", .version = "1", .licence = "GPL-3.0-or-later",
                      .summary = "many rows", .options = options, .tables = tables, .lookup = lookup, .summarise = summarise};
EOF
build_plugin many.c plugins/many.so || exit 1
build_plugin "$source_dir/tests/plugins/counter.c" plugins/counter.so || exit 1
sed 's/^summaries = (/plugin_path = [ "plugins" ];\nsummaries = ( { plugin = "many"; },/; s/^writers = (/writers = ( { plugin = "counter"; },/' \
    bare.cfg >many.cfg
assay run many.cfg reports -o many 2>log
same "a summary of many rows: the run" 0 $?
same "its rows are all there, in their order, behind those of lookup()" "$(seq 0 59999 | awk 'BEGIN { print "-1" } $1 % 1000')" \
    "$(cells many/many.csv number)"
same "those of its other table too" "$(seq 0 1000 59999)" "$(cells many/few.csv number)"
same "every writer has them" "many 59941 119881,few 60 60" "$(grep -E '^(many|few) ' many/counts.txt | paste -sd,)"
same "the summary behind it has its own" "$(cat bare/benchmark.csv)" "$(cat many/benchmark.csv)"

before=$(digest many)
for wrong in "fails=59000|many: fails before row 59000" "opens=30999|many: table many, row 30970: was begun, and not ended"; do
    assay run many.cfg reports -o many --set "summaries.many.${wrong%%|*}" 2>log
    same "${wrong%%=*} midway: told, the earlier output untouched" "3|1|$before" "$?|$(grep -c "${wrong#*|}" log)|$(digest many)"
done
finish
