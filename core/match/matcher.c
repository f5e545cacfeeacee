/* The automaton: all patterns as one tree of atoms and gaps, and the pass over a report that walks it from
 * every token that can begin a pattern.
 *
 * A branch leads from a node by an atom, or by a gap to a node that any word keeps alive for a while. Since a
 * node has one parent, a walk holds it at most once; how many words a gap has let through is a bit mask, so a
 * walk never takes more steps per token than the tree has nodes, whatever the text. What a word satisfies is
 * looked up once per type (atoms.h). For nearly all tokens that is: nothing, one look into an array. */
#include "match/pattern.h"
#include "match/atoms.h"
#include "match/settle.h"

#include <stdlib.h>
#include <string.h>

/* A set of atoms by two hashes of each: what isn't in it, isn't there; what is, may be. One look spares
 * nearly all looks for a branch. */
struct mask {
    uint64_t a, b;
};

static struct mask mask_of(uint32_t atom)
{
    return (struct mask){UINT64_C(1) << atom % 64, UINT64_C(1) << (atom * UINT32_C(0x9E3779B1) >> 26)};
}

static void mask_add(struct mask *m, uint32_t atom)
{
    struct mask one = mask_of(atom);
    m->a |= one.a;
    m->b |= one.b;
}

static bool masks_meet(struct mask x, struct mask y) { return x.a & y.a && x.b & y.b; }

/* Node 0 is the root; 0 as a number of a node, acceptance or list is none. */
struct node {
    struct mask atoms;       /* of its branches */
    uint32_t twigs, n_twigs; /* its branches once more: m->twig[twigs ...], by their atoms */
    uint32_t accepts;
    uint32_t first_gap, next_gap; /* the gaps that begin here; the next one beside this gap */
    uint32_t least;               /* words that a gap lets through at least; 0 for others */
    uint32_t room;                /* a bit for every number of words, 0 to the most; 1 for others */
    bool in_clause;               /* a gap that ends at a comma, a semicolon or a colon */
};

struct branch {
    uint32_t node, atom, child; /* child 0: a free place */
};

/* A branch as the pass looks for it: beside the others of its node, so that a node that many words reach
 * stays in the processor's cache with all its branches. */
struct twig {
    uint32_t atom, child;
};

struct accept {
    struct assay_pattern_of of;
    uint32_t next;
};

/* A node that a walk has reached; bit k of `let_through` is set: by way of k words in its gap. */
struct live {
    uint32_t node, let_through;
};

/* Of a type: lists in `pool`, each its length and its members; 0: empty. */
struct class
{
    uint32_t starts;   /* nodes that the word leads to from the root */
    uint32_t inner;    /* atoms of it that stand in patterns elsewhere than at the beginning */
    struct mask atoms; /* these */
};

struct assay_matcher {
    struct assay_arena *arena;
    struct assay_types *types;
    struct assay_atoms *atoms;
    struct node *node;
    uint32_t n_nodes, nodes_space;
    struct branch *branch; /* hashed; a power of two places, at most half of them taken */
    uint32_t n_branches, branch_places;
    struct twig *twig; /* set by assay_matcher_compile() */
    struct accept *accept;
    uint32_t n_accepts, accepts_space;
    uint8_t *is_inner; /* per atom */
    uint32_t n_atoms, atoms_space;
    uint32_t n_groups;
    struct class *class;
    uint32_t n_classes, classes_space;
    uint32_t *pool;
    uint32_t n_pool, pool_space;
    uint8_t *parted;         /* per token of the report: a clause may end before it */
    struct live *now, *then; /* room for a walk: the nodes reached by the last token, and by this one */
    uint32_t *place;         /* per node: where it stands in `then`, if it does */
    uint32_t n_then;
};

/* ---- building the tree -------------------------------------------------------------------------------- */

static uint32_t new_node(struct assay_matcher *m, struct node node)
{
    ASSAY_GROW(m->arena, m->node, m->n_nodes, m->nodes_space);
    m->node[m->n_nodes] = node;
    return m->n_nodes++;
}

static void new_branches(struct assay_matcher *m, uint32_t places)
{
    m->branch_places = places;
    m->branch = assay_arena_array(m->arena, places, sizeof *m->branch);
}

