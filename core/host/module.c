/* Finding and loading plugin modules.
 *
 * libltdl's own dlopen loader falls back to lazy binding, hides dlerror's words and follows .la files. It is
 * removed, and one of ours put in its place: RTLD_NOW and RTLD_LOCAL on an absolute path, after the file has
 * been looked at. The module is never unloaded: its descriptor is used to the end of the process. */
#include "host/module.h"

#include "base/file.h"
#include "base/text.h"
#include "host/descriptor.h"

#include <dirent.h>
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <ltdl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct assay_modules {
    struct assay_arena *arena;
    const char **folder;
    uint32_t n_folders, folder_capacity;
    struct assay_module **module;
    uint32_t n_modules, module_capacity;
    char *why; /* dlerror's words of the last failed load */
};

/* ---- the loader that libltdl is given -------------------------------------------------------------- */

static lt_module open_module(lt_user_data data, const char *path, lt_dladvise advise)
{
    struct assay_modules *m = data;
    (void)advise;
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        m->why = assay_arena_text(m->arena, dlerror());
    return handle;
}

static int keep_module(lt_user_data data, lt_module module)
{
    (void)data, (void)module;
    return 0;
}

static void *find_symbol(lt_user_data data, lt_module module, const char *name)
{
    (void)data;
    return dlsym(module, name);
}

static int start_libltdl(struct assay_modules *m, struct assay_error *error)
{
    if (lt_dlinit())
        return assay_error_set(error, "libltdl does not start: %s", lt_dlerror());
    if (lt_dlloader_find("lt_dlopen"))
        free(lt_dlloader_remove("lt_dlopen"));
    lt_dlvtable *loader = calloc(1, sizeof *loader);
    if (loader)
        *loader = (lt_dlvtable){.name = "assay",
                                .module_open = open_module,
                                .module_close = keep_module,
                                .find_sym = find_symbol,
                                .dlloader_data = m,
                                .priority = LT_DLLOADER_PREPEND};
    else
        assay_arena_starve(m->arena);
    if (lt_dlloader_add(loader))
        return assay_error_set(error, "libltdl does not start: %s", lt_dlerror());
    return 0;
}

/* ---- plugins that are part of the program -------------------------------------------------------------- */

/* What libtool makes of -dlpreopen in a build without shared libraries: the archives, each before its
 * symbols. Elsewhere it isn't there. */
extern const lt_dlsymlist lt__PROGRAM__LTX_preloaded_symbols[] __attribute__((weak));

static const char descriptor[] = "_LTX_assay_plugin";

/* The next descriptor among them from *at on, which moves behind it; NULL: no more. *n: bytes of its plugin's
 * name. */
static const lt_dlsymlist *next_linked(const lt_dlsymlist **at, size_t *n)
{
    for (const lt_dlsymlist *s = *at; s && s->name; s++) {
        const char *end = strstr(s->name, descriptor);
        if (!end || strcmp(end, descriptor) != 0)
            continue;
        *n = (size_t)(end - s->name);
        *at = s + 1;
        return s;
    }
    return NULL;
}

static const struct assay_plugin *find_linked(const char *name)
{
    const lt_dlsymlist *at = lt__PROGRAM__LTX_preloaded_symbols, *s;
    size_t n;
    while ((s = next_linked(&at, &n)))
        if (n == strlen(name) && !memcmp(s->name, name, n))
            return s->address;
    return NULL;
}

/* ---- the search path --------------------------------------------------------------------------------- */

static void add_folder(struct assay_modules *m, const char *path)
{
    char absolute[PATH_MAX];
    if (!realpath(path, absolute))
        return; /* a folder that isn't there holds no plugins */
    for (uint32_t i = 0; i < m->n_folders; i++)
        if (!strcmp(m->folder[i], absolute))
            return;
    ASSAY_GROW(m->arena, m->folder, m->n_folders + 1, m->folder_capacity);
    m->folder[m->n_folders++] = assay_arena_text(m->arena, absolute);
    m->folder[m->n_folders] = NULL;
}

static bool add_build_folders(struct assay_modules *m)
{
    static const char *const kinds[] = {"loaders", "analysers", "summaries", "writers"};
    const char *plugins = assay_build_path(m->arena, "plugins");
    for (size_t i = 0; plugins && i < sizeof kinds / sizeof *kinds; i++)
        add_folder(m, assay_arena_printf(m->arena, "%s/%s/.libs", plugins, kinds[i]));
    return plugins != NULL;
}

