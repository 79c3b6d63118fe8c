/* The bed. */
#include "tests/lib/bed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/stats.h"
#include "channels/fake/fake.h"
#include "gateway/groups.h"
#include "gateway/packs.h"
#include "model/record.h"
#include "proto/tzone.h"

static const struct channel_ops *const channels[] = { &fake_channel_ops };

/* Marketing goes at any hour here: the gate's hours have tests of their own. */
static const char base_config[] =
	"gateway { tenant = DEMOTEL drain = 50ms "
	" charged = {\"99001\", \"PayShop\"} "
	" charged_by = {\"key:1\", \"esme:main/shop\"} "
	" blocked_words = {\"胡说\"} }\n"
	"class marketing { consent = required priority = 7 "
	" opt_out_text = true }\n"
	"class alert { consent = none priority = 0 bypass = true resend = once "
	" retry_min = 10ms }\n"
	"class reminder { consent = none priority = 2 retry_min = 10ms "
	" attempts = 3 }\n";

static void bed_settings(struct settings *out, const char *config)
{
	static struct setting_section kinds[6];
	struct faults f = { 0 };
	struct buf text = { 0 };

	kinds[0] = gateway_section;
	kinds[1] = class_section;
	kinds[2] = route_section;
	kinds[4] = pack_section;
	kinds[5] = group_section;
	kinds[3] = fake_settings;
	buf_init(&text, BUF_NO_LIMIT);
	buf_z(&text, base_config);
	buf_z(&text, config);
	if (settings_parse(text.p, "test", kinds, 6, out, &f) != 0)
		fail_msg("%s", f.v[0]);
	buf_done(&text);
	gateway_check_settings(out, channels, 1, &f);
	assert_int_equal(f.len, 0);
	faults_done(&f);
}

void bed_start(struct bed *b, const char *config, bool create)
{
	struct store_cfg store = { .url = "sqlite:t.db",
				   .dir = b->dir,
				   .create = create,
				   .backend = b->backend };
	struct gateway_env env = { .clock = b->clock == NULL ? &clock_real
							     : b->clock,
				   .settings = &b->settings,
				   .channels = channels,
				   .nchannels = 1 };
	struct err err = { "" };

	bed_settings(&b->settings, config);
	assert_int_equal(loop_open(&b->loop, NULL), 0);
	if (store_open(&b->store, b->loop, &store, &err) != 0)
		fail_msg("%s", err.text);
	env.loop = b->loop;
	env.store = b->store;
	if (gateway_open(&b->gateway, &env, &err) != 0)
		fail_msg("%s", err.text);
	b->closed = false;
	b->backend = NULL; /* the store has it now */
}

void bed_reload(struct bed *b, const char *config)
{
	struct settings fresh = { 0 };
	struct faults f = { 0 };

	assert_true(b->npast < ARRAY_LEN(b->past));
	bed_settings(&fresh, config);
	assert_int_equal(gateway_reload(b->gateway, &fresh, &f), 0);
	assert_int_equal(f.len, 0);
	faults_done(&f);
	b->past[b->npast++] = b->settings;
	b->settings = fresh;
}

void bed_reload_refused(struct bed *b, const char *config)
{
	struct settings fresh = { 0 };
	struct faults f = { 0 };

	bed_settings(&fresh, config);
	assert_int_equal(gateway_reload(b->gateway, &fresh, &f), -EINVAL);
	assert_int_not_equal(f.len, 0);
	faults_done(&f);
	settings_done(&fresh);
}

static void on_closed(void *owner)
{
	((struct bed *)owner)->closed = true;
}

void bed_stop(struct bed *b)
{
	gateway_close(&b->gateway, on_closed, b);
	while (!b->closed)
		loop_turn(b->loop, true);
	store_close(&b->store);
	loop_close(&b->loop);
	settings_done(&b->settings);
	while (b->npast > 0)
		settings_done(&b->past[--b->npast]);
}

int bed_open(void **state)
{
	struct bed *b = mem_new(struct bed);

	snprintf(b->dir, sizeof(b->dir), "/tmp/carillon-flow-XXXXXX");
	if (mkdtemp(b->dir) == NULL)
		return -1;
	*state = b;
	return 0;
}