struct assay_matcher *assay_matcher_new(struct assay_arena *arena, struct assay_types *types)
{
    struct assay_matcher *m = assay_arena_alloc(arena, sizeof *m);
    m->arena = arena;
    m->types = types;
    m->atoms = assay_atoms_new(arena, types);
    new_node(m, (struct node){.room = 1});
    new_branches(m, 1024);
    ASSAY_GROW(arena, m->accept, m->n_accepts, m->accepts_space);
    ASSAY_GROW(arena, m->pool, m->n_pool, m->pool_space);
    m->n_accepts = m->n_pool = 1; /* number 0 is none */
    return m;
}

/* The branch, or the free place where it belongs. */
static struct branch *find(const struct assay_matcher *m, uint32_t node, uint32_t atom)
{
    uint64_t h = ((uint64_t)node << 32 | atom) * UINT64_C(0x9E3779B97F4A7C15);
    for (uint32_t i = (uint32_t)(h >> 32);; i++) {
        struct branch *b = &m->branch[i & (m->branch_places - 1)];
        if (!b->child || (b->node == node && b->atom == atom))
            return b;
    }
}

static void widen(struct assay_matcher *m)
{
    const struct branch *old = m->branch;
    uint32_t n = m->branch_places;
    new_branches(m, n * 2);
    for (uint32_t i = 0; i < n; i++)
        if (old[i].child)
            *find(m, old[i].node, old[i].atom) = old[i];
}

static uint32_t branch_word(struct assay_matcher *m, uint32_t node, const char *text)
{
    uint32_t atom = assay_atoms_add(m->atoms, text);
    if (atom == m->n_atoms) {
        ASSAY_GROW(m->arena, m->is_inner, m->n_atoms, m->atoms_space);
        m->is_inner[m->n_atoms++] = 0;
    }
    m->is_inner[atom] |= node != 0;
    uint32_t child = find(m, node, atom)->child;
    if (child)
        return child;
    if (++m->n_branches > m->branch_places / 2)
        widen(m);
    child = new_node(m, (struct node){.room = 1});
    mask_add(&m->node[node].atoms, atom);
    *find(m, node, atom) = (struct branch){node, atom, child};
    return child;
}

static uint32_t branch_gap(struct assay_matcher *m, uint32_t node, uint32_t least, uint32_t most,
                           bool in_clause)
{
    uint32_t room = (UINT32_C(2) << most) - 1;
    for (uint32_t gap = m->node[node].first_gap; gap; gap = m->node[gap].next_gap)
        if (m->node[gap].least == least && m->node[gap].room == room && m->node[gap].in_clause == in_clause)
            return gap;
    uint32_t next = m->node[node].first_gap;
    uint32_t gap =
        new_node(m, (struct node){.least = least, .room = room, .next_gap = next, .in_clause = in_clause});
    m->node[node].first_gap = gap;
    return gap;
}

static void accept_at(struct assay_matcher *m, uint32_t node, const struct assay_pattern_of *what)
{
    for (uint32_t i = m->node[node].accepts; i; i = m->accept[i].next) {
        const struct assay_pattern_of *a = &m->accept[i].of;
        if (a->group == what->group && a->entry == what->entry && a->list == what->list &&
            a->exception == what->exception)
            return;
    }
    ASSAY_GROW(m->arena, m->accept, m->n_accepts, m->accepts_space);
    m->accept[m->n_accepts] = (struct accept){*what, m->node[node].accepts};
    m->node[node].accepts = m->n_accepts++;
}

/* Adds every path of a pattern from `item` on, below `node`. */
static void add_paths(struct assay_matcher *m, const struct assay_item *item, uint32_t node,
                      const struct assay_pattern_of *what)
{
    for (; item; item = item->next) {
        if (item->kind == ASSAY_ITEM_WORD) {
            node = branch_word(m, node, item->text);
        } else if (item->kind == ASSAY_ITEM_GAP) {
            node = branch_gap(m, node, item->least, item->most, what->in_clause);
        } else if (item->kind == ASSAY_ITEM_FORK) {
            for (uint32_t i = 0; i < item->n_alternatives; i++)
                add_paths(m, item->alternative[i].first, node, what);
            return;
        }
    }
    accept_at(m, node, what);
}

int assay_matcher_add(struct assay_matcher *m, const char *pattern, const struct assay_pattern_of *what,
                      struct assay_error *error)
{
    const struct assay_item *first = assay_pattern_parse(pattern, m->arena, error);
    if (!first)
        return -1;
    add_paths(m, first, 0, what);
    if (what->group >= m->n_groups)
        m->n_groups = what->group + 1;
    return 0;
}

