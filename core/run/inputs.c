/* Walking the INPUTs. */
#include "run/inputs.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void add(struct assay_inputs *inputs, const char *path, const char *source, struct assay_arena *arena)
{
    ASSAY_GROW(arena, inputs->input, inputs->n, inputs->capacity);
    inputs->input[inputs->n++] = (struct assay_input){path, source};
}

/* Adds the files below `path`, in the order of the folder. `prefix` is what their source begins with. */
static int walk(struct assay_inputs *inputs, const char *path, const char *prefix, struct assay_arena *arena,
                struct assay_error *error)
{
    DIR *folder = opendir(path);
    if (!folder)
        return assay_error_set(error, "%s: %s", path, strerror(errno));
    int status = 0;
    for (struct dirent *entry; !status && (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        const char *below = assay_arena_printf(arena, "%s/%s", path, entry->d_name);
        const char *source = assay_arena_printf(arena, "%s%s", prefix, entry->d_name);
        struct stat s;
        if (lstat(below, &s))
            continue; /* gone since readdir saw it */
        if (S_ISDIR(s.st_mode))
            status = walk(inputs, below, assay_arena_printf(arena, "%s/", source), arena, error);
        else if (!S_ISLNK(s.st_mode) || stat(below, &s) || !S_ISDIR(s.st_mode))
            add(inputs, below, source, arena);
    }
    closedir(folder);
    return status;
}

static int by_source(const void *a, const void *b)
{
    return strcmp(((const struct assay_input *)a)->source, ((const struct assay_input *)b)->source);
}

int assay_inputs_find(struct assay_inputs *inputs, const char *const *arguments, struct assay_arena *arena,
                      struct assay_error *error)
{
    *inputs = (struct assay_inputs){0};
    for (; *arguments; arguments++) {
        struct stat s;
        uint32_t first = inputs->n;
        if (stat(*arguments, &s))
            return assay_error_set(error, "%s: %s", *arguments, strerror(errno));
        if (S_ISDIR(s.st_mode)) {
            size_t n = strlen(*arguments);
            while (n > 1 && (*arguments)[n - 1] == '/')
                n--;
            if (walk(inputs, assay_arena_copy(arena, *arguments, n), "", arena, error))
                return -1;
            if (inputs->n > first)
                qsort(inputs->input + first, inputs->n - first, sizeof *inputs->input, by_source);
        } else {
            const char *slash = strrchr(*arguments, '/');
            add(inputs, *arguments, slash ? slash + 1 : *arguments, arena);
        }
    }
    return inputs->n
               ? 0
               : assay_error_set(error, "there is no file to read: give reports, or folders that hold some");
}
