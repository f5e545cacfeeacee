/* Batches: what decodes keeps the rules of rows.h and encodes to the same bytes.
 *
 * The input's first byte: 0, the rest is a batch; 1, it is what stands between the schema's digest and the
 * last one, which are then right, so that the fuzzer gets past them. */
#include "fuzz.h"

#include "base/file.h"
#include "table/batch.h"

#include <nettle/sha2.h>
#include <string.h>

static const struct assay_table reports = {
    .size = sizeof reports,
    .scope = ASSAY_PER_REPORT,
    .name = "reports",
    .doc = "one row per report",
    .columns = ASSAY_COLUMNS(ASSAY_COLUMN(.type = ASSAY_TEXT, .name = "title", .doc = "title"),
                             ASSAY_COLUMN(.type = ASSAY_INT, .name = "pages", .doc = "pages"))};
static const struct assay_table trend = {
    .size = sizeof trend,
    .scope = ASSAY_PER_RUN,
    .name = "trend",
    .doc = "one row per trend",
    .columns = ASSAY_COLUMNS(ASSAY_COLUMN(.type = ASSAY_REAL, .name = "change", .doc = "change"))};
static const struct assay_table findings = {
    .size = sizeof findings,
    .scope = ASSAY_PER_REPORT,
    .name = "findings",
    .doc = "one row per finding",
    .columns = ASSAY_COLUMNS(
        ASSAY_COLUMN(.type = ASSAY_ID, .name = "area", .doc = "area"),
        ASSAY_COLUMN(.type = ASSAY_TEXT, .name = "note", .nullable = 1, .doc = "note"),
        ASSAY_COLUMN(.type = ASSAY_INT, .name = "count", .nullable = 1, .doc = "count"),
        ASSAY_COLUMN(.type = ASSAY_REAL, .name = "rate", .nullable = 1, .decimals = 2, .doc = "rate"),
        ASSAY_COLUMN(.type = ASSAY_DATE, .name = "day", .nullable = 1, .doc = "day"))};
static const struct assay_table *const tables[] = {&reports, &trend, &findings};
enum { N_TABLES = 3 };
static struct assay_schema schema;
static uint8_t head[44]; /* magic, version, the schema's digest: those of an empty batch */

static void batch_begin(struct assay_arena *arena)
{
    char digest[2 * SHA256_DIGEST_SIZE + 1];
    struct assay_buffer bytes = {.arena = arena};
    assay_schema_init(&schema, tables, N_TABLES, ASSAY_PER_REPORT);
    assay_sha256("", 0, digest);
    assay_batch_encode(assay_batch_new(&schema, digest, arena), &schema, &bytes);
    memcpy(head, bytes.p, sizeof head);
}

static void wrap(struct assay_buffer *to, const uint8_t *bytes, size_t n)
{
    assay_buffer_add(to, head, sizeof head);
    assay_buffer_add(to, bytes, n);
    fuzz_add_digest(to);
}

/* Cells read the same, or as unknown, by every type that a writer may ask for. */
static void check_cells(const struct assay_rows *rows)
{
    for (uint32_t row = 0; row < rows->n_rows; row++)
        for (uint32_t column = 0; column < rows->n_key + rows->n_columns; column++) {
            size_t n = 0;
            const char *text = assay_rows_get_text(rows, row, column, &n);
            bool some =
                n || assay_rows_get_int(rows, row, column) || assay_rows_get_real(rows, row, column) != 0;
            FUZZ_CHECK(text && (!some || assay_rows_known(rows, row, column)));
        }
}

static void batch_run(struct assay_arena *arena, const uint8_t *bytes, size_t n)
{
    struct assay_buffer whole = {.arena = arena}, again = {.arena = arena};
    struct assay_batch *batch = NULL;
    struct assay_error error = {{0}};
    if (!n)
        return;
    if (bytes[0] == 1)
        wrap(&whole, bytes + 1, n - 1);
    else
        assay_buffer_add(&whole, bytes + 1, n - 1);
    int status = assay_batch_decode(whole.p, whole.n, &schema, arena, &batch, &error);
    fuzz_check_error(status, &error);
    if (status)
        return;
    for (uint32_t i = 0; i < N_TABLES; i++) {
        FUZZ_CHECK(!assay_rows_check(&batch->rows[i], &error));
        check_cells(&batch->rows[i]);
    }
    assay_batch_encode(batch, &schema, &again);
    FUZZ_CHECK(again.n == whole.n && !memcmp(again.p, whole.p, again.n));
}

const struct fuzz_target fuzz_batch = {"batch", batch_begin, batch_run, NULL};
