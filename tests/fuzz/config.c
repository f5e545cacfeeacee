/* Configuration: a file of each kind that assay reads.
 *
 * The input's first byte: p a pipeline, r a profile, d a dictionary, g a register, all else a file as such.
 * The rest is the file; of a pipeline what stands behind a line %% are overrides, one a line. A profile that
 * is taken builds a report. */
#include "fuzz.h"

#include "base/config.h"
#include "match/dictionary.h"
#include "model/report.h"
#include "model_text.h"
#include "run/pipeline.h"

#include <string.h>

static const char path[] = "input.cfg";

/* What the files may name. */
static void config_begin(struct assay_arena *arena)
{
    static const char included[] = "included = 1;\n", csv[] = "id,name\nt1,Ashby\n";
    (void)arena;
    fuzz_put_file("a.cfg", included, sizeof included - 1);
    fuzz_put_file("a.csv", csv, sizeof csv - 1);
}

/* ---- a file as such: written out and read again it is the same --------------------------------------------
 */

static void check_same(const config_setting_t *a, const config_setting_t *b)
{
    const char *name = config_setting_name(a), *other = config_setting_name(b);
    int type = config_setting_type(a), n = config_setting_length(a);
    FUZZ_CHECK(!name == !other && (!name || !strcmp(name, other)));
    FUZZ_CHECK(config_setting_type(b) == type && config_setting_length(b) == n);
    if (type == CONFIG_TYPE_STRING)
        FUZZ_CHECK(!strcmp(config_setting_get_string(a), config_setting_get_string(b)));
    if (type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64 || type == CONFIG_TYPE_BOOL)
        FUZZ_CHECK(config_setting_get_int64(a) == config_setting_get_int64(b));
    for (int i = 0; i < n; i++)
        check_same(config_setting_get_elem(a, (unsigned)i), config_setting_get_elem(b, (unsigned)i));
}

static int file_run(struct assay_arena *arena, struct assay_error *error)
{
    static const struct assay_key keys[] = {{.name = "a", .type = ASSAY_KEY_INT, .ranged = true, .max = 9},
                                            {.name = "b", .type = ASSAY_KEY_TEXTS},
                                            {.name = "c", .type = ASSAY_KEY_GROUPS},
                                            {.name = "included", .type = ASSAY_KEY_REAL},
                                            {0}};
    struct assay_config config, again;
    struct assay_error wrong = {{0}};
    if (assay_config_read(&config, path, arena, error))
        return -1;
    const config_setting_t *root = config_root_setting(config.tree);
    FUZZ_CHECK(strlen(config.sha256) == 64);
    int status = assay_config_check(&config, root, keys, "a file", &wrong);
    fuzz_check_error(status, &wrong);
    if (!status) {
        unsigned n;
        long long a = assay_config_int(root, "a", 0);
        FUZZ_CHECK(a >= 0 && a <= 9 && assay_config_texts(root, "b", arena, &n)[n] == NULL);
    }
    FUZZ_CHECK(config_write_file(config.tree, "written.cfg"));
    FUZZ_CHECK(!assay_config_read(&again, "written.cfg", arena, error));
    check_same(root, config_root_setting(again.tree));
    assay_config_close(&again);
    assay_config_close(&config);
    return 0;
}

/* ---- pipelines -------------------------------------------------------------------------------------------
 */

static void check_pipeline(const struct assay_pipeline *p)
{
    FUZZ_CHECK(p->profiles && p->profiles[0] && p->registers && p->plugin_path);
    FUZZ_CHECK(p->limit_input_bytes > 0);
    for (uint32_t i = 0; i < p->n_stages; i++) {
        FUZZ_CHECK(p->stage[i].kind >= ASSAY_LOADER && p->stage[i].kind <= ASSAY_WRITER);
        FUZZ_CHECK(p->stage[i].plugin && p->stage[i].group);
        for (uint32_t k = 0; k < i; k++)
            FUZZ_CHECK(strcmp(p->stage[k].plugin, p->stage[i].plugin) != 0);
    }
}

