# authcheck - the build. One non-recursive makefile; every output lives under build/.
#
#   make            build/authcheck and the library
#   make test       install what is missing, build, run all tests
#   make demo       install what is missing, build, audit the example that ships
#   V=asan|cov|fuzz another set of flags, in a folder of its own

V ?= release
B := build/$(V)
CC := gcc

STD  := -std=c17 -D_POSIX_C_SOURCE=200809L
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wundef \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wwrite-strings \
	-Wcast-qual -Wpointer-arith -Wvla -Wformat=2 -Wnull-dereference -Werror
F_release := -O2 -g -D_FORTIFY_SOURCE=3 -fstack-protector-strong \
	-fstack-clash-protection -fPIC
F_asan := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
F_cov  := -O0 -g --coverage

PKGS := libcares ldns libcrypto libidn2 libpsl
CPP  := -Iinclude -Isrc $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
LIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null)
COMPILE := $(CC) $(STD) $(WARN) -fvisibility=hidden $(F_$(V)) $(CPP)

LIB   := $(filter-out src/cli/%,$(sort $(wildcard src/*/*.c)))
CLI   := $(sort $(wildcard src/cli/*.c))
SUPPORT := $(sort $(wildcard tests/support/*.c))
TESTS := $(sort $(wildcard tests/unit/*_test.c))
OBJ    = $(patsubst %.c,$(B)/%.o,$(1))

all: $(B)/authcheck

$(B)/libauthcheck.a: $(call OBJ,$(LIB))
	$(RM) $@ && $(AR) rcs $@ $^
$(B)/authcheck: $(call OBJ,$(CLI)) $(B)/libauthcheck.a
	$(COMPILE) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)
$(B)/tests/unit/%_test: $(B)/tests/unit/%_test.o $(call OBJ,$(SUPPORT)) $(B)/libauthcheck.a
	$(COMPILE) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka -ljansson
$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(COMPILE) -Itests $(CFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<

unit: $(TESTS:%.c=$(B)/%.ok)
$(B)/%.ok: $(B)/%
	./$< && touch $@

clean:
	$(RM) -r build
.PHONY: all unit clean
.SECONDARY:
-include $(patsubst %.c,$(B)/%.d,$(LIB) $(CLI) $(TESTS) $(SUPPORT))
