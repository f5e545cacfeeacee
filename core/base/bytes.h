/* Numbers as little-endian bytes, whatever the machine: compilers make one load or store of each; and a hash
 * of bytes. */
#ifndef ASSAY_CORE_BYTES_H
#define ASSAY_CORE_BYTES_H

#include <stdint.h>

static inline uint32_t assay_get_u32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t assay_get_u64(const uint8_t *p)
{
    return (uint64_t)assay_get_u32(p) | (uint64_t)assay_get_u32(p + 4) << 32;
}

static inline void assay_set_u32(uint8_t *p, uint32_t n)
{
    p[0] = (uint8_t)n;
    p[1] = (uint8_t)(n >> 8);
    p[2] = (uint8_t)(n >> 16);
    p[3] = (uint8_t)(n >> 24);
}

static inline void assay_set_u64(uint8_t *p, uint64_t n)
{
    assay_set_u32(p, (uint32_t)n);
    assay_set_u32(p + 4, (uint32_t)(n >> 32));
}

/* FNV-1a of 64 bits (Fowler, Noll and Vo): where it begins, and one byte more. */
#define ASSAY_FNV1A UINT64_C(14695981039346656037)
static inline uint64_t assay_fnv1a(uint64_t hash, unsigned char byte)
{
    return (hash ^ byte) * UINT64_C(1099511628211);
}

#endif