static int pipeline_run(struct assay_arena *arena, char *overrides, struct assay_error *error)
{
    enum { MOST = 8 };
    const char *list[MOST + 1] = {NULL};
    struct assay_pipeline pipeline = {0};
    char *one, *rest = overrides;
    for (size_t n = 0; rest && n < MOST && (one = strsep(&rest, "\n"));)
        if (*one)
            list[n++] = one;
    if (assay_pipeline_read(&pipeline, path, list, NULL, arena, error))
        return -1;
    check_pipeline(&pipeline);
    assay_pipeline_close(&pipeline);
    return 0;
}

/* Cuts off what stands behind a line %%. */
static char *cut_overrides(char *file, size_t *n)
{
    char *line = memmem(file, *n, "\n%%\n", 4);
    if (!line)
        return NULL;
    *n = (size_t)(line - file) + 1;
    return line + 4;
}

/* ---- profiles, dictionaries, registers
 * ---------------------------------------------------------------------- */

static const char sample[] =
    "Ashby\nInspection of services\n1 May 2019 to 5 May 2019\nOverall Good\n\nSummary\n\n"
    "1. Leaders are good. They do well.\n\n2. They know\n\n\xE2\x80\xA2 this.\n\fFindings\n\n"
    "Children wait too long, and some don\xE2\x80\x99t come.\n";

static int profile_run(struct assay_arena *arena, struct assay_error *error)
{
    struct assay_profile *profile = NULL;
    if (assay_profile_read(path, arena, &profile, error))
        return -1;
    const struct assay_profile *const profiles[] = {profile};
    struct assay_model model = {.profiles = profiles,
                                .n_profiles = 1,
                                .forced_profile = assay_profile_id(profile),
                                .providers = assay_register_new(arena),
                                .types = assay_types_new(arena)};
    const struct assay_report *report;
    struct assay_lines lines;
    struct assay_error why = {{0}};
    text_to_lines(sample, sizeof sample - 1, arena, &lines);
    int status = assay_report_build(&model, &lines, "0123456789abcdef", arena, &report, &why);
    fuzz_check_error(status, &why);
    if (!status)
        fuzz_check_report(report, model.types, arena);
    return 0;
}

static int dictionary_run(struct assay_arena *arena, struct assay_error *error)
{
    struct assay_matcher *m = assay_matcher_new(arena, assay_types_new(arena));
    struct assay_dictionary *d = NULL;
    if (assay_dictionary_read(path, m, 0, arena, &d, error))
        return -1;
    FUZZ_CHECK(d->n_entries > 0 && strlen(d->sha256) == 64);
    for (uint32_t i = 0; i < d->n_entries; i++) {
        FUZZ_CHECK(*d->id[i] && *d->label[i] && *d->definition[i]);
        for (uint32_t k = 0; k < i; k++)
            FUZZ_CHECK(strcmp(d->id[k], d->id[i]) != 0);
    }
    assay_matcher_compile(m);
    return 0;
}

static int register_run(struct assay_arena *arena, struct assay_error *error)
{
    static const char *const noise[] = {"council", "of", NULL};
    struct assay_register *r = assay_register_new(arena);
    if (assay_register_read(r, path, error))
        return -1;
    const struct assay_provider *p = assay_register_find(r, "Ashby Council", noise, arena);
    FUZZ_CHECK(!p || (*p->id && *p->name));
    return 0;
}

static void config_run(struct assay_arena *arena, const uint8_t *bytes, size_t n)
{
    struct assay_error error = {{0}};
    if (!n--)
        return;
    char *file = assay_arena_copy(arena, (const char *)bytes + 1, n);
    char *overrides = *bytes == 'p' ? cut_overrides(file, &n) : NULL;
    fuzz_put_file(path, file, n);
    int status = *bytes == 'p'   ? pipeline_run(arena, overrides, &error)
                 : *bytes == 'r' ? profile_run(arena, &error)
                 : *bytes == 'd' ? dictionary_run(arena, &error)
                 : *bytes == 'g' ? register_run(arena, &error)
                                 : file_run(arena, &error);
    fuzz_check_error(status, &error);
}

const struct fuzz_target fuzz_config = {"config", config_begin, config_run, NULL};
