/* Regular expressions by PCRE2, compiled to machine code where it can be: once, before any child is forked,
 * whose sandbox allows no new code. The code works on 32 KiB of the machine's stack and counts its steps
 * against the match limit; what needs a deeper stack is done again by the interpreter, under depth and heap
 * limits. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "model/regex.h"

#include <pcre2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* A pattern over a heading takes some hundred steps, over a long block some ten thousand. */
enum { MATCH_LIMIT = 200000, DEPTH_LIMIT = 20000, HEAP_LIMIT_KIB = 16384, MOST_GROUPS = 99 };

struct assay_regexes {
    pcre2_match_data *found;
    pcre2_match_context *limits;
};

struct assay_regex {
    pcre2_code *code;
    const struct assay_regexes *of;
};

struct assay_regexes *assay_regexes_new(void)
{
    struct assay_regexes *all = calloc(1, sizeof *all);
    if (all) {
        all->found = pcre2_match_data_create(MOST_GROUPS + 1, NULL);
        all->limits = pcre2_match_context_create(NULL);
    }
    if (!all || !all->found || !all->limits) {
        assay_regexes_free(all);
        return NULL;
    }
    pcre2_set_match_limit(all->limits, MATCH_LIMIT);
    pcre2_set_depth_limit(all->limits, DEPTH_LIMIT);
    pcre2_set_heap_limit(all->limits, HEAP_LIMIT_KIB);
    return all;
}

void assay_regexes_free(struct assay_regexes *all)
{
    if (!all)
        return;
    pcre2_match_context_free(all->limits);
    pcre2_match_data_free(all->found);
    free(all);
}

/* PCRE2_ENDANCHORED would say the same as "match line", but goes with no search for a part. */
static pcre2_code *compile(const char *pattern, enum assay_regex_kind kind, int *code, PCRE2_SIZE *at)
{
    uint32_t options = PCRE2_UTF | PCRE2_CASELESS | PCRE2_DUPNAMES | PCRE2_NEVER_BACKSLASH_C |
                       (kind == ASSAY_REGEX_FIND ? PCRE2_MULTILINE : PCRE2_ANCHORED);
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    *code = PCRE2_ERROR_NOMEMORY;
    *at = 0;
    if (!context)
        return NULL;
    pcre2_set_compile_extra_options(context, kind == ASSAY_REGEX_WHOLE ? PCRE2_EXTRA_MATCH_LINE : 0);
    pcre2_code *compiled =
        pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, options, code, at, context);
    pcre2_compile_context_free(context);
    return compiled;
}

/* Without machine code, or memory for it, the interpreter matches. Whole expressions are also asked for
 * parts. */
static void compile_further(pcre2_code *code, enum assay_regex_kind kind)
{
    pcre2_jit_compile(code, PCRE2_JIT_COMPLETE |
                                (kind == ASSAY_REGEX_WHOLE ? (uint32_t)PCRE2_JIT_PARTIAL_SOFT : 0));
}

static void say(int code, PCRE2_SIZE at, char *message, size_t size)
{
    enum { HEAP_FAILED = 121 }; /* as pcre2_compile() says it */
    PCRE2_UCHAR reason[160];
    *message = 0;
    if (code == PCRE2_ERROR_NOMEMORY || code == HEAP_FAILED)
        return;
    pcre2_get_error_message(code, reason, sizeof reason);
    snprintf(message, size, "%s at character %zu", (const char *)reason, (size_t)at + 1);
}

static uint32_t groups_of(const pcre2_code *code)
{
    uint32_t n = 0;
    pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &n);
    return n;
}

struct assay_regex *assay_regex_new(const struct assay_regexes *of, const char *pattern,
                                    enum assay_regex_kind kind, char *message, size_t size)
{
    int code = PCRE2_ERROR_NOMEMORY;
    PCRE2_SIZE at = 0;
    struct assay_regex *r = calloc(1, sizeof *r);
    if (!r || !(r->code = compile(pattern, kind, &code, &at))) {
        say(code, at, message, size);
        free(r);
        return NULL;
    }
    if (groups_of(r->code) > MOST_GROUPS) {
        snprintf(message, size, "it has %u groups, more than %d: write (?:...) where nothing is taken",
                 groups_of(r->code), MOST_GROUPS);
        assay_regex_free(r);
        return NULL;
    }
    r->of = of;
    compile_further(r->code, kind);
    return r;
}

void assay_regex_free(struct assay_regex *r)
{
    if (!r)
        return;
    pcre2_code_free(r->code);
    free(r);
}

static int match(struct assay_regex *r, const char *text, size_t n, uint32_t options)
{
    PCRE2_SPTR subject = (PCRE2_SPTR)(text ? text : "");
    options |= PCRE2_NO_UTF_CHECK;
    int result = pcre2_match(r->code, subject, n, 0, options, r->of->found, r->of->limits);
    return result == PCRE2_ERROR_JIT_STACKLIMIT
               ? pcre2_match(r->code, subject, n, 0, options | PCRE2_NO_JIT, r->of->found, r->of->limits)
               : result;
}

bool assay_regex_match(struct assay_regex *r, const char *text, size_t n) { return match(r, text, n, 0) > 0; }

enum assay_match assay_regex_match_part(struct assay_regex *r, const char *text, size_t n)
{
    int result = match(r, text, n, PCRE2_PARTIAL_SOFT);
    return result > 0                      ? ASSAY_MATCH_FULL
           : result == PCRE2_ERROR_PARTIAL ? ASSAY_MATCH_PART
                                           : ASSAY_MATCH_NONE;
}

bool assay_regex_group(const struct assay_regex *r, const char *name, size_t *begin, size_t *end)
{
    PCRE2_SPTR first, last;
    const PCRE2_SIZE *place = pcre2_get_ovector_pointer(r->of->found);
    int width = pcre2_substring_nametable_scan(r->code, (PCRE2_SPTR)name, &first, &last);
    if (width <= 0)
        return false;
    for (PCRE2_SPTR entry = first; entry <= last; entry += width) {
        size_t group = (size_t)entry[0] << 8 | entry[1];
        if (place[2 * group] != PCRE2_UNSET) {
            *begin = place[2 * group];
            *end = place[2 * group + 1];
            return true;
        }
    }
    return false;
}

bool assay_regex_has_group(const struct assay_regex *r, const char *name)
{
    PCRE2_SPTR first, last;
    return pcre2_substring_nametable_scan(r->code, (PCRE2_SPTR)name, &first, &last) > 0;
}
