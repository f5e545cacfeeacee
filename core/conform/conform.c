/* The checks in their order, and who needs whom. */
#include "conform/conform.h"

#include "base/file.h"
#include "base/text.h"
#include "conform/check.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

const char *const assay_level_name[] = {[ASSAY_LEVEL_LOAD] = "load",
                                        [ASSAY_LEVEL_CONTRACT] = "contract",
                                        [ASSAY_LEVEL_ROBUST] = "robust",
                                        [ASSAY_LEVEL_GOOD] = "good",
                                        NULL};

/* Checks in progress. */
struct conforming {
    struct assay_bench bench;
    assay_conform_tell *tell;
    void *with;
    const char *failed; /* a check that all later ones need; NULL: none has failed */
    struct assay_error *error;
};

/* ---- one check, and a group of them ----------------------------------------------------------------------
 */

/* -1: the checks can't go on. */
static int run(struct conforming *f, const struct assay_check *c, bool needed)
{
    struct assay_shared *shared = f->bench.shared;
    if (f->failed)
        shared->verdict = assay_bench_skipped(&f->bench, "it needs %s", f->failed);
    else if (assay_process_run(&f->bench, c, f->error))
        return -1;
    if (shared->verdict == ASSAY_PASSED)
        shared->seen[0] = 0;
    const struct assay_conform_result result = {c->id, c->level, c->contract, shared->verdict, shared->seen};
    f->tell(f->with, &result);
    if (shared->verdict == ASSAY_FAILED && needed)
        f->failed = c->id;
    return 0;
}

static int run_all(struct conforming *f, const struct assay_check *checks, bool needed)
{
    for (const struct assay_check *c = checks; c->id; c++) {
        bool for_it = c->kinds >> f->bench.shared->kind & 1 || !f->bench.shared->kind;
        if (c->level <= f->bench.request->level && for_it && run(f, c, needed))
            return -1;
    }
    return 0;
}

/* The rules of the descriptor: what one finds right the next one reads. */
static int run_rules(struct conforming *f)
{
    for (const struct assay_descriptor_rule *r = assay_descriptor_rules; r->id; r++) {
        const struct assay_check check = {r->id,       ASSAY_LEVEL_LOAD,       FOR_ALL,
                                          r->contract, assay_check_descriptor, r};
        if (run(f, &check, true))
            return -1;
    }
    return 0;
}

/* A plugin that doesn't load has no kind, and no further checks. */
static int run_groups(struct conforming *f)
{
    static const struct {
        const struct assay_check *checks;
        bool needed;
    } groups[] = {{assay_doc_checks, false},    {assay_open_needed, true},    {assay_run_needed, true},
                  {assay_option_checks, false}, {assay_state_checks, false},  {assay_run_checks, false},
                  {assay_report_checks, false}, {assay_loader_checks, false}, {assay_summary_checks, false},
                  {assay_writer_checks, false}, {assay_host_checks, false}};
    if (run_all(f, assay_module_needed, true) || run_rules(f))
        return -1;
    for (size_t i = 0; i < sizeof groups / sizeof *groups && f->bench.shared->kind; i++)
        if (run_all(f, groups[i].checks, groups[i].needed))
            return -1;
    return 0;
}

/* ---- what they stand on ----------------------------------------------------------------------------------
 */

/* The scratch folder with what plugins get that require a file. NULL: it can't be made. */
static const char *make_folder(struct assay_arena *arena, struct assay_error *error)
{
    const char *place = getenv("TMPDIR");
    char *folder = assay_arena_printf(arena, "%s/assay-test-XXXXXX", place && *place == '/' ? place : "/tmp");
    if (!mkdtemp(folder)) {
        assay_error_set(error, "%s: no folder for the tests can be made: %s", folder, strerror(errno));
        return NULL;
    }
    if (assay_file_replace(assay_arena_printf(arena, "%s/specimen.cfg", folder), assay_specimen_dictionary,
                           strlen(assay_specimen_dictionary), arena, error) ||
        assay_file_replace(assay_arena_printf(arena, "%s/specimen.txt", folder), assay_specimen_text,
                           strlen(assay_specimen_text), arena, error)) {
        assay_folder_remove(folder);
        return NULL;
    }
    return folder;
}

/* The module's path, its folder without links: a link to a module has the name that counts. NULL: there is no
 * such file. */
static const char *path_of(const char *given, struct assay_arena *arena, struct assay_error *error)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(given, '/');
    const char *in = slash ? assay_arena_copy(arena, given, (size_t)(slash - given) + 1) : ".";
    if (!access(given, F_OK) && realpath(in, folder))
        return assay_arena_printf(arena, "%s/%s", strcmp(folder, "/") != 0 ? folder : "",
                                  slash ? slash + 1 : given);
    assay_error_set(error, "%s: %s", given, strerror(errno));
    return NULL;
}

/* The name of the plugin that a module's path says; NULL: it says none. */
static const char *name_of(const char *path, struct assay_arena *arena, struct assay_error *error)
{
    const char *file = strrchr(path, '/') + 1;
    size_t n = strlen(file);
    const char *name = n > 3 ? assay_arena_copy(arena, file, n - 3) : "";
    if (n > 3 && !strcmp(file + n - 3, ".so") && assay_text_is_name(name))
        return name;
    assay_error_set(error, "%s: is no module's name: lower case letters, digits and _, then .so", path);
    return NULL;
}

/* The request with paths that hold wherever a plugin goes. -1: one of them leads nowhere. */
static int find_all(struct assay_conform_request *r, char base[PATH_MAX], struct assay_arena *arena,
                    struct assay_error *error)
{
    r->module = path_of(r->module, arena, error);
    if (!r->module)
        return -1;
    if (!realpath(r->pipeline, base))
        return assay_error_set(error, "%s: %s", r->pipeline, strerror(errno));
    r->pipeline = base;
    for (const char *const *file = r->files; *file; file++)
        if (access(*file, R_OK))
            return assay_error_set(error, "%s: %s", *file, strerror(errno));
    return 0;
}

int assay_conform(const struct assay_conform_request *given, assay_conform_tell *tell, void *with,
                  struct assay_arena *arena, struct assay_error *error)
{
    char base[PATH_MAX];
    struct assay_conform_request request = *given;
    struct assay_pipeline pipeline;
    struct conforming f = {
        .bench = {.request = &request, .arena = arena}, .tell = tell, .with = with, .error = error};
    if (find_all(&request, base, arena, error))
        return -1;
    f.bench.name = name_of(request.module, arena, error);
    if (!f.bench.name || assay_pipeline_read(&pipeline, request.pipeline, NULL, NULL, arena, error))
        return -1;
    f.bench.limits = &pipeline.limits;
    f.bench.folder = make_folder(arena, error);
    f.bench.shared =
        mmap(NULL, sizeof *f.bench.shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status = -1;
    if (f.bench.shared == MAP_FAILED)
        assay_error_set(error, "there is no memory for the checks: %s", strerror(errno));
    else if (f.bench.folder && !assay_process_begin(error))
        status = run_groups(&f);
    if (f.bench.shared != MAP_FAILED)
        munmap(f.bench.shared, sizeof *f.bench.shared);
    if (f.bench.folder)
        assay_folder_remove(f.bench.folder);
    assay_pipeline_close(&pipeline);
    return status;
}
