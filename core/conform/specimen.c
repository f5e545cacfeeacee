/* Scripts, and how a report is made of one. */
#include "conform/specimen.h"

#include "model/report.h"

#include <stdalign.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- the scripts --------------------------------------------------------------------------------------- */

const char assay_specimen_dictionary[] =
    "version = \"1\";\n"
    "entries = (\n"
    "  { id = \"support\"; label = \"Support\"; definition = \"Support that is given\";\n"
    "    terms = [ \"support*\", \"help {for|to} <0-3> families\" ]; except = [ \"support worker*\" ]; },\n"
    "  { id = \"delay\"; label = \"Delay\"; definition = \"What takes too long\";\n"
    "    terms = [ \"delay*\", \"drift\", \"wait* too long\" ]; }\n"
    ");\n";

const char assay_specimen_text[] = "A text of two lines.\nThis is the second.\n";

static const char common[] =
    "@ background background\n"
    "# Westmark Borough Council\n"
    "| Overall effectiveness\n"
    "| Good\n"
    "@ summary summary\n"
    "# Executive summary\n"
    "1. Services for children in Westmark are good. Support is well matched to what families need, although "
    "some children wait too long for help.\n"
    "@ help judged\n"
    "# The experiences of children who need help\n"
    "2. Most families receive timely support. Social workers visit children regularly, know them well and "
    "listen to what they say.\n"
    "3. In a minority of cases assessments are not thorough, and there is delay in 3 of 12 cases that were "
    "seen. Managers don't always challenge this.\n"
    "- Support workers meet new families within five days.\n"
    "- Fathers aren't included in most assessments.\n"
    "^ 1 The figures are the council's own.\n"
    "\f@ care judged\n"
    "# The experiences of children in care\n"
    "4. Children in care live in stable homes. Their health is checked each year, and most of them do well "
    "at school; a few don't.\n"
    "5. Drift and delay are rare. However, supervision of social workers is irregular, and records of it "
    "lack detail.\n"
    "A young person told inspectors: \xE2\x80\x98I am listened to.\xE2\x80\x99 Others weren\xE2\x80\x99t as "
    "sure.\n"
    "@ leaders judged\n"
    "# The impact of leaders\n"
    "6. Leaders know their services well. Caseloads are high in two teams: leaders have plans to reduce "
    "them.\n"
    "7. There has been strong investment in the workforce, but vacancies remain in the front door team.\n"
    "@ improvements improvements\n"
    "# What needs to improve\n"
    "- The timeliness of assessments.\n"
    "- The quality and regularity of supervision.\n";

static const char wordless[] =
    "@ help judged\n\xE2\x80\x93 \xE2\x80\xA6 !\n1. ?\n- \xE2\x80\xA2 \xE2\x80\xA2\n";

static const char right_to_left[] =
    "@ help judged\n"
    "# \xD7\xA2\xD7\x96\xD7\xA8\xD7\x94 \xD7\x9C\xD7\x99\xD7\x9C\xD7\x93\xD7\x99\xD7\x9D\n"
    "1. \xD7\x94\xD7\x99\xD7\x9C\xD7\x93\xD7\x99\xD7\x9D \xD7\x9E\xD7\xA7\xD7\x91\xD7\x9C\xD7\x99\xD7\x9D "
    "\xD7\xA2\xD7\x96\xD7\xA8\xD7\x94 \xD7\x98\xD7\x95\xD7\x91\xD7\x94.\n"
    "2. \xD9\x8A\xD8\xAD\xD8\xB5\xD9\x84 \xD8\xA7\xD9\x84\xD8\xA3\xD8\xB7\xD9\x81\xD8\xA7\xD9\x84 "
    "\xD8\xB9\xD9\x84\xD9\x89 \xD8\xAF\xD8\xB9\xD9\x85 \xD8\xAC\xD9\x8A\xD8\xAF\xD8\x8C and support.\n";

/* A family of four in one sign, a flag, a keycap, a letter under many marks. */
static const char emoji[] =
    "@ help judged\n"
    "1. Children \xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7\xE2\x80\x8D"
    "\xF0\x9F\x91\xA6 are safe \xF0\x9F\x98\x80\xF0\x9F\x98\x80. \xF0\x9F\x87\xAC\xF0\x9F\x87\xA7 "
    "1\xEF\xB8\x8F"
    "\xE2\x83\xA3 support!\n"
    "2. \xF0\x9F\x98\x80\n"
    "3. z\xCC\x81\xCC\x82\xCC\x83\xCC\x84\xCC\x85\xCC\x86\xCC\x87\xCC\x88\xCC\x8A\xCC\x8B delay.\n";

