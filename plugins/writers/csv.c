/* Writer csv: one CSV file per table (RFC 4180, UTF-8, \n), and datapackage.json, which describes them
 * (Frictionless Data Package). */
#include <assay/assay.h>

#include <errno.h>
#include <jansson.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER_BYTES = 1 << 16 };

/* What a run's files need, from begin to close. */
struct csv {
    uint32_t n_tables;
    FILE **file;       /* per table; NULL: not open */
    char *buffer;      /* per table BUFFER_BYTES */
    locale_t c_locale; /* numbers are printed in it, whatever the host's locale is */
};

static int csv_open(struct assay_context *c, void **self)
{
    *self = assay_alloc(c, sizeof(struct csv));
    return *self ? 0 : -1;
}

/* ---- datapackage.json ------------------------------------------------------------------------------- */

/* NULL, here and below: no memory is left for all of it. json_pack's * isn't used: it leaves out what there
 * was no memory for. */
static json_t *append(json_t *array, json_t *item)
{
    if (!json_array_append_new(array, item))
        return array;
    json_decref(array);
    return NULL;
}

static json_t *put(json_t *object, const char *key, json_t *value)
{
    if (!json_object_set_new(object, key, value))
        return object;
    json_decref(object);
    return NULL;
}

static json_t *describe_column(const struct assay_column *column)
{
    static const char *const type[] = {[ASSAY_ID] = "string",
                                       [ASSAY_TEXT] = "string",
                                       [ASSAY_INT] = "integer",
                                       [ASSAY_REAL] = "number",
                                       [ASSAY_DATE] = "date"};
    json_t *field = json_pack("{s:s, s:s, s:s}", "name", column->name, "type", type[column->type],
                              "description", column->doc);
    if (column->unit)
        field = put(field, "unit", json_string(column->unit));
    if (!column->nullable)
        field = put(field, "constraints", json_pack("{s:b}", "required", 1));
    return field;
}

static json_t *describe_primary_key(const struct assay_table *table)
{
    json_t *names = json_array();
    for (uint32_t i = 0; table->primary_key[i]; i++)
        names = append(names, json_string(table->primary_key[i]));
    return names;
}

static json_t *describe_table(const struct assay_table *table)
{
    json_t *fields = json_array();
    for (uint32_t i = 0; table->columns[i]; i++)
        fields = append(fields, describe_column(table->columns[i]));
    json_t *schema = json_pack("{s:o, s:[s]}", "fields", fields, "missingValues", "");
    if (table->primary_key && table->primary_key[0])
        schema = put(schema, "primaryKey", describe_primary_key(table));
    return json_pack("{s:s, s:s+, s:s, s:s, s:s, s:s, s:s, s:{s:s}, s:o}", "name", table->name, "path",
                     table->name, ".csv", "profile", "tabular-data-resource", "description", table->doc,
                     "format", "csv", "mediatype", "text/csv", "encoding", "utf-8", "dialect",
                     "lineTerminator", "\n", "schema", schema);
}

static FILE *create(struct assay_context *c, const char *folder, const char *name, const char *end)
{
    size_t n = strlen(folder) + strlen(name) + strlen(end) + 2;
    char *path = assay_alloc(c, n);
    if (!path)
        return NULL;
    snprintf(path, n, "%s/%s%s", folder, name, end);
    FILE *file = fopen(path, "wxe");
    if (!file)
        assay_fail(c, "%s can't be made: %s", path, strerror(errno));
    return file;
}

static int describe(struct assay_context *c, const char *folder)
{
    json_t *resources = json_array();
    for (uint32_t i = 0; i < assay_table_count(c); i++)
        resources = append(resources, describe_table(assay_table_at(c, i)));
    json_t *package = json_pack("{s:s, s:s, s:o}", "name", "assay", "profile", "tabular-data-package",
                                "resources", resources);
    if (!package)
        return assay_fail(c, "datapackage.json can't be made: there is no memory left");
    FILE *file = create(c, folder, "datapackage", ".json");
    bool failed = file && (json_dumpf(package, file, JSON_SORT_KEYS | JSON_INDENT(2)) ||
                           fputc('\n', file) == EOF || fflush(file) || ferror(file));
    if (failed)
        assay_fail(c, "datapackage.json can't be written: %s", strerror(errno));
    json_decref(package);
    if (file && fclose(file) && !failed)
        failed = assay_fail(c, "datapackage.json can't be written: %s", strerror(errno));
    return file && !failed ? 0 : -1;
}

