# authcheck - the build. One non-recursive makefile; every output lives under build/.
#
#   make help       what there is to make
#   make            build/authcheck and the library
#   make demo       install what is missing, build, audit the example that ships
#   make test       install what is missing, build, run all tests
#
# V=asan, V=cov, V=clang ... another set of flags, in a folder of its own. New files are
# found by wildcard: a room is a folder under src/, a test is tests/KIND/*_test.{c,sh}.

V ?= release
B := build/$(V)

PREFIX  ?= /usr/local
bindir  := $(PREFIX)/bin
libdir  ?= $(PREFIX)/lib
incdir  := $(PREFIX)/include
datadir := $(PREFIX)/share
mandir  := $(datadir)/man
docdir  := $(datadir)/doc/authcheck

SOVERSION := 0
VERSION   := $(or $(shell sed -n 's/^.define AC_VERSION "\(.*\)"/\1/p' \
	include/authcheck.h 2>/dev/null),0.1.0)

# --- packages: `make deps` installs what dpkg does not know as installed ------------

BUILD_PACKAGES := gcc libc6-dev binutils make pkg-config libc-ares-dev libldns-dev \
	libssl-dev libpsl-dev libidn2-dev libunistring-dev libjansson-dev \
	libgmime-3.0-dev libcsv-dev publicsuffix
TEST_PACKAGES := libcmocka-dev nsd unbound procps
LINT_PACKAGES := clang clang-format clang-tidy libclang-rt-14-dev cppcheck groff \
	valgrind libc6-dbg shellcheck git
BENCH_PACKAGES := iproute2 util-linux time spfquery python3-spf spf-tools-perl \
	opendkim-tools
DEPS := sh tests/support/deps.sh

# --- flags ----------------------------------------------------------------------------

COMPILER_fuzz  := clang
COMPILER_clang := clang
ifeq ($(origin CC),default)
CC := $(or $(COMPILER_$(V)),gcc)
endif
OBJCOPY ?= objcopy

STD  := -std=c17 -D_POSIX_C_SOURCE=200809L
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wundef \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wwrite-strings \
	-Wcast-qual -Wpointer-arith -Wvla -Wformat=2 -Wnull-dereference -Werror
WARN += $(if $(findstring clang,$(CC)),-Wimplicit-fallthrough,-Wimplicit-fallthrough=5 \
	-Wlogical-op -Wduplicated-cond -Wduplicated-branches)

HARDEN := -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection -fPIC
F_release := -O3 -g $(HARDEN) -ffunction-sections -fdata-sections
F_clang   := $(F_release)
F_debug   := -Og -g3
F_asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
F_cov     := -O0 -g --coverage
F_fuzz    := -O1 -g -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all -fno-omit-frame-pointer
F_analyze := -O2 -fanalyzer -Wno-error

PKGS := libcares ldns libcrypto libidn2 libpsl jansson
# Of GMime only the headers: it is loaded when the first message comes (docs/decisions/0005).
GMIME := $(patsubst -I%,-isystem%,$(shell pkg-config --cflags-only-I gmime-3.0 2>/dev/null))
CPP  := -Iinclude -Isrc -Itests $(shell pkg-config --cflags $(PKGS) 2>/dev/null) $(GMIME)
LIBS := -lcares -lldns -lpsl -lidn2 -lcrypto
TEST_LIBS := -lcmocka -ljansson -lcsv
COMPILE := $(CC) $(STD) $(WARN) -fvisibility=hidden $(F_$(V)) $(CPP)

# The released program links its libraries statically where their archives are there:
# half the CPU of an audit would be the dynamic linker's (docs/decisions/0004). libpsl.a
# and libidn2.a need libunistring.a. Evaluated late, in the link recipe alone.
archive = $(or $(filter /%,$(shell $(CC) -print-file-name=lib$(1).a)),-l$(1))
STATIC_LIBS = $(call archive,ldns) $(call archive,cares) \
	$(if $(filter /%,$(call archive,unistring)),$(foreach l,psl idn2 unistring,$(call \
	archive,$(l))),-lpsl -lidn2) $(call archive,crypto) -ldl -pthread
