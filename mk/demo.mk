# The story of docs/demo.md, played on this machine: make demo [EXIT=1]
.PHONY: demo demo-here
EXIT ?=

demo:
	@tools/setup.sh demo
	@$(MAKE) --no-print-directory -j$(shell nproc) demo-here

demo-here: all
	@CARILLON_BUILD=$(CURDIR)/$(B) python3 tools/demo/demo.py \
		$(if $(filter-out 0,$(EXIT)),--exit)
