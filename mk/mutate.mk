# Breaks the product in a copy, one line at a time: is the scenario that is
# there for it red? make mutate [MUTATE="smpp-05 window.c"]
.PHONY: mutate
MUTATE ?=

mutate:
	@tools/setup.sh check
	@python3 tests/mutate/mutate.py $(MUTATE)
