# What a machine can decide of the house and of STYLE.
.PHONY: fmt lint floors headers

fmt:
	@git ls-files -z '*.c' '*.h' | xargs -0 clang-format -i

lint:
	@python3 tools/lint.py

# The objects of every program, and nothing of the tests.
floors: $(OBJ) $(patsubst %.c,$(B)/%.o,$(wildcard $(MAINS)) $(SIMSRC))
	@python3 tools/floors.py $(B)

# Each header compiles alone.
HEADERS := $(wildcard $(addsuffix /*.h,$(FOLDERS) tools/smscsim))
headers: $(HEADERS:%=$(B)/headers/%.ok)

$(B)/headers/%.ok: %
	@mkdir -p $(@D)
	@echo '#include "$<"' | $(CC) $(filter-out -MMD -MP,$(CFLAGS)) \
		-Wno-unused-function -MMD -MP -MT $@ -MF $(@:.ok=.d) \
		-fsyntax-only -x c -
	@touch $@