static const char marks[] = "@ help judged\n"
                            "1. =SUM(A1) \"quoted\", it said; <b>support</b> & 100% \\n of it.\n"
                            "2. @delay, +1, -1 %s%n%d ${HOME} `x` '; drop table reports; --\n"
                            "3. \xC2\xA0 \xE2\x80\xA8 a\tb ,,, \"\"\" .\n";

static const char *one_sentence(struct assay_arena *a)
{
    return assay_arena_text(a, "@ help judged\nSupport.\n");
}

/* 10,000 sentences in 100 paragraphs. */
static const char *many_sentences(struct assay_arena *a)
{
    struct assay_buffer b = {.arena = a};
    assay_buffer_text(&b, "@ help judged\n");
    for (unsigned i = 0; i < 10000; i++) {
        if (i % 100 == 0)
            assay_buffer_printf(&b, "%s%u. ", i ? "\n" : "", i / 100 + 1);
        assay_buffer_printf(&b, "%s",
                            i % 3 ? "Most families receive timely support. "
                                  : "There is delay in some of the assessments that were seen. ");
    }
    assay_buffer_text(&b, "\n");
    return b.p;
}

static const char *long_sentence(struct assay_arena *a)
{
    struct assay_buffer b = {.arena = a};
    assay_buffer_text(&b, "@ help judged\n1. Families");
    for (unsigned i = 0; i < 20000; i++)
        assay_buffer_text(&b, i % 7 ? " receive" : " support,");
    assay_buffer_text(&b, " in time.\n");
    return b.p;
}

static const char *long_word(struct assay_arena *a)
{
    struct assay_buffer b = {.arena = a};
    assay_buffer_text(&b, "@ help judged\n1. ");
    for (unsigned i = 0; i < 100000; i++)
        assay_buffer_text(&b, "a");
    assay_buffer_text(&b, " support.\n");
    return b.p;
}

static const char *many_areas(struct assay_arena *a)
{
    struct assay_buffer b = {.arena = a};
    for (unsigned i = 0; i < 200; i++)
        assay_buffer_printf(&b, "@ area_%u judged\n%u. Families in area %u receive support.\n", i, i + 1, i);
    return b.p;
}

static const char *many_blocks(struct assay_arena *a)
{
    struct assay_buffer b = {.arena = a};
    assay_buffer_text(&b, "@ help judged\n");
    for (unsigned i = 0; i < 5000; i++)
        assay_buffer_text(&b, i % 2 ? "- Support is good.\n" : "# Heading\n");
    return b.p;
}

const struct assay_specimen assay_specimens[] = {
    {.name = "common", .what = "a report as most are", .script = common},
    {.name = "empty", .what = "a report without areas, blocks or sentences", .script = ""},
    {.name = "headings",
     .what = "a report that has areas, and no sentence in them",
     .script = "@ summary summary\n# Summary\n@ help judged\n# Help\n@ background background\nEnd.\n"},
    {.name = "one_sentence", .what = "a report of one sentence of one word", .make = one_sentence},
    {.name = "wordless", .what = "a report whose sentences have no word", .script = wordless},
    {.name = "ungraded",
     .what = "a report whose judgements have no grade",
     .script = common,
     .ungraded = true},
    {.name = "factless", .what = "a report of which no fact is known", .script = common, .factless = true},
    {.name = "unknown_area",
     .what = "a sentence on its own, in an area of which nothing is known",
     .script = "@ unknown unknown\nMost families receive timely support.\n"},
    {.name = "many_sentences", .what = "a report of 10,000 sentences", .make = many_sentences},
    {.name = "long_sentence", .what = "a report with a sentence of 20,000 words", .make = long_sentence},
    {.name = "long_word", .what = "a report with a word of 100,000 letters", .make = long_word},
    {.name = "many_areas", .what = "a report of 200 areas", .make = many_areas},
    {.name = "many_blocks", .what = "a report of 5,000 blocks, each second a heading", .make = many_blocks},
    {.name = "right_to_left", .what = "a report in Hebrew and Arabic", .script = right_to_left},
    {.name = "emoji", .what = "a report with emoji and stacked marks", .script = emoji},
    {.name = "marks", .what = "a report full of signs that mean something elsewhere", .script = marks},
    {0}};

