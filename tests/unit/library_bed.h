/* What tests of the library stand on: a store in memory, and steps that are
 * taken and committed. */
#pragma once

#include "tests/contract/store_bed.h"

#include <errno.h>

#include "base/secret.h"
#include "campaigns/lint.h"
#include "campaigns/values.h"

struct shop {
	struct bed bed;
	struct library_cfg cfg;
	struct library *library;
	struct library_refusal why;
	const struct version *got;
	char told[512]; /* by the listener */
};

static inline void on_change(void *owner, const struct version *before,
			     const struct version *after, struct str actor,
			     const char *action)
{
	struct shop *s = owner;
	size_t len = strlen(s->told);

	(void)snprintf(s->told + len, sizeof(s->told) - len, "%s:%.*s:%s>%s ",
		       action, STR_ARGS(actor),
		       before == NULL ? "none"
				      : version_state_name(before->state),
		       version_state_name(after->state));
}

static inline bool blocked(void *owner, struct str text, struct str *word)
{
	(void)owner;
	*word = STR("赌博");
	for (size_t i = 0; i < text.len; i++)
		if (str_starts(str_from(text, i), *word))
			return true;
	return false;
}

static inline void shop_open(struct shop *s)
{
	struct library_env env = { .store = s->bed.s,
				   .clock = &clock_real,
				   .cfg = &s->cfg,
				   .blocked = blocked };
	struct err err = { "" };

	if (library_open(&s->library, &env, &err) != 0)
		fail_msg("%s", err.text);
	library_on_change(s->library, on_change, s);
}

static inline int setup(void **state)
{
	struct shop *s = mem_new(struct shop);
	static char promise[] = "P-1";
	static char *promises[] = { promise };
	static char english[] = "b=en";
	static char *languages[] = { english };

	bed_init(&s->bed, "memory:t");
	bed_open(&s->bed);
	s->cfg = (struct library_cfg){ .templates_max = 3,
				       .versions_max = 3,
				       .language = str_dup("zh"),
				       .languages = { languages, 1 },
				       .promises = { promises, 1 },
				       .parts_usual = 3,
				       .review_after = 10,
				       .review_opt_outs = 2000,
				       .review_complaints = 1000 };
	shop_open(s);
	*state = s;
	return 0;
}

static inline int teardown(void **state)
{
	struct shop *s = *state;

	bed_done(&s->bed);
	library_close(&s->library);
	mem_free(s->cfg.language);
	mem_free(s);
	return 0;
}

/* The node goes down and comes again. */
static inline void restart(struct shop *s)
{
	store_close(&s->bed.s);
	library_close(&s->library);
	bed_open(&s->bed);
	shop_open(s);
}

static inline struct library_draft draft(const char *id)
{
	struct library_draft d = {
		.tenant = STR("a"),
		.id = str_of(id),
		.name = STR("Greeting"),
		.class_name = STR("care"),
		.owner = STR("shop"),
		.n = 2,
		.v = { { STR("zh"), STR("演示"), STR("{{name}}您好"), STR("") },
		       { STR("en"), STR("Demo"), STR("Hello {{name}}"),
			 STR("") } },
	};
	return d;
}

static inline int write_draft(struct shop *s, const char *id, const char *who)
{
	struct library_draft d = draft(id);

	return library_write(s->library, &d, str_of(who), &s->got, &s->why);
}

static inline int step(struct shop *s, unsigned number, enum version_event e,
		       const char *who)
{
	struct library_step x = { .tenant = STR("a"),
				  .id = STR("hello"),
				  .number = number,
				  .event = e,
				  .actor = str_of(who),
				  .reason = STR("because") };

	return library_step(s->library, &x, &s->got, &s->why);
}

/* A step that goes, and its commit. */
static inline void go(struct shop *s, unsigned number, enum version_event e,
		      const char *who)
{
	if (step(s, number, e, who) != 0)
		fail_msg("%s", s->why.err.text);
	assert_int_equal(bed_commit(&s->bed), 0);
}

static inline const char *state_of(struct shop *s, unsigned number)
{
	const struct version *v =
		library_version(s->library, STR("a"), STR("hello"), number);

	return v == NULL ? "none" : version_state_name(v->state);
}

static inline int find(struct shop *s, unsigned number, const char *lang,
		       struct library_pick *p, struct err *err)
{
	struct library_ask ask = { .tenant = STR("a"),
				   .id = STR("hello"),
				   .number = number,
				   .lang = str_of(lang) };

	return library_find(s->library, &ask, p, err);
}
