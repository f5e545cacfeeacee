/* Reading libconfig files strictly. The library lets integers wrap and numbers overflow without a word, so
 * each file is first read by a small lexer of our own, which also finds the files it includes. */
#include "base/config.h"

#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_LIMIT = 16 * 1024 * 1024, DEEPEST_INCLUDE = 8 };

/* ---- before libconfig sees it: numbers, includes, encoding ------------------------------------------- */

/* One file on its way through the lexer. */
struct lexer {
    const char *path;
    const char *folder; /* of the outermost file, with its slash: where includes are looked for */
    const char *at;
    unsigned line;
    int depth;
    struct assay_arena *arena;
    struct assay_buffer *digests; /* of each file read */
    struct assay_error *error;
};

static int lex_file(struct lexer *, char **text, size_t n);

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '*';
}

static bool is_number_start(char c) { return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.'; }

static int lex_string(struct lexer *x, struct assay_buffer *content)
{
    unsigned from = x->line;
    for (x->at++; *x->at && *x->at != '"'; x->at++) {
        if (*x->at == '\\' && x->at[1])
            x->at++;
        if (*x->at == '\n')
            x->line++;
        if (content)
            assay_buffer_add(content, x->at, 1);
    }
    if (!*x->at)
        return assay_error_set(x->error, "%s:%u: the text that begins here has no closing quotation mark",
                               x->path, from);
    x->at++;
    return 0;
}

static int lex_comment(struct lexer *x)
{
    unsigned from = x->line;
    if (x->at[0] == '/' && x->at[1] == '*') {
        for (x->at += 2; *x->at && !(x->at[0] == '*' && x->at[1] == '/'); x->at++)
            x->line += *x->at == '\n';
        if (!*x->at)
            return assay_error_set(x->error, "%s:%u: the comment that begins here has no end", x->path, from);
        x->at += 2;
        return 0;
    }
    while (*x->at && *x->at != '\n')
        x->at++;
    return 0;
}

/* A number as libconfig would read it, refused where it would come out as another one. */
static int lex_number(struct lexer *x)
{
    const char *from = x->at;
    bool hex = from[0] == '0' && (from[1] == 'x' || from[1] == 'X');
    x->at++;
    while (is_name(*x->at) || *x->at == '.' || (*x->at == '+' && (x->at[-1] == 'e' || x->at[-1] == 'E')))
        x->at++;
    size_t n = (size_t)(x->at - from);
    bool real = !hex && (memchr(from, '.', n) || memchr(from, 'e', n) || memchr(from, 'E', n));
    char *end;
    errno = 0;
    if (real) {
        if (!isfinite(strtod(from, &end)))
            return assay_error_set(x->error, "%s:%u: %.*s is too large for a number", x->path, x->line,
                                   (int)n, from);
        return 0;
    }
    bool wide = from[n - 1] == 'L';
    bool fits = true;
    if (hex) {
        unsigned long long v = strtoull(from, &end, 16);
        fits = !errno && (wide || v <= INT32_MAX);
    } else {
        long long v = strtoll(from, &end, 10);
        fits = !errno && (wide || (v >= INT32_MIN && v <= INT32_MAX));
    }
    if (!fits)
        return assay_error_set(x->error, "%s:%u: the integer %.*s does not fit %s", x->path, x->line, (int)n,
                               from,
                               errno || wide ? "64 bits" : "32 bits; with an L at its end it may have 64");
    return 0;
}

/* Reads the file that the lexer stands in an @include of. A file that can't be read is the fault of the line
 * that names it; one that is wrong has told its own line. */
static int lex_included(struct lexer *x, const char *name, unsigned from)
{
    struct lexer inner = *x;
    inner.path = assay_path_beside(x->arena, x->folder, name);
    inner.depth++;
    struct assay_error why = {{0}};
    char *text;
    size_t n;
    if (assay_file_read(inner.path, FILE_LIMIT, x->arena, &text, &n, &why))
        return assay_error_set(x->error, "%s:%u: @include: %s: %s", x->path, from, inner.path, why.text);
    if (!strncmp(text, "\xEF\xBB\xBF", 3))
        return assay_error_set(
            x->error, "%s:1: the file begins with a byte order mark, which an included file can't have",
            inner.path);
    return lex_file(&inner, &text, n);
}

static int lex_include(struct lexer *x)
{
    unsigned from = x->line;
    x->at += strlen("@include");
    while (*x->at == ' ' || *x->at == '\t')
        x->at++;
    if (*x->at != '"')
        return assay_error_set(x->error, "%s:%u: @include wants a file name in quotation marks", x->path,
                               from);
    struct assay_buffer name = {.arena = x->arena};
    assay_buffer_add(&name, "", 0);
    if (lex_string(x, &name))
        return -1;
    if (name.p[0] == '/')
        return assay_error_set(x->error,
                               "%s:%u: @include wants a path relative to the folder of the outermost file",
                               x->path, from);
    if (x->depth == DEEPEST_INCLUDE)
        return assay_error_set(x->error,
                               "%s:%u: includes are nested more than %d deep; does a file include itself?",
                               x->path, from, DEEPEST_INCLUDE);
    return lex_included(x, name.p, from);
}

static int lex_text(struct lexer *x)
{
    while (*x->at) {
        int status = 0;
        if (*x->at == '"')
            status = lex_string(x, NULL);
        else if (*x->at == '#' || (x->at[0] == '/' && (x->at[1] == '/' || x->at[1] == '*')))
            status = lex_comment(x);
        else if (!strncmp(x->at, "@include", strlen("@include")))
            status = lex_include(x);
        else if (is_number_start(*x->at))
            status = lex_number(x);
        else if (is_name(*x->at))
            while (is_name(*x->at))
                x->at++;
        else
            x->line += *x->at++ == '\n';
        if (status)
            return -1;
    }
    return 0;
}

static int check_encoding(const char *path, const char *text, size_t n, struct assay_error *error)
{
    unsigned line = 1;
    for (size_t i = 0; i < n;) {
        int32_t c;
        size_t k = assay_utf8_character(text + i, n - i, &c);
        if (!k || !c)
            return assay_error_set(error, "%s:%u: %s", path, line,
                                   !k ? "the file is not UTF-8 here" : "the file holds a NUL byte");
        line += c == '\n';
        i += k;
    }
    return 0;
}

int assay_config_check_numbers(const char *value, const char *where, struct assay_arena *arena,
                               struct assay_error *error)
{
    struct assay_error why = {{0}};
    struct lexer x = {
        .path = where, .at = value, .line = 1, .depth = DEEPEST_INCLUDE, .arena = arena, .error = &why};
    while (*x.at) {
        if (*x.at == '"' ? lex_string(&x, NULL) : is_number_start(*x.at) && lex_number(&x))
            break;
        if (*x.at == '"' || is_number_start(*x.at))
            continue;
        if (is_name(*x.at))
            while (is_name(*x.at))
                x.at++;
        else if (*x.at)
            x.at++;
    }
    const char *colon = strstr(why.text, ": "); /* behind the line, which says nothing here */
    return colon ? assay_error_set(error, "%s%s", where, colon) : 0;
}

/* Checks the text of a file, and what it includes; *text is then without a byte order mark. */
static int lex_file(struct lexer *x, char **text, size_t n)
{
    if (check_encoding(x->path, *text, n, x->error))
        return -1;
    char hex[65];
    assay_sha256(*text, n, hex);
    assay_buffer_text(x->digests, hex);
    if (!strncmp(*text, "\xEF\xBB\xBF", 3))
        *text += 3;
    x->at = *text;
    x->line = 1;
    return lex_text(x);
}

static void tell_syntax(const struct assay_config *config, struct assay_error *error)
{
    const char *what = config_error_text(config->tree), *file = config_error_file(config->tree);
    assay_error_set(
        error, "%s:%d: %s%s", file ? file : config->path, config_error_line(config->tree), what,
        strcmp(what, "syntax error") != 0
            ? ""
            : "; look for a missing ; or quotation mark here or just above, or a comma after a last element");
}

/* A file is UTF-8, but an escape in a text (\x82) is any byte. */
static int check_texts(const struct assay_config *config, const config_setting_t *setting,
                       struct assay_error *error)
{
    const char *text = config_setting_get_string(setting);
    if (text && !assay_utf8_valid(text, strlen(text)))
        return assay_config_error(config, setting, error,
                                  "the text is not UTF-8: \\x stands for a byte; write the character itself");
    for (int i = 0; i < config_setting_length(setting); i++)
        if (check_texts(config, config_setting_get_elem(setting, (unsigned)i), error))
            return -1;
    return 0;
}

/* At the arena's end a tree may have been closed, or, where memory ran out, not even begun. */
static void destroy(void *tree)
{
    const config_t *t = tree;
    if (t->root)
        config_destroy(tree);
}

int assay_config_read(struct assay_config *config, const char *path, struct assay_arena *arena,
                      struct assay_error *error)
{
    char *text, *folder = assay_path_beside(arena, path, "");
    struct assay_buffer digests = {.arena = arena};
    struct lexer x = {.path = path, .folder = folder, .arena = arena, .digests = &digests, .error = error};
    size_t n;
    if (assay_file_read_at(path, FILE_LIMIT, arena, &text, &n, error) || lex_file(&x, &text, n))
        return -1;
    if (digests.n == sizeof config->sha256 - 1)
        memcpy(config->sha256, digests.p, sizeof config->sha256);
    else
        assay_sha256(digests.p, digests.n, config->sha256);
    config->tree = assay_arena_alloc(arena, sizeof *config->tree);
    assay_arena_at_end(arena, destroy, config->tree);
    config->path = assay_arena_text(arena, path);
    config_init(config->tree);
    config_set_include_dir(config->tree, *folder ? folder : ".");
    if (config_read_string(config->tree, text) == CONFIG_TRUE) {
        if (!check_texts(config, config_root_setting(config->tree), error))
            return 0;
    } else
        tell_syntax(config, error);
    assay_config_close(config);
    return -1;
}

void assay_config_close(struct assay_config *config) { destroy(config->tree); }

/* ---- after libconfig: keys, types, ranges -------------------------------------------------------------- */

int assay_config_error(const struct assay_config *config, const config_setting_t *setting,
                       struct assay_error *error, const char *format, ...)
{
    char message[800];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    const char *override = config_setting_get_hook(setting);
    if (override)
        return assay_error_set(error, "--set %s: %s", override, message);
    const char *file = config_setting_source_file(setting);
    unsigned line = config_setting_source_line(setting);
    return line ? assay_error_set(error, "%s:%u: %s", file ? file : config->path, line, message)
                : assay_error_set(error, "%s: %s", config->path, message);
}

static bool is_number(const config_setting_t *s)
{
    return config_setting_type(s) == CONFIG_TYPE_INT || config_setting_type(s) == CONFIG_TYPE_INT64;
}

static const char *wanted(enum assay_key_type type)
{
    static const char *const text[] = {[ASSAY_KEY_TEXT] = "text in quotation marks",
                                       [ASSAY_KEY_INT] = "an integer",
                                       [ASSAY_KEY_REAL] = "a number",
                                       [ASSAY_KEY_BOOL] = "true or false",
                                       [ASSAY_KEY_TEXTS] = "a list of texts: [ \"...\", \"...\" ]",
                                       [ASSAY_KEY_GROUP] = "a group: { ... }",
                                       [ASSAY_KEY_GROUPS] = "a list of groups: ( { ... }, { ... } )",
                                       [ASSAY_KEY_ANY] = "a value"};
    return text[type];
}

static bool is_of(const config_setting_t *s, enum assay_key_type type)
{
    int t = config_setting_type(s);
    bool many = t == CONFIG_TYPE_LIST || t == CONFIG_TYPE_ARRAY;
    switch (type) {
    case ASSAY_KEY_TEXT:
        return t == CONFIG_TYPE_STRING;
    case ASSAY_KEY_INT:
        return is_number(s);
    case ASSAY_KEY_REAL:
        return t == CONFIG_TYPE_FLOAT || is_number(s);
    case ASSAY_KEY_BOOL:
        return t == CONFIG_TYPE_BOOL;
    case ASSAY_KEY_GROUP:
        return t == CONFIG_TYPE_GROUP;
    case ASSAY_KEY_ANY:
        return true;
    case ASSAY_KEY_TEXTS:
    case ASSAY_KEY_GROUPS:
        for (int i = 0; many && i < config_setting_length(s); i++)
            if (!is_of(config_setting_get_elem(s, (unsigned)i),
                       type == ASSAY_KEY_TEXTS ? ASSAY_KEY_TEXT : ASSAY_KEY_GROUP))
                return false;
        return many;
    }
    return false;
}

static double number_of(const config_setting_t *s)
{
    return config_setting_type(s) == CONFIG_TYPE_FLOAT ? config_setting_get_float(s)
                                                       : (double)config_setting_get_int64(s);
}

static const char *key_name(size_t i, const void *keys) { return ((const struct assay_key *)keys)[i].name; }

static const struct assay_key *find_key(const struct assay_key *keys, const char *name)
{
    for (; keys->name; keys++)
        if (!strcmp(keys->name, name))
            return keys;
    return NULL;
}

static int check_setting(const struct assay_config *config, const config_setting_t *s,
                         const struct assay_key *keys, const char *what, struct assay_error *error)
{
    const char *name = config_setting_name(s);
    const struct assay_key *key = find_key(keys, name);
    if (!key) {
        struct assay_phrase meant;
        return assay_config_error(config, s, error, "%s has no key \"%s\"%s", what, name,
                                  assay_nearest(&meant, name, key_name, keys));
    }
    if (!is_of(s, key->type))
        return assay_config_error(config, s, error, "%s: \"%s\" must be %s", what, name, wanted(key->type));
    if (key->ranged && (number_of(s) < key->min || number_of(s) > key->max))
        return assay_config_error(config, s, error, "%s: \"%s\" is %.15g, outside %.15g to %.15g", what, name,
                                  number_of(s), key->min, key->max);
    return 0;
}

int assay_config_check(const struct assay_config *config, const config_setting_t *group,
                       const struct assay_key *keys, const char *what, struct assay_error *error)
{
    for (int i = 0; i < config_setting_length(group); i++)
        if (check_setting(config, config_setting_get_elem(group, (unsigned)i), keys, what, error))
            return -1;
    for (; keys->name; keys++)
        if (keys->required && !config_setting_get_member(group, keys->name))
            return assay_config_error(config, group, error, "%s lacks the key \"%s\"", what, keys->name);
    return 0;
}

const char *assay_config_text(const config_setting_t *group, const char *key, const char *otherwise)
{
    const char *value = otherwise;
    config_setting_lookup_string(group, key, &value);
    return value;
}

long long assay_config_int(const config_setting_t *group, const char *key, long long otherwise)
{
    const config_setting_t *s = config_setting_get_member(group, key);
    return s ? config_setting_get_int64(s) : otherwise;
}

double assay_config_real(const config_setting_t *group, const char *key, double otherwise)
{
    const config_setting_t *s = config_setting_get_member(group, key);
    return s ? number_of(s) : otherwise;
}

bool assay_config_bool(const config_setting_t *group, const char *key, bool otherwise)
{
    const config_setting_t *s = config_setting_get_member(group, key);
    return s ? config_setting_get_bool(s) : otherwise;
}

const char *const *assay_config_texts(const config_setting_t *group, const char *key,
                                      struct assay_arena *arena, unsigned *n)
{
    const config_setting_t *s = config_setting_get_member(group, key);
    *n = s ? (unsigned)config_setting_length(s) : 0;
    const char **texts = assay_arena_array(arena, *n + 1, sizeof *texts);
    for (unsigned i = 0; i < *n; i++)
        texts[i] = config_setting_get_string_elem(s, (int)i);
    return texts;
}

const char *assay_config_quoted(const char *text, struct assay_arena *arena)
{
    struct assay_buffer b = {.arena = arena};
    assay_buffer_text(&b, "\"");
    for (; *text; text++)
        if ((unsigned char)*text < ' ')
            assay_buffer_printf(&b, "\\x%02x", (unsigned)*text);
        else
            assay_buffer_printf(&b, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
    assay_buffer_text(&b, "\"");
    return b.p;
}
