// in_cpp: sentences and words of each area, as an analyser in C++ would have it.
#include <assay/assay.h>

#include <cstdint>
#include <limits>
#include <vector>

namespace {

const assay_column area = {sizeof area, ASSAY_ID, "area", 0, 0, nullptr, "The area's id."};
const assay_column words = {sizeof words, ASSAY_INT, "words", 0, 0, "words", "Words of the area's sentences."};
const assay_column longest = {sizeof longest, ASSAY_INT, "longest", 0, 0, "words", "Words of the longest of them."};
const assay_column *const columns[] = {&area, &words, &longest, nullptr};
const char *const key[] = {"area", nullptr};
const assay_table table = {sizeof table, ASSAY_PER_REPORT, "in_cpp", key, columns, "One row per report and area."};
const assay_table *const tables[] = {&table, nullptr};

int analyse(assay_context *c, void *, const assay_report *r)
try {
    std::vector<std::uint32_t> sum(r->n_areas), most(r->n_areas);
    for (std::uint32_t s = 0; s < r->n_sentences; s++) {
        const auto n = r->sentence_first_token[s + 1] - r->sentence_first_token[s];
        const auto a = assay_sentence_area(r, s);
        sum[a] += n;
        most[a] = n > most[a] ? n : most[a];
    }
    for (std::uint32_t a = 0; a < r->n_areas; a++) {
        assay_row_begin(c, 0);
        assay_put_text(c, 0, r->area_id[a]);
        assay_put_int(c, 1, sum[a]);
        assay_put_int(c, 2, most[a]);
        if (assay_row_end(c))
            return -1;
    }
    return 0;
} catch (const std::exception &e) {
    return assay_fail(c, "%s", e.what());
}

assay_plugin descriptor()
{
    assay_plugin p{};
    p.magic = ASSAY_MAGIC;
    p.abi_major = ASSAY_ABI_MAJOR;
    p.abi_minor = ASSAY_ABI_MINOR;
    p.size = sizeof p;
    p.kind = ASSAY_ANALYSER;
    p.name = "in_cpp";
    p.version = "1.0";
    p.licence = "GPL-3.0-or-later";
    p.summary = "Counts sentences and words of each area, in C++.";
    p.tables = tables;
    p.analyse = analyse;
    return p;
}

} // namespace

ASSAY_PLUGIN(in_cpp) = descriptor();
