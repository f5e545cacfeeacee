/* What came of a plugin, compared. */
#include "conform/check.h"

#include "base/file.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- rows ---------------------------------------------------------------------------------------------- */

/* A cell as text, cut where it is long. */
static const char *cell(const struct assay_bench *b, const struct assay_rows *rows, uint32_t row,
                        uint32_t column)
{
    size_t n;
    uint32_t at = rows->n_key + column;
    if (!assay_rows_known(rows, row, at))
        return "nothing";
    if (rows->table->columns[column]->type == ASSAY_INT)
        return assay_arena_printf(b->arena, "%lld", (long long)assay_rows_get_int(rows, row, at));
    if (rows->table->columns[column]->type == ASSAY_REAL)
        return assay_arena_printf(b->arena, "%.17g", assay_rows_get_real(rows, row, at));
    const char *text = assay_rows_get_text(rows, row, at, &n);
    return assay_arena_printf(b->arena, "\"%.*s\"", (int)(n < 100 ? n : 100), text);
}

static bool same_cell(const struct assay_rows *x, uint32_t i, const struct assay_rows *y, uint32_t k,
                      uint32_t column)
{
    size_t n, m;
    uint32_t at = x->n_key + column;
    bool known = assay_rows_known(x, i, at);
    if (!known || !assay_rows_known(y, k, at))
        return known == assay_rows_known(y, k, at);
    if (x->table->columns[column]->type == ASSAY_INT)
        return assay_rows_get_int(x, i, at) == assay_rows_get_int(y, k, at);
    if (x->table->columns[column]->type == ASSAY_REAL)
        return assay_rows_get_real(x, i, at) == assay_rows_get_real(y, k, at);
    const char *text = assay_rows_get_text(x, i, at, &n), *other = assay_rows_get_text(y, k, at, &m);
    return n == m && !memcmp(text, other, n);
}

static int same_rows(const struct assay_bench *b, const struct assay_rows *x, const struct assay_rows *y,
                     struct assay_error *error)
{
    const char *name = x->table->name;
    if (x->n_rows != y->n_rows)
        return assay_error_set(error, "table %s: %u rows, then %u", name, x->n_rows, y->n_rows);
    for (uint32_t r = 0; r < x->n_rows; r++)
        for (uint32_t c = 0; c < x->n_columns; c++)
            if (!same_cell(x, r, y, r, c))
                return assay_error_set(error, "table %s, row %u, column %s: %s, then %s", name, r + 1,
                                       x->table->columns[c]->name, cell(b, x, r, c), cell(b, y, r, c));
    return 0;
}

static int same_tables(const struct assay_bench *b, const struct assay_rows *x, const struct assay_rows *y,
                       struct assay_error *error)
{
    uint32_t first = b->subject->first_table;
    for (uint32_t t = first; t < first + b->subject->n_tables; t++)
        if (same_rows(b, &x[t], &y[t], error))
            return -1;
    return 0;
}

int assay_bench_same_lookup(const struct assay_bench *b, struct assay_error *error)
{
    return same_tables(b, b->engine.run_rows, b->again, error);
}

static bool same_key(const struct assay_rows *rows, uint32_t i, uint32_t k)
{
    for (const char *const *name = rows->table->primary_key; name && *name; name++)
        for (uint32_t c = 0; c < rows->n_columns; c++)
            if (!strcmp(rows->table->columns[c]->name, *name) && !same_cell(rows, i, rows, k, c))
                return false;
    return true;
}

/* All pairs of the first rows: enough to find who doesn't keep to it. */
static int keyed(const struct assay_rows *rows, struct assay_error *error)
{
    enum { MOST = 300 };
    for (uint32_t r = 0; r < rows->n_rows && r < MOST; r++)
        for (uint32_t k = 0; k < r; k++)
            if (same_key(rows, r, k))
                return assay_error_set(error, "table %s: rows %u and %u have the same primary key",
                                       rows->table->name, k + 1, r + 1);
    return 0;
}

int assay_bench_keyed(const struct assay_bench *b, const struct assay_trial *t, struct assay_error *error)
{
    uint32_t first = b->subject->first_table;
    for (uint32_t i = first; i < first + b->subject->n_tables; i++)
        if (keyed(&t->batch->rows[i], error) || keyed(&b->engine.run_rows[i], error))
            return -1;
    return 0;
}

/* ---- layers, lines, files --------------------------------------------------------------------------------
 */

static bool same_array(const void *x, const void *y, size_t n, size_t element)
{
    return !n || !memcmp(x, y, n * element);
}

static bool same_layer(const struct assay_layer *x, const struct assay_layer *y, uint32_t n_sentences)
{
    if (x->n_labels != y->n_labels || x->n_spans != y->n_spans)
        return false;
    for (uint32_t i = 0; i < x->n_labels; i++)
        if (strcmp(x->label[i], y->label[i]) != 0)
            return false;
    if (x->kind == ASSAY_LAYER_LABEL)
        return same_array(x->label_of, y->label_of, n_sentences, sizeof *x->label_of);
    if (x->kind == ASSAY_LAYER_NUMBER)
        return same_array(x->number, y->number, n_sentences, sizeof *x->number);
    if (x->kind == ASSAY_LAYER_SET)
        return same_array(x->set_first, y->set_first, (size_t)n_sentences + 1, sizeof *x->set_first) &&
               same_array(x->set_label, y->set_label, x->set_first[n_sentences], sizeof *x->set_label);
    return same_array(x->span_begin, y->span_begin, x->n_spans, sizeof *x->span_begin) &&
           same_array(x->span_end, y->span_end, x->n_spans, sizeof *x->span_end) &&
           same_array(x->span_label, y->span_label, x->n_spans, sizeof *x->span_label);
}

