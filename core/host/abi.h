/* Sizes of the structures that cross the ABI, as they were in ABI 1.0. A later minor appends members: then
 * sizeof grows, these stay, and a module that was built before still loads. */
#ifndef ASSAY_CORE_ABI_H
#define ASSAY_CORE_ABI_H

#include <assay/assay.h>

enum {
    ASSAY_ABI_PLUGIN_BYTES = 168,
    ASSAY_ABI_OPTION_BYTES = 64,
    ASSAY_ABI_COLUMN_BYTES = 40,
    ASSAY_ABI_TABLE_BYTES = 40,
    ASSAY_ABI_LAYER_DECLARATION_BYTES = 24,
    ASSAY_ABI_LAYER_BYTES = 88,
    ASSAY_ABI_LINE_BYTES = 72
};

_Static_assert(sizeof(struct assay_plugin) == ASSAY_ABI_PLUGIN_BYTES, "the ABI's struct assay_plugin");
_Static_assert(sizeof(struct assay_option) == ASSAY_ABI_OPTION_BYTES, "the ABI's struct assay_option");
_Static_assert(sizeof(struct assay_column) == ASSAY_ABI_COLUMN_BYTES, "the ABI's struct assay_column");
_Static_assert(sizeof(struct assay_table) == ASSAY_ABI_TABLE_BYTES, "the ABI's struct assay_table");
_Static_assert(sizeof(struct assay_layer_declaration) == ASSAY_ABI_LAYER_DECLARATION_BYTES,
               "the ABI's struct assay_layer_declaration");
_Static_assert(sizeof(struct assay_layer) == ASSAY_ABI_LAYER_BYTES, "the ABI's struct assay_layer");
_Static_assert(sizeof(struct assay_line) == ASSAY_ABI_LINE_BYTES, "the ABI's struct assay_line");
_Static_assert(sizeof(struct assay_report) == 304, "the ABI's struct assay_report");
_Static_assert(sizeof(struct assay_host) == 304, "the ABI's struct assay_host");
_Static_assert(sizeof(struct assay_dictionary) == 88, "the ABI's struct assay_dictionary");
_Static_assert(sizeof(struct assay_hits) == 48, "the ABI's struct assay_hits");

/* Where the last member of each stood then: nothing may have moved before it. The record of all members,
 * which `make check-abi` compares, is tests/abi. */
#define ASSAY_ABI_AT(type, member, bytes)                                                                    \
    _Static_assert(offsetof(struct type, member) == (bytes), "the ABI's " #type "." #member)
ASSAY_ABI_AT(assay_plugin, end, 160);
ASSAY_ABI_AT(assay_option, doc, 56);
ASSAY_ABI_AT(assay_column, doc, 32);
ASSAY_ABI_AT(assay_table, doc, 32);
ASSAY_ABI_AT(assay_layer_declaration, doc, 16);
ASSAY_ABI_AT(assay_layer, span_sentence, 80);
ASSAY_ABI_AT(assay_line, font_size, 64);
ASSAY_ABI_AT(assay_report, token_type, 296);
ASSAY_ABI_AT(assay_host, difference, 296);
ASSAY_ABI_AT(assay_dictionary, apart, 80);
ASSAY_ABI_AT(assay_hits, n_tokens, 40);

#endif
