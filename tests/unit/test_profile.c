/* Profiles: the shipped one can be read; what is wrong in one is told with its line. A case changes one piece
 * of a small profile. */
#include "model/profile.h"

#include "model_text.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const char small[] =
    "id = \"small\"; label = \"Small\"; recognised_by = [ \"^report\" ];\n"
    "areas = (\n"
    "  { id = \"one\"; role = \"judged\"; label = \"One\"; headings = [ \"one\" ];\n"
    "    inside = ( { area = \"rest\"; headings = [ \"more\" ]; } ); },\n"
    "  { id = \"rest\"; role = \"background\"; label = \"Rest\"; } );\n"
    "grades = ( { id = \"good\"; rank = 2; forms = [ \"good\", \"very good\" ]; },\n"
    "           { id = \"bad\"; rank = 1; forms = [ \"bad\" ]; } );\n"
    "heading_grade = \": {grade}\";\n"
    "judgements = ( { area = \"one\"; labels = [ \"one\" ]; } );\n"
    "frameworks = ( { id = \"v1\"; framework = \"v\"; label = \"V\"; titles = [ \"^report\" ]; from = "
    "\"2001-02-03\";\n"
    "    rows = [ \"one\" ]; judges = [ \"one\" ]; after_table = \"rest\"; joint = ( { area = \"one\"; with "
    "= \"one\"; } );\n"
    "    statements = ( { area = \"one\"; where = \"opening\"; patterns = [ \"is {grade}\" ]; } ); } );\n"
    "facts = ( { name = \"title\"; type = \"text\"; where = \"opening\"; patterns = [ \"(?<value>report)\" "
    "]; } );\n"
    "running = [ \"x\" ]; ending = [ \"y\" ]; contents = [ \"contents\" ]; subheadings = [ \"z\" ];\n";

/* `small` with the first `old` replaced. */
static const char *changed(const char *old, const char *new)
{
    const char *at = strstr(small, old);
    assert_non_null(at);
    return assay_arena_printf(arena, "%.*s%s%s", (int)(at - small), small, new, at + strlen(old));
}

static int read_text(const char *text, struct assay_profile **profile, struct assay_error *error)
{
    *error = (struct assay_error){{0}};
    scratch_put_file("p.cfg", text);
    return assay_profile_read("p.cfg", arena, profile, error);
}

static void test_small(void **state)
{
    (void)state;
    struct assay_profile *p;
    struct assay_error error;
    if (read_text(small, &p, &error))
        fail_msg("%s", error.text);
    assert_string_equal(assay_profile_id(p), "small");
    assert_int_equal(strlen(assay_profile_sha256(p)), 64);
}

/* The least that a profile needs. */
static void test_least(void **state)
{
    (void)state;
    struct assay_profile *p;
    struct assay_error error;
    if (read_text("id = \"p\"; label = \"P\"; recognised_by = [ \"^p\" ];"
                  "areas = ( { id = \"rest\"; role = \"background\"; label = \"R\"; } );"
                  "frameworks = ( { id = \"p\"; framework = \"p\"; label = \"P\"; } );",
                  &p, &error))
        fail_msg("%s", error.text);
}

