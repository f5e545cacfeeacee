/* Lines to bytes and back, for the cache. */
#ifndef ASSAY_CORE_LINES_CODE_H
#define ASSAY_CORE_LINES_CODE_H

#include "model/lines.h"

/* Appends the encoding of a file's lines and of the name of the loader that gave them. Byte order and layout
 * don't depend on the machine; equal lines have equal bytes. */
void assay_lines_encode(const struct assay_lines *, const char *loader, struct assay_buffer *);

/* Decodes into the arena. Whatever the bytes are: lines that assay_lines_add would have taken and that encode
 * to the same bytes, or -1 with the reason and the offset. `bytes` isn't needed any more then. */
int assay_lines_decode(const void *bytes, size_t n, struct assay_arena *, struct assay_lines *,
                       const char **loader, struct assay_error *);

#endif
