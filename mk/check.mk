# Tests and what CI runs. tools/runtests.py sums up; see docs/testing.md.
.PHONY: setup build check check-here gate asan tsan valgrind cover crash crash-campaign optout-order \
	compile_commands print-sources print-cflags

RUNTESTS = python3 tools/runtests.py --jobs $(JOBS)
JOBS ?= $(shell nproc)

# pkg-config was asked when this file was read: after setup, make anew.
setup:
	@tools/setup.sh check

build: all tests

check:
	@tools/setup.sh check || { echo "0 passed, 1 failed"; exit 1; }
	@$(MAKE) --no-print-directory check-here

check-here:
	@$(RUNTESTS) --variant $(V) build floors headers lint unit scripts \
		contract scenarios peers crash fuzz:fuzz

# Before a commit: the above without the long crash run, and with the unit and
# contract tests under asan only.
gate:
	@tools/setup.sh check || { echo "0 passed, 1 failed"; exit 1; }
	@$(MAKE) --no-print-directory gate-here

.PHONY: gate-here
gate-here:
	@$(RUNTESTS) build floors headers lint asan:build asan:unit scripts \
		asan:contract scenarios peers powercut fuzz:fuzz

asan:
	@$(RUNTESTS) --variant asan build unit contract scenarios peers

tsan:
	@$(RUNTESTS) --variant tsan build unit contract scenarios

# Leaks are what asan looks for; a test that was too slow leaves some.
VALGRIND = valgrind -q --error-exitcode=9 --leak-check=no \
	--suppressions=tests/lib/valgrind.supp

valgrind:
	@$(RUNTESTS) build
	@$(RUNTESTS) --jobs 1 --wrap "$(VALGRIND)" unit contract

cover:
	@find build/cover -name '*.gcda' -delete 2>/dev/null || true
	-@$(RUNTESTS) --variant cover build unit contract scenarios peers
	@python3 tools/cover.py build/cover

# make crash N=100: N kills under HTTP, a third of them under ESMEs,
# and as many during a campaign; make crash-campaign N=200: those alone
N ?= 100
crash: all
	@for t in tests/crash/kill9*_test.py; do \
		CARILLON_BUILD=$(CURDIR)/$(B) KILLS=$(N) python3 $$t || exit 1; \
	done

crash-campaign: N := $(if $(filter file,$(origin N)),200,$(N))
crash-campaign: all
	@CARILLON_BUILD=$(CURDIR)/$(B) KILLS=$(N) \
		python3 tests/crash/kill9_campaign_test.py

# Opt-outs while a campaign's messages are queued: nothing leaves after one was
# acknowledged. make optout-order [RUNS=1000] [QUEUED=100000]
optout-order: all
	@CARILLON_BUILD=$(CURDIR)/$(B) RUNS=$(or $(RUNS),1000) \
		QUEUED=$(or $(QUEUED),100000) \
		python3 tests/crash/optout_order_test.py

print-sources:
	@echo $(SRC) $(wildcard $(MAINS)) $(SIMSRC) $(TESTLIB) \
		$(wildcard tests/unit/*.c tests/contract/*.c tests/fuzz/*.c)

print-cflags:
	@echo $(CC) $(CFLAGS)

compile_commands:
	@python3 tools/compile_commands.py
