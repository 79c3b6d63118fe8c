# Breaks the product in a copy, one line at a time: is the test that is there
# for it red? make mutate [MUTATE="R-19 smpp-05 window.c"]
.PHONY: mutate
MUTATE ?=

mutate:
	@tools/setup.sh check
	@python3 tests/mutate/mutate.py $(MUTATE)
