/* The register: which files are refused and how, and which provider a printed name means. */
#include "base/file.h"
#include "model/profile.h"
#include "model_text.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const char *const noise[] = {"Town of", "town", "the", "Town Council", "Council", "", NULL};

static void test_names(void **state)
{
    (void)state;
    static const struct {
        const char *printed, *id;
    } cases[] = {
        {"Ashby", "t1"},
        {"ASHBY", "t1"},
        {"Ashby Town Council", "t1"},
        {"The Council of Ashby", NULL}, /* "of" is no noise here */
        {"The Town of Ashby", "t1"},
        {"Ashbyton", NULL},
        {"Bell, Town of", "t2"},
        {"Town of Bell", "t2"},
        {"Bell", "t2"},
        {"Great Bell Council", "t2"},
        {"St Cuthbert\xE2\x80\x99s", "t3"},
        {"St. Cuthberts", "t3"},
        {"", NULL},
        {"Town Council", NULL},
        {"--", NULL},
    };
    struct assay_error error = {{0}};
    struct assay_register *r = assay_register_new(arena);
    scratch_put_file("towns.csv", "id,name,aliases,county\n"
                                  "t1,Ashby,,North\n"
                                  "t2,\"Bell, Town of\",Bell;Great Bell,South\n"
                                  "t3,St. Cuthbert's,,South\n");
    assert_int_equal(assay_register_read(r, "towns.csv", &error), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct assay_provider *p = assay_register_find(r, cases[i].printed, noise, arena);
        if (cases[i].id)
            assert_non_null(p);
        if (p)
            assert_string_equal(p->id, cases[i].id ? cases[i].id : "none");
    }
}

/* What one name is as it stands, another is without its noise: the first wins; two are no answer. */
static void test_ambiguous(void **state)
{
    (void)state;
    struct assay_error error = {{0}};
    struct assay_register *r = assay_register_new(arena);
    scratch_put_file("two.csv", "\xEF\xBB\xBFname,id\r\n\r\n\"The \"\"Mill\"\" & Weir\",m\r\nL\xC3\xA9o "
                                "Town,l1\r\nLeo Council,l2\r\n");
    assert_int_equal(assay_register_read(r, "two.csv", &error), 0);
    assert_string_equal(assay_register_find(r, "the mill and weir", noise, arena)->id, "m");
    assert_string_equal(assay_register_find(r, "Leo town", noise, arena)->id, "l1");
    assert_string_equal(assay_register_find(r, "LEO COUNCIL", noise, arena)->id, "l2");
    assert_string_equal(assay_register_find(r, "LEO COUNCIL", noise, arena)->name, "Leo Council");
    assert_null(assay_register_find(r, "Leo", noise, arena));
}

/* One register asked with several lists of words, lists that change where they lie, and files read between.
 */
static void test_lists_of_noise(void **state)
{
    (void)state;
    struct assay_error error = {{0}};
    struct assay_register *r = assay_register_new(arena);
    const char *words[] = {"council", NULL, NULL};
    assert_null(assay_register_find(r, "Ashby", words, arena));
    scratch_put_file("head.csv", "id,name,aliases\n");
    assert_int_equal(assay_register_read(r, "head.csv", &error), 0);
    assert_null(assay_register_find(r, "Ashby", words, arena));
    scratch_put_file("a.csv", "id,name,aliases\na,Ashby Council,ashby council;Council\nb,Bell Town,\n");
    assert_int_equal(assay_register_read(r, "a.csv", &error), 0);
    assay_register_prepare(r, words);
    assay_register_prepare(r, words);
    assert_string_equal(assay_register_find(r, "Ashby", words, arena)->id, "a");
    assert_null(assay_register_find(r, "Bell", words, arena));
    words[0] = "town";
    assert_null(assay_register_find(r, "Ashby", words, arena));
    assert_string_equal(assay_register_find(r, "Bell", words, arena)->id, "b");
    words[1] = "council";
    assert_string_equal(assay_register_find(r, "Ashby", words, arena)->id, "a");
    assert_string_equal(assay_register_find(r, "Bell", words, arena)->id, "b");
    assert_null(assay_register_find(r, "Town Council", words, arena));
    scratch_put_file("b.csv", "id,name\nc,Ashby Town\nd,Cole Town\n");
    assert_int_equal(assay_register_read(r, "b.csv", &error), 0);
    assert_null(assay_register_find(r, "Ashby", words, arena));
    assert_string_equal(assay_register_find(r, "Cole", words, arena)->id, "d");
    words[0] = NULL;
    assert_null(assay_register_find(r, "Cole", words, arena));
}

