/* Batches: what is encoded comes back, in the stated layout; whatever else the bytes are, decoding refuses
 * them or gives a batch that is valid. */
#include "table/batch.h"

#include "scratch.h"

#include "base/file.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct assay_table reports = {
    .size = sizeof reports,
    .scope = ASSAY_PER_REPORT,
    .name = "reports",
    .doc = "one row per report",
    .columns = ASSAY_COLUMNS(ASSAY_COLUMN(.type = ASSAY_TEXT, .name = "title", .doc = "title"),
                             ASSAY_COLUMN(.type = ASSAY_INT, .name = "pages", .doc = "pages"))};
static const struct assay_table summary = {
    .size = sizeof summary,
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
static const struct assay_table *const tables[] = {&reports, &summary, &findings};
static struct assay_schema schema;
static const char file_digest[] = "00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef";

static int start(void **state)
{
    assay_schema_init(&schema, tables, 3, ASSAY_PER_REPORT);
    return arena_make(state);
}

static void put(struct assay_rows *r, uint32_t column, const char *text)
{
    assay_rows_text(r, column, text, strlen(text));
}

/* Eleven findings, so that the bits of what is known fill one byte and a part of another. */
static struct assay_batch *sample(void)
{
    struct assay_batch *b = assay_batch_new(&schema, file_digest, arena);
    struct assay_error e = {""};
    b->key.provider_id = "eastmere";
    b->key.provider = "Eastmere \xE2\x80\x93 County";
    b->key.inspection_end = "2019-02-08";
    assay_rows_begin(&b->rows[0]);
    put(&b->rows[0], 0, "Inspection of children\xE2\x80\x99s services");
    assay_rows_int(&b->rows[0], 1, 17);
    assert_int_equal(assay_rows_end(&b->rows[0], &e), 0);
    for (int i = 0; i < 11; i++) {
        struct assay_rows *r = &b->rows[2];
        assay_rows_begin(r);
        put(r, 0, i % 2 ? "leaders" : "in_care");
        if (i % 3)
            put(r, 1, "a note, \"quoted\"");
        if (i % 4)
            assay_rows_int(r, 2, i % 8 ? INT64_MAX - i : INT64_MIN + i);
        if (i % 5)
            assay_rows_real(r, 3, -i / 3.0);
        if (i % 2)
            put(r, 4, "2020-02-29");
        assert_int_equal(assay_rows_end(r, &e), 0);
    }
    return b;
}

static struct assay_buffer encode(const struct assay_batch *b)
{
    struct assay_buffer bytes = {.arena = arena};
    assay_batch_encode(b, &schema, &bytes);
    return bytes;
}

static void assert_same_rows(const struct assay_rows *a, const struct assay_rows *b)
{
    assert_int_equal(a->n_rows, b->n_rows);
    for (uint32_t row = 0; row < a->n_rows; row++)
        for (uint32_t c = 0; c < a->n_key + a->n_columns; c++) {
            size_t n, m;
            const char *text = assay_rows_get_text(a, row, c, &n), *same = assay_rows_get_text(b, row, c, &m);
            assert_int_equal(assay_rows_known(a, row, c), assay_rows_known(b, row, c));
            assert_int_equal(n, m);
            assert_memory_equal(text, same, n);
            assert_true(assay_rows_get_int(a, row, c) == assay_rows_get_int(b, row, c));
            assert_true(assay_rows_get_real(a, row, c) == assay_rows_get_real(b, row, c));
        }
}

static void comes_back_as_it_was(void **state)
{
    (void)state;
    struct assay_batch *b = sample(), *back = NULL;
    struct assay_buffer bytes = encode(b);
    struct assay_error e = {""};
    assert_int_equal(assay_batch_decode(bytes.p, bytes.n, &schema, arena, &back, &e), 0);
    assert_string_equal(back->sha256, file_digest);
    assert_string_equal(back->key.report_id, "0011223344556677");
    assert_string_equal(back->key.provider_id, "eastmere");
    assert_string_equal(back->key.provider, "Eastmere \xE2\x80\x93 County");
    assert_string_equal(back->key.inspection_end, "2019-02-08");
    assert_string_equal(back->key.source, "");
    assert_ptr_equal(back->rows[0].key, &back->key);
    assert_null(back->rows[1].key);
    for (int i = 0; i < 3; i++)
        assert_same_rows(&b->rows[i], &back->rows[i]);
}

/* Tables are decoded one by one, in any order; one that wasn't asked for has no rows. */
static void comes_back_table_by_table(void **state)
{
    (void)state;
    struct assay_batch *b = sample();
    struct assay_parts *parts = NULL;
    struct assay_buffer bytes = encode(b);
    struct assay_error e = {""};
    assert_int_equal(assay_batch_open(bytes.p, bytes.n, &schema, true, arena, &parts, &e), 0);
    assert_string_equal(parts->batch->key.provider_id, "eastmere");
    assert_int_equal(parts->batch->rows[0].n_rows + parts->batch->rows[2].n_rows, 0);
    for (uint32_t i = 3; i-- > 0;)
        for (int again = 0; again < 2; again++) {
            assert_int_equal(assay_batch_table(parts, i, &e), 0);
            assert_same_rows(&b->rows[i], &parts->batch->rows[i]);
        }
    for (size_t n = 0; n < bytes.n; n++)
        assert_int_equal(assay_batch_open(bytes.p, n, &schema, true, arena, &parts, &e), -1);
}

/* Rows per run, as summaries give them, are batches of their own schema. */
static void rows_per_run_come_back(void **state)
{
    (void)state;
    struct assay_schema of_runs;
    struct assay_buffer bytes = {.arena = arena};
    struct assay_error e = {""};
    struct assay_batch *back = NULL;
    assay_schema_init(&of_runs, schema.table, schema.n_tables, ASSAY_PER_RUN);
    assert_string_not_equal(of_runs.sha256, schema.sha256);
    struct assay_batch *b = assay_batch_new(&of_runs, file_digest, arena);
    for (int i = 0; i < 3; i++) {
        assay_rows_begin(&b->rows[1]);
        assay_rows_real(&b->rows[1], 0, i / 3.0);
        assert_int_equal(assay_rows_end(&b->rows[1], &e), 0);
    }
    assay_batch_encode(b, &of_runs, &bytes);
    assert_int_equal(assay_batch_decode(bytes.p, bytes.n, &of_runs, arena, &back, &e), 0);
    assert_int_equal(back->rows[1].n_rows, 3);
    assert_null(back->rows[1].key);
    assert_same_rows(&b->rows[1], &back->rows[1]);
    assert_int_equal(assay_batch_decode(bytes.p, bytes.n, &schema, arena, &back, &e), -1);
}

/* The host knows the path, and sets it after decoding. */
static void source_is_set_afterwards(void **state)
{
    (void)state;
    struct assay_batch *back = NULL;
    struct assay_buffer bytes = encode(sample());
    struct assay_error e = {""};
    size_t n;
    assert_int_equal(assay_batch_decode(bytes.p, bytes.n, &schema, arena, &back, &e), 0);
    back->key.source = "north/eastmere.pdf";
    assert_string_equal(assay_rows_get_text(&back->rows[0], 0, 4, &n), "north/eastmere.pdf");
    assert_memory_equal(assay_rows_get_text(&back->rows[2], 0, 4, &n), "in_care", 7);
}

static void nothing_known_comes_back_too(void **state)
{
    (void)state;
    struct assay_batch *b = assay_batch_new(&schema, file_digest, arena), *back = NULL;
    struct assay_buffer bytes = encode(b);
    struct assay_error e = {""};
    assert_int_equal(assay_batch_decode(bytes.p, bytes.n, &schema, arena, &back, &e), 0);
    assert_string_equal(back->key.provider, "");
    assert_int_equal(back->rows[0].n_rows, 0);
    assert_int_equal(back->rows[2].n_rows, 0);
}

static void equal_batches_have_equal_bytes(void **state)
{
    (void)state;
    struct assay_buffer a = encode(sample()), b = {.arena = arena};
    assay_buffer_text(&b, "something before it");
    size_t before = b.n;
    assay_batch_encode(sample(), &schema, &b);
    assert_int_equal(a.n, b.n - before);
    assert_memory_equal(a.p, b.p + before, a.n);
}

/* ---- layout ---------------------------------------------------------------------------------------- */

static size_t from_hex(const char *hex, uint8_t *bytes)
{
    size_t n = 0;
    for (; *hex; hex += *hex == ' ' ? 1 : 2) {
        if (*hex == ' ')
            continue;
        char two[3] = {hex[0], hex[1], 0};
        bytes[n++] = (uint8_t)strtoul(two, NULL, 16);
    }
    return n;
}

/* Written by hand from the description of the layout. */
static void layout_is_the_stated_one(void **state)
{
    (void)state;
    static const struct assay_table *const one[] = {&findings};
    static const char head[] = "61 73 61 79 72 6f 77 73  01000000  ";
    static const char body[] = "01000000 62  02000000 4262  00000000 " /* key */
                               "02000000 "                             /* rows */
                               "03  01000000 03000000  78 7a7a "       /* area */
                               "02  00000000 02000000  c3a9 "          /* note */
                               "01  feffffffffffffff 0000000000000000 "
                               "02  0000000000000000 000000000000f83f " /* 1.5 */
                               "00  00000000 00000000";
    char hex[sizeof head + sizeof body + 128], digest[65];
    uint8_t expected[512];
    struct assay_schema s;
    struct assay_error e = {""};
    assay_schema_init(&s, one, 1, ASSAY_PER_REPORT);
    struct assay_batch *b = assay_batch_new(&s, file_digest, arena);
    b->key.provider_id = "b";
    b->key.provider = "Bb";
    struct assay_rows *r = &b->rows[0];
    assay_rows_begin(r);
    put(r, 0, "x");
    assay_rows_int(r, 2, -2);
    assert_int_equal(assay_rows_end(r, &e), 0);
    assay_rows_begin(r);
    put(r, 0, "zz");
    put(r, 1, "\xC3\xA9");
    assay_rows_real(r, 3, 1.5);
    assert_int_equal(assay_rows_end(r, &e), 0);
    struct assay_buffer bytes = {.arena = arena};
    assay_batch_encode(b, &s, &bytes);

    snprintf(hex, sizeof hex, "%s%s%s%s", head, s.sha256, file_digest, body);
    size_t n = from_hex(hex, expected);
    assay_sha256(expected, n, digest);
    n += from_hex(digest, expected + n);
    assert_int_equal(bytes.n, n);
    assert_memory_equal(bytes.p, expected, n);
}

static void schema_digest(const struct assay_table *t, char hex[65])
{
    struct assay_schema s;
    assay_schema_init(&s, &t, 1, ASSAY_PER_REPORT);
    memcpy(hex, s.sha256, sizeof s.sha256);
}

/* Names, types and what may be unknown make a schema, of tables per report; docs, units and decimals don't.
 */
static void schemas_differ_by_what_a_batch_holds(void **state)
{
    (void)state;
    static const struct assay_column base = {
        .size = sizeof base, .type = ASSAY_REAL, .name = "rate", .decimals = 2, .doc = "rate"};
    static const struct {
        const char *table, *column;
        uint32_t scope, type, nullable, decimals;
        bool same;
    } cases[] = {{"t", "rate", ASSAY_PER_REPORT, ASSAY_REAL, 0, 2, true},
                 {"t", "rate", ASSAY_PER_REPORT, ASSAY_REAL, 0, 3, true},
                 {"u", "rate", ASSAY_PER_REPORT, ASSAY_REAL, 0, 2, false},
                 {"t", "rata", ASSAY_PER_REPORT, ASSAY_REAL, 0, 2, false},
                 {"t", "rate", ASSAY_PER_RUN, ASSAY_REAL, 0, 2, false},
                 {"t", "rate", ASSAY_PER_REPORT, ASSAY_INT, 0, 2, false},
                 {"t", "rate", ASSAY_PER_REPORT, ASSAY_REAL, 1, 2, false}};
    char first[65], digest[65];
    struct assay_table t = {.size = sizeof t, .name = "t", .scope = ASSAY_PER_REPORT, .doc = "t"};
    t.columns = (const struct assay_column *const[]){&base, NULL};
    schema_digest(&t, first);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay_column c = base;
        c.name = cases[i].column;
        c.type = cases[i].type;
        c.nullable = cases[i].nullable;
        c.decimals = cases[i].decimals;
        c.doc = "another doc";
        t.name = cases[i].table;
        t.scope = cases[i].scope;
        t.columns = (const struct assay_column *const[]){&c, NULL};
        schema_digest(&t, digest);
        assert_int_equal(!strcmp(first, digest), cases[i].same);
    }
    struct assay_schema other;
    assay_schema_init(&other, (const struct assay_table *const[]){&findings, &summary, &reports}, 3,
                      ASSAY_PER_REPORT);
    assert_string_not_equal(other.sha256, schema.sha256);
    assay_schema_init(&other, (const struct assay_table *const[]){&summary, &reports, &findings}, 3,
                      ASSAY_PER_REPORT);
    struct assay_schema without;
    assay_schema_init(&without, (const struct assay_table *const[]){&reports, &findings}, 2,
                      ASSAY_PER_REPORT);
    assert_string_equal(other.sha256, without.sha256); /* batches hold nothing of a table per run */
}

