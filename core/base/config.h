/* A configuration file in libconfig's syntax, read strictly: every key at every level is known or an error
 * with file, line and the nearest known name. Used for pipelines, profiles and dictionaries. */
#ifndef ASSAY_CORE_CONFIG_H
#define ASSAY_CORE_CONFIG_H

#include "base/arena.h"
#include "base/error.h"

#include <libconfig.h>
#include <stdbool.h>

/* A file as read. Settings and their texts live until assay_config_close, or else the arena's end. */
struct assay_config {
    config_t *tree;
    const char *path;
    char sha256[65]; /* of the file; where it includes others, of the digests of all, in their order */
};

/* Reads `path`; @include resolves against its folder, and is relative. Syntax errors, doubled settings,
 * integers that don't fit 64 bits, missing includes, NUL bytes: -1 with file and line. A byte order mark is
 * skipped. After -1 there is nothing to close. Memory is taken from the arena and by libconfig. */
int assay_config_read(struct assay_config *, const char *path, struct assay_arena *, struct assay_error *);
void assay_config_close(struct assay_config *);
/* The same check of numbers for a value from elsewhere; `where` begins the message. -1: one doesn't fit. */
int assay_config_check_numbers(const char *value, const char *where, struct assay_arena *,
                               struct assay_error *);

enum assay_key_type {
    ASSAY_KEY_TEXT,
    ASSAY_KEY_INT,
    ASSAY_KEY_REAL, /* an integer will do */
    ASSAY_KEY_BOOL,
    ASSAY_KEY_TEXTS, /* array or list of texts */
    ASSAY_KEY_GROUP,
    ASSAY_KEY_GROUPS, /* list of groups */
    ASSAY_KEY_ANY     /* checked elsewhere */
};

/* What may stand under a key of a group. Arrays of these end in one without a name. */
struct assay_key {
    const char *name;
    enum assay_key_type type;
    bool required;
    bool ranged; /* INT, REAL: min and max hold */
    double min, max;
};

/* Every setting of the group is one of `keys`, of its type and range; every required one is there. `what`
 * names the group in messages ("a theme"). */
int assay_config_check(const struct assay_config *, const config_setting_t *group,
                       const struct assay_key *keys, const char *what, struct assay_error *);

/* Values of a checked group; `otherwise` where the key is absent. */
const char *assay_config_text(const config_setting_t *group, const char *key, const char *otherwise);
long long assay_config_int(const config_setting_t *group, const char *key, long long otherwise);
double assay_config_real(const config_setting_t *group, const char *key, double otherwise);
bool assay_config_bool(const config_setting_t *group, const char *key, bool otherwise);
/* The texts under an ASSAY_KEY_TEXTS, NULL-terminated, in the arena; empty where the key is absent. Texts are
 * the file's own. */
const char *const *assay_config_texts(const config_setting_t *group, const char *key, struct assay_arena *,
                                      unsigned *n);

/* The text as such a file would have it, in quotes. In the arena. */
const char *assay_config_quoted(const char *text, struct assay_arena *);

/* "FILE:LINE: message", with the file that the setting really stands in. Returns -1. */
int assay_config_error(const struct assay_config *, const config_setting_t *, struct assay_error *,
                       const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
