# What one routing decision costs, in the variant that is shipped. The engine
# needs nothing but base, so nothing else is built.
.PHONY: bench-routing
BENCH_ROUTING := build/routing-bench

bench-routing:
	@$(MAKE) -s --no-print-directory Q=1 V=rel B=$(BENCH_ROUTING) \
		FOLDERS="base routing" TESTLIB= \
		$(BENCH_ROUTING)/tests/bench/routing_bench
	@$(BENCH_ROUTING)/tests/bench/routing_bench
