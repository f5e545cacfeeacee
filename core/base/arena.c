/* Regions of memory, and what grows in them: arrays and buffers. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Under AddressSanitizer whatever an arena hasn't handed out is poisoned, and a gap follows all that it has,
 * so that what reads or writes past the end of one thing is told. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POISONED 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define POISONED 1
#endif
#ifdef POISONED
#include <sanitizer/asan_interface.h>
#include <sanitizer/lsan_interface.h>
enum { GAP_BYTES = 16 };
static void close_bytes(void *p, size_t n)
{
    void *volatile region = p; /* else gcc warns that what is poisoned isn't initialised */
    __asan_poison_memory_region(region, n);
}
static void open_bytes(void *p, size_t n) { __asan_unpoison_memory_region(p, n); }
/* What only such memory points to isn't leaked. */
static void may_point(const void *p, size_t n) { __lsan_register_root_region(p, n); }
#else
enum { GAP_BYTES = 0 };
static void close_bytes(void *p, size_t n) { (void)p, (void)n; }
static void open_bytes(void *p, size_t n) { (void)p, (void)n; }
static void may_point(const void *p, size_t n) { (void)p, (void)n; }
#endif

/* tests/fault makes a program of which every allocation takes memory of its own. */
#ifndef ASSAY_CHUNK_BYTES
#define ASSAY_CHUNK_BYTES (64 * 1024)
#endif
enum { CHUNK_BYTES = ASSAY_CHUNK_BYTES };

struct chunk {
    struct chunk *next;
    size_t capacity, used;
    size_t written; /* beyond, no byte was handed out: they are zero */
    bool lent;      /* the caller's memory */
    alignas(max_align_t) unsigned char bytes[];
};

struct ending {
    struct ending *next;
    void (*end)(void *what);
    void *what;
};

struct assay_arena {
    struct chunk *first;    /* the one that is filled now; older ones behind it */
    struct ending *endings; /* in the arena */
    jmp_buf *out_of_memory;
    size_t used;
};

struct assay_arena *assay_arena_new(jmp_buf *out_of_memory)
{
    struct assay_arena *a = calloc(1, sizeof *a);
    if (a)
        a->out_of_memory = out_of_memory;
    return a;
}

struct assay_arena *assay_arena_new_in(void *memory, size_t n, jmp_buf *out_of_memory)
{
    struct assay_arena *a = assay_arena_new(out_of_memory);
    struct chunk *c = memory;
    if (!a)
        return NULL;
    *c = (struct chunk){.capacity = n - sizeof *c, .lent = true};
    close_bytes(c->bytes, c->capacity);
    a->first = c;
    return a;
}