int bed_close(void **state)
{
	static const char *const files[] = { "t.db", "t.db-wal", "t.db-shm" };
	struct bed *b = *state;
	char path[128];

	for (unsigned i = 0; i < ARRAY_LEN(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", b->dir, files[i]);
		unlink(path);
	}
	rmdir(b->dir);
	mem_free(b);
	tzone_forget();
	return 0;
}

static void nothing(void *owner)
{
	(void)owner;
}

void bed_turn(struct bed *b)
{
	struct loop_timer *limit = loop_timer_new(b->loop, nothing, NULL);

	loop_timer_set(limit, 2);
	loop_turn(b->loop, true);
	loop_timer_free(&limit);
}

struct submitted submit(struct bed *b, const char *class_name, struct str to,
			const char *text)
{
	struct submission s = { .to = to,
				.text = str_of(text),
				.class_name = str_of(class_name),
				.priority = -1 };
	struct submitted out;

	gateway_submit(b->gateway, &s, &out);
	return out;
}

static bool on_row(void *owner, const struct row *row)
{
	struct stored *s = owner;
	struct bufr r = bufr_of(row_s(row, 6).p, row_s(row, 6).len);

	s->state = (int)row_i(row, 1);
	while (bufr_left(&r) > 0) {
		struct event e;
		size_t at = str_of(s->reasons).len;

		if (event_decode(bufr_lstr(&r), &e) != 0)
			return false;
		s->events[e.kind]++;
		snprintf(s->reasons + at, sizeof(s->reasons) - at, "%s:%.*s ",
			 message_state_name(e.state), STR_ARGS(e.reason));
	}
	return true;
}

static void on_read(void *owner, int rc)
{
	struct stored *s = owner;

	assert_int_equal(rc, 0);
	s->done = true;
}

static bool stored_now;

static void on_then(void *owner, int rc)
{
	(void)owner;
	assert_int_equal(rc, 0);
	stored_now = true;
}

void commit(struct bed *b)
{
	stored_now = false;
	store_then(b->store, on_then, NULL);
	TURN_UNTIL(b, stored_now);
}

struct stored look(struct bed *b, uint64_t id)
{
	struct cell cell = CELL_I(id);
	struct stored s = { .state = -1 };

	commit(b);
	b->store->ops->get(b->store, STORE_MESSAGE_GET, &cell, 1, on_row,
			   on_read, &s);
	TURN_UNTIL(b, s.done);
	return s;
}

bool is_live(struct bed *b, uint64_t id)
{
	struct live_view v;

	return gateway_live(b->gateway, STR_NONE, id, &v) == 0;
}

struct channel *link_of(struct bed *b, const char *name)
{
	const struct channel_ops *ops;
	int i = gateway_link_find(b->gateway, str_of(name));

	assert_true(i >= 0);
	return gateway_link_channel(b->gateway, (unsigned)i, &ops);
}

void grant_marketing(struct bed *b, struct str to)
{
	struct consent_event e = { .tenant = STR("DEMOTEL"),
				   .address = to,
				   .purpose = STR("marketing"),
				   .type = CONSENT_GRANT,
				   .source = STR("web") };
	struct err err = { "" };

	assert_int_equal(gateway_consent(b->gateway, &e, &err), 0);
	/* a grant works when it is durable, not before */
	assert_int_equal(submit(b, "marketing", to, "x").decision.verdict,
			 VERDICT_DENY);
	commit(b);
}

int bed_no_blocks(void **state)
{
	(void)state;
	stats_reset_all();
	log_flush();
	if (mem_live_blocks() != 0)
		fprintf(stderr, "%zu blocks live\n", mem_live_blocks());
	return mem_live_blocks() == 0 ? 0 : -1;
}

struct said {
	char *text;
	bool done;
};

static bool on_said(void *owner, const struct row *row)
{
	struct said *t = owner;
	struct message m;

	assert_int_equal(message_decode(row_s(row, 5), (uint64_t)row_i(row, 0),
					&m),
			 0);
	snprintf(t->text, BED_TEXT, "%.*s", STR_ARGS(m.text));
	return false;
}

static void on_said_all(void *owner, int rc)
{
	assert_int_equal(rc, 0);
	((struct said *)owner)->done = true;
}

const char *bed_said(struct bed *b, struct str to, char text[BED_TEXT])
{
	struct said t = { text, false };
	struct cell cells[] = { CELL_N, CELL_N, CELL_N, CELL_T(to),
				CELL_N, CELL_N, CELL_N, CELL_I(1) };

	text[0] = '\0';
	b->store->ops->get(b->store, STORE_MESSAGE_LIST, cells,
			   ARRAY_LEN(cells), on_said, on_said_all, &t);
	TURN_UNTIL(b, t.done);
	return text;
}
