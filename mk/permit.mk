# What one decision of the gate costs with full rules, in the variant that is
# shipped, over a million addresses.
.PHONY: bench-permit
BENCH_PERMIT := build/permit-bench

bench-permit:
	@$(MAKE) -s --no-print-directory Q=1 V=rel B=$(BENCH_PERMIT) \
		FOLDERS="base proto model routing gateway" TESTLIB= \
		$(BENCH_PERMIT)/tests/bench/permit_bench
	@$(BENCH_PERMIT)/tests/bench/permit_bench
