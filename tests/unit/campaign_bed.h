/* What tests of campaigns over HTTP stand on: their people, drafts, steps. */
#pragma once

#include "tests/unit/console_bed.h"

/* Keys of an author, of somebody else, and of who decides. */
struct cast {
	char author[64], other[64], approver[64];
};

static inline void key_of(struct bed *b, const char *name, const char *role,
			  char out[64])
{
	char body[160];

	b->key = ADMIN;
	snprintf(body, sizeof(body),
		 "{\"name\":\"%s\",\"role\":\"%s\",\"tenant\":\"acme\"}", name,
		 role);
	assert_int_equal(bed_post(b, "/v1/keys", body), 201);
	must(str_copy(out, 64, str_of(bed_word(b, "key"))) == 0);
}

static inline void cast_make(struct bed *b, struct cast *c)
{
	key_of(b, "ann", "marketer", c->author);
	key_of(b, "bob", "marketer", c->other);
	key_of(b, "eve", "approver", c->approver);
	b->key = c->author;
}

static inline long number(struct bed *b, const char *path)
{
	return strtol(bed_word(b, path), NULL, 10);
}

/* n addresses from +447700900000 on, as members of a JSON list. */
static inline const char *addresses(unsigned n)
{
	static struct buf b;

	buf_done(&b);
	buf_init(&b, BUF_NO_LIMIT);
	for (unsigned i = 0; i < n; i++)
		buf_f(&b, "%s\"+447700900%03u\"", i > 0 ? "," : "", i);
	return b.p;
}

/* A draft; more: further members, each with a comma before. */
static inline const char *draft(struct bed *b, const char *list,
				const char *more)
{
	static char id[16];
	struct buf body = { 0 };

	buf_init(&body, BUF_NO_LIMIT);
	buf_f(&body,
	      "{\"name\":\"Spring\",\"class\":\"notice\",\"text\":\"Hello\","
	      "\"audience\":{\"addresses\":[%s]}%s}",
	      list, more);
	if (bed_post(b, "/v1/campaigns", body.p) != 201)
		fail_msg("%d %.*s", b->status, STR_ARGS(b->body));
	must(str_copy(id, sizeof(id), str_of(bed_word(b, "id"))) == 0);
	buf_done(&body);
	return id;
}

static inline int act(struct bed *b, const char *id, const char *word)
{
	char path[96];

	snprintf(path, sizeof(path), "/v1/campaigns/%s/%s", id, word);
	return bed_post(b, path, "");
}

static inline int look(struct bed *b, const char *id, const char *what)
{
	char path[128];

	snprintf(path, sizeof(path), "/v1/campaigns/%s%s", id, what);
	return bed_get(b, path);
}

/* Between two looks: whoever asks without rest keeps the loop from its work. */
static inline void rest(struct bed *b)
{
	uint64_t rested = clock_mono_ms(&clock_real) + 5;

	TURN_UNTIL(b, clock_mono_ms(&clock_real) >= rested);
}

/* Until it is in this state. */
static inline void wait_state(struct bed *b, const char *id, const char *state)
{
	uint64_t until = clock_mono_ms(&clock_real) + 20000;

	do {
		rest(b);
		assert_int_equal(look(b, id, ""), 200);
	} while (strcmp(bed_word(b, "state"), state) != 0 &&
		 clock_mono_ms(&clock_real) < until);
	if (strcmp(bed_word(b, "state"), state) != 0)
		fail_msg("not %s: %.*s", state, STR_ARGS(b->body));
}

/* Submitted by its author, approved by another. */
static inline void approve(struct bed *b, const struct cast *c, const char *id)
{
	b->key = c->author;
	if (act(b, id, "submit") != 200)
		fail_msg("%d %.*s", b->status, STR_ARGS(b->body));
	assert_string_equal(bed_word(b, "state"), "in_review");
	b->key = c->approver;
	assert_int_equal(act(b, id, "approve"), 200);
	assert_string_equal(bed_word(b, "state"), "approved");
	b->key = c->author;
}
