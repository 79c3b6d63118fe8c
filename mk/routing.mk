# What one routing decision costs, in the variant that is shipped.
.PHONY: bench-routing
bench-routing:
	@$(MAKE) -s Q=1 V=rel build/rel/tests/bench/routing_bench
	@build/rel/tests/bench/routing_bench
