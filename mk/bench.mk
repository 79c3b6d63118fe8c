# Figures beside Debian's Kannel, in one run on this machine; both use the
# same load generator and the same SMSC. make bench [BENCH="rate memory"]
.PHONY: bench bench-here
BENCH ?=

bench:
	@tools/setup.sh check
	@$(MAKE) --no-print-directory V=rel bench-here

$(B)/load: $(B)/tests/bench/load.o $(B)/tests/bench/histogram.o
	@echo "  LD    $@"
	@$(CC) $(LDFLAGS) -o $@ $^ -lm

$(B)/sink: $(B)/tests/bench/sink.o
	@echo "  LD    $@"
	@$(CC) $(LDFLAGS) -o $@ $^

bench-here: all $(B)/load $(B)/sink $(B)/smpp_load
	@CARILLON_BUILD=$(CURDIR)/$(B) python3 tests/bench/run.py $(BENCH)
