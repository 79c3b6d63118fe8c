# Carillon. `make demo` shows the main job, `make check` proves it.
# make [V=dev|rel|asan|tsan|cover|fuzz] [target]; output goes to build/$(V).
V ?= dev
B := build/$(V)
CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
PKGS := libuv libsmpp34 libmosquitto libcurl jansson sqlite3 libmicrohttpd \
	libconfuse libutf8proc libsodium openssl

# ---- flags -----------------------------------------------------------------
WARN := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wold-style-definition -Wpointer-arith \
	-Wcast-qual -Wwrite-strings -Wvla -Wformat=2 -Wundef -Wswitch-enum \
	-Wno-switch-enum -Wswitch -Wimplicit-fallthrough -Wnull-dereference \
	-Wno-missing-field-initializers
BASEFLAGS := -std=gnu11 -I. -include base/banned.h -D_GNU_SOURCE -fno-common -pthread \
	-fno-omit-frame-pointer -fstack-protector-strong -MMD -MP
OPT_dev := -O1 -g
OPT_rel := -O2 -g -DNDEBUG -D_FORTIFY_SOURCE=2 -flto=auto
OPT_asan := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
OPT_tsan := -O1 -g -fsanitize=thread
OPT_cover := -O0 -g --coverage
OPT_fuzz := -O1 -g -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all
ifeq ($(V),fuzz)
CC := clang
WARN += -Wno-unknown-warning-option -Wno-gnu-statement-expression
endif
CCACHE := $(shell command -v ccache 2>/dev/null)
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lm
CFLAGS := $(BASEFLAGS) $(WARN) $(OPT_$(V)) $(PKG_CFLAGS) $(EXTRA_CFLAGS)
LDFLAGS := -pthread $(OPT_$(V)) -rdynamic

# ---- what is built ---------------------------------------------------------
FOLDERS := base proto model routing templates store reports gateway campaigns care acd \
	console daemon cli $(patsubst %/,%,$(wildcard channels/*/))
MAINS := daemon/main.c cli/main.c
SRC := $(filter-out $(MAINS),$(foreach f,$(FOLDERS),$(wildcard $(f)/*.c)))
OBJ := $(SRC:%.c=$(B)/%.o)
LIB := $(B)/libcarillon.a
SIMSRC := $(wildcard tools/smscsim/*.c)
TESTLIB := $(wildcard tests/lib/*.c)
TESTS := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/unit/*_test.c \
	tests/contract/*_test.c))
PROGRAMS := $(if $(wildcard daemon/main.c),$(B)/carillond) \
	$(if $(wildcard cli/main.c),$(B)/carillon) \
	$(if $(SIMSRC),$(B)/smscsim)

.DEFAULT_GOAL := all
.PHONY: all tests
all: $(PROGRAMS)
tests: $(TESTS)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@$(if $(Q),,echo "  CC    $<")
	@$(CCACHE) $(CC) $(CFLAGS) -c -o $@ $<

# Made aside and moved in place: whoever links meanwhile finds it whole.
$(LIB): $(OBJ)
	@$(if $(filter rel,$(V)),gcc-ar,ar) rcs $@.$$$$ $^ && mv $@.$$$$ $@

$(B)/carillond: $(B)/daemon/main.o $(LIB)
	@echo "  LD    $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(B)/carillon: $(B)/cli/main.o $(LIB)
	@echo "  LD    $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

# A tool stands on proto and base alone.
$(B)/smscsim: $(SIMSRC:%.c=$(B)/%.o) $(filter $(B)/base/% $(B)/proto/%,$(OBJ))
	@echo "  LD    $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(B)/tests/%: $(B)/tests/%.o $(TESTLIB:%.c=$(B)/%.o) $(LIB)
	@echo "  LD    $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) -lcmocka

.SECONDARY:
-include $(shell find $(B) -name '*.d' 2>/dev/null)

# One target of its own for each concern; see mk/*.mk.
-include mk/*.mk
