# The ESME load generator of the benches, and SMPP in -> durable -> SMPP out:
# make bench-smpp [COUNT=100000] [RUNS=3]
.PHONY: bench-smpp bench-smpp-here

bench-smpp:
	@tools/setup.sh check
	@$(MAKE) --no-print-directory V=rel bench-smpp-here

$(B)/smpp_load: $(B)/tests/bench/smpp_load.o $(B)/tests/bench/histogram.o
	@echo "  LD    $@"
	@$(CC) $(LDFLAGS) -o $@ $^ -lm

bench-smpp-here: all $(B)/smpp_load
	@CARILLON_BUILD=$(CURDIR)/$(B) python3 tests/bench/smpp_in.py
