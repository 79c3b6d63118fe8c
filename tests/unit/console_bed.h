/* What the console's tests stand on: store, gateway and console on one loop,
 * a fake link, and a small HTTP client that turns the loop while it waits. */
#pragma once

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "campaigns/campaigns.h"
#include "campaigns/library.h"
#include "care/cases.h"
#include "care/findings.h"
#include "channels/fake/fake.h"
#include "console/keys.h"
#include "console/server.h"
#include "daemon/care.h"
#include "gateway/gateway.h"
#include "proto/tzone.h"
#include "store/engine.h"
#include "store/failing.h"

#define ADMIN "admin-key-of-the-test-0123456789abcdef"

struct bed {
	struct loop *loop;
	struct settings settings;
	struct store *store;
	struct gateway *gateway;
	struct library *library;
	struct campaigns *campaigns;
	struct care *care;
	struct console *console;
	char dir[64];
	bool closed;
	int conn;                /* kept alive; -1: none */
	struct failing_cfg fail; /* of the back end */
	unsigned steps;
	int rcvbuf;        /* of the next connection; 0: the system's */
	const char *key;   /* NULL: none is sent */
	const char *extra; /* header lines, each with \r\n */
	/* the last answer */
	int status;
	struct buf got; /* head and body as they came */
	struct str head, body;
	json_t *json;
};

static const struct channel_ops *const bed_channels[] = { &fake_channel_ops };

/* More rows of the section http; a test that wants them sets it before it
 * starts the bed again. */
static const char *bed_http = "";
/* The same for the section login. */
static const char *bed_login = "";

static const char bed_head[] =
	"http { listen = \"127.0.0.1:0\" json_depth = 8 batch_max = 5\n"
	"  header_timeout = 300ms body_timeout = 1s idle_timeout = 300ms\n"
	"  max_body = 1MB per_address = 20 stream_clients = 2\n"
	"  stream_queue = 8KB import_rows = 3000 ";

/* Passwords that cost little. */
static const char bed_log_in[] =
	" password_memory = 64KB password_passes = 1 tries = 3 name_tries = 20\n"
	"  users_max = 20 sessions_per_user = 3 ";

static const char bed_rest[] =
	"}\n"
	"gateway { tenant = acme drain = 50ms country = 44\n"
	"  charged = {\"99001\"}\n"
	"  blocked_words = {\"casino\", \"赌博\"} }\n"
	"templates { promises = {\"P-1\"} part_price = 50 }\n"
	"class marketing { consent = required }\n"
	/* at any hour: tests run at night, too */
	"class notice { consent = none }\n"
	"class callback { consent = none }\n"
	"exclusion spring { window = 7d }\n"
	"hook app { secret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\" }\n"
	"kannel_user kim { password = \"tea\" class = service }\n"
	"kannel_user near { username = \"near@home\" password = \"tea\" class = service }\n"
	"kannel_user far { username = \"far@away\" password = \"tea\" allow = {\"10.0.0.0/8\"} }\n"
	"campaigns { pilot_above = 100 ahead = 50 error_over = 40\n"
	"  complaint_count = 2 down_after = 1s\n"
	"  seeds = {\"+447700900801\", \"+447700900802\", \"+447700900803\",\n"
	"    \"+447700900804\", \"+447700900805\"} }\n"
	"surveys {}\n"
	"events {}\n"
	"callbacks {}\n"
	"orders {}\n"
	"findings {}\n"
	"oncall shop { event = shop.shut roster = {\"+447700900301\"}\n"
	"  class = notice always = true text = \"{{event}} {{to}}\" }\n"
	"oncall till { event = till.open roster = {\"+447700900301\"}\n"
	"  class = notice always = true branch = north }\n"
	"offer ring { title_en = \"Ring\" price = 1 }\n"
	"trigger due { event = bill.due class = notice text_zh = \"请缴费\" }\n"
	"trigger price { event = price.limit class = notice alert_value = px\n"
	"  alert_subject = sym text_en = \"{{sym}}: {{px}}\" }\n"
	"cases { class = notice }\n"
	"fake a { receipt_after = 1ms }\n"
	"route all { pool = {\"a\"} }\n";

static inline void bed_nothing(void *owner)
{
	(void)owner;
}

/* Turns the loop until the test holds, or twenty seconds are over. */
#define TURN_UNTIL(b, test)                                                \
	do {                                                               \
		uint64_t until_ms = clock_mono_ms(&clock_real) + 20000;    \
		struct loop_timer *poll_tick =                             \
			loop_timer_new((b)->loop, bed_nothing, NULL);      \
		while (!(test) && clock_mono_ms(&clock_real) < until_ms) { \
			loop_timer_set(poll_tick, 2);                      \
			loop_turn((b)->loop, true);                        \
		}                                                          \
		loop_timer_free(&poll_tick);                               \
		assert_true(test);                                         \
	} while (0)