LINK_release := -pie -Wl,--gc-sections -Wl,-z,relro -Wl,-z,now -Wl,--as-needed
LINK_clang   := $(LINK_release)
PROGRAM_LIBS = $(if $(filter release,$(V)),$(STATIC_LIBS) $(call archive,jansson) \
	$(call archive,csv),$(LIBS) -ljansson -lcsv)
LINK = $(COMPILE) $(CFLAGS) $(LINK_$(V)) $(LDFLAGS) -o $@

# --- files ----------------------------------------------------------------------------

# Rooms of the program alone; all other rooms are the library.
PROGRAM_ROOMS := cli record batch explain bounce
MAIN    := $(wildcard src/cli/main.c)
PROGRAM := $(filter-out $(MAIN),$(sort $(wildcard $(PROGRAM_ROOMS:%=src/%/*.c))))
LIB     := $(sort $(filter-out $(foreach r,$(PROGRAM_ROOMS),src/$(r)/%),$(wildcard src/*/*.c)))
SUPPORT := $(sort $(filter-out tests/support/replay.c,$(wildcard tests/support/*.c)))
KINDS   := unit order suite golden live install
SOURCES := $(sort $(wildcard tests/*/*_test.c))
FUZZERS := $(sort $(wildcard tests/fuzz/*_fuzz.c))
BENCHES := $(sort $(wildcard tests/bench/*_bench.c))
FORMATTED := $(sort $(wildcard include/*.h src/*/*.[ch] tests/*/*.[ch]))
obj = $(patsubst %.c,$(B)/%.o,$(1))

# What a test program is linked from.
PARTS := $(call obj,$(SUPPORT)) $(if $(PROGRAM),$(B)/libprogram.a) $(B)/libauthcheck.a

# The test programs and scripts of one kind: $(call tests,unit).
tests = $(patsubst %.c,$(B)/%,$(filter tests/$(1)/%,$(SOURCES))) \
	$(sort $(wildcard tests/$(1)/*_test.sh))
RUN = MAKEFLAGS= V=$(V) AUTHCHECK=$(B)/authcheck BUILD=$(B) MAKE="$(MAKE)" sh tests/support/run.sh

# --- output ---------------------------------------------------------------------------

Q := $(if $(VERBOSE),,@)
say = @printf '  %-7s %s\n' $(1) $(2)
MAKEFLAGS += --no-print-directory

# --- the program and the library ------------------------------------------------------

BINARY := $(if $(MAIN),$(B)/authcheck)
SHARED := $(B)/lib/libauthcheck.so.$(SOVERSION)
ARCHIVE := $(B)/lib/libauthcheck.a
COMPLETION := $(if $(MAIN),bash zsh fish)
all: $(BINARY) $(if $(filter release clang,$(V)),$(SHARED) $(ARCHIVE) \
	$(B)/authcheck.pc $(COMPLETION:%=$(B)/completion.%))
all: $(if $(and $(MAIN),$(filter release,$(V))),build/authcheck)

build/authcheck: build/release/authcheck
	$(Q)ln -f $< $@ 2>/dev/null || cp -p $< $@

$(B)/%.o: %.c Makefile
	$(if $(PKGS_MISSING),$(error libraries are missing: run "make deps" first))
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(COMPILE) $(CFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<
PKGS_MISSING := $(shell pkg-config --exists $(PKGS) gmime-3.0 2>/dev/null || \
	echo yes)

$(B)/libauthcheck.a: $(call obj,$(LIB))
$(B)/libprogram.a: $(call obj,$(PROGRAM))
$(B)/libauthcheck.a $(B)/libprogram.a:
	$(call say,AR,$@)
	$(Q)$(RM) $@ && $(AR) rcs $@ $^

$(B)/authcheck: $(call obj,$(MAIN)) $(filter %.a,$(PARTS))
	$(call say,LINK,$@)
	$(Q)$(LINK) $^ $(PROGRAM_LIBS)

$(B)/completion.%: $(B)/authcheck
	$(Q)$< help completion-$* >$@

# For installation: nothing but ac_* leaves either library.
$(SHARED): $(call obj,$(LIB)) src/api/authcheck.map
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(COMPILE) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(@F) -Wl,-z,relro \
		-Wl,-z,now -Wl,-z,defs -Wl,--version-script=src/api/authcheck.map \
		-o $@ $(filter %.o,$^) $(LIBS)
	$(Q)ln -sf $(@F) $(@D)/libauthcheck.so
$(ARCHIVE): $(call obj,$(LIB))
	@mkdir -p $(@D)
	$(call say,AR,$@)
	$(Q)$(RM) $@ && $(CC) -r -nostdlib -o $(@D)/authcheck.o $^ && \
		$(OBJCOPY) --localize-hidden $(@D)/authcheck.o && \
		$(AR) rcs $@ $(@D)/authcheck.o
$(B)/authcheck.pc: src/api/authcheck.pc.in Makefile FORCE
	@mkdir -p $(@D)
	$(Q)sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(libdir)|' \
		-e 's|@VERSION@|$(VERSION)|' $< >$@

# --- tests ----------------------------------------------------------------------------

$(B)/tests/%_test: $(B)/tests/%_test.o $(PARTS)
	$(call say,LINK,$@)
	$(Q)$(LINK) $^ $(LIBS) $(TEST_LIBS)

# Tests that fail our own allocations, one by one, and that own the clock.
$(B)/tests/unit/audit_patience_test $(B)/tests/unit/batch_share_test \
$(B)/tests/unit/batch_crew_test: LDFLAGS += -Wl,--wrap=clock_us
$(B)/tests/unit/api_memory_test: LDFLAGS += -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc

unit order suite: %: ; $(Q)$(RUN) $@ $(call tests,$@)
golden live install-test: %: $(BINARY)
	$(Q)$(RUN) $* $(call tests,$(*:-test=))
unit: $(call tests,unit)
order: $(call tests,order)
suite: $(call tests,suite) $(BINARY)
golden: $(call tests,golden)
live: $(call tests,live)
install-test: all

# Everything is built first; the kinds then run one after the other, all of them.
TEST_TARGETS := unit order suite golden live fuzz-replay install-test
check: all $(foreach k,$(KINDS),$(call tests,$(k))) $(FUZZERS:%_fuzz.c=$(B)/%_replay)
	+@sh tests/support/summary.sh $(B)/summary $(MAKE) V=$(V) -- $(TEST_TARGETS)

test: deps-test
	@$(MAKE) check
demo: deps
	@$(MAKE) all
	@build/authcheck shop.example --ip 198.51.100.7 --zone fixtures/zones/demo.zone \
		--offline </dev/null; s=$$?; \
	if [ $$s -eq 1 ]; then \
		echo; echo "Exit code 1, as it must be: this mail would be refused."; \
	else echo "demo: exit code $$s where 1 was expected" >&2; exit 1; fi

asan:
	@$(MAKE) V=asan check TEST_TARGETS="unit order suite golden fuzz-replay"
cov:
	@$(MAKE) V=cov cov-run
cov-run: $(BINARY) $(foreach k,unit order suite golden live,$(call tests,$(k)))
	@find $(B) -name '*.gcda' -delete
	+@sh tests/support/summary.sh $(B)/summary $(MAKE) V=cov -- unit order suite \
		golden live >$(B)/tests.log 2>&1 || { cat $(B)/tests.log; exit 1; }
	@sh tests/support/cov.sh $(B) 90
VALGRIND := valgrind -q --error-exitcode=99 --leak-check=full --trace-children=no \
	--errors-for-leak-kinds=definite,indirect
valgrind: valgrind-unit valgrind-golden
valgrind-unit valgrind-golden: valgrind-%: $(BINARY) $(call tests,unit) $(call tests,golden)
	$(Q)RUNNER="$(VALGRIND)" $(RUN) $* $(call tests,$*)

# --- fuzzing: clang explores, gcc replays the corpus in every test run ----------------

fuzz:
	@$(MAKE) V=fuzz fuzzers
fuzzers: $(FUZZERS:%.c=$(B)/%)
$(B)/tests/fuzz/%_fuzz: $(B)/tests/fuzz/%_fuzz.o $(PARTS)
	$(call say,LINK,$@)
	$(Q)$(LINK) -fsanitize=fuzzer $^ $(LIBS) $(TEST_LIBS)
SECONDS ?= 60
fuzz-run: fuzz
	@for f in $(FUZZERS:tests/fuzz/%_fuzz.c=%); do \
		echo "== $$f, $(SECONDS) s"; mkdir -p tests/fuzz/corpus/$$f build/fuzz/new/$$f; \
		build/fuzz/tests/fuzz/$${f}_fuzz -max_total_time=$(SECONDS) -timeout=10 \
			-rss_limit_mb=1024 -artifact_prefix=build/fuzz/ -print_final_stats=1 \
			build/fuzz/new/$$f tests/fuzz/corpus/$$f || exit 1; \
	done
$(B)/tests/fuzz/%_replay: $(B)/tests/fuzz/%_fuzz.o $(B)/tests/support/replay.o $(PARTS)
	$(call say,LINK,$@)
	$(Q)$(LINK) $^ $(LIBS) $(TEST_LIBS)
fuzz-replay: $(FUZZERS:%_fuzz.c=$(B)/%_replay)
	$(Q)$(RUN) $@ $^

# --- looking at the code --------------------------------------------------------------

lint: $(BINARY) $(B)/libauthcheck.a $(if $(PROGRAM),$(B)/libprogram.a)
	$(Q)AUTHCHECK=$(B)/authcheck BUILD=$(B) sh tests/lint/run.sh
format:
	$(Q)clang-format -i $(FORMATTED)
docs: $(BINARY)
	$(Q)sh tests/support/docs.sh $(BINARY)
rfc-index:
	$(Q)sh tests/lint/rfc-index.sh docs/RFC-INDEX.md
analyze:
	@$(MAKE) V=analyze CC=gcc build/analyze/libauthcheck.a
	$(Q)clang-tidy --quiet --warnings-as-errors='*' -checks='-*,bugprone-*,cert-*,$(TIDY)' \
		$(filter src/%.c,$(FORMATTED)) -- $(STD) $(CPP)
	$(Q)cppcheck --quiet --std=c11 --enable=warning,portability --inline-suppr \
		--error-exitcode=1 --suppress=missingInclude -Isrc -Iinclude src
TIDY := clang-analyzer-*,-bugprone-easily-swappable-parameters,-cert-err33-c,$\
	-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling,$\
	-bugprone-branch-clone,-bugprone-macro-parentheses,-cert-dcl37-c,$\
	-bugprone-reserved-identifier,-cert-dcl51-cpp,-bugprone-narrowing-conversions,$\
	-bugprone-sizeof-expression,-clang-analyzer-valist.Uninitialized,-bugprone-assignment-in-if-condition
$(B)/tests/bench/%_bench: $(B)/tests/bench/%_bench.o $(PARTS)
	$(call say,LINK,$@)
	$(Q)$(LINK) $^ $(LIBS) $(TEST_LIBS)
bench: all $(BENCHES:%.c=$(B)/%)
	$(Q)AUTHCHECK=$(B)/authcheck bash tests/bench/startup.sh
	$(Q)for b in $(BENCHES:%.c=$(B)/%); do $$b || exit 1; done
	$(Q)AUTHCHECK=$(B)/authcheck bash tests/bench/batch.sh

# --- installation ---------------------------------------------------------------------

D := $(DESTDIR)
define newline


endef
COMPLETED_bash := bash-completion/completions/authcheck
COMPLETED_zsh  := zsh/site-functions/_authcheck
COMPLETED_fish := fish/vendor_completions.d/authcheck.fish
DOCS := $(wildcard README.md LICENSE docs/*.md)
install: all
	$(Q)install -d $(D)$(bindir) $(D)$(libdir)/pkgconfig $(D)$(incdir) \
		$(D)$(mandir)/man1 $(D)$(mandir)/man3 $(D)$(docdir)
	$(if $(BINARY),$(Q)install -m 755 $(BINARY) $(D)$(bindir)/authcheck)
	$(Q)install -m 644 $(ARCHIVE) $(D)$(libdir)/libauthcheck.a
	$(Q)install -m 755 $(SHARED) $(D)$(libdir)/$(notdir $(SHARED))
	$(Q)ln -sf $(notdir $(SHARED)) $(D)$(libdir)/libauthcheck.so
	$(Q)install -m 644 $(B)/authcheck.pc $(D)$(libdir)/pkgconfig/authcheck.pc
	$(Q)for f in $(wildcard include/*.h); do install -m 644 $$f $(D)$(incdir); done
	$(Q)for s in 1 3; do for f in docs/*.$$s; do [ ! -f $$f ] || \
		install -m 644 $$f $(D)$(mandir)/man$$s; done; done
	$(foreach s,$(COMPLETION),$(Q)install -D -m 644 $(B)/completion.$s \
		$(D)$(datadir)/$(COMPLETED_$s)$(newline))
	$(Q)for f in $(DOCS); do install -m 644 $$f $(D)$(docdir); done
uninstall:
	$(Q)$(RM) $(D)$(bindir)/authcheck $(D)$(libdir)/libauthcheck.a \
		$(D)$(libdir)/libauthcheck.so $(D)$(libdir)/$(notdir $(SHARED)) \
		$(D)$(libdir)/pkgconfig/authcheck.pc $(D)$(incdir)/authcheck.h \
		$(patsubst docs/%,$(D)$(mandir)/man1/%,$(wildcard docs/*.1)) \
		$(patsubst docs/%,$(D)$(mandir)/man3/%,$(wildcard docs/*.3)) \
		$(foreach s,$(COMPLETION),$(D)$(datadir)/$(COMPLETED_$s))
	$(Q)$(RM) -r $(D)$(docdir)

# --- the rest -------------------------------------------------------------------------

deps:
	@$(DEPS) $(BUILD_PACKAGES)
deps-test:
	@$(DEPS) $(BUILD_PACKAGES) $(TEST_PACKAGES)
deps-bench:
	@$(DEPS) $(BUILD_PACKAGES) $(TEST_PACKAGES) $(BENCH_PACKAGES)
deps-ci:
	@$(DEPS) $(BUILD_PACKAGES) $(TEST_PACKAGES) $(LINT_PACKAGES)
clean:
	$(RM) -r build
help:
	@sed 's/^    //' tests/support/help.txt

FORCE:
.PHONY: all check test demo unit order suite golden live install-test asan cov cov-run \
	valgrind valgrind-unit valgrind-golden fuzz fuzzers fuzz-run fuzz-replay lint format docs rfc-index analyze bench \
	install uninstall deps deps-test deps-bench deps-ci clean help FORCE
.SECONDARY:
.DELETE_ON_ERROR:
-include $(patsubst %.c,$(B)/%.d,$(LIB) $(PROGRAM) $(MAIN) $(SUPPORT) $(SOURCES) \
	$(FUZZERS) $(BENCHES) tests/support/replay.c)
