# Proving a ledger of a million events, and finding one changed byte in it, in
# the variant that is shipped. make bench-ledger [EVENTS=1000000]
.PHONY: bench-ledger bench-ledger-here
EVENTS ?= 1000000

$(B)/ledger_fill: $(B)/tests/bench/ledger_fill.o $(LIB)
	@echo "  LD    $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

bench-ledger:
	@$(MAKE) --no-print-directory V=rel bench-ledger-here

bench-ledger-here: all $(B)/ledger_fill
	@CARILLON_BUILD=$(CURDIR)/$(B) EVENTS=$(EVENTS) \
		python3 tests/bench/ledger.py