struct assay_modules *assay_modules_new(const char *const *path, struct assay_arena *arena,
                                        struct assay_error *error)
{
    struct assay_modules *m = assay_arena_alloc(arena, sizeof *m);
    m->arena = arena;
    m->folder_capacity = 8;
    m->folder = assay_arena_array(arena, m->folder_capacity, sizeof *m->folder);
    for (; path && *path; path++)
        add_folder(m, *path);
    const char *environment = getenv("ASSAY_PLUGIN_PATH");
    for (const char *from = environment; from && *from;) {
        size_t n = strcspn(from, ":");
        if (n)
            add_folder(m, assay_arena_copy(arena, from, n));
        from += n + (from[n] == ':');
    }
    if (!add_build_folders(m))
        add_folder(m, ASSAY_PLUGIN_FOLDER);
    return start_libltdl(m, error) ? NULL : m;
}

const char *const *assay_modules_folders(const struct assay_modules *m) { return m->folder; }

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *const *assay_modules_list(struct assay_modules *m, struct assay_arena *arena)
{
    uint32_t n = 0, capacity = 0;
    const char **names = NULL;
    for (uint32_t i = 0; i < m->n_folders; i++) {
        DIR *folder = opendir(m->folder[i]);
        for (struct dirent *entry; folder && (entry = readdir(folder));) {
            size_t length = strlen(entry->d_name);
            if (length > 3 && !strcmp(entry->d_name + length - 3, ".so")) {
                ASSAY_GROW(arena, names, n, capacity);
                names[n++] = assay_arena_copy(arena, entry->d_name, length - 3);
            }
        }
        if (folder)
            closedir(folder);
    }
    size_t length;
    const lt_dlsymlist *at = lt__PROGRAM__LTX_preloaded_symbols, *s;
    while ((s = next_linked(&at, &length))) {
        ASSAY_GROW(arena, names, n, capacity);
        names[n++] = assay_arena_copy(arena, s->name, length);
    }
    if (n)
        qsort(names, n, sizeof *names, by_name);
    const char **unique = assay_arena_array(arena, n + 1, sizeof *unique);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++)
        if (!kept || strcmp(unique[kept - 1], names[i]) != 0)
            unique[kept++] = names[i];
    return unique;
}

/* ---- trust and integrity, before the file is mapped ------------------------------------------------ */

/* Owned by root or the user, and writable by nobody else; a group that has the user's own id is the user's.
 */
static int check_owner(const char *path, const char *what, struct assay_error *error)
{
    struct stat s;
    if (stat(path, &s))
        return assay_error_set(error, "%s: %s", path, strerror(errno));
    if (s.st_uid != 0 && s.st_uid != geteuid())
        return assay_error_set(error,
                               "%s: this %s belongs to another user (id %u) and is not trusted; plugins are "
                               "loaded from what you or root own",
                               path, what, (unsigned)s.st_uid);
    bool group_writes = (s.st_mode & S_IWGRP) && s.st_gid != getegid();
    if (group_writes || (s.st_mode & S_IWOTH))
        return assay_error_set(error, "%s: others may write to this %s, so it is not trusted; chmod go-w it",
                               path, what);
    return 0;
}

