/* Live messages and what they have in common. */
#include "gateway/live.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "model/address.h"

struct room {
	struct classes *classes;
	struct lives lives;
};

static int setup(void **state)
{
	static struct room m;
	struct settings s = { 0 };
	struct faults f = { 0 };

	assert_int_equal(settings_parse("", "test", &class_section, 1, &s, &f),
			 0);
	assert_int_equal(classes_new(&m.classes, &s, &f), 0);
	settings_done(&s);
	faults_done(&f);
	lives_init(&m.lives, m.classes, 100);
	*state = &m;
	return 0;
}

static int teardown(void **state)
{
	struct room *m = *state;

	lives_done(&m->lives);
	classes_free(&m->classes);
	assert_int_equal(mem_live_blocks(), 0);
	return 0;
}

static struct message full_message(uint64_t id)
{
	return (struct message){
		.id = id,
		.tenant = STR("DEMOTEL"),
		.class_name = STR("notice"),
		.to = STR("+447700900001"),
		.address = STR("device/7"),
		.from = STR("DEMOCARE"),
		.channel = STR("mqtt"),
		.text = STR("Your parcel is on its way."),
		.campaign = STR("c9"),
		.metadata = STR("{\"order\":4711}"),
		.business_line = STR("retail"),
		.origin = STR("crm"),
		.template_ref = { STR("due"), 3, STR("zh"), STR("hash") },
		.valid_until_ms = 1234567890123,
		.priority = 4,
		.parts = 2,
		.flags = MESSAGE_FLAG_RECEIPT,
	};
}

static struct live *add(struct room *m, const struct message *v)
{
	const struct class_rules *rules =
		classes_find(m->classes, STR("notice"));
	struct live *l = NULL;

	assert_int_equal(lives_add(&m->lives, v, rules, &l), 0);
	return l;
}

static void same_text(struct str a, struct str b)
{
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.p, b.p, a.len);
}

/* All but the text, which a peer may have by now. */
static void same_message(const struct message *a, const struct message *b)
{
	assert_int_equal(a->id, b->id);
	same_text(a->tenant, b->tenant);
	same_text(a->class_name, b->class_name);
	same_text(a->to, b->to);
	same_text(a->address, b->address);
	same_text(a->from, b->from);
	same_text(a->channel, b->channel);
	same_text(a->campaign, b->campaign);
	same_text(a->metadata, b->metadata);
	same_text(a->business_line, b->business_line);
	same_text(a->origin, b->origin);
	same_text(a->template_ref.id, b->template_ref.id);
	assert_int_equal(a->template_ref.version, b->template_ref.version);
	same_text(a->template_ref.lang, b->template_ref.lang);
	same_text(a->template_ref.sha256, b->template_ref.sha256);
	assert_int_equal(a->valid_until_ms, b->valid_until_ms);
	assert_int_equal(a->priority, b->priority);
	assert_int_equal(a->parts, b->parts);
	assert_int_equal(a->flags, b->flags);
}

static void gives_back_what_was_put_in(void **state)
{
	struct room *m = *state;
	const struct message in = full_message(7);
	struct live *l = add(m, &in);
	struct message out;

	live_message(&m->lives, l, &out);
	same_message(&in, &out);
	same_text(in.text, out.text);
	assert_ptr_equal(lives_find(&m->lives, 7), l);
	assert_ptr_equal(live_of(&l->item), l);

	size_t before = m->lives.bytes;
	l = lives_strip(&m->lives, l);
	assert_int_equal(before - m->lives.bytes, in.text.len);
	assert_ptr_equal(lives_find(&m->lives, 7), l);
	live_message(&m->lives, l, &out);
	same_message(&in, &out);
	assert_int_equal(out.text.len, 0);

	lives_remove(&m->lives, l);
	assert_int_equal(m->lives.bytes, 0);
	assert_null(lives_find(&m->lives, 7));
}

/* An envelope for all that have the same, as long as there is one of them. */
static void shares_envelopes(void **state)
{
	struct room *m = *state;
	struct message v = full_message(1);
	struct live *a = add(m, &v);

	v.id = 2;
	v.to = STR("+447700900002");
	v.text = STR("Another text.");
	struct live *b = add(m, &v);
	assert_ptr_equal(a->envelope, b->envelope);
	v.id = 3;
	/* the same bytes in a row, but other fields */
	v.campaign = STR("c9retail");
	v.business_line = STR_NONE;
	struct live *c = add(m, &v);
	assert_ptr_not_equal(a->envelope, c->envelope);
	assert_int_equal(envelopes_len(m->lives.envelopes), 2);

	lives_remove(&m->lives, a);
	assert_int_equal(envelopes_len(m->lives.envelopes), 2);
	struct message out;
	live_message(&m->lives, b, &out);
	same_text(out.origin, STR("crm"));
	lives_remove(&m->lives, b);
	assert_int_equal(envelopes_len(m->lives.envelopes), 1);
}

/* One after the other, each with one field of its own: none is taken for the
 * one before. */
static void every_field_has_its_envelope(void **state)
{
	struct room *m = *state;
	struct message kinds[6];

	for (unsigned i = 0; i < ARRAY_LEN(kinds); i++)
		kinds[i] = full_message(i + 1);
	kinds[1].thread = STR("another thread");
	kinds[2].exclusion = STR("another group");
	kinds[3].template_ref.id = STR("another template");
	kinds[4].template_ref.version = 77;
	kinds[5].template_ref.lang = STR("fr");
	for (unsigned i = 0; i < ARRAY_LEN(kinds); i++) {
		struct message out;

		live_message(&m->lives, add(m, &kinds[i]), &out);
		assert_true(str_eq(out.thread, kinds[i].thread));
		assert_true(str_eq(out.exclusion, kinds[i].exclusion));
		assert_true(
			str_eq(out.template_ref.id, kinds[i].template_ref.id));
	}
	assert_int_equal(envelopes_len(m->lives.envelopes), 6);
}

static void refuses_what_is_too_much(void **state)
{
	struct room *m = *state;
	static char long_text[MESSAGE_TEXT_MAX + 1];
	const struct class_rules *rules =
		classes_find(m->classes, STR("notice"));
	struct message v = full_message(1);
	struct live *l = NULL;

	v.text = str_bytes(long_text, sizeof(long_text));
	assert_int_equal(lives_add(&m->lives, &v, rules, &l), -EINVAL);
	v = full_message(1);
	v.to = str_bytes(long_text, ADDRESS_MAX);
	assert_int_equal(lives_add(&m->lives, &v, rules, &l), -EINVAL);
	v = full_message(1);
	v.metadata = str_bytes(long_text, MESSAGE_METADATA_MAX + 1);
	assert_int_equal(lives_add(&m->lives, &v, rules, &l), -EINVAL);

	for (uint64_t id = 1; id <= 100; id++) {
		v = full_message(id);
		(void)add(m, &v);
	}
	v = full_message(101);
	assert_int_equal(lives_add(&m->lives, &v, rules, &l), -ENOSPC);
	assert_null(l);
}

/* A queued message takes no more than 350 bytes: with the map's slot and a
 * text of a full part. */
static void takes_few_bytes(void **state UNUSED)
{
	enum { MAP_SLOT = 2 * 16, NUMBER = 13, PART = 160 };

	assert_true(sizeof(struct live) + MAP_SLOT + NUMBER + PART <= 350);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	static const struct CMUnitTest tests[] = {
		CASE(gives_back_what_was_put_in),
		CASE(shares_envelopes),
		CASE(every_field_has_its_envelope),
		CASE(refuses_what_is_too_much),
		cmocka_unit_test(takes_few_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
