/* Memory by region: whatever belongs to a report or to a run is taken from its arena and freed with it.
 * There is no out-of-memory return: an arena that gets no memory jumps to where it was told to. */
#ifndef ASSAY_CORE_ARENA_H
#define ASSAY_CORE_ARENA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#define ASSAY_NEVER_NULL __attribute__((returns_nonnull))

/* One region. Owned by whoever made it; everything taken from it lives until reset or free. */
struct assay_arena;

/* `out_of_memory` is where allocation jumps (with value 1) when there is no memory left; it outlives the
 * arena. NULL is returned only if the arena itself can't be made. */
struct assay_arena *assay_arena_new(jmp_buf *out_of_memory);
/* The same, and the first n bytes come from `memory`, which is zeroed, aligned for any type, the caller's,
 * and outlives the arena. */
struct assay_arena *assay_arena_new_in(void *memory, size_t n, jmp_buf *out_of_memory);
enum { ASSAY_HUGE_PAGE = 2 << 20 /* bytes */ };
/* n bytes, zeroed, in huge pages where the system gives such, from the beginning of one on, for the rest of
 * the process's life. For what many forked processes read or write: each would find its way to every small
 * page anew. NULL: there are none. */
void *assay_huge_pages(size_t n_bytes);
/* Changes where it jumps: in a forked process the old place is another process's. */
void assay_arena_jump_to(struct assay_arena *, jmp_buf *out_of_memory);
void assay_arena_reset(struct assay_arena *);
void assay_arena_free(struct assay_arena *);

/* Calls end(what) when the arena is reset or freed, what was asked for last first: for what an arena's things
 * hold elsewhere. Ask before `what` takes it, so that a jump in between loses nothing. */
void assay_arena_at_end(struct assay_arena *, void (*end)(void *what), void *what);

/* Zeroed, aligned for any type. n may be 0. */
ASSAY_NEVER_NULL void *assay_arena_alloc(struct assay_arena *, size_t n_bytes);
/* The same, but NULL where there is none left. */
void *assay_arena_try(struct assay_arena *, size_t n_bytes);
/* n elements of a size; overflow counts as out of memory. */
ASSAY_NEVER_NULL void *assay_arena_array(struct assay_arena *, size_t n, size_t element);
/* A copy with a NUL at its end. */
ASSAY_NEVER_NULL char *assay_arena_copy(struct assay_arena *, const char *text, size_t n_bytes);
ASSAY_NEVER_NULL char *assay_arena_text(struct assay_arena *, const char *text);
ASSAY_NEVER_NULL char *assay_arena_printf(struct assay_arena *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Ends as an allocation that fails does, for what took its memory elsewhere. */
_Noreturn void assay_arena_starve(struct assay_arena *);
/* Bytes handed out since it was made or reset. */
size_t assay_arena_used(const struct assay_arena *);

/* An array that grows by doubling: makes room for one more element after *n of *capacity. */
#define ASSAY_GROW(arena, array, n, capacity)                                                                \
    ((array) && (n) < (capacity)                                                                             \
         ? (void)0                                                                                           \
         : (void)((array) = assay_arena_grow((arena), (array), (n), &(capacity), sizeof *(array))))
ASSAY_NEVER_NULL void *assay_arena_grow(struct assay_arena *, const void *array, uint32_t n,
                                        uint32_t *capacity, size_t element);

/* Bytes that grow; `p` always ends in a NUL that n doesn't count. Set `arena`, leave the rest 0. */
struct assay_buffer {
    struct assay_arena *arena;
    char *p;
    size_t n, capacity;
};
void assay_buffer_add(struct assay_buffer *, const void *bytes, size_t n);
void assay_buffer_text(struct assay_buffer *, const char *text);
void assay_buffer_printf(struct assay_buffer *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
