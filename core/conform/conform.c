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
};

/* ---- one check, and a group of them ----------------------------------------------------------------------
 */

static enum assay_verdict run(struct conforming *f, const struct assay_check *c)
{
    struct assay_shared *shared = f->bench.shared;
    if (f->failed) {
        shared->verdict = assay_bench_skipped(&f->bench, "it needs %s", f->failed);
    } else {
        assay_process_run(&f->bench, c);
        if (shared->verdict == ASSAY_PASSED)
            shared->seen[0] = 0;
    }
    const struct assay_conform_result result = {c->id, c->level, c->contract, shared->verdict, shared->seen};
    f->tell(f->with, &result);
    return shared->verdict;
}

static void run_all(struct conforming *f, const struct assay_check *checks, bool needed)
{
    for (const struct assay_check *c = checks; c->id; c++) {
        uint32_t kind = f->bench.shared->kind;
        if (c->level > f->bench.request->level || (kind && !(c->kinds >> kind & 1)))
            continue;
        if (run(f, c) == ASSAY_FAILED && needed)
            f->failed = c->id;
    }
}

/* The rules of the descriptor: what one finds right the next one reads. */
static void run_rules(struct conforming *f)
{
    for (const struct assay_descriptor_rule *r = assay_descriptor_rules; r->id; r++) {
        const struct assay_check check = {r->id,       ASSAY_LEVEL_LOAD,       FOR_ALL,
                                          r->contract, assay_check_descriptor, r};
        if (run(f, &check) == ASSAY_FAILED)
            f->failed = r->id;
    }
}

/* A plugin that doesn't load has no kind, and no further checks. */
static void run_groups(struct conforming *f)
{
    run_all(f, assay_module_needed, true);
    run_rules(f);
    if (f->failed)
        return;
    run_all(f, assay_doc_checks, false);
    run_all(f, assay_open_needed, true);
    run_all(f, assay_run_needed, true);
    run_all(f, assay_option_checks, false);
    run_all(f, assay_state_checks, false);
    run_all(f, assay_run_checks, false);
    run_all(f, assay_report_checks, false);
    run_all(f, assay_loader_checks, false);
    run_all(f, assay_summary_checks, false);
    run_all(f, assay_writer_checks, false);
    run_all(f, assay_host_checks, false);
}

/* ---- what they stand on ----------------------------------------------------------------------------------
 */

/* The scratch folder with what plugins get that require a file. NULL: it can't be made. */
static const char *make_folder(struct assay_arena *arena, struct assay_error *error)
{
    const char *place = getenv("TMPDIR");
    char *folder = assay_arena_printf(arena, "%s/assay-test-XXXXXX", place && *place ? place : "/tmp");
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

int assay_conform(const struct assay_conform_request *request, assay_conform_tell *tell, void *with,
                  struct assay_arena *arena, struct assay_error *error)
{
    char path[PATH_MAX], base[PATH_MAX];
    struct assay_conform_request absolute = *request;
    struct assay_pipeline pipeline;
    struct conforming f = {.bench = {.request = &absolute, .arena = arena}, .tell = tell, .with = with};
    absolute.module = path; /* from wherever a plugin goes */
    absolute.pipeline = base;
    if (!realpath(request->module, path))
        return assay_error_set(error, "%s: %s", request->module, strerror(errno));
    if (!realpath(request->pipeline, base))
        return assay_error_set(error, "%s: %s", request->pipeline, strerror(errno));
    f.bench.name = name_of(path, arena, error);
    if (!f.bench.name || assay_pipeline_read(&pipeline, request->pipeline, NULL, arena, error))
        return -1;
    f.bench.limits = &pipeline.limits;
    f.bench.folder = make_folder(arena, error);
    if (!f.bench.folder) {
        assay_pipeline_close(&pipeline);
        return -1;
    }
    f.bench.shared =
        mmap(NULL, sizeof *f.bench.shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status = 0;
    if (f.bench.shared == MAP_FAILED)
        status = assay_error_set(error, "there is no memory for the tests: %s", strerror(errno));
    else
        run_groups(&f);
    if (!status)
        munmap(f.bench.shared, sizeof *f.bench.shared);
    assay_folder_remove(f.bench.folder);
    assay_pipeline_close(&pipeline);
    return status;
}