static int same_layers(const struct assay_bench *b, const struct assay_trial *x, const struct assay_trial *y,
                       struct assay_error *error)
{
    for (const struct assay_layer_declaration *const *l = b->subject->plugin->provides; l && *l; l++)
        if (!same_layer(assay_layers_get(&x->layers, (*l)->name), assay_layers_get(&y->layers, (*l)->name),
                        x->report->n_sentences))
            return assay_error_set(error, "the layer %s differs", (*l)->name);
    return 0;
}

static int same_lines(const struct assay_lines *x, const struct assay_lines *y, struct assay_error *error)
{
    for (uint32_t i = 0; i < x->n && i < y->n; i++) {
        size_t n = x->line[i].end - x->line[i].begin;
        if (x->line[i].page != y->line[i].page || y->line[i].end - y->line[i].begin != n ||
            memcmp(x->text.p + x->line[i].begin, y->text.p + y->line[i].begin, n) != 0)
            return assay_error_set(error, "line %u differs", i + 1);
    }
    return x->n == y->n ? 0 : assay_error_set(error, "%u lines, then %u", x->n, y->n);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names of files, and what they hold. */
struct files {
    const char **file;
    uint32_t n, capacity;
    size_t largest; /* in bytes */
};

static void add_files(const struct assay_bench *b, const char *folder, const char *in,
                      struct files *files) /* NOLINT(misc-no-recursion) */
{
    DIR *d = opendir(assay_arena_printf(b->arena, "%s%s", folder, in));
    for (struct dirent *e; d && (e = readdir(d));) {
        char hex[65] = "";
        struct assay_error ignored = {{0}};
        struct stat s;
        const char *name = assay_arena_printf(b->arena, "%s/%s", in, e->d_name);
        const char *path = assay_arena_printf(b->arena, "%s%s", folder, name);
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") || lstat(path, &s))
            continue;
        if (S_ISDIR(s.st_mode))
            add_files(b, folder, name, files);
        else
            assay_file_sha256(path, hex, &ignored);
        files->largest = (size_t)s.st_size > files->largest ? (size_t)s.st_size : files->largest;
        ASSAY_GROW(b->arena, files->file, files->n, files->capacity);
        files->file[files->n++] = assay_arena_printf(b->arena, "%s|%s", name + 1, hex);
    }
    if (d)
        closedir(d);
}

/* Those of a folder, each as its name and what it holds, in order; NULL-terminated. */
static const char **files_of(const struct assay_bench *b, const char *folder)
{
    struct files f = {0};
    add_files(b, folder, "", &f);
    if (f.n)
        qsort(f.file, f.n, sizeof *f.file, by_name);
    ASSAY_GROW(b->arena, f.file, f.n, f.capacity);
    f.file[f.n] = NULL;
    return f.file;
}

size_t assay_bench_largest(const struct assay_bench *b, const struct assay_trial *t)
{
    struct files f = {0};
    add_files(b, t->folder, "", &f);
    return f.largest;
}

static int same_files(const struct assay_bench *b, const char *x, const char *y, struct assay_error *error)
{
    const char **these = files_of(b, x), **those = files_of(b, y);
    uint32_t i = 0;
    while (these[i] && those[i] && !strcmp(these[i], those[i]))
        i++;
    const char *first = these[i] ? these[i] : those[i];
    return first ? assay_error_set(error, "the file %.*s differs", (int)strcspn(first, "|"), first) : 0;
}

/* ---- all of it -------------------------------------------------------------------------------------------
 */

static int same_trial(const struct assay_bench *b, const struct assay_trial *x, const struct assay_trial *y,
                      struct assay_error *error)
{
    if (x->failed != y->failed)
        return assay_error_set(error, "it works once, and fails once: %s",
                               x->failed ? x->error.text : y->error.text);
    if (x->failed)
        return 0;
    if (x->batch && same_tables(b, x->batch->rows, y->batch->rows, error))
        return -1;
    if (b->subject->plugin->kind == ASSAY_ANALYSER && same_layers(b, x, y, error))
        return -1;
    if (!x->lines != !y->lines)
        return assay_error_set(error, "it takes the file once, and once it doesn't");
    if (x->lines && same_lines(x->lines, y->lines, error))
        return -1;
    return x->folder ? same_files(b, x->folder, y->folder, error) : 0;
}

int assay_bench_same(const struct assay_bench *b, const struct assay_trial *x, const struct assay_trial *y,
                     struct assay_error *error)
{
    for (; x && y; x = x->next, y = y->next)
        if (same_trial(b, x, y, error))
            return -1;
    return 0;
}
