/* All that crosses the ABI, for the record of it: types that a function takes stand in the debugging
 * information with every member and offset. */
#include <assay/assay.h>

ASSAY_EXPORT void assay_abi_types(const struct assay_plugin *, const struct assay_context *,
                                  const struct assay_report *, const struct assay_layer *,
                                  const struct assay_dictionary *, const struct assay_hits *,
                                  const struct assay_line *);
ASSAY_EXPORT void assay_abi_values(enum assay_kind, enum assay_option_type, enum assay_column_type,
                                   enum assay_scope, enum assay_layer_kind, enum assay_area_role,
                                   enum assay_block_kind, enum assay_judgement_status,
                                   enum assay_pattern_list, enum assay_log_level);

void assay_abi_types(const struct assay_plugin *p, const struct assay_context *c,
                     const struct assay_report *r, const struct assay_layer *l,
                     const struct assay_dictionary *d, const struct assay_hits *h,
                     const struct assay_line *line)
{
    (void)p, (void)c, (void)r, (void)l, (void)d, (void)h, (void)line;
}

void assay_abi_values(enum assay_kind k, enum assay_option_type o, enum assay_column_type c,
                      enum assay_scope s, enum assay_layer_kind l, enum assay_area_role a,
                      enum assay_block_kind b, enum assay_judgement_status j, enum assay_pattern_list p,
                      enum assay_log_level g)
{
    (void)k, (void)o, (void)c, (void)s, (void)l, (void)a, (void)b, (void)j, (void)p, (void)g;
}
