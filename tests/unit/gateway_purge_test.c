/* texts are gone when they were kept long enough, from every file of the
 * data folder; what stays tells a copy from a forgery. The purge's clock is
 * turned by hand. */
#include "gateway/purge.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/secret.h"
#include "model/inbound.h"
#include "tests/lib/bed.h"
#include "tests/lib/bytes.h"

#define DAY (int64_t)86400000

static const char config[] =
	"class code { consent = none bypass = true body_retention = 0s }\n"
	"class notice { consent = none bypass = true body_retention = 30d }\n"
	"class service { consent = none bypass = true }\n"
	"fake a { receipt_after = 1ms }\n";

#define KEY STR("a key of the test, which is long enough")

struct keeping {
	struct bed *bed;
	struct purge *purge;
	struct clock_hand clock;
};

static void start(struct keeping *k, bool create)
{
	struct purge_env env = { .clock = &k->clock.ops, .key = KEY };

	bed_start(k->bed, config, create);
	env.loop = k->bed->loop;
	env.gateway = k->bed->gateway;
	env.store = k->bed->store;
	purge_open(&k->purge, &env);
}

static void stop(struct keeping *k)
{
	purge_stop(k->purge);
	bed_stop(k->bed);
	purge_close(&k->purge);
}

static void open_keeping(struct keeping *k, void **state)
{
	*k = (struct keeping){ .bed = *state };
	clock_hand_init(&k->clock, clock_wall_ms(&clock_real));
	start(k, true);
}

static void round_of(struct keeping *k)
{
	purge_tick(k->purge);
	TURN_UNTIL(k->bed, !purge_busy(k->purge));
	commit(k->bed);
}

/* ---- the bytes of the folder ------------------------------------------------- */

/* The journal is trimmed a second behind, so the next rounds cut the log off
 * once more. */
static void gone(struct keeping *k, const char *probe)
{
	uint64_t until = clock_mono_ms(&clock_real) + 20000;

	while (bytes_in(k->bed->dir, probe) > 0 &&
	       clock_mono_ms(&clock_real) < until) {
		round_of(k);
		for (unsigned i = 0; i < 250; i++)
			bed_turn(k->bed);
	}
	assert_int_equal(bytes_in(k->bed->dir, probe), 0);
}

/* ---- what the store says --------------------------------------------------------- */

struct found {
	bool done, purged;
	char text[64];
	uint8_t hash[32];
	size_t hash_len;
};

static void on_done(void *owner, int rc)
{
	assert_int_equal(rc, 0);
	((struct found *)owner)->done = true;
}

static bool show_message(void *owner, const struct row *row)
{
	struct found *f = owner;
	struct message m;

	assert_int_equal(message_decode(row_s(row, 5), 1, &m), 0);
	f->purged = m.purged;
	IGNORE(str_copy(f->text, sizeof(f->text), m.text));
	return true;
}

static bool show_hash(void *owner, const struct row *row)
{
	struct found *f = owner;

	f->hash_len = row_s(row, 0).len;
	assert_int_equal(f->hash_len, sizeof(f->hash));
	memcpy(f->hash, row_s(row, 0).p, sizeof(f->hash));
	return true;
}

static void read_it(struct bed *b, enum store_call call, uint64_t id,
		    store_row_fn show, struct found *f)
{
	const struct cell cell = CELL_I(id);

	f->done = false;
	b->store->ops->get(b->store, call, &cell, 1, show, on_done, f);
	TURN_UNTIL(b, f->done);
}

static struct found find(struct bed *b, uint64_t id)
{
	struct found f = { 0 };

	read_it(b, STORE_MESSAGE_GET, id, show_message, &f);
	read_it(b, STORE_BODY_HASH_GET, id, show_hash, &f);
	return f;
}

static uint64_t sent(struct keeping *k, const char *class_name,
		     const char *text)
{
	struct submitted out = submit(k->bed, class_name, SHI, text);

	assert_int_equal(out.rc, 0);
	TURN_UNTIL(k->bed, !is_live(k->bed, out.id));
	commit(k->bed);
	return out.id;
}

/* ---- tests ---------------------------------------------------------------------- */