static void test_shipped(void **state)
{
    (void)state;
    struct assay_profile *p;
    struct assay_error error = {{0}};
    static const char *const ids[] = {"ofsted-childrens-services", "ofsted-area-send"};
    for (size_t i = 0; i < 2; i++) {
        const char *path = assay_arena_printf(arena, "conf/profiles/%s.cfg", ids[i]);
        if (assay_profile_read(source_path(arena, path), arena, &p, &error))
            fail_msg("%s", error.text);
        assert_string_equal(assay_profile_id(p), ids[i]);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *old, *new, *message; /* "*": whatever config.h says */
    } cases[] = {
        {"recognised_by = [ \"^report\" ];", "", "p.cfg"},
        {"id = \"small\"", "id = \"Small one\"", "p.cfg:1: the profile \"Small one\" is no id"},
        {"subheadings", "subheading", "p.cfg:14:"},
        {"role = \"judged\"", "role = \"graded\"",
         "p.cfg:3: \"graded\" is no role of an area: use judged, summary, improvements or background"},
        {"role = \"background\"", "role = \"summary\"",
         "no area has the role \"background\": the title page needs one"},
        {"id = \"rest\"", "id = \"one\"", "p.cfg:5: the area \"one\" is there twice"},
        {"id = \"one\"; role", "id = \"\"; role", "p.cfg:3: the area \"\" is no id"},
        {"label = \"One\";", "label = \"One\"; items = \"marked\";",
         "p.cfg:3: \"items\" is for areas with the role \"improvements\" alone"},
        {"label = \"One\";", "label = \"One\"; beside = [ \"who\" ];",
         "p.cfg:3: \"beside\" is for areas with the role \"improvements\" alone"},
        {"role = \"judged\"", "role = \"improvements\"; items = \"sentences\"",
         "p.cfg:3: \"sentences\" is no kind of items: use marked or paragraphs"},
        {"role = \"judged\"", "role = \"improvements\"; beside = [ \"(\" ]",
         "p.cfg:3: the pattern is no regular expression"},
        {"role = \"judged\"", "role = \"judged\"; item = \"marked\"",
         "p.cfg:3: an area has no key \"item\"; did you mean \"items\"?"},
        {"area = \"rest\"", "area = \"res\"", "p.cfg:4: there is no area \"res\"; did you mean \"rest\"?"},
        {"area = \"rest\"", "area = \"quite another\"", "p.cfg:4: there is no area \"quite another\""},
        {"headings = [ \"one\" ]", "headings = [ \"one\", \"(\" ]",
         "p.cfg:3: the pattern is no regular expression: missing closing parenthesis at character 2: ("},
        {"headings = [ \"more\" ]", "heading = [ \"more\" ]", "p.cfg:4:"},
        {"headings = [ \"more\" ]", "headings = [ \"*\" ]", "p.cfg:4: the pattern is no regular expression"},
        {"rank = 2", "rank = -1", "p.cfg:6:"},
        {"rank = 2", "rank = \"2\"", "p.cfg:6:"},
        {"id = \"bad\"", "id = \"good\"", "p.cfg:7: the grade \"good\" is there twice"},
        {"id = \"bad\"", "id = \"b d\"", "p.cfg:7: the grade \"b d\" is no id"},
        {"\"very good\"", "\"GOOD\"", "p.cfg:6: the form \"GOOD\" is there twice"},
        {"\"very good\"", "\"\"", "p.cfg:6: a printed form of a grade is empty"},
        {"forms = [ \"bad\" ]", "forms = [ \"Very Good\" ]",
         "p.cfg:7: the form \"Very Good\" is there twice"},
        {"\": {grade}\"", "\"[{grade}\"", "p.cfg:8: the pattern is no regular expression"},
        {"judgements = ( {", "judgements = ( { area = \"one\"; labels = [ \"1\" ]; }, {",
         "p.cfg:9: the judgement \"one\" is there twice"},
        {"area = \"one\"; labels", "area = \"One\"; labels", "p.cfg:9: the judgement \"One\" is no id"},
        {"labels = [ \"one\" ]", "labels = [ \"one\", \")\" ]",
         "p.cfg:9: the pattern is no regular expression"},
        {"labels = [ \"one\" ]", "label = [ \"one\" ]", "p.cfg:9:"},
        {"id = \"v1\"", "id = \"V1\"", "p.cfg:10: the framework version \"V1\" is no id"},
        {"framework = \"v\"", "framework = \"\"", "p.cfg:10: the framework \"\" is no id"},
        {"titles = [ \"^report\" ]", "titles = [ \"^(report\" ]",
         "p.cfg:10: the pattern is no regular expression"},
        {"titles = ", "title = ", "p.cfg:10:"},
        {"from = \"2001-02-03\"", "from = \"2001-02-30\"",
         "p.cfg:10: \"2001-02-30\" is no day: write YYYY-MM-DD"},
        {"from = \"2001-02-03\"", "until = \"soon\"", "p.cfg:10: \"soon\" is no day: write YYYY-MM-DD"},
        {"rows = [ \"one\" ]", "rows = [ \"two\" ]", "p.cfg:11: there is no judgement \"two\""},
        {"rows = [ \"one\" ]", "without_rows = [ \"two\" ]", "p.cfg:11: there is no judgement \"two\""},
        {"judges = [ \"one\" ]", "judges = [ \"ones\" ]",
         "p.cfg:11: there is no judgement \"ones\"; did you mean \"one\"?"},
        {"after_table = \"rest\"", "after_table = \"end\"", "p.cfg:11: there is no area \"end\""},
        {"joint = ( { area = \"one\"", "joint = ( { area = \"two\"",
         "p.cfg:11: there is no judgement \"two\""},
        {"with = \"one\"", "with = \"two\"", "p.cfg:11: there is no judgement \"two\""},
        {"with = \"one\"", "and = \"one\"", "p.cfg:11:"},
        {"statements = ( { area = \"one\"", "statements = ( { area = \"two\"",
         "p.cfg:12: there is no judgement \"two\""},
        {"where = \"opening\"; patterns = [ \"is", "where = \"there\"; patterns = [ \"is",
         "p.cfg:12: \"there\" is no place: use opening or anywhere"},
        {"\"is {grade}\"", "\"is good\"", "p.cfg:12: the pattern has no {grade}"},
        {"\"is {grade}\"", "\"is {grade\"", "p.cfg:12: the pattern has no {grade}"},
        {"statements = ( {", "statements = ( { when = 1; ", "p.cfg:12:"},
        {"frameworks = ( { id", "frameworks = (); aframeworks = ( { id", "p.cfg:10:"},
        {"name = \"title\"", "name = \"provider_id\"",
         "p.cfg:13: the fact \"provider_id\" is found by assay itself: give yours another name"},
        {"name = \"title\"", "name = \"the title\"", "p.cfg:13: the fact \"the title\" is no id"},
        {"type = \"text\"", "type = \"date\"",
         "p.cfg:13: \"date\" is no type of a fact: use text, first_date or last_date"},
        {"where = \"opening\"; patterns = [ \"(?<value>", "where = \"\"; patterns = [ \"(?<value>",
         "p.cfg:13: \"\" is no place: use opening or anywhere"},
        {"\"(?<value>report)\"", "\"(report)\"", "p.cfg:13: the pattern has no group (?<value>...)"},
        {"\"(?<value>report)\"", "\"(?<value>report\"", "p.cfg:13: the pattern is no regular expression"},
        {"facts = ( {", "facts = ( { kind = 1;", "p.cfg:13:"},
        {"running = [ \"x\" ]", "running = [ \"x(\" ]", "p.cfg:14: the pattern is no regular expression"},
        {"ending = [ \"y\" ]", "ending = [ \"y(\" ]", "p.cfg:14: the pattern is no regular expression"},
        {"contents = [ \"contents\" ]", "contents = [ \"(\" ]",
         "p.cfg:14: the pattern is no regular expression"},
        {"subheadings = [ \"z\" ]", "subheadings = [ \"z\", \"[\" ]",
         "p.cfg:14: the pattern is no regular expression"},
        {"subheadings = [ \"z\" ]", "table_headers = [ \"\\\\\" ]",
         "p.cfg:14: the pattern is no regular expression"},
        {"^report\" ];\nareas", "^(report\" ];\nareas", "p.cfg:1: the pattern is no regular expression"},
        {"areas = (", "areas = ((", "p.cfg"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay_profile *p;
        struct assay_error error;
        if (!read_text(changed(cases[i].old, cases[i].new), &p, &error))
            fail_msg("read, though \"%s\" became \"%s\"", cases[i].old, cases[i].new);
        if (!strstr(error.text, cases[i].message))
            fail_msg("\"%s\" became \"%s\": %s", cases[i].old, cases[i].new, error.text);
    }
}

static void test_no_file(void **state)
{
    (void)state;
    struct assay_profile *p;
    struct assay_error error = {{0}};
    assert_int_equal(assay_profile_read("none.cfg", arena, &p, &error), -1);
    assert_non_null(strstr(error.text, "none.cfg"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small),   cmocka_unit_test(test_least),   cmocka_unit_test(test_shipped),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_no_file),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_clean);
}
