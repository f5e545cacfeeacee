/* The digest of the program: of the objects that are loaded, as the linker tells them; here it tells what a
 * test wants, by a function that stands before the C library's. */
#include "run/program.h"

#include "scratch.h"

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

typedef int told(struct dl_phdr_info *, size_t, void *);

/* What the linker is made to tell: one object; none: what is true. */
static struct {
    const char *path;
    const void *notes;
    size_t n_notes, align;
} object;

static int tell_object(told *tell, void *with)
{
    const ElfW(Phdr) segment[] = {{.p_type = PT_LOAD, .p_memsz = 1},
                                  {.p_type = PT_NOTE,
                                   .p_vaddr = (uintptr_t)object.notes,
                                   .p_memsz = object.n_notes,
                                   .p_align = object.align}};
    struct dl_phdr_info info = {.dlpi_name = object.path, .dlpi_phdr = segment, .dlpi_phnum = 2};
    return tell(&info, sizeof info, with);
}

int __real_dl_iterate_phdr(told *, void *);
int __wrap_dl_iterate_phdr(told *, void *);

/* A sanitizer's own runtime may call it before the sanitizer is ready. */
__attribute__((no_sanitize("address", "undefined"))) int __wrap_dl_iterate_phdr(told *tell, void *with)
{
    return object.path ? tell_object(tell, with) : __real_dl_iterate_phdr(tell, with);
}

static const char *program_of(const struct assay_engine *e)
{
    struct assay_error why = {""};
    char *sha256 = assay_arena_alloc(arena, 65);
    assert_int_equal(assay_program_sha256(e, sha256, &why), 0);
    assert_string_equal(why.text, "");
    assert_int_equal(strspn(sha256, "0123456789abcdef"), 64);
    return sha256;
}

/* The digest of one object. */
static const char *digest_of(const char *path, const void *notes, size_t n, size_t align)
{
    static const struct assay_engine none;
    object.path = path;
    object.notes = notes;
    object.n_notes = n;
    object.align = align;
    const char *sha256 = program_of(&none);
    object.path = NULL;
    return sha256;
}

/* ---- build ids --------------------------------------------------------------------------------------- */

/* Notes as the linker lays them out: lengths of name and content, type, name, content; little-endian words.
 */
#define GNU_ID(id) "\4\0\0\0\4\0\0\0\3\0\0\0GNU\0" id
#define VERSION_NOTE "\4\0\0\0\5\0\0\0\1\0\0\0GNU\0abcde\0\0\0"   /* padded to 4 */
#define PROPERTY_NOTE "\4\0\0\0\4\0\0\0\5\0\0\0GNU\0abcd\0\0\0\0" /* padded to 8 */
#define OTHERS_NOTE "\4\0\0\0\4\0\0\0\3\0\0\0XYZ\0abcd"
#define LONG_NAME "\5\0\0\0\4\0\0\0\3\0\0\0GNUX\0\0\0\0abcd"

static void an_object_is_known_by_its_build_id(void **state)
{
    (void)state;
    static const struct {
        const char *notes;
        size_t n, align;
    } same[] = {
#define NOTES(notes, align) {notes, sizeof notes - 1, align}
        NOTES(GNU_ID("aaaa"), 4),
        NOTES(GNU_ID("aaaa"), 8),
        NOTES(VERSION_NOTE GNU_ID("aaaa"), 4),
        NOTES(PROPERTY_NOTE GNU_ID("aaaa"), 8),
        NOTES(OTHERS_NOTE LONG_NAME GNU_ID("aaaa"), 4),
        NOTES(GNU_ID("aaaa") GNU_ID("bbbb"), 4),
    };
    static const char other[] = GNU_ID("aaab");
    scratch_put_file("one.so", "one");
    scratch_put_file("two.so", "two");
    const char *id = digest_of("./one.so", same[0].notes, same[0].n, 4);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        assert_string_equal(digest_of("./one.so", same[i].notes, same[i].n, same[i].align), id);
        assert_string_equal(digest_of("./two.so", same[i].notes, same[i].n, same[i].align), id);
    }
    assert_string_not_equal(digest_of("./one.so", other, sizeof other - 1, 4), id);
}

