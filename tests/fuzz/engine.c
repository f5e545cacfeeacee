/* libFuzzer's way into the target that FUZZ_TARGET names. */
#include "fuzz.h"

/* libconfig forgets the text that it was in when a file ends or is wrong; what it has read for us is seen all
 * the same. */
const char *__lsan_default_suppressions(void); /* NOLINT(bugprone-reserved-identifier) */
const char *__lsan_default_suppressions(void) { return "leak:strbuf_append\nleak:libconfig_yylex\n"; }

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    fuzz_run(&FUZZ_TARGET, bytes, n);
    return 0;
}