/* ---- classes of types --------------------------------------------------------------------------------- */

static void pool_add(struct assay_matcher *m, uint32_t *list, uint32_t member)
{
    if (!*list) {
        ASSAY_GROW(m->arena, m->pool, m->n_pool, m->pool_space);
        *list = m->n_pool;
        m->pool[m->n_pool++] = 0;
    }
    ASSAY_GROW(m->arena, m->pool, m->n_pool, m->pool_space);
    m->pool[m->n_pool++] = member;
    m->pool[*list]++;
}

/* Gives a class to every type that came since the last time. */
static void classify(struct assay_matcher *m)
{
    uint32_t n_types = assay_types_count(m->types);
    for (uint32_t type = m->n_classes; type < n_types; type++) {
        struct class c = {0};
        const uint32_t *atoms;
        uint32_t n = assay_atoms_of(m->atoms, type, &atoms);
        for (uint32_t i = 0; i < n; i++) {
            uint32_t start = find(m, 0, atoms[i])->child;
            if (start)
                pool_add(m, &c.starts, start);
        }
        for (uint32_t i = 0; i < n; i++)
            if (m->is_inner[atoms[i]]) {
                pool_add(m, &c.inner, atoms[i]);
                mask_add(&c.atoms, atoms[i]);
            }
        ASSAY_GROW(m->arena, m->class, m->n_classes, m->classes_space);
        m->class[m->n_classes++] = c;
    }
}

static void make_room(struct assay_matcher *m)
{
    m->now = assay_arena_array(m->arena, m->n_nodes, sizeof *m->now);
    m->then = assay_arena_array(m->arena, m->n_nodes, sizeof *m->then);
    m->place = assay_arena_array(m->arena, m->n_nodes, sizeof *m->place);
}

/* As the matcher was before it moved. What is written behind the end of its lists is written anew. */
struct before {
    struct assay_matcher *matcher, was;
};

static void move_back(void *what)
{
    const struct before *b = what;
    *b->matcher = b->was;
}

void assay_matcher_move(struct assay_matcher *m, struct assay_arena *arena)
{
    struct before *before = assay_arena_alloc(arena, sizeof *before);
    *before = (struct before){m, *m};
    assay_arena_at_end(arena, move_back, before);
    m->arena = arena;
    make_room(m);
}

static int by_atom(const void *x, const void *y)
{
    uint32_t a = ((const struct twig *)x)->atom, b = ((const struct twig *)y)->atom;
    return (a > b) - (a < b);
}

static void sort_branches(struct assay_matcher *m)
{
    uint32_t n = 0;
    m->twig = assay_arena_array(m->arena, m->n_branches, sizeof *m->twig);
    for (uint32_t i = 0; i < m->branch_places; i++)
        m->node[m->branch[i].node].n_twigs += m->branch[i].child != 0;
    for (uint32_t i = 0; i < m->n_nodes; i++) {
        m->node[i].twigs = n;
        n += m->node[i].n_twigs;
        m->node[i].n_twigs = 0;
    }
    for (uint32_t i = 0; i < m->branch_places; i++) {
        const struct branch *b = &m->branch[i];
        if (b->child)
            m->twig[m->node[b->node].twigs + m->node[b->node].n_twigs++] = (struct twig){b->atom, b->child};
    }
    for (uint32_t i = 0; i < m->n_nodes; i++)
        qsort(m->twig + m->node[i].twigs, m->node[i].n_twigs, sizeof *m->twig, by_atom);
}

void assay_matcher_compile(struct assay_matcher *m)
{
    make_room(m);
    sort_branches(m);
    classify(m); /* the words of patterns, before the process forks */
}

/* ---- the pass ----------------------------------------------------------------------------------------- */

/* A node is in `then` already only where it is a gap that both goes on and begins anew. */
static void put(struct assay_matcher *m, uint32_t node, uint32_t let_through)
{
    uint32_t i = m->place[node];
    if (i < m->n_then && m->then[i].node == node) {
        m->then[i].let_through |= let_through;
        return;
    }
    m->place[node] = m->n_then;
    m->then[m->n_then++] = (struct live){node, let_through};
}

