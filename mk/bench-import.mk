# Contacts from CSV: rows a second, and what they take of memory.
# make bench-import [ROWS=1000000] [SHAPE=consent]; make bench BENCH=import: medians
.PHONY: bench-import bench-import-here
ROWS ?= 1000000

bench-import:
	@tools/setup.sh check
	@$(MAKE) --no-print-directory V=rel bench-import-here

bench-import-here: all
	@ROWS=$(ROWS) CARILLON_BUILD=$(CURDIR)/$(B) python3 tests/bench/part_import.py