/* The i-th of many names, no two alike. */
static const char *name_of(unsigned i) { return assay_arena_printf(arena, "Ward %u of the Vale", i); }

static void test_many(void **state)
{
    (void)state;
    enum { MANY = 100000 };
    static const char *const words[] = {"district council", "the", NULL};
    struct assay_error error = {{0}};
    struct assay_register *r = assay_register_new(arena);
    struct assay_buffer text = {.arena = arena};
    assay_buffer_text(&text, "id,name,aliases\n");
    for (unsigned i = 0; i < MANY; i++)
        assay_buffer_printf(&text, "p%u,%s,Old Ward %u\n", i, name_of(i), i);
    scratch_put_file("many.csv", text.p);
    if (assay_register_read(r, "many.csv", &error))
        fail_msg("%s", error.text);
    for (unsigned i = 0; i < MANY; i += 997) {
        const char *id = assay_arena_printf(arena, "p%u", i);
        const char *longer = assay_arena_printf(arena, "Ward %u of Vale District Council", i);
        const char *alias = assay_arena_printf(arena, "OLD WARD %u", i);
        assert_string_equal(assay_register_find(r, name_of(i), words, arena)->id, id);
        assert_string_equal(assay_register_find(r, name_of(i), words, arena)->name, name_of(i));
        assert_string_equal(assay_register_find(r, longer, words, arena)->id, id);
        assert_string_equal(assay_register_find(r, alias, words, arena)->id, id);
    }
    assert_null(assay_register_find(r, name_of(MANY), words, arena));
    scratch_put_file("again.csv", "id,name\nq,Old Ward 7\n");
    assert_int_equal(assay_register_read(r, "again.csv", &error), -1);
    assert_string_equal(error.text, "again.csv:2: the name \"Old Ward 7\" belongs to p7 already");
    error = (struct assay_error){{0}}; /* the first one stays, else */
    scratch_put_file("again.csv", "id,name\np99999,Ward\n");
    assert_int_equal(assay_register_read(r, "again.csv", &error), -1);
    assert_string_equal(error.text, "again.csv:2: the id p99999 is there twice");
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "x.csv:1: the file is empty: it needs a header"},
        {"\n\n", "x.csv:1: the file is empty: it needs a header"},
        {"id,title\n", "x.csv:1: the header has no column name"},
        {"name\n", "x.csv:1: the header has no column id"},
        {"id,name,id\n", "x.csv:1: the column id is there twice"},
        {"id,name\na,A\n\nb\n", "x.csv:4: the row has 1 columns, the header 2"},
        {"id,name\na,A,x\n", "x.csv:2: the row has 3 columns, the header 2"},
        {"id,name\na,A\na,B\n", "x.csv:3: the id a is there twice"},
        {"id,name\n,A\n", "x.csv:2: \"\" is no id: use lower case letters, digits, _ - ."},
        {"id,name\nA b,A\n", "x.csv:2: \"A b\" is no id: use lower case letters, digits, _ - ."},
        {"id,name\na, .\n", "x.csv:2: a name or alias is empty"},
        {"id,name,aliases\na,A,B;;C\n", "x.csv:2: a name or alias is empty"},
        {"id,name\na,Ashby\nb,ASHBY.\n", "x.csv:3: the name \"ASHBY.\" belongs to a already"},
        {"id,name,aliases\na,Ashby,\nb,Bell,Old Bell;ashby\n",
         "x.csv:3: the name \"ashby\" belongs to a already"},
        {"id,name\na,\"A\n\nx", "x.csv:2: a quotation mark is not closed"},
        {"id,name\na,\"A\"x\n",
         "x.csv:2: there is text behind a closing quotation mark: double the mark within a cell"},
        {"id,name\na,\"A\nB\"\nb\n", "x.csv:4: the row has 1 columns, the header 2"},
        {"id,name\na,\xFF\n", "x.csv:1: the file is not valid UTF-8: save it as CSV UTF-8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay_error error = {{0}};
        scratch_put_file("x.csv", cases[i].text);
        assert_int_equal(assay_register_read(assay_register_new(arena), "x.csv", &error), -1);
        assert_string_equal(error.text, cases[i].message);
    }
}

static void test_wide_row(void **state)
{
    (void)state;
    struct assay_error error = {{0}};
    char text[400] = "";
    memset(text, ',', 300);
    scratch_put_file("x.csv", text);
    assert_int_equal(assay_register_read(assay_register_new(arena), "x.csv", &error), -1);
    assert_string_equal(error.text, "x.csv:1: the row has more than 256 columns");
}

static void test_no_file(void **state)
{
    (void)state;
    struct assay_error error = {{0}};
    assert_int_equal(assay_register_read(assay_register_new(arena), "none.csv", &error), -1);
    assert_string_equal(error.text, "none.csv: No such file or directory");
}

