# The monthly report over five million messages, and what it does to sending:
# make bench-report [MESSAGES=5000000] [SURVEYS=200000] [COUNT=60000] [RUNS=3]
# [KEEP=1]; with KEEP a store that was filled before is measured again.
# The answer to "may service be stopped?" with a million accounts:
# make bench-suspend [ACCOUNTS=1000000] [ASKS=20000].
.PHONY: bench-report bench-report-here bench-suspend bench-suspend-here
REPORT_DIR ?= $(CURDIR)/build/report-bench

bench-report:
	@tools/setup.sh check
	@$(MAKE) --no-print-directory V=rel bench-report-here

bench-report-here: all $(B)/load
	@test -n "$(KEEP)" -a -e $(REPORT_DIR)/carillon.db || \
		CARILLON_BUILD=$(CURDIR)/$(B) \
		python3 tests/bench/report_bench.py fill $(REPORT_DIR)
	@CARILLON_BUILD=$(CURDIR)/$(B) python3 tests/bench/report_bench.py \
		$(REPORT_DIR)

bench-suspend:
	@tools/setup.sh check
	@$(MAKE) --no-print-directory V=rel bench-suspend-here

bench-suspend-here: all
	@CARILLON_BUILD=$(CURDIR)/$(B) python3 tests/bench/suspend.py