void *assay_huge_pages(size_t n)
{
    char *bytes = mmap(NULL, n + ASSAY_HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (bytes == MAP_FAILED)
        return NULL;
    bytes += ASSAY_HUGE_PAGE - 1 - ((uintptr_t)bytes - 1) % ASSAY_HUGE_PAGE;
    madvise(bytes, n, MADV_HUGEPAGE);
    may_point(bytes, n);
    return bytes;
}

void assay_arena_jump_to(struct assay_arena *a, jmp_buf *out_of_memory) { a->out_of_memory = out_of_memory; }

static void free_chunks(struct chunk *c)
{
    while (c) {
        struct chunk *next = c->next;
        if (!c->lent)
            free(c);
        c = next;
    }
}

/* All chunks but the largest are freed: what was enough before is likely to be so again. */
static void keep_largest(struct assay_arena *a)
{
    struct chunk *largest = a->first, *next;
    for (struct chunk *c = a->first; c; c = c->next)
        if (c->capacity > largest->capacity)
            largest = c;
    for (struct chunk *c = a->first; c; c = next) {
        next = c->next;
        if (c != largest && !c->lent)
            free(c);
    }
    largest->next = NULL;
    a->first = largest;
}

static void end_all(struct assay_arena *a)
{
    for (struct ending *e = a->endings; e; e = e->next)
        e->end(e->what);
    a->endings = NULL;
}

void assay_arena_reset(struct assay_arena *a)
{
    end_all(a);
    if (!a->first)
        return;
    keep_largest(a);
    a->first->used = 0;
    close_bytes(a->first->bytes, a->first->capacity);
    a->used = 0;
}

void assay_arena_free(struct assay_arena *a)
{
    if (!a)
        return;
    end_all(a);
    free_chunks(a->first);
    free(a);
}

void assay_arena_starve(struct assay_arena *a) { longjmp(*a->out_of_memory, 1); }

static void *no_memory(struct assay_arena *a) { assay_arena_starve(a); }

/* n zeroed bytes of the first chunk, which has room for `taken`. */
static void *hand_out(struct assay_arena *a, size_t n, size_t taken)
{
    struct chunk *c = a->first;
    void *p = c->bytes + c->used;
    size_t written = c->written > c->used ? c->written - c->used : 0;
    c->used += taken;
    a->used += taken - GAP_BYTES;
    c->written = c->used > c->written ? c->used : c->written;
    open_bytes(p, n);
    if (written)
        memset(p, 0, written < n ? written : n);
    return p;
}

void *assay_arena_try(struct assay_arena *a, size_t n)
{
    size_t align = alignof(max_align_t);
    if (n > SIZE_MAX / 2)
        return NULL;
    size_t taken = (n + GAP_BYTES + align - 1) / align * align;
    if (!a->first || a->first->capacity - a->first->used < taken) {
        size_t capacity = taken > CHUNK_BYTES ? taken : CHUNK_BYTES;
        struct chunk *c = calloc(1, sizeof *c + capacity);
        if (!c)
            return NULL;
        c->capacity = capacity;
        c->next = a->first;
        a->first = c;
        close_bytes(c->bytes, capacity);
    }
    return hand_out(a, n, taken);
}

void *assay_arena_alloc(struct assay_arena *a, size_t n)
{
    void *p = assay_arena_try(a, n);
    return p ? p : no_memory(a);
}

void assay_arena_at_end(struct assay_arena *a, void (*end)(void *what), void *what)
{
    struct ending *e = assay_arena_alloc(a, sizeof *e);
    *e = (struct ending){a->endings, end, what};
    a->endings = e;
}

void *assay_arena_array(struct assay_arena *a, size_t n, size_t element)
{
    if (element && n > SIZE_MAX / element)
        return no_memory(a);
    return assay_arena_alloc(a, n * element);
}

char *assay_arena_copy(struct assay_arena *a, const char *text, size_t n)
{
    char *copy = assay_arena_alloc(a, n + 1);
    if (n)
        memcpy(copy, text, n);
    return copy;
}

char *assay_arena_text(struct assay_arena *a, const char *text)
{
    return assay_arena_copy(a, text, strlen(text));
}

__attribute__((nonnull)) static char *print(struct assay_arena *a, const char *format, va_list arguments,
                                            size_t *n)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    *n = length > 0 ? (size_t)length : 0;
    char *text = assay_arena_alloc(a, *n + 1);
    vsnprintf(text, *n + 1, format, arguments);
    return text;
}

char *assay_arena_printf(struct assay_arena *a, const char *format, ...)
{
    size_t n;
    va_list arguments;
    va_start(arguments, format);
    char *text = print(a, format, arguments, &n);
    va_end(arguments);
    return text;
}

size_t assay_arena_used(const struct assay_arena *a) { return a->used; }

void *assay_arena_grow(struct assay_arena *a, const void *array, uint32_t n, uint32_t *capacity,
                       size_t element)
{
    if (*capacity > UINT32_MAX / 2)
        return no_memory(a);
    *capacity = *capacity ? *capacity * 2 : 16;
    void *bigger = assay_arena_array(a, *capacity, element);
    if (n)
        memcpy(bigger, array, n * element);
    return bigger;
}

void assay_buffer_add(struct assay_buffer *b, const void *bytes, size_t n)
{
    if (b->capacity - b->n <= n || !b->p) {
        size_t capacity = b->capacity ? b->capacity * 2 : 256;
        while (capacity - b->n <= n)
            capacity *= 2;
        char *bigger = assay_arena_alloc(b->arena, capacity);
        if (b->p)
            memcpy(bigger, b->p, b->n);
        b->p = bigger;
        b->capacity = capacity;
    }
    if (n)
        memcpy(b->p + b->n, bytes, n);
    b->n += n;
    b->p[b->n] = 0;
}

void assay_buffer_text(struct assay_buffer *b, const char *text) { assay_buffer_add(b, text, strlen(text)); }

void assay_buffer_printf(struct assay_buffer *b, const char *format, ...)
{
    size_t n;
    va_list arguments;
    va_start(arguments, format);
    char *text = print(b->arena, format, arguments, &n);
    va_end(arguments);
    assay_buffer_add(b, text, n);
}