/* ---- hostile bytes ----------------------------------------------------------------------------------- */

enum { DIGEST_BYTES = 32, HEAD_BYTES = 8 + 4 + 32 + 32 };

/* Decodes a copy of exactly that size. Takes memory in proportion to the bytes, whatever lengths they claim.
 */
static int decode(const uint8_t *bytes, size_t n, struct assay_batch **b, struct assay_error *e)
{
    uint8_t *copy = malloc(n ? n : 1);
    assert_non_null(copy);
    if (n)
        memcpy(copy, bytes, n);
    assay_arena_reset(arena);
    *e = (struct assay_error){""};
    int status = assay_batch_decode(copy, n, &schema, arena, b, e);
    assert_true(assay_arena_used(arena) < 8 * n + 16384);
    assert_int_equal(status == 0, e->text[0] == 0);
    free(copy);
    return status;
}

/* Refused, or a valid batch that encodes to the same bytes. Returns whether it was refused. */
static bool refused_or_valid(const uint8_t *bytes, size_t n)
{
    struct assay_batch *b = NULL;
    struct assay_error e;
    if (decode(bytes, n, &b, &e))
        return true;
    for (uint32_t i = 0; i < schema.n_tables; i++)
        assert_int_equal(assay_rows_check(&b->rows[i], &e), 0);
    struct assay_buffer again = encode(b);
    assert_int_equal(again.n, n);
    assert_memory_equal(again.p, bytes, n);
    return false;
}