/* The register that is shipped, with names as titles print them. */
static void test_england(void **state)
{
    (void)state;
    static const char *const words[] = {"metropolitan borough council",
                                        "county council",
                                        "city council",
                                        "council",
                                        "london borough of",
                                        "royal borough of",
                                        "city of",
                                        "the",
                                        NULL};
    static const struct {
        const char *printed, *id;
    } cases[] = {
        {"North Somerset", "80528"},
        {"Bristol City Council", "80441"},
        {"London Borough of Hammersmith & Fulham", "80497"},
        {"Bournemouth, Christchurch and Poole", "2532287"},
        {"St Helens Metropolitan Borough Council", "80560"},
        {"St. Helens", "80560"},
        {"Kingston upon Hull", "80477"},
        {"Royal Borough of Kingston upon Thames", "80545"},
        {"City of London", "80450"},
        {"City of Westminster", "80519"},
        {"Derby", "80459"},
        {"Eastmere County Council", NULL},
    };
    struct assay_error error = {{0}};
    struct assay_register *r = assay_register_new(arena);
    if (assay_register_read(r, source_path(arena, "conf/registers/england.csv"), &error))
        fail_msg("%s", error.text);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct assay_provider *p = assay_register_find(r, cases[i].printed, words, arena);
        assert_string_equal(p ? p->id : "none", cases[i].id ? cases[i].id : "none");
    }
}

/* A printed name as a title has it: words that end in "of" stand before it, others behind. */
static const char *title_form(const char *name, size_t n, const char *words)
{
    size_t length = strlen(words);
    bool before = (length > 3 && !strcmp(words + length - 3, " of")) || !strcmp(words, "the");
    return before ? assay_arena_printf(arena, "%s %.*s", words, (int)n, name)
                  : assay_arena_printf(arena, "%.*s %s", (int)n, name, words);
}

static void find_forms(const struct assay_register *r, const char *const *words, const char *id,
                       const char *name, size_t n)
{
    const struct assay_provider *p =
        assay_register_find(r, assay_arena_printf(arena, "%.*s", (int)n, name), words, arena);
    assert_string_equal(p ? p->id : name, id);
    for (const char *const *more = words; *more; more++) {
        const char *form = title_form(name, n, *more);
        p = assay_register_find(r, form, words, arena);
        assert_string_equal(p ? p->id : form, id);
    }
}

/* The cell that *line begins with, without its quotation marks; *line moves behind it. */
static char *next_cell(char **line)
{
    char *cell = *line;
    if (*cell != '"')
        return strsep(line, ",");
    *line = strchr(++cell, '"');
    *(*line)++ = 0;
    *line += **line == ',';
    return cell;
}

static void find_row(const struct assay_register *r, const char *const *words, char *line)
{
    const char *id = next_cell(&line), *name = next_cell(&line);
    char *aliases = next_cell(&line), *alias;
    find_forms(r, words, id, name, strlen(name));
    while ((alias = strsep(&aliases, ";")) && *alias)
        find_forms(r, words, id, alias, strlen(alias));
}

/* Every name and alias of the register that comes with assay, in every form that the profiles know. */
static void test_title_forms(void **state)
{
    (void)state;
    static const char *const profiles[] = {"conf/profiles/ofsted-childrens-services.cfg",
                                           "conf/profiles/ofsted-area-send.cfg"};
    char *text = NULL, *line;
    size_t n = 0;
    struct assay_error error = {{0}};
    struct assay_register *r = assay_register_new(arena);
    const char *path = source_path(arena, "conf/registers/england.csv");
    if (assay_register_read(r, path, &error) || assay_file_read(path, 1 << 20, arena, &text, &n, &error))
        fail_msg("%s", error.text);
    for (size_t i = 0; i < 2; i++) {
        struct assay_profile *p = NULL;
        if (assay_profile_read(source_path(arena, profiles[i]), arena, &p, &error))
            fail_msg("%s", error.text);
        assay_register_prepare(r, assay_profile_noise(p));
        char *rest = assay_arena_copy(arena, text, n);
        for (strsep(&rest, "\n"); (line = strsep(&rest, "\n")) && *line;)
            find_row(r, assay_profile_noise(p), line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),          cmocka_unit_test(test_ambiguous),
        cmocka_unit_test(test_lists_of_noise), cmocka_unit_test(test_many),
        cmocka_unit_test(test_refused),        cmocka_unit_test(test_wide_row),
        cmocka_unit_test(test_no_file),        cmocka_unit_test(test_england),
        cmocka_unit_test(test_title_forms),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_clean);
}