/* Cut at any place, or with a length that passes the end, there is no id. */
static void an_object_without_one_is_known_by_its_content(void **state)
{
    (void)state;
    static const char whole[] = VERSION_NOTE GNU_ID("aaaa");
    static const char beyond[] = "\4\0\0\0\5\0\0\0\3\0\0\0GNU\0aaaa",
                      far[] = "\xFF\xFF\xFF\xFF\4\0\0\0\3\0\0\0GNU\0aaaa";
    scratch_put_file("one.so", "one");
    scratch_put_file("two.so", "two");
    scratch_put_file("same.so", "one");
    const char *content = digest_of("./one.so", "", 0, 4);
    assert_string_not_equal(digest_of("./one.so", whole, sizeof whole - 1, 4), content);
    for (size_t n = 0; n < sizeof whole - 1; n++)
        assert_string_equal(digest_of("./one.so", whole, n, 4), content);
    assert_string_equal(digest_of("./one.so", beyond, sizeof beyond - 1, 4), content);
    assert_string_equal(digest_of("./one.so", far, sizeof far - 1, 4), content);
    assert_string_equal(digest_of("./same.so", "", 0, 4), content);
    assert_string_not_equal(digest_of("./two.so", "", 0, 4), content);
}

static void an_object_that_cannot_be_read_is_told(void **state)
{
    (void)state;
    static const struct assay_engine none;
    struct assay_error why = {""};
    char sha256[65];
    object.path = "./nowhere.so";
    object.n_notes = 0;
    int status = assay_program_sha256(&none, sha256, &why);
    object.path = NULL;
    assert_int_equal(status, -1);
    assert_string_equal(why.text, "./nowhere.so: No such file or directory");
}

/* The kernel's own object is no file, and no number comes from it. */
static void the_kernels_object_is_passed_over(void **state)
{
    (void)state;
    static const char one[] = GNU_ID("aaaa"), two[] = GNU_ID("bbbb");
    assert_string_equal(digest_of("linux-vdso.so.1", one, sizeof one - 1, 4),
                        digest_of("linux-vdso.so.1", two, sizeof two - 1, 4));
}

/* The executable has no name. */
static void the_executable_counts(void **state)
{
    (void)state;
    static const char id[] = GNU_ID("aaaa");
    assert_string_equal(digest_of("", "", 0, 4), digest_of("/proc/self/exe", "", 0, 4));
    assert_string_equal(digest_of("", id, sizeof id - 1, 4), digest_of("./any.so", id, sizeof id - 1, 4));
}

/* ---- what is true ------------------------------------------------------------------------------------ */

static char built_module[PATH_MAX]; /* absolute, since tests leave the folder that they start in */

/* A library that is loaded changes the program; a plugin's module doesn't: its own digest is in the keys. */
static void the_program_is_all_that_is_loaded_but_modules(void **state)
{
    (void)state;
    struct assay_module judgements = {.path = "elsewhere"};
    struct assay_instance instance = {.module = &judgements};
    struct assay_engine engine = {.n_instances = 1, .instance = &instance};
    const char *before = program_of(&engine);
    assert_string_equal(program_of(&engine), before);
    void *module = dlopen(built_module, RTLD_NOW | RTLD_LOCAL);
    assert_non_null(module);
    assert_string_not_equal(program_of(&engine), before);
    judgements.path = built_module;
    assert_string_equal(program_of(&engine), before);
    assert_int_equal(dlclose(module), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_clean)
    const struct CMUnitTest tests[] = {
        TEST(an_object_is_known_by_its_build_id),
        TEST(an_object_without_one_is_known_by_its_content),
        TEST(an_object_that_cannot_be_read_is_told),
        TEST(the_kernels_object_is_passed_over),
        TEST(the_executable_counts),
        TEST(the_program_is_all_that_is_loaded_but_modules),
    };
    const char *build = getenv("ASSAY_BUILD_DIR");
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/plugins/analysers/.libs/judgements.so", build ? build : ".");
    return realpath(path, built_module) ? cmocka_run_group_tests(tests, NULL, NULL) : EXIT_FAILURE;
}