/* A walk through a sentence. */
struct walk {
    uint32_t token;     /* where it began */
    uint32_t end;       /* behind the token that it is at */
    struct mask coming; /* the atoms of the token at `end`; none: the sentence ends there */
    struct assay_settle *settle;
};

/* The node that an atom leads to; 0: none. */
static uint32_t child_of(const struct assay_matcher *m, const struct node *node, uint32_t atom)
{
    const struct twig *first = m->twig + node->twigs;
    uint32_t n = node->n_twigs;
    while (n > 1) {
        uint32_t half = n / 2;
        first += first[half].atom <= atom ? half : 0;
        n -= half;
    }
    return n && first->atom == atom ? first->child : 0;
}

/* It reaches a node with the token that it is at. A node that is no gap lives for one token. */
static void reach(struct assay_matcher *m, uint32_t node, const struct walk *w)
{
    const struct node *here = &m->node[node];
    for (uint32_t i = here->accepts; i; i = m->accept[i].next)
        assay_settle_add(w->settle, &m->accept[i].of, w->token, w->end);
    if (masks_meet(here->atoms, w->coming))
        put(m, node, 1);
    for (uint32_t gap = here->first_gap; gap; gap = m->node[gap].next_gap)
        put(m, gap, 1);
}

static void step(struct assay_matcher *m, const struct live *live, const struct class *class,
                 const struct walk *w)
{
    const struct node *here = &m->node[live->node];
    if (masks_meet(here->atoms, class->atoms) && live->let_through >> here->least) {
        const uint32_t *inner = m->pool + class->inner;
        for (uint32_t i = 1; i <= inner[0]; i++) {
            if (!masks_meet(here->atoms, mask_of(inner[i])))
                continue;
            uint32_t child = child_of(m, here, inner[i]);
            if (child)
                reach(m, child, w);
        }
    }
    uint32_t let_through = live->let_through << 1 & here->room;
    if (let_through)
        put(m, live->node, let_through);
}

/* Whether a clause may end between each token and the one before it. */
static void find_parted(struct assay_matcher *m, const struct assay_report *r, struct assay_arena *arena)
{
    m->parted = assay_arena_alloc(arena, r->n_tokens);
    for (uint32_t t = 1; t < r->n_tokens; t++)
        for (uint32_t at = r->token_end[t - 1]; at < r->token_begin[t]; at++)
            m->parted[t] |= r->text[at] == ',' || r->text[at] == ';' || r->text[at] == ':';
}

static struct mask atoms_at(const struct assay_matcher *m, const uint32_t *type, uint32_t t, uint32_t end)
{
    return t < end ? m->class[type[t]].atoms : (struct mask){0, 0};
}

/* All matches that begin at `token`, in a sentence that ends before `end`. */
static void walk(struct assay_matcher *m, const uint32_t *type, const uint32_t *starts, uint32_t token,
                 uint32_t end, struct assay_settle *settle)
{
    struct walk w = {token, token + 1, atoms_at(m, type, token + 1, end), settle};
    m->n_then = 0;
    for (uint32_t i = 1; i <= starts[0]; i++)
        reach(m, starts[i], &w);
    for (uint32_t t = token + 1; t < end && m->n_then; t++) {
        struct live *reached = m->then;
        uint32_t n = m->n_then;
        m->then = m->now;
        m->now = reached;
        m->n_then = 0;
        w.end = t + 1;
        w.coming = atoms_at(m, type, t + 1, end);
        for (uint32_t i = 0; i < n; i++)
            if (!m->parted[t] || !m->node[reached[i].node].in_clause)
                step(m, &reached[i], &m->class[type[t]], &w);
    }
}

const struct assay_hits *assay_matcher_search(struct assay_matcher *m, const struct assay_report *report,
                                              struct assay_arena *arena)
{
    struct assay_settle settle = {.arena = arena};
    const uint32_t *type = report->token_type;
    classify(m);
    find_parted(m, report, arena);
    for (uint32_t s = 0; s < report->n_sentences; s++) {
        uint32_t end = report->sentence_first_token[s + 1];
        for (uint32_t t = report->sentence_first_token[s]; t < end; t++) {
            uint32_t list = m->class[type[t]].starts;
            if (list)
                walk(m, type, m->pool + list, t, end, &settle);
        }
        assay_settle_sentence(&settle, s);
    }
    return assay_settle_hits(&settle, m->n_groups);
}
