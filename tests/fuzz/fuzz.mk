# The fuzzer's own build, by clang with libFuzzer and sanitizers; `make fuzz` runs it in the build folder, and names
# srcdir, core (its sources), cflags and libs of the libraries, and what to do:
#
#     make fuzz                                   builds build/fuzz/TARGET for every target
#     make fuzz FUZZ_SECONDS=600                  and runs each for that long
#     make fuzz FUZZ_SECONDS=60 FUZZ_TARGETS="batch text"
#
# Inputs that reach new code are kept in build/fuzz/corpus/TARGET, those that break something in build/fuzz/broken: one
# of those, made small (`build/fuzz/TARGET -minimize_crash=1`), becomes a seed.
FUZZ_CC = clang
FUZZ_TARGETS = batch blocks config entry frames ledger lines matcher text
FUZZ_SECONDS =

shared = $(core) plugins/loaders/text.c tests/unit/fake_host.c tests/unit/make_report.c tests/unit/model_text.c \
	tests/fuzz/check_report.c tests/fuzz/fuzz.c
shared_objects = $(patsubst %.c,fuzz/%.o,$(filter %.c,$(shared)))
flags = -std=gnu17 -D_GNU_SOURCE=1 -DPACKAGE_VERSION='"fuzz"' -DASSAY_PLUGIN_FOLDER='"fuzz"' \
	-DASSAY_DATA_FOLDER='"fuzz"' -g -O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=undefined -MMD -MP -I$(srcdir)/include -I$(srcdir)/core -I$(srcdir)/tests/unit $(cflags)

all: $(if $(FUZZ_SECONDS),$(FUZZ_TARGETS:%=run-%),$(FUZZ_TARGETS:%=fuzz/%))

fuzz/%.o: $(srcdir)/%.c
	@mkdir -p $(@D)
	$(FUZZ_CC) $(flags) -fsanitize=fuzzer-no-link -c -o $@ $<

$(FUZZ_TARGETS:%=fuzz/%): fuzz/%: fuzz/tests/fuzz/%.o $(shared_objects) $(srcdir)/tests/fuzz/engine.c
	$(FUZZ_CC) $(flags) -MF $@.d -DFUZZ_TARGET=fuzz_$* -fsanitize=fuzzer -o $@ $(filter-out %.h,$^) $(libs)

# One after the other, whatever -j says: they would only take turns.
.NOTPARALLEL:
run-%: fuzz/%
	@mkdir -p fuzz/corpus/$* fuzz/broken
	$(srcdir)/tests/fuzz/run $* $(FUZZ_SECONDS) $(abspath $(srcdir))

.PRECIOUS: fuzz/%.o
-include $(shared_objects:.o=.d) $(FUZZ_TARGETS:%=fuzz/tests/fuzz/%.d)