static void r18_a_code_is_gone_when_it_is_delivered(void **state)
{
	static const char text[] = "PROBEcode 4711 is yours";
	struct keeping k;
	uint8_t hash[32];

	open_keeping(&k, state);
	uint64_t id = sent(&k, "code", text);
	assert_int_equal(look(k.bed, id).state, MESSAGE_DELIVERED);
	assert_true(bytes_in(k.bed->dir, "PROBEcode") > 0);
	clock_hand_jump(&k.clock, 60000);
	round_of(&k);
	gone(&k, "PROBEcode");
	struct found f = find(k.bed, id);
	assert_true(f.purged);
	assert_string_equal(f.text, "");
	secret_hmac_sha256(KEY, STR("PROBEcode 4711 is yours"), hash);
	assert_memory_equal(f.hash, hash, sizeof(hash));
	/* Everything else of it stays. */
	assert_int_equal(look(k.bed, id).state, MESSAGE_DELIVERED);
	assert_true(look(k.bed, id).events[EVENT_ATTEMPT] == 1);
	stop(&k);
}

static void r18_each_class_keeps_its_time(void **state)
{
	struct keeping k;

	open_keeping(&k, state);
	uint64_t notice = sent(&k, "notice", "PROBEnotice of the 3rd");
	uint64_t service = sent(&k, "service", "PROBEservice was closed");
	round_of(&k);
	assert_false(find(k.bed, notice).purged);
	clock_hand_jump(&k.clock, 30 * DAY - 60000);
	round_of(&k);
	assert_false(find(k.bed, notice).purged);
	clock_hand_jump(&k.clock, 120000);
	round_of(&k);
	assert_true(find(k.bed, notice).purged);
	assert_false(find(k.bed, service).purged);
	gone(&k, "PROBEnotice");
	assert_true(bytes_in(k.bed->dir, "PROBEservice") > 0);
	/* The walk goes on where it was, also after a start. */
	stop(&k);
	start(&k, false);
	uint64_t second = sent(&k, "notice", "PROBEsecond");
	clock_hand_jump(&k.clock, 125 * DAY + 60000);
	round_of(&k);
	assert_true(find(k.bed, service).purged);
	assert_true(find(k.bed, second).purged);
	gone(&k, "PROBE");
	stop(&k);
}

/* One that is older than its time and still under way is kept until it ends. */
static void r18_nothing_is_taken_from_what_is_under_way(void **state)
{
	struct keeping k = { .bed = *state };

	clock_hand_init(&k.clock, clock_wall_ms(&clock_real));
	start(&k, true);
	const struct submission s = {
		.tenant = STR("DEMOTEL"),
		.to = SHI,
		.text = STR("PROBElater"),
		.class_name = STR("notice"),
		.send_at_ms = clock_wall_ms(&clock_real) + 3000000,
		.priority = -1,
	};
	struct submitted out;

	gateway_submit(k.bed->gateway, &s, &out);
	assert_int_equal(out.state, MESSAGE_HELD);
	commit(k.bed);
	clock_hand_jump(&k.clock, 40 * DAY);
	/* however often it is looked at */
	for (unsigned i = 0; i < 2; i++) {
		round_of(&k);
		assert_false(find(k.bed, out.id).purged);
		clock_hand_jump(&k.clock, 120000);
	}
	assert_true(bytes_in(k.bed->dir, "PROBElater") > 0);
	assert_int_equal(gateway_cancel(k.bed->gateway, STR("DEMOTEL"), out.id),
			 0);
	commit(k.bed);
	clock_hand_jump(&k.clock, 120000);
	round_of(&k);
	assert_true(find(k.bed, out.id).purged);
	gone(&k, "PROBElater");
	stop(&k);
}

/* Long and short ones side by side: no page holds a copy that was moved. */
static void r18_many_of_every_length(void **state)
{
	struct keeping k;
	char text[900];
	uint64_t last = 0;

	open_keeping(&k, state);
	for (unsigned i = 0; i < 600; i++) {
		size_t len = 10 + i * 7919 % (sizeof(text) - 11);

		for (size_t n = 0; n + 10 <= len; n += 10)
			memcpy(text + n, "PROBEmany ", 10);
		text[len / 10 * 10] = '\0';
		struct submitted out =
			submit(k.bed, i % 3 == 0 ? "service" : "notice", SHI,
			       text);
		assert_int_equal(out.rc, 0);
		last = out.id;
		if (i % 50 == 49)
			commit(k.bed);
	}
	TURN_UNTIL(k.bed, !is_live(k.bed, last));
	commit(k.bed);
	clock_hand_jump(&k.clock, 31 * DAY);
	round_of(&k); /* two thirds, in slices */
	clock_hand_jump(&k.clock, 130 * DAY);
	round_of(&k);
	gone(&k, "PROBEmany");
	stop(&k);
}

