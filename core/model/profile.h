/* A profile: how one kind of report is built, as data (conf/profiles). A new kind of report is a new profile.
 */
#ifndef ASSAY_CORE_PROFILE_H
#define ASSAY_CORE_PROFILE_H

#include "base/arena.h"
#include "base/error.h"

/* Read once a run, then immutable; lives in its arena, and ends with it. */
struct assay_profile;

int assay_profile_read(const char *path, struct assay_arena *, struct assay_profile **, struct assay_error *);
const char *assay_profile_id(const struct assay_profile *);
const char *assay_profile_sha256(const struct assay_profile *);
/* Words that a title may add to a provider's name, NULL-terminated: for assay_register_prepare. */
const char *const *assay_profile_noise(const struct assay_profile *);

#endif
