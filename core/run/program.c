/* A digest over all that the linker has put into this process, but for the plugins' modules. */
#include "run/program.h"

#include "base/file.h"

#include <elf.h>
#include <link.h>
#include <nettle/sha2.h>
#include <string.h>

struct digesting {
    const struct assay_engine *engine;
    struct sha256_ctx hash;
    struct assay_error *error;
};

/* A note's parts are padded to 4 bytes, in a segment that is aligned to 8 to that. */
static size_t padded(size_t n, size_t align) { return (n + align - 1) / align * align; }

/* The build id among the notes of a segment; NULL: there is none. */
static const uint8_t *find_build_id(const uint8_t *notes, size_t n, size_t align, size_t *length)
{
    ElfW(Nhdr) head;
    for (size_t at = 0; at + sizeof head <= n;) {
        memcpy(&head, notes + at, sizeof head);
        const uint8_t *name = notes + at + sizeof head;
        size_t content = padded(sizeof head + head.n_namesz, align), end = content + head.n_descsz;
        if (end > n - at)
            return NULL;
        if (head.n_type == NT_GNU_BUILD_ID && head.n_namesz == sizeof ELF_NOTE_GNU &&
            !memcmp(name, ELF_NOTE_GNU, sizeof ELF_NOTE_GNU)) {
            *length = head.n_descsz;
            return notes + at + content;
        }
        at += padded(end, align);
    }
    return NULL;
}

static const uint8_t *build_id_of(const struct dl_phdr_info *info, size_t *length)
{
    const uint8_t *id = NULL;
    for (size_t i = 0; i < info->dlpi_phnum && !id; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        if (segment->p_type != PT_NOTE)
            continue;
        /* NOLINTNEXTLINE(performance-no-int-to-ptr): the linker tells addresses as numbers */
        const uint8_t *notes = (const uint8_t *)(info->dlpi_addr + segment->p_vaddr);
        id = find_build_id(notes, segment->p_memsz, segment->p_align == 8 ? 8 : 4, length);
    }
    return id;
}

static bool is_module(const struct assay_engine *e, const char *path)
{
    for (uint32_t i = 0; i < e->n_instances; i++)
        if (!strcmp(e->instance[i].module->path, path))
            return true;
    return false;
}

/* The executable has the empty name; the kernel's own object has one without a slash, and no numbers come
 * from it. */
static int add_object(struct dl_phdr_info *info, size_t size, void *with)
{
    struct digesting *d = with;
    const char *path = *info->dlpi_name ? info->dlpi_name : "/proc/self/exe";
    char hex[65];
    size_t n = 0;
    (void)size;
    if (!strchr(path, '/') || (*info->dlpi_name && is_module(d->engine, path)))
        return 0;
    const uint8_t *id = build_id_of(info, &n);
    if (!id && assay_file_sha256(path, hex, d->error))
        return -1;
    if (!id)
        n = sizeof hex;
    sha256_update(&d->hash, sizeof n, (const uint8_t *)&n);
    sha256_update(&d->hash, n, id ? id : (const uint8_t *)hex);
    return 0;
}

int assay_program_sha256(const struct assay_engine *e, char sha256[65], struct assay_error *error)
{
    struct digesting d = {.engine = e, .error = error};
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_init(&d.hash);
    if (dl_iterate_phdr(add_object, &d))
        return -1;
    sha256_digest(&d.hash, sizeof digest, digest);
    assay_hex(digest, sizeof digest, sha256);
    return 0;
}