static void sign(uint8_t *bytes, size_t n)
{
    char hex[65];
    assay_sha256(bytes, n - DIGEST_BYTES, hex);
    from_hex(hex, bytes + n - DIGEST_BYTES);
}

/* The sample's bytes on the heap, since the arena is reset by each decoding. */
static uint8_t *sample_bytes(size_t *n)
{
    struct assay_buffer b = encode(sample());
    uint8_t *bytes = malloc(b.n);
    assert_non_null(bytes);
    memcpy(bytes, b.p, b.n);
    *n = b.n;
    return bytes;
}

static void refuses_what_is_cut_short(void **state)
{
    (void)state;
    size_t n;
    uint8_t *bytes = sample_bytes(&n), *shorter = malloc(n);
    assert_non_null(shorter);
    assert_false(refused_or_valid(bytes, n));
    for (size_t k = 0; k < n; k++) {
        assert_true(refused_or_valid(bytes, k));
        if (k < DIGEST_BYTES)
            continue;
        memcpy(shorter, bytes, k);
        sign(shorter, k);
        assert_true(refused_or_valid(shorter, k));
    }
    free(shorter);
    free(bytes);
}

static void refuses_any_bit_that_changed(void **state)
{
    (void)state;
    size_t n;
    uint8_t *bytes = sample_bytes(&n);
    struct assay_batch *b;
    struct assay_error e;
    for (size_t i = 0; i < 8 * n; i++) {
        bytes[i / 8] ^= (uint8_t)(1 << i % 8);
        assert_int_equal(decode(bytes, n, &b, &e), -1);
        bytes[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    free(bytes);
}

static void survives_forgers_who_sign(void **state)
{
    (void)state;
    static const uint32_t lengths[] = {0,      1,          2,          8,          0x7F,
                                       0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF8, 0xFFFFFFFF};
    size_t n, body, valid = 0;
    uint8_t *bytes = sample_bytes(&n), *forged = malloc(n);
    assert_non_null(forged);
    body = n - DIGEST_BYTES;
    for (size_t i = 0; i < 8 * body; i++) {
        memcpy(forged, bytes, n);
        forged[i / 8] ^= (uint8_t)(1 << i % 8);
        sign(forged, n);
        valid += !refused_or_valid(forged, n);
    }
    assert_true(valid > 100); /* many bits are of numbers and letters, where any other is as good */
    for (size_t i = HEAD_BYTES; i + 4 <= body; i++)
        for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
            memcpy(forged, bytes, n);
            for (size_t byte = 0; byte < 4; byte++)
                forged[i + byte] = (uint8_t)(lengths[k] >> 8 * byte);
            sign(forged, n);
            refused_or_valid(forged, n);
        }
    free(forged);
    free(bytes);
}

/* The head is right, then come bytes of a generator with a given seed (Knuth's MMIX constants), small ones
 * more often than others, since lengths are small. */
static void survives_noise(void **state)
{
    (void)state;
    size_t n;
    uint8_t *bytes = sample_bytes(&n);
    uint64_t random = 2026;
    for (int round = 0; round < 20000; round++) {
        for (size_t i = round % 4 ? HEAD_BYTES : 0; i < n; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            uint8_t byte = (uint8_t)(random >> 33), kind = (uint8_t)(random >> 60);
            bytes[i] = kind < 10 ? 0 : kind < 13 ? byte & 3 : byte;
        }
        sign(bytes, n);
        refused_or_valid(bytes, n);
    }
    free(bytes);
}

/* One thing wrong with the sample's bytes each, and the message that tells it. The offsets are of the layout
 * above: head 76; provider_id 4 + 8; provider 4 + 19; inspection_end 4 + 10 from 111; the first table from
 * 125, findings from 178: rows u32, area's bits 182, ends 184, 77 bytes of text 228; note's bits 305, ends
 * 307, 7 times 16 bytes of text 351; count's bits 463, values 465. */
static const struct {
    size_t at;
    const char *hex;
    const char *message;
} faults[] = {
    {0, "62", "batch: is none: it doesn't begin as a batch does"},
    {8, "02", "batch: is of version 2; this assay reads version 1"},
    {12, "00000000", "batch: was made by a pipeline with other tables"},
    {76, "ffffffff", "batch: ends in provider_id at offset 80"},
    {80, "45",
     "batch: before offset 88: key column provider_id: \"Eastmere\" is no id (lower case letters, "
     "digits, _ - .)"},
    {92, "00", "batch: before offset 111: key column provider: the text holds a NUL"},
    {92, "ff", "batch: before offset 111: key column provider: the text is not valid UTF-8"},
    {125, "ffffffff", "batch: ends in title at offset 129"},
    {178, "ffffff0f", "batch: ends in area at offset 182"},
    {178, "09", "batch: before offset 220: rows past the last are known"},
    {183, "ff", "batch: before offset 228: rows past the last are known"},
    {183, "03", "batch: before offset 228: text 10 has a wrong end"},
    {184, "ffffffff", "batch: before offset 228: text 1 has a wrong end"},
    {224, "ffffffff", "batch: ends in a column's texts at offset 228"},
    {229, "4e",
     "batch: after offset 178: table findings, row 1: column area: \"iN_care\" is no id (lower case "
     "letters, digits, _ - .)"},
    {305, "b7", "batch: after offset 178: table findings, row 1: column note: an empty text can't be known"},
    {465, "01", "batch: before offset 553: value 0 is unknown and set"},
};

static void tells_what_is_wrong(void **state)
{
    (void)state;
    size_t n;
    uint8_t *bytes = sample_bytes(&n), *wrong = malloc(n + 1);
    struct assay_batch *b;
    struct assay_error e;
    assert_non_null(wrong);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        memcpy(wrong, bytes, n);
        from_hex(faults[i].hex, wrong + faults[i].at);
        sign(wrong, n);
        assert_int_equal(decode(wrong, n, &b, &e), -1);
        assert_string_equal(e.text, faults[i].message);
    }
    memcpy(wrong, bytes, n);
    wrong[n - 1] ^= 1;
    assert_int_equal(decode(wrong, n, &b, &e), -1);
    assert_non_null(strstr(e.text, "don't fit their digest"));
    memcpy(wrong, bytes, n);
    sign(wrong, n + 1);
    assert_int_equal(decode(wrong, n + 1, &b, &e), -1);
    assert_non_null(strstr(e.text, "batch: goes on after its last table at offset "));
    free(wrong);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back_as_it_was),
        cmocka_unit_test(comes_back_table_by_table),
        cmocka_unit_test(rows_per_run_come_back),
        cmocka_unit_test(source_is_set_afterwards),
        cmocka_unit_test(nothing_known_comes_back_too),
        cmocka_unit_test(equal_batches_have_equal_bytes),
        cmocka_unit_test(layout_is_the_stated_one),
        cmocka_unit_test(schemas_differ_by_what_a_batch_holds),
        cmocka_unit_test(refuses_what_is_cut_short),
        cmocka_unit_test(refuses_any_bit_that_changed),
        cmocka_unit_test(survives_forgers_who_sign),
        cmocka_unit_test(survives_noise),
        cmocka_unit_test(tells_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, start, arena_drop);
}
