/* Walking the INPUTs. */
#include "run/inputs.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The source is the end of the path, from `skip` on. */
static void add(struct assay_inputs *inputs, const char *path, size_t skip, struct assay_arena *arena)
{
    ASSAY_GROW(arena, inputs->input, inputs->n, inputs->capacity);
    inputs->input[inputs->n++] = (struct assay_input){path, path + skip};
}

/* One walk through a folder. */
struct walk {
    struct assay_inputs *inputs;
    const struct stat *passed_over; /* a folder that isn't entered; NULL: none */
    size_t skip;                    /* bytes of a path before its source */
    struct assay_arena *arena;
    struct assay_error *error;
};

static int walk_folder(const struct walk *, const char *path);

/* One entry of a folder. What can't be looked at stays in the list: to read it fails, and tells why. */
static int walk_entry(const struct walk *w, const char *path)
{
    struct stat s;
    if (lstat(path, &s)) {
        if (errno != ENOENT) /* else gone since readdir saw it */
            add(w->inputs, path, w->skip, w->arena);
        return 0;
    }
    if (S_ISDIR(s.st_mode)) {
        bool own = w->passed_over && s.st_dev == w->passed_over->st_dev && s.st_ino == w->passed_over->st_ino;
        return own ? 0 : walk_folder(w, path);
    }
    if (!S_ISLNK(s.st_mode) || stat(path, &s) || !S_ISDIR(s.st_mode))
        add(w->inputs, path, w->skip, w->arena);
    return 0;
}

/* Adds the files below `path`, in the order of the folder. */
static int walk_folder(const struct walk *w, const char *path)
{
    DIR *folder = opendir(path);
    bool is_input = strlen(path) < w->skip;
    if (!folder && is_input)
        return assay_error_set(w->error, "%s: %s", path, strerror(errno));
    if (!folder) { /* below an INPUT it costs itself alone: to read it fails, and tells why */
        if (errno != ENOENT)
            add(w->inputs, path, w->skip, w->arena);
        return 0;
    }
    int status = 0;
    errno = 0;
    for (struct dirent *entry; !status && (entry = readdir(folder)); errno = 0)
        if (entry->d_name[0] != '.')
            status = walk_entry(w, assay_arena_printf(w->arena, "%s/%s", path, entry->d_name));
    if (!status && errno)
        status = assay_error_set(w->error, "%s: %s", path, strerror(errno));
    closedir(folder);
    return status;
}

static int by_source(const void *a, const void *b)
{
    return strcmp(((const struct assay_input *)a)->source, ((const struct assay_input *)b)->source);
}

int assay_inputs_find(struct assay_inputs *inputs, const char *const *arguments, const char *output,
                      struct assay_arena *arena, struct assay_error *error)
{
    struct stat output_folder;
    struct walk w = {.inputs = inputs,
                     .passed_over = stat(output, &output_folder) ? NULL : &output_folder,
                     .arena = arena,
                     .error = error};
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
            w.skip = n + 1;
            if (walk_folder(&w, assay_arena_copy(arena, *arguments, n)))
                return -1;
            if (inputs->n > first)
                qsort(inputs->input + first, inputs->n - first, sizeof *inputs->input, by_source);
        } else {
            const char *slash = strrchr(*arguments, '/');
            add(inputs, *arguments, slash ? (size_t)(slash + 1 - *arguments) : 0, arena);
        }
    }
    return inputs->n
               ? 0
               : assay_error_set(error, "there is no file to read: give reports, or folders that hold some");
}