/* Every segment that the loader will map lies within the file: a truncated module would raise SIGBUS. */
static int check_segments(const char *path, int fd, size_t n, struct assay_error *error)
{
    ElfW(Ehdr) header;
    if (pread(fd, &header, sizeof header, 0) != (ssize_t)sizeof header ||
        memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
        return assay_error_set(error, "%s: is no shared object", path);
    if (header.e_type != ET_DYN)
        return assay_error_set(
            error, "%s: is no shared object but another kind of ELF file; build it with -shared", path);
    ElfW(Phdr) segment;
    size_t size = sizeof segment;
    if (header.e_phentsize != size || header.e_phoff > n || header.e_phnum > (n - header.e_phoff) / size)
        return assay_error_set(error, "%s: the module is truncated or damaged; build it again", path);
    for (unsigned i = 0; i < header.e_phnum; i++) {
        if (pread(fd, &segment, size, (off_t)(header.e_phoff + i * size)) != (ssize_t)size)
            return assay_error_set(error, "%s: the module can't be read", path);
        if (segment.p_offset > n || segment.p_filesz > n - segment.p_offset)
            return assay_error_set(error,
                                   "%s: the module is truncated: it has %zu bytes and a segment that ends at "
                                   "byte %llu; build it again",
                                   path, n, (unsigned long long)segment.p_offset + segment.p_filesz);
    }
    return 0;
}

static int check_elf(const char *path, struct assay_error *error)
{
    struct stat s;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return assay_error_set(error, "%s: %s", path, strerror(errno));
    int status = fstat(fd, &s) || !S_ISREG(s.st_mode)
                     ? assay_error_set(error, "%s: is not a regular file", path)
                     : check_segments(path, fd, (size_t)s.st_size, error);
    close(fd);
    return status;
}

/* ---- loading ------------------------------------------------------------------------------------------- */

static size_t symbol_size(const void *address)
{
    Dl_info info;
    ElfW(Sym) *symbol = NULL;
    if (!dladdr1(address, &info, (void **)&symbol, RTLD_DL_SYMENT) || !symbol || info.dli_saddr != address)
        return 0;
    return symbol->st_size;
}

static int look(struct assay_modules *m, struct assay_module *module, const char *name,
                struct assay_error *error)
{
    if (module->plugin) /* part of the program, which has been loaded */
        return assay_file_sha256(module->path, module->sha256, error);
    if (check_owner(module->path, "module", error) || check_elf(module->path, error) ||
        assay_file_sha256(module->path, module->sha256, error))
        return -1;
    m->why = NULL;
    lt_dlhandle handle = lt_dlopen(module->path);
    if (!handle)
        return assay_error_set(error, "%s: does not load: %s", module->path, m->why ? m->why : lt_dlerror());
    module->plugin = lt_dlsym(handle, "assay_plugin");
    if (!module->plugin)
        return assay_error_set(error,
                               "%s: exports no descriptor named %s_LTX_assay_plugin; see ASSAY_PLUGIN in "
                               "<assay/assay.h>",
                               module->path, name);
    module->symbol_bytes = symbol_size(module->plugin);
    return 0;
}

static int load(struct assay_modules *m, struct assay_module *module, const char *name,
                struct assay_error *error)
{
    struct assay_error why = {{0}};
    if (look(m, module, name, error))
        return -1;
    const struct assay_descriptor d = {module->plugin, module->symbol_bytes, name};
    return assay_descriptor_check(&d, &why) ? assay_error_set(error, "%s: %s", module->path, why.text) : 0;
}

static const char *listed(size_t i, const void *with) { return ((const char *const *)with)[i]; }

static void not_found(struct assay_modules *m, const char *name, struct assay_error *error)
{
    struct assay_buffer folders = {.arena = m->arena};
    for (uint32_t i = 0; i < m->n_folders; i++)
        assay_buffer_printf(&folders, "%s%s", i ? ", " : "", m->folder[i]);
    struct assay_phrase meant;
    bool here = !access(assay_arena_printf(m->arena, "%s.so", name), F_OK);
    assay_error_set(error, "there is no plugin \"%s\"%s; looked for %s.so in %s; %s", name,
                    assay_nearest(&meant, name, listed, assay_modules_list(m, m->arena)), name,
                    folders.n ? folders.p : "no folder: the search path is empty",
                    here ? "one is in this folder: set ASSAY_PLUGIN_PATH=."
                         : "ASSAY_PLUGIN_PATH names further folders");
}

/* The first folder's that has it; NULL: none has, or it isn't trusted. */
static struct assay_module *find(struct assay_modules *m, const char *name, struct assay_error *error)
{
    struct assay_module *module = assay_arena_alloc(m->arena, sizeof *module);
    if (!assay_text_is_name(name)) {
        assay_error_set(error, "\"%s\" is no plugin's name: lower case letters, digits and _", name);
        return NULL;
    }
    for (uint32_t i = 0; i < m->n_folders && !module->path; i++) {
        const char *path = assay_arena_printf(m->arena, "%s/%s.so", m->folder[i], name);
        if (access(path, F_OK))
            continue;
        if (check_owner(m->folder[i], "folder", error))
            return NULL;
        module->path = path;
    }
    if (!module->path && (module->plugin = find_linked(name)))
        module->path = "/proc/self/exe";
    if (!module->path)
        not_found(m, name, error);
    return module->path ? module : NULL;
}

const char *assay_modules_place(struct assay_modules *m, const char *name, struct assay_error *error)
{
    const struct assay_module *module = find(m, name, error);
    return module ? module->path : NULL;
}

const struct assay_module *assay_modules_look(struct assay_modules *m, const char *name,
                                              struct assay_error *error)
{
    struct assay_module *module = find(m, name, error);
    return module && !look(m, module, name, error) ? module : NULL;
}

const struct assay_module *assay_modules_find(struct assay_modules *m, const char *name,
                                              struct assay_error *error)
{
    for (uint32_t i = 0; i < m->n_modules; i++)
        if (!strcmp(m->module[i]->plugin->name, name))
            return m->module[i];
    struct assay_module *module = find(m, name, error);
    if (!module || load(m, module, name, error))
        return NULL;
    ASSAY_GROW(m->arena, m->module, m->n_modules, m->module_capacity);
    m->module[m->n_modules++] = module;
    return module;
}