/* ---- cells ------------------------------------------------------------------------------------------- */

static size_t begins(const char *text, size_t n, const char *with)
{
    size_t k = strlen(with);
    return n >= k && !memcmp(text, with, k) ? k : 0;
}

/* Whether a spreadsheet could run the text: it begins with = + - @, also in full width, with a tab or a line
 * end (OWASP, CSV injection), perhaps behind blanks, which some programs drop. */
static bool is_formula(const char *text, size_t n)
{
    if (n && ((text[0] >= 'A' && text[0] <= 'Z') || (text[0] >= 'a' && text[0] <= 'z')))
        return false; /* as nearly all do */
    static const char *const blank[] = {" ", "\xC2\xA0", "\xE2\x80\x8B", "\xEF\xBB\xBF"};
    static const char *const start[] = {
        "=", "+", "-", "@", "\t", "\r", "\n", "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};
    size_t i = 0;
    for (size_t k = 0; k < sizeof blank / sizeof *blank;) {
        size_t skipped = begins(text + i, n - i, blank[k]);
        i += skipped;
        k = skipped ? 0 : k + 1;
    }
    for (size_t k = 0; k < sizeof start / sizeof *start; k++)
        if (begins(text + i, n - i, start[k]))
            return true;
    return false;
}

static void put_text(FILE *file, const char *text, size_t n)
{
    bool quoted =
        memchr(text, ',', n) || memchr(text, '"', n) || memchr(text, '\n', n) || memchr(text, '\r', n);
    if (quoted)
        putc_unlocked('"', file);
    if (is_formula(text, n))
        putc_unlocked('\'', file);
    for (const char *quote; quoted && (quote = memchr(text, '"', n));) {
        size_t k = (size_t)(quote - text) + 1;
        fwrite_unlocked(text, 1, k, file);
        putc_unlocked('"', file);
        text += k;
        n -= k;
    }
    fwrite_unlocked(text, 1, n, file);
    if (quoted)
        putc_unlocked('"', file);
}

/* A whole number with a point before its last `decimals` digits. */
static void put_digits(FILE *file, uint64_t n, bool negative, uint32_t decimals)
{
    char digits[32], *p = digits + sizeof digits;
    for (uint32_t i = 0; i <= decimals || n; i++, n /= 10) {
        if (i && i == decimals)
            *--p = '.';
        *--p = (char)('0' + n % 10);
    }
    if (negative)
        *--p = '-';
    fwrite_unlocked(p, 1, (size_t)(digits + sizeof digits - p), file);
}

/* Rounded from the exact binary value, a half to even; zero has no sign. A value of so many digits that its
 * product with a power of ten is near the exact one, and isn't near a half, is rounded by that product. */
static void put_real(FILE *file, double value, uint32_t decimals)
{
    static const double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    static const double LARGE = 8796093022208.0,
                        NEAR = 1.0 / 512; /* 2^43: the product errs by 2^-10 at most */
    double scaled = decimals < sizeof powers / sizeof *powers ? fabs(value) * powers[decimals] : LARGE;
    double rest = scaled < LARGE ? scaled - (double)(uint64_t)scaled - 0.5 : 0;
    if (fabs(rest) > NEAR) {
        uint64_t n = (uint64_t)scaled + (rest > 0);
        put_digits(file, n, value < 0 && n, decimals);
        return;
    }
    char text[400]; /* the greatest double has 309 digits before the point */
    snprintf(text, sizeof text, "%.*f", (int)decimals, value);
    bool zero = !text[strspn(text, "-0.")];
    fputs_unlocked(text + (zero && text[0] == '-'), file);
}

static void put_int(FILE *file, int64_t value)
{
    put_digits(file, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, value < 0, 0);
}

static void put_cell(struct assay_context *c, FILE *file, const struct assay_column *column,
                     const struct assay_rows *rows, uint32_t row, uint32_t i)
{
    size_t n;
    if (column->type == ASSAY_INT)
        put_int(file, assay_cell_int(c, rows, row, i));
    else if (column->type == ASSAY_REAL)
        put_real(file, assay_cell_real(c, rows, row, i), column->decimals);
    else {
        const char *text = assay_cell_text(c, rows, row, i, &n);
        if (column->type == ASSAY_TEXT)
            put_text(file, text, n);
        else
            fwrite_unlocked(text, 1, n, file); /* of a vocabulary without signs */
    }
}

static void put_row(struct assay_context *c, FILE *file, const struct assay_table *table,
                    const struct assay_rows *rows, uint32_t row)
{
    for (uint32_t i = 0; table->columns[i]; i++) {
        if (i)
            putc_unlocked(',', file);
        if (assay_cell_known(c, rows, row, i))
            put_cell(c, file, table->columns[i], rows, row, i);
        else if (!i && !table->columns[1])
            fputs_unlocked("\"\"", file); /* else it would be an empty line, which readers skip */
    }
    putc_unlocked('\n', file);
}

static void put_header(FILE *file, const struct assay_table *table)
{
    for (uint32_t i = 0; table->columns[i]; i++)
        fprintf(file, "%s%s", i ? "," : "", table->columns[i]->name);
    putc_unlocked('\n', file);
}

/* ---- files ------------------------------------------------------------------------------------------- */

static int fail_table(struct assay_context *c, uint32_t table)
{
    return assay_fail(c, "%s.csv can't be written: %s", assay_table_at(c, table)->name, strerror(errno));
}

static int csv_begin(struct assay_context *c, void *self, const char *folder)
{
    struct csv *csv = self;
    csv->c_locale = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    csv->file = calloc(assay_table_count(c), sizeof(FILE *));
    csv->buffer = malloc((size_t)BUFFER_BYTES * assay_table_count(c));
    if (!csv->c_locale || !csv->file || !csv->buffer)
        return assay_fail(c, "there is no memory left");
    for (; csv->n_tables < assay_table_count(c); csv->n_tables++) {
        const struct assay_table *table = assay_table_at(c, csv->n_tables);
        FILE *file = create(c, folder, table->name, ".csv");
        if (!file)
            return -1;
        csv->file[csv->n_tables] = file;
        setvbuf(file, csv->buffer + (size_t)BUFFER_BYTES * csv->n_tables, _IOFBF, BUFFER_BYTES);
        if (assay_option_bool(c, "bom"))
            fputs_unlocked("\xEF\xBB\xBF", file);
        put_header(file, table);
    }
    return describe(c, folder);
}

static int csv_write(struct assay_context *c, void *self, uint32_t table, const struct assay_rows *rows)
{
    struct csv *csv = self;
    FILE *file = csv->file[table];
    locale_t before = uselocale(csv->c_locale);
    for (uint32_t row = 0; row < assay_rows_count(c, rows) && !ferror(file); row++)
        put_row(c, file, assay_table_at(c, table), rows, row);
    int why = errno;
    uselocale(before);
    errno = why;
    return ferror(file) ? fail_table(c, table) : 0;
}

static int csv_end(struct assay_context *c, void *self)
{
    struct csv *csv = self;
    int status = 0;
    for (uint32_t i = 0; i < csv->n_tables; i++) {
        bool failed = fflush(csv->file[i]) || ferror(csv->file[i]);
        if (failed)
            status = fail_table(c, i);
        if (fclose(csv->file[i]) && !failed)
            status = fail_table(c, i);
        csv->file[i] = NULL;
    }
    return status;
}

static void csv_close(void *self)
{
    struct csv *csv = self;
    for (uint32_t i = 0; i < csv->n_tables; i++)
        if (csv->file[i])
            fclose(csv->file[i]);
    free(csv->file);
    free(csv->buffer);
    if (csv->c_locale)
        freelocale(csv->c_locale);
}

ASSAY_PLUGIN(csv) = {
    ASSAY_HEAD(ASSAY_WRITER),
    .name = "csv",
    .version = "1.0",
    .licence = "GPL-3.0-or-later",
    .summary = "writes each table as CSV, and datapackage.json, which describes them",
    .options =
        (const struct assay_option *const[]){
            ASSAY_OPTION(.name = "bom", .type = ASSAY_OPTION_BOOL, .default_value = "false",
                         .doc = "begin each file with a byte order mark, by which Excel knows UTF-8; other "
                                "programs may read it as part of the first column's name"),
            NULL},
    .open = csv_open,
    .close = csv_close,
    .begin = csv_begin,
    .write = csv_write,
    .end = csv_end,
};
