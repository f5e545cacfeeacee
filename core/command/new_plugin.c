/* assay new-plugin: a folder with a plugin that works, from the templates in conf/scaffold. There is a folder
 * of them for each kind, and one of what all kinds share; NAME in a file's name, and @NAME@ in a text, stand
 * for the plugin's name, @CONF@ for the folder of the configuration that comes with assay. */
#include "command/command.h"

#include "base/config.h"
#include "base/file.h"
#include "base/text.h"
#include "host/descriptor.h"
#include "host/module.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What is made, and of what. */
struct making {
    const char *name, *conf;
    struct assay_arena *arena;
};

/* `text` with `value` wherever `mark` stands. */
static const char *replaced(const struct making *m, const char *text, const char *mark, const char *value)
{
    struct assay_buffer b = {.arena = m->arena};
    assay_buffer_text(&b, "");
    for (const char *found; (found = strstr(text, mark)); text = found + strlen(mark)) {
        assay_buffer_add(&b, text, (size_t)(found - text));
        assay_buffer_text(&b, value);
    }
    assay_buffer_text(&b, text);
    return b.p;
}

static int copy_file(const struct making *m, const char *from, const char *to, struct assay_error *error)
{
    enum { MOST_BYTES = 1 << 20 };
    char *bytes;
    size_t n;
    if (assay_file_read_at(from, MOST_BYTES, m->arena, &bytes, &n, error))
        return -1;
    const char *quoted = assay_config_quoted(m->conf, m->arena); /* it stands within quotes already */
    const char *conf = assay_arena_copy(m->arena, quoted + 1, strlen(quoted) - 2);
    const char *text = replaced(m, replaced(m, bytes, "@NAME@", m->name), "@CONF@", conf);
    return assay_file_replace(to, text, strlen(text), m->arena, error);
}

static int copy_folder(const struct making *, const char *from, const char *to, struct assay_error *);

/* What is there already stays: a kind has its own. */
static int copy_entry(const struct making *m, const char *from, const char *to, struct assay_error *error)
{
    struct stat s;
    if (!lstat(to, &s))
        return 0;
    if (stat(from, &s))
        return assay_error_set(error, "%s: %s", from, strerror(errno));
    if (!S_ISDIR(s.st_mode))
        return copy_file(m, from, to, error);
    return mkdir(to, 0755) ? assay_error_set(error, "%s: %s", to, strerror(errno))
                           : copy_folder(m, from, to, error);
}

static int copy_folder(const struct making *m, const char *from, const char *to, struct assay_error *error)
{
    DIR *d = opendir(from);
    int status = d ? 0 : assay_error_set(error, "%s: %s", from, strerror(errno));
    for (const struct dirent *e; d && !status && (e = readdir(d));)
        if (e->d_name[0] != '.')
            status = copy_entry(
                m, assay_arena_printf(m->arena, "%s/%s", from, e->d_name),
                assay_arena_printf(m->arena, "%s/%s", to, replaced(m, e->d_name, "NAME", m->name)), error);
    if (d)
        closedir(d);
    return status;
}

/* Whether one of the plugins that are found, or the program, has a table of that name; *owner is whose. */
static bool is_table(const char *name, struct assay_modules *modules, struct assay_arena *arena,
                     const char **owner)
{
    static const char *const own[] = {"reports", "errors", "duplicates"};
    *owner = "every run";
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (!strcmp(own[i], name))
            return true;
    for (const char *const *plugin = assay_modules_list(modules, arena); *plugin; plugin++) {
        struct assay_error ignored = {{0}};
        const struct assay_module *m = assay_modules_find(modules, *plugin, &ignored);
        *owner = *plugin;
        for (const struct assay_table *const *t = m ? m->plugin->tables : NULL; t && *t; t++)
            if (!strcmp((*t)->name, name))
                return true;
    }
    return false;
}

/* What the name can't be: that of a plugin, a table or a file that is there. */
static int check_name(const char *name, struct assay_arena *arena, struct assay_error *error)
{
    struct assay_error why = {{0}};
    const char *owner;
    if (!assay_text_is_name(name))
        return assay_error_set(error, "\"%s\" can't be a plugin's name: lower case letters, digits and _",
                               name);
    if (!strcmp(name, "pipeline"))
        return assay_error_set(error, "\"%s\" would stand for two files; choose another name", name);
    struct assay_modules *modules = assay_modules_new(NULL, arena, error);
    if (!modules)
        return -1;
    const char *place = assay_modules_place(modules, name, &why);
    if (place)
        return assay_error_set(error, "there is a plugin \"%s\" already, %s; choose another name", name,
                               place);
    return is_table(name, modules, arena, &owner)
               ? assay_error_set(error, "\"%s\" is a table of %s; choose another name", name, owner)
               : 0;
}

static bool is_kind(const char *kind)
{
    for (uint32_t k = ASSAY_LOADER; k <= ASSAY_WRITER; k++)
        if (!strcmp(assay_kind_name(k), kind))
            return true;
    return false;
}

static int make(const struct making *m, const char *kind, struct assay_error *error)
{
    const char *scaffold = assay_arena_printf(m->arena, "%s/scaffold", m->conf);
    if (mkdir(m->name, 0755)) {
        int why = errno;
        assay_error_set(error, "%s: %s", m->name, strerror(why));
        return why == EEXIST ? ASSAY_WRONG_USE : ASSAY_NO_OUTPUT;
    }
    if (!copy_folder(m, assay_arena_printf(m->arena, "%s/%s", scaffold, kind), m->name, error) &&
        !copy_folder(m, assay_arena_printf(m->arena, "%s/common", scaffold), m->name, error))
        return ASSAY_OK;
    assay_folder_remove(m->name);
    return ASSAY_NO_OUTPUT;
}

static int new_command(const struct assay_command *c, const struct assay_command_line *line)
{
    struct assay_error error = {{0}};
    char conf[PATH_MAX];
    if (line->n_operands != 1)
        return assay_command_misuse(c, "give one name");
    if (!line->kind || !is_kind(line->kind))
        return assay_command_misuse(c, "--kind takes analyser, loader, summary or writer");
    const struct making m = {line->operands[0], conf, line->arena};
    if (!realpath(assay_command_conf(line), conf)) {
        assay_error_set(&error, "%s: %s", assay_command_conf(line), strerror(errno));
        return assay_command_fail(ASSAY_NO_OUTPUT, &error);
    }
    if (check_name(m.name, line->arena, &error))
        return assay_command_fail(ASSAY_WRONG_USE, &error);
    int status = make(&m, line->kind, &error);
    if (status)
        return assay_command_fail(status, &error);
    int said = printf("%s/: a plugin of the kind %s, %s/%s.c; cd %s && make test builds and checks it\n",
                      m.name, line->kind, m.name, m.name, m.name);
    if (said < 0 || fflush(stdout)) { /* then the end of the program tells it */
        assay_folder_remove(m.name);
        return ASSAY_NO_OUTPUT;
    }
    return ASSAY_OK;
}

const struct assay_command assay_command_new_plugin = {
    .name = "new-plugin",
    .usage = "NAME --kind analyser|loader|summary|writer",
    .summary = "Makes a folder NAME with a plugin that works, its test and its pipeline, to begin from.",
    .help = "      --kind KIND        what it reads and gives\n",
    .options = "k",
    .run = new_command,
};