static inline void bed_committed(void *owner, int rc)
{
	*(int *)owner = rc;
}

static inline void bed_settings(struct bed *b)
{
	static struct setting_section kinds[20];
	struct faults f = { 0 };
	char config[4096];

	snprintf(config, sizeof(config), "%s%s%slogin {%s%s}\n", bed_head,
		 bed_http, bed_rest, bed_log_in, bed_login);
	kinds[0] = gateway_section;
	kinds[1] = class_section;
	kinds[2] = route_section;
	kinds[3] = fake_settings;
	kinds[4] = http_section;
	kinds[5] = hook_section;
	kinds[6] = kannel_user_section;
	kinds[7] = templates_section;
	kinds[8] = campaigns_section;
	kinds[9] = login_section;
	kinds[10] = surveys_section;
	kinds[11] = events_section;
	kinds[12] = trigger_section;
	kinds[13] = cases_section;
	kinds[14] = group_section;
	kinds[15] = callbacks_section;
	kinds[16] = orders_section;
	kinds[17] = offer_section;
	kinds[18] = findings_section;
	kinds[19] = oncall_section;
	if (settings_parse(config, "test", kinds, ARRAY_LEN(kinds),
			   &b->settings, &f) != 0)
		fail_msg("%s", f.v[0]);
	console_check_settings(&b->settings, &f);
	assert_int_equal(f.len, 0);
	faults_done(&f);
}

static inline void bed_store(struct bed *b, bool create)
{
	struct store_cfg cfg = { .url = "sqlite:t.db",
				 .dir = b->dir,
				 .create = create };
	struct backend *inner = NULL;
	struct err err = { "" };
	char path[96];
	int done = 1;

	snprintf(path, sizeof(path), "%s/t.db", b->dir);
	if (sqlite_open(&inner, &cfg, path, BACKEND_MAKE_MISSING, &err) != 0)
		fail_msg("%s", err.text);
	failing_open(&cfg.backend, inner, &b->fail, &b->steps);
	if (store_open(&b->store, b->loop, &cfg, &err) != 0)
		fail_msg("%s", err.text);
	if (!create)
		return;
	assert_int_equal(console_key_create(b->store, STR(ADMIN),
					    clock_wall_ms(&clock_real), &err),
			 0);
	store_then(b->store, bed_committed, &done);
	TURN_UNTIL(b, done == 0);
}

static inline bool bed_blocked(void *owner, struct str text, struct str *word)
{
	return gateway_blocked(((struct bed *)owner)->gateway, text, word);
}

static inline void bed_library(struct bed *b)
{
	const struct library_env env = {
		.store = b->store,
		.clock = &clock_real,
		.cfg = settings_find(&b->settings, "templates", NULL)->value,
		.blocked = bed_blocked,
		.owner = b,
	};
	struct err err = { "" };

	if (library_open(&b->library, &env, &err) != 0)
		fail_msg("%s", err.text);
}

static inline void bed_start(struct bed *b, bool create)
{
	struct gateway_env genv = { .clock = &clock_real,
				    .settings = &b->settings,
				    .channels = bed_channels,
				    .nchannels = 1 };
	struct console_env cenv = { .clock = &clock_real,
				    .settings = &b->settings,
				    .node = "n1",
				    .version = "test" };
	struct err err = { "" };

	bed_settings(b);
	assert_int_equal(loop_open(&b->loop, NULL), 0);
	bed_store(b, create);
	genv.loop = cenv.loop = b->loop;
	genv.store = cenv.store = b->store;
	if (gateway_open(&b->gateway, &genv, &err) != 0)
		fail_msg("%s", err.text);
	bed_library(b);
	cenv.gateway = b->gateway;
	cenv.library = b->library;

	const struct care_env aenv = { .loop = b->loop,
				       .clock = &clock_real,
				       .gateway = b->gateway,
				       .store = b->store,
				       .library = b->library,
				       .settings = &b->settings };
	if (care_open(&b->care, &aenv, &err) != 0)
		fail_msg("%s", err.text);
	cenv.surveys = care_surveys(b->care);
	cenv.triggers = care_triggers(b->care);
	cenv.reminders = care_reminders(b->care);
	cenv.events = care_events(b->care);
	cenv.callbacks = care_callbacks(b->care);
	cenv.alerts = care_alerts(b->care);
	cenv.orders = care_orders(b->care);
	cenv.oncall = care_oncall(b->care);
	cenv.findings = care_findings(b->care);

	struct campaigns_env penv = { b->loop,  &clock_real,  b->gateway,
				      b->store, &b->settings, b->library };
	if (campaigns_open(&b->campaigns, &penv, &err) != 0)
		fail_msg("%s", err.text);
	cenv.campaigns = b->campaigns;
	cenv.cases = care_cases(b->care);
	cenv.unanswered = care_unanswered(b->care);
	cases_campaigns(cenv.cases, b->campaigns);
	campaigns_surveys(b->campaigns, cenv.surveys);
	if (console_open(&b->console, &cenv, &err) != 0)
		fail_msg("%s", err.text);
	b->closed = false;
	b->conn = -1;
	b->key = ADMIN;
}

