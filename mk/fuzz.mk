# libFuzzer over every parser: make fuzz [FUZZ_SECONDS=60] [FUZZ=csv];
# make fuzz-corpus replays what is committed in tests/fuzz/corpus/<name>/.
.PHONY: fuzz fuzz-corpus fuzz-here fuzz-corpus-here
FUZZ_SECONDS ?= 60
FUZZ ?=
FUZZERS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_RUN := $(if $(FUZZ),$(filter $(FUZZ),$(FUZZERS)),$(FUZZERS))

fuzz fuzz-corpus:
	@$(MAKE) --no-print-directory V=fuzz $@-here

$(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $(LIB)
	@echo "  LD    $@"
	@$(CC) $(subst fuzzer-no-link,fuzzer,$(LDFLAGS)) -o $@ $^ $(PKG_LIBS)

# What it finds goes to build/fuzz/found; a corpus worth keeping is committed.
fuzz-here: $(FUZZ_RUN:%=$(B)/tests/fuzz/fuzz_%)
	@set -e; for f in $(FUZZ_RUN); do \
		mkdir -p $(B)/found/$$f $(B)/corpus/$$f tests/fuzz/corpus/$$f; \
		dict=; [ ! -f tests/fuzz/$$f.dict ] || \
			dict=-dict=tests/fuzz/$$f.dict; \
		echo "  FUZZ  $$f for $(FUZZ_SECONDS) s"; \
		$(B)/tests/fuzz/fuzz_$$f -max_total_time=$(FUZZ_SECONDS) \
			-timeout=5 -rss_limit_mb=1024 -print_final_stats=1 $$dict \
			-artifact_prefix=$(B)/found/$$f/ $(B)/corpus/$$f \
			tests/fuzz/corpus/$$f >$(B)/found/$$f.log 2>&1 || \
			{ tail -n 40 $(B)/found/$$f.log; exit 1; }; \
		grep -E 'stat::number_of_executed_units|stat::new_units_added' \
			$(B)/found/$$f.log; \
	done

fuzz-corpus-here: $(FUZZERS:%=$(B)/tests/fuzz/fuzz_%)
	@set -e; for f in $(FUZZERS); do \
		[ -d tests/fuzz/corpus/$$f ] || \
			{ echo "tests/fuzz/corpus/$$f is missing"; exit 1; }; \
		$(B)/tests/fuzz/fuzz_$$f -runs=0 -timeout=5 \
			tests/fuzz/corpus/$$f >$(B)/$$f.log 2>&1 || \
			{ tail -n 40 $(B)/$$f.log; exit 1; }; \
		echo "  OK    $$f, $$(ls tests/fuzz/corpus/$$f | wc -l) inputs"; \
	done