static void on_heard(void *owner, int rc)
{
	*(int *)owner = rc;
}

static void r18_what_a_customer_wrote(void **state)
{
	struct keeping k;
	struct inbound in = { .channel = STR("sms"),
			      .from = SHI,
			      .to = STR("99900"),
			      .text = STR("PROBEinbound where is it?"),
			      .at_ms = clock_wall_ms(&clock_real) };
	int rc = 1;

	open_keeping(&k, state);
	gateway_hear(k.bed->gateway, &in, on_heard, &rc);
	TURN_UNTIL(k.bed, rc != 1);
	commit(k.bed);
	clock_hand_jump(&k.clock, 154 * DAY);
	round_of(&k);
	assert_true(bytes_in(k.bed->dir, "PROBEinbound") > 0);
	clock_hand_jump(&k.clock, 2 * DAY);
	round_of(&k);
	gone(&k, "PROBEinbound");
	stop(&k);
}

static void says(struct keeping *k, const char *text)
{
	struct inbound in = { .channel = STR("sms"),
			      .from = SHI,
			      .to = STR("99900"),
			      .text = str_of(text),
			      .at_ms = clock_wall_ms(&clock_real) };
	int rc = 1;

	gateway_hear(k->bed->gateway, &in, on_heard, &rc);
	TURN_UNTIL(k->bed, rc != 1);
	commit(k->bed);
}

/* Who is erased: their texts go whatever their class keeps, those that wait
 * when they have ended; nobody else's, and not what comes when they are back. */
static void r18_who_is_erased(void **state)
{
	struct contact c = { .tenant = STR("DEMOTEL"), .id = 7 };
	const struct contact_address to = { .channel = STR("sms"),
					    .address = SHI };
	struct keeping k;

	open_keeping(&k, state);
	uint64_t theirs = sent(&k, "service", "PROBEtheirs");
	struct submitted other =
		submit(k.bed, "service", STR("+447700900999"), "PROBEother");

	const struct submission s = {
		.tenant = STR("DEMOTEL"),
		.to = SHI,
		.text = STR("PROBEwaits"),
		.class_name = STR("service"),
		.send_at_ms = clock_wall_ms(&clock_real) + 3000000,
		.priority = -1,
	};
	struct submitted held;

	says(&k, "PROBEsaid where is it?");
	gateway_submit(k.bed->gateway, &s, &held);
	assert_int_equal(held.state, MESSAGE_HELD);
	gateway_contact_erase(k.bed->gateway, &c, &to, 1);
	commit(k.bed);
	for (uint64_t until = clock_mono_ms(&clock_real) + 5;
	     clock_mono_ms(&clock_real) < until;)
		bed_turn(k.bed);
	uint64_t later = sent(&k, "service", "PROBEback");
	/* somebody else is erased after that: all is walked over up to then */
	const struct contact_address nobody = { .channel = STR("sms"),
						.address =
							STR("+447700900998") };

	c.id = 8;
	gateway_contact_erase(k.bed->gateway, &c, &nobody, 1);
	commit(k.bed);
	/* the walk is not lost with a stop */
	stop(&k);
	start(&k, false);
	round_of(&k);
	assert_true(find(k.bed, theirs).purged);
	assert_false(find(k.bed, other.id).purged);
	assert_false(find(k.bed, later).purged);
	assert_false(find(k.bed, held.id).purged);
	assert_int_equal(gateway_cancel(k.bed->gateway, STR("DEMOTEL"),
					held.id),
			 0);
	commit(k.bed);
	clock_hand_jump(&k.clock, 120000);
	round_of(&k);
	gone(&k, "PROBEtheirs");
	gone(&k, "PROBEsaid");
	gone(&k, "PROBEwaits");
	assert_true(bytes_in(k.bed->dir, "PROBEother") > 0);
	assert_true(bytes_in(k.bed->dir, "PROBEback") > 0);
	stop(&k);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, bed_open, bed_close)
	const struct CMUnitTest tests[] = {
		CASE(r18_a_code_is_gone_when_it_is_delivered),
		CASE(r18_each_class_keeps_its_time),
		CASE(r18_nothing_is_taken_from_what_is_under_way),
		CASE(r18_many_of_every_length),
		CASE(r18_what_a_customer_wrote),
		CASE(r18_who_is_erased),
	};

	return cmocka_run_group_tests_name("gateway_purge", tests, NULL,
					   bed_no_blocks);
}