static inline void bed_on_closed(void *owner)
{
	((struct bed *)owner)->closed = true;
}

static inline void bed_hang_up(struct bed *b)
{
	if (b->conn >= 0)
		close(b->conn);
	b->conn = -1;
}

static inline void bed_stop(struct bed *b)
{
	bed_hang_up(b);
	console_stop(b->console);
	campaigns_stop(b->campaigns);
	care_stop(b->care);
	gateway_close(&b->gateway, bed_on_closed, b);
	TURN_UNTIL(b, b->closed);
	console_close(&b->console);
	store_close(&b->store);
	care_close(&b->care);
	library_close(&b->library);
	campaigns_close(&b->campaigns);
	loop_close(&b->loop);
	settings_done(&b->settings);
}

static inline int bed_open(void **state)
{
	struct bed *b = mem_new(struct bed);

	log_threshold = getenv("BED_LOG") != NULL ? LOG_DEBUG : LOG_ERROR;
	secret_init();
	snprintf(b->dir, sizeof(b->dir), "/tmp/carillon-console-XXXXXX");
	if (mkdtemp(b->dir) == NULL)
		return -1;
	buf_init(&b->got, (size_t)16 << 20);
	bed_start(b, true);
	*state = b;
	return 0;
}

static inline int bed_close(void **state)
{
	static const char *const files[] = { "cert.pem", "key.pem",  "t.db",
					     "t.db-wal", "t.db-shm", "copy.db",
					     "t.db.lock" };
	struct bed *b = *state;
	char path[128];

	bed_stop(b);
	for (unsigned i = 0; i < ARRAY_LEN(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", b->dir, files[i]);
		unlink(path);
	}
	rmdir(b->dir);
	if (b->json != NULL)
		json_decref(b->json);
	buf_done(&b->got);
	mem_free(b);
	tzone_forget();
	return 0;
}

/* ---- a client -----------------------------------------------------------------*/

static inline int bed_dial(struct bed *b)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_port = htons((uint16_t)console_port(b->console));
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	if (b->rcvbuf != 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &b->rcvbuf,
			   sizeof(b->rcvbuf));
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

/* What has come; false: nothing now. */
static inline bool bed_take(int fd, struct buf *into, bool *over)
{
	char piece[65536];
	ssize_t n = recv(fd, piece, sizeof(piece), MSG_DONTWAIT);

	if (n > 0)
		buf_put(into, piece, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		*over = true;
	return n > 0;
}

static inline struct str bed_header(struct bed *b, const char *name)
{
	struct str rest = b->head, line, key;

	while (rest.len > 0) {
		rest = str_cut(rest, '\n', &line);
		struct str value = str_cut(line, ':', &key);
		if (str_ieqz(key, name))
			return str_trim(value);
	}
	return STR_NONE;
}

/* Is the whole answer there? */
static inline bool bed_whole(struct bed *b)
{
	struct str all = buf_str(&b->got);
	uint64_t n = 0;
	const char *end = memmem(all.p, all.len, "\r\n\r\n", 4);

	if (end == NULL)
		return false;
	b->head = str_first(all, (size_t)(end - all.p));
	b->body = str_from(all, b->head.len + 4);
	return str_u64(bed_header(b, "Content-Length"), 1 << 30, &n) == 0 &&
	       b->body.len >= n;
}

static inline void bed_send(struct bed *b, int fd, struct str bytes)
{
	while (bytes.len > 0) {
		ssize_t n = send(fd, bytes.p, bytes.len,
				 MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n > 0)
			bytes = str_from(bytes, (size_t)n);
		else if (errno != EAGAIN)
			return;
		loop_turn(b->loop, false);
	}
}

static inline void bed_parse(struct bed *b)
{
	uint64_t status = 0;

	assert_int_equal(str_u64(str_first(str_from(b->head, 9), 3), 999,
				 &status),
			 0);
	b->status = (int)status;
	if (b->json != NULL)
		json_decref(b->json);
	b->json = json_loadb(b->body.p, b->body.len, JSON_DECODE_ANY, NULL);
}

/* Sends a request on the kept connection and waits for its answer. */
static inline int bed_ask_type(struct bed *b, const char *method,
			       const char *path, const char *type,
			       struct str body)
{
	struct buf out = { 0 };
	bool over = false;

	if (b->conn < 0)
		b->conn = bed_dial(b);
	buf_init(&out, (size_t)16 << 20);
	buf_f(&out, "%s %s HTTP/1.1\r\nHost: t\r\n", method, path);
	if (b->key != NULL)
		buf_f(&out, "Authorization: Bearer %s\r\n", b->key);
	if (b->extra != NULL)
		buf_z(&out, b->extra);
	if (body.len > 0 || strcmp(method, "GET") != 0)
		buf_f(&out, "Content-Type: %s\r\nContent-Length: %zu\r\n", type,
		      body.len);
	buf_z(&out, "\r\n");
	buf_str_put(&out, body);
	buf_reset(&b->got);
	bed_send(b, b->conn, buf_str(&out));
	TURN_UNTIL(b, bed_take(b->conn, &b->got, &over) ? bed_whole(b)
							: bed_whole(b) || over);
	assert_true(bed_whole(b));
	bed_parse(b);
	if (over || str_ieqz(bed_header(b, "Connection"), "close"))
		bed_hang_up(b);
	buf_done(&out);
	return b->status;
}

static inline int bed_ask(struct bed *b, const char *method, const char *path,
			  const char *body)
{
	return bed_ask_type(b, method, path, "application/json", str_of(body));
}

static inline int bed_get(struct bed *b, const char *path)
{
	return bed_ask(b, "GET", path, "");
}

static inline int bed_post(struct bed *b, const char *path, const char *body)
{
	return bed_ask(b, "POST", path, body);
}

/* A member of the last answer, "error.code" or "messages.0.id"; "" if it is
 * not there. Numbers and booleans as their text. */
static inline const char *bed_word(struct bed *b, const char *path)
{
	static char text[64];
	struct str rest = str_of(path), step;
	json_t *at = b->json;
	uint64_t i;

	while (at != NULL && rest.len > 0) {
		char name[64];
		rest = str_cut(rest, '.', &step);
		must(str_copy(name, sizeof(name), step) == 0);
		at = json_is_array(at) && str_u64(step, 1 << 20, &i) == 0
			     ? json_array_get(at, i)
			     : json_object_get(at, name);
	}
	if (json_is_string(at))
		return json_string_value(at);
	if (json_is_integer(at)) {
		snprintf(text, sizeof(text), "%lld",
			 (long long)json_integer_value(at));
		return text;
	}
	if (json_is_boolean(at))
		return json_is_true(at) ? "true" : "false";
	return at == NULL ? "" : "?";
}

static inline size_t bed_count(struct bed *b, const char *list)
{
	return json_array_size(json_object_get(b->json, list));
}

/* Opens a live stream; got is initialized and holds what came first. */
static inline int bed_stream(struct bed *b, const char *path, const char *key,
			     struct buf *got)
{
	struct buf out;
	bool over = false;
	int fd = bed_dial(b);

	buf_init(&out, 4096);
	buf_init(got, 1 << 20);
	buf_f(&out,
	      "GET %s HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer %s\r\n\r\n",
	      path, key);
	bed_send(b, fd, buf_str(&out));
	TURN_UNTIL(b, (bed_take(fd, got, &over),
		       strstr(got->p, "retry: 3000") != NULL || over ||
			       strstr(got->p, "error") != NULL));
	buf_done(&out);
	return fd;
}

static inline void bed_heard(void *owner, int rc)
{
	*(int *)owner = rc;
}

/* A customer's message; it is stored when this returns. */
static inline void bed_hear_of(struct bed *b, const char *tenant,
			       const char *from, const char *text)
{
	struct inbound in = { .tenant = str_of(tenant),
			      .channel = STR("sms"),
			      .from = str_of(from),
			      .to = STR("10086"),
			      .text = str_of(text) };
	int done = 1;

	gateway_hear(b->gateway, &in, bed_heard, &done);
	TURN_UNTIL(b, done != 1);
	assert_int_equal(done, 0);
}

static inline void bed_hear(struct bed *b, const char *from, const char *text)
{
	bed_hear_of(b, "acme", from, text);
}

static inline bool bed_says(struct bed *b, const char *text)
{
	return memmem(b->body.p, b->body.len, text, strlen(text)) != NULL;
}
