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

# A campaign for a million people: simulate, write down, list meanwhile.
# make bench-campaign [PEOPLE=1000000]
.PHONY: bench-campaign bench-campaign-here
bench-campaign:
	@tools/setup.sh check
	@$(MAKE) --no-print-directory V=rel bench-campaign-here

bench-campaign-here: all
	@CARILLON_BUILD=$(CURDIR)/$(B) PEOPLE=$(or $(PEOPLE),1000000) \
		python3 tests/bench/campaign.py
