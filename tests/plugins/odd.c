/* odd: a plugin whose descriptor is wrong in the way that ODD_* macros say; built once for each by the tests.
 */
#include <assay/assay.h>

#ifndef ODD_NAME
#define ODD_NAME "odd"
#endif
#ifndef ODD_MAJOR
#define ODD_MAJOR ASSAY_ABI_MAJOR
#endif
#ifndef ODD_MINOR
#define ODD_MINOR ASSAY_ABI_MINOR
#endif
#ifndef ODD_MAGIC
#define ODD_MAGIC ASSAY_MAGIC
#endif
#ifndef ODD_SIZE
#define ODD_SIZE sizeof(struct assay_plugin)
#endif
#ifndef ODD_KIND
#define ODD_KIND ASSAY_ANALYSER
#endif
#ifndef ODD_VERSION
#define ODD_VERSION "1.0"
#endif
#ifndef ODD_LICENCE
#define ODD_LICENCE "GPL-3.0-or-later"
#endif
#ifndef ODD_MORE
#define ODD_MORE
#endif
#ifndef ODD_ANALYSE
#define ODD_ANALYSE odd_analyse
#endif

int nobody_defines_this(void);

static inline int odd_analyse(struct assay_context *c, void *self, const struct assay_report *r)
{
    (void)c, (void)self, (void)r;
#ifdef ODD_UNDEFINED
    return nobody_defines_this();
#else
    return 0;
#endif
}

#ifndef ODD_NOTHING
ASSAY_PLUGIN(odd) = {.magic = ODD_MAGIC,
                     .abi_major = ODD_MAJOR,
                     .abi_minor = ODD_MINOR,
                     .size = ODD_SIZE,
                     .kind = ODD_KIND,
                     .name = ODD_NAME,
                     .version = ODD_VERSION,
                     .licence = ODD_LICENCE,
                     .summary = "is wrong somewhere",
                     .analyse = ODD_ANALYSE,
                     ODD_MORE};
#endif