/* ---- from script to report ------------------------------------------------------------------------------
 */

/* Columns that grow row by row. */
struct maker {
    struct assay_arena *arena;
    struct assay_buffer text;
    uint32_t page, n_items;
    uint32_t n_areas, area_capacity, n_blocks, block_capacity, n_sentences, sentence_capacity;
    struct made_area {
        const char *id;
        uint32_t role;
    } * area;
    struct made_block {
        uint32_t kind, area, page, begin, end, number, item, first_sentence;
    } * block;
    struct made_sentence {
        uint32_t block, page, begin, end;
    } * sentence;
};

static uint32_t role_of(const char *name, size_t n)
{
    static const char *const names[] = {[ASSAY_AREA_JUDGED] = "judged",
                                        [ASSAY_AREA_SUMMARY] = "summary",
                                        [ASSAY_AREA_IMPROVEMENTS] = "improvements",
                                        [ASSAY_AREA_BACKGROUND] = "background",
                                        [ASSAY_AREA_UNKNOWN] = "unknown"};
    uint32_t role = ASSAY_AREA_UNKNOWN;
    while (role > ASSAY_AREA_JUDGED && (strlen(names[role]) != n || strncmp(names[role], name, n) != 0))
        role--;
    return role;
}

static void add_area(struct maker *m, const char *id, size_t n, uint32_t role)
{
    ASSAY_GROW(m->arena, m->area, m->n_areas, m->area_capacity);
    m->area[m->n_areas++] = (struct made_area){assay_arena_copy(m->arena, id, n), role};
}

static void cut(struct maker *m, const struct made_block *b)
{
    uint32_t next;
    for (uint32_t at = b->begin; at < b->end; at = next) {
        next = at + 1;
        if (m->text.p[at] == ' ')
            continue;
        next = assay_sentence_next(m->text.p, at, b->end);
        ASSAY_GROW(m->arena, m->sentence, m->n_sentences, m->sentence_capacity);
        m->sentence[m->n_sentences++] = (struct made_sentence){m->n_blocks, b->page, at, next};
    }
}

static void add_block(struct maker *m, struct made_block b, const char *text, size_t n)
{
    if (!m->n_areas)
        add_area(m, "leaders", strlen("leaders"), ASSAY_AREA_JUDGED);
    uint32_t role = m->area[m->n_areas - 1].role;
    if (m->n_blocks)
        assay_buffer_text(&m->text, "\n");
    b.area = m->n_areas - 1;
    b.page = m->page;
    b.begin = (uint32_t)m->text.n;
    assay_buffer_add(&m->text, text, n);
    b.end = (uint32_t)m->text.n;
    b.first_sentence = m->n_sentences;
    b.item = b.kind == ASSAY_LIST_ITEM && role == ASSAY_AREA_IMPROVEMENTS ? ++m->n_items : 0;
    if ((b.kind == ASSAY_PARAGRAPH || b.kind == ASSAY_LIST_ITEM) && role != ASSAY_AREA_BACKGROUND)
        cut(m, &b);
    ASSAY_GROW(m->arena, m->block, m->n_blocks, m->block_capacity);
    m->block[m->n_blocks++] = b;
}

static void add_line(struct maker *m, const char *line, size_t n)
{
    static const char signs[] = "#-|^";
    static const uint32_t kinds[] = {ASSAY_HEADING, ASSAY_LIST_ITEM, ASSAY_TABLE_ROW, ASSAY_FOOTNOTE};
    if (n && *line == '\f') {
        m->page++;
        line++, n--;
    }
    const char *sign = n > 2 && line[1] == ' ' ? strchr(signs, *line) : NULL;
    char *behind;
    unsigned long number = strtoul(line, &behind, 10);
    if (n > 2 && line[0] == '@' && line[1] == ' ') {
        size_t id = strcspn(line + 2, " ");
        add_area(m, line + 2, id, role_of(line + 3 + id, n - 3 - id));
    } else if (sign) {
        add_block(m, (struct made_block){.kind = kinds[sign - signs]}, line + 2, n - 2);
    } else if (number && behind[0] == '.' && behind[1] == ' ') {
        size_t mark = (size_t)(behind - line) + 2;
        add_block(m, (struct made_block){.kind = ASSAY_PARAGRAPH, .number = (uint32_t)number}, line + mark,
                  n - mark);
    } else {
        add_block(m, (struct made_block){.kind = ASSAY_PARAGRAPH}, line, n);
    }
}

