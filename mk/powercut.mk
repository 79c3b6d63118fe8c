# The store under a power cut, in memory (tests/crash/cutdisk.c), and its speed.
# make powercut [CUTS=200] [CUT_SEED=1]; make bench-store [BENCH_SECONDS=2]
.PHONY: powercut bench-store bench-store-here
CUTS ?= 200
CUT_SEED ?= 1
BENCH_SECONDS ?= 2

$(B)/powercut: $(B)/tests/crash/powercut.o $(B)/tests/crash/cutdisk.o \
		$(B)/tests/crash/cutfile.o $(LIB)
	@echo "  LD    $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

powercut: $(B)/powercut
	@$(B)/powercut $(CUTS) $(CUT_SEED)

$(B)/store_bench: $(B)/tests/bench/store_bench.o $(LIB)
	@echo "  LD    $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

bench-store:
	@$(MAKE) --no-print-directory V=rel bench-store-here

bench-store-here: $(B)/store_bench
	@$(B)/store_bench $(BENCH_SECONDS)