/* A column of `array`, as a report has it, with a last value. */
#define COLUMN(maker, report_column, array, n, member, last)                                                 \
    do {                                                                                                     \
        uint32_t *to_ = assay_arena_array((maker)->arena, (size_t)(n) + 1, sizeof *to_);                     \
        for (uint32_t i_ = 0; i_ < (n); i_++)                                                                \
            to_[i_] = (array)[i_].member;                                                                    \
        to_[n] = (last);                                                                                     \
        (report_column) = to_;                                                                               \
    } while (0)

static void lay_out(struct maker *m, struct assay_report *r)
{
    const char **id = assay_arena_array(m->arena, m->n_areas, sizeof *id);
    for (uint32_t i = 0; i < m->n_areas; i++)
        id[i] = m->area[i].id;
    r->area_id = id;
    COLUMN(m, r->area_role, m->area, m->n_areas, role, 0);
    COLUMN(m, r->block_kind, m->block, m->n_blocks, kind, 0);
    COLUMN(m, r->block_area, m->block, m->n_blocks, area, 0);
    COLUMN(m, r->block_page, m->block, m->n_blocks, page, 0);
    COLUMN(m, r->block_begin, m->block, m->n_blocks, begin, 0);
    COLUMN(m, r->block_end, m->block, m->n_blocks, end, 0);
    COLUMN(m, r->block_number, m->block, m->n_blocks, number, 0);
    COLUMN(m, r->block_paragraph, m->block, m->n_blocks, number, 0);
    COLUMN(m, r->block_item, m->block, m->n_blocks, item, 0);
    COLUMN(m, r->block_first_sentence, m->block, m->n_blocks, first_sentence, m->n_sentences);
    COLUMN(m, r->sentence_block, m->sentence, m->n_sentences, block, 0);
    COLUMN(m, r->sentence_page, m->sentence, m->n_sentences, page, 0);
    COLUMN(m, r->sentence_begin, m->sentence, m->n_sentences, begin, 0);
    COLUMN(m, r->sentence_end, m->sentence, m->n_sentences, end, 0);
}

struct made_judgement {
    uint32_t rank, status, page;
};

/* One for each judged area, and `overall`. */
static void judge(const struct maker *m, struct assay_report *r, bool ungraded)
{
    static const uint32_t statuses[] = {ASSAY_UNREAD, ASSAY_NOT_JUDGED, ASSAY_JOINT};
    struct assay_arena *a = m->arena;
    size_t most = (size_t)m->n_areas + 1;
    const char **area = assay_arena_array(a, most, sizeof *area),
               **grade = assay_arena_array(a, most, sizeof *grade),
               **label = assay_arena_array(a, most, sizeof *label);
    struct made_judgement *made = assay_arena_array(a, most, sizeof *made);
    uint32_t n = 0;
    for (uint32_t i = 0; i <= m->n_areas; i++) {
        if (i && m->area[i - 1].role != ASSAY_AREA_JUDGED)
            continue;
        area[n] = i ? m->area[i - 1].id : "overall";
        grade[n] = ungraded ? "" : "good";
        label[n] = ungraded ? "" : "Good";
        made[n] = ungraded ? (struct made_judgement){0, statuses[n % 3], 0}
                           : (struct made_judgement){3, ASSAY_GRADED, 1};
        n++;
    }
    r->n_judgements = m->n_areas ? n : 0;
    r->judgement_area = area;
    r->judgement_grade = grade;
    r->judgement_label = label;
    COLUMN(m, r->judgement_rank, made, n, rank, 0);
    COLUMN(m, r->judgement_status, made, n, status, 0);
    COLUMN(m, r->judgement_page, made, n, page, 0);
}

static void add_facts(struct assay_report *r)
{
    static const char *const names[] = {
        "framework", "framework_version", "profile",        "title",     "provider_printed", "provider_id",
        "provider",  "inspection_start",  "inspection_end", "published", "lead_inspector"};
    static const char *const values[] = {"ilacs",      "2018",       "specimen", "Westmark",
                                         "Westmark",   "999",        "Westmark", "2024-05-13",
                                         "2024-05-24", "2024-07-01", "A. Reader"};
    r->n_facts = sizeof names / sizeof *names;
    r->fact_name = names;
    r->fact_value = values;
}

const struct assay_report *assay_specimen_report(const struct assay_specimen *s, const char *more,
                                                 struct assay_types *types, struct assay_arena *arena)
{
    struct maker m = {.arena = arena, .text = {.arena = arena}, .page = 1};
    const char *script = s->script ? s->script : s->make(arena);
    if (script == common)
        script = assay_arena_printf(arena, "%s%s", common, more);
    assay_buffer_text(&m.text, "");
    for (size_t n; *script; script += n + (script[n] == '\n')) {
        n = strcspn(script, "\n");
        add_line(&m, script, n);
    }
    struct assay_report *r = assay_arena_alloc(arena, sizeof *r);
    *r = (struct assay_report){.size = sizeof *r,
                               .n_pages = m.page,
                               .id = "0123456789abcdef",
                               .text = m.text.p,
                               .text_bytes = (uint32_t)m.text.n,
                               .n_areas = m.n_areas,
                               .n_blocks = m.n_blocks,
                               .n_sentences = m.n_sentences};
    lay_out(&m, r);
    judge(&m, r, s->ungraded);
    if (!s->factless)
        add_facts(r);
    assay_report_add_tokens(r, types, arena);
    return r;
}

/* ---- guarded copies --------------------------------------------------------------------------------------
 */

/* n bytes at the end of pages behind which there is one that can't be touched; NULL: there is no memory. */
static char *at_the_end(size_t n, size_t *room)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    *room = (n + page - 1) / page * page;
    char *memory = mmap(NULL, *room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED || mprotect(memory + *room, page, PROT_NONE) ? NULL : memory + *room - n;
}

const void *assay_guard_bytes(const void *bytes, size_t n)
{
    size_t room;
    char *to = at_the_end(n, &room);
    if (to && n)
        memcpy(to, bytes, n);
    return to && !mprotect(to + n - room, room, PROT_READ) ? to : NULL;
}

void *assay_guard_alloc(size_t n)
{
    size_t room, aligned = (n + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
    return at_the_end(aligned, &room);
}

#define GUARD(report, member, n)                                                                             \
    ((report)->member = assay_guard_bytes((report)->member, (n) * sizeof *(report)->member))

const struct assay_report *assay_specimen_guard(const struct assay_report *report, struct assay_arena *arena)
{
    struct assay_report *r = assay_arena_alloc(arena, sizeof *r);
    *r = *report;
    size_t areas = r->n_areas, blocks = r->n_blocks, sentences = r->n_sentences, tokens = r->n_tokens;
    size_t judgements = r->n_judgements, facts = r->n_facts;
    bool whole =
        GUARD(r, text, (size_t)r->text_bytes + 1) && GUARD(r, fact_name, facts) &&
        GUARD(r, fact_value, facts) && GUARD(r, judgement_area, judgements) &&
        GUARD(r, judgement_grade, judgements) && GUARD(r, judgement_label, judgements) &&
        GUARD(r, judgement_rank, judgements) && GUARD(r, judgement_status, judgements) &&
        GUARD(r, judgement_page, judgements) && GUARD(r, area_id, areas) && GUARD(r, area_role, areas) &&
        GUARD(r, area_sentences, areas) && GUARD(r, area_words, areas) && GUARD(r, block_kind, blocks) &&
        GUARD(r, block_area, blocks) && GUARD(r, block_page, blocks) && GUARD(r, block_begin, blocks) &&
        GUARD(r, block_end, blocks) && GUARD(r, block_number, blocks) && GUARD(r, block_paragraph, blocks) &&
        GUARD(r, block_item, blocks) && GUARD(r, block_first_sentence, blocks + 1) &&
        GUARD(r, sentence_block, sentences) && GUARD(r, sentence_page, sentences) &&
        GUARD(r, sentence_begin, sentences) && GUARD(r, sentence_end, sentences) &&
        GUARD(r, sentence_first_token, sentences + 1) && GUARD(r, token_begin, tokens) &&
        GUARD(r, token_end, tokens) && GUARD(r, token_type, tokens);
    return whole ? assay_guard_bytes(r, sizeof *r) : NULL;
}
