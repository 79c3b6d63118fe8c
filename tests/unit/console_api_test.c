/* The API over a real store and gateway: sending, looking, refusing. */
#include "tests/unit/console_bed.h"

#define TO "+447700900001"
#define ONE "{\"to\":\"" TO "\",\"text\":\"hello\",\"class\":\"service\"}"

static void sends_and_shows(void **state)
{
	struct bed *b = *state;
	char id[64], path[128];

	assert_int_equal(bed_post(b, "/v1/messages",
				  "{\"to\":\"07700 900001\",\"text\":\"hi\","
				  "\"class\":\"service\",\"metadata\":"
				  "{\"n\": 1.0,\"o\":[ 1 ]}}"),
			 202);
	assert_string_equal(bed_word(b, "verdict"), "allow");
	assert_string_equal(bed_word(b, "parts"), "1");
	snprintf(id, sizeof(id), "%s", bed_word(b, "id"));
	snprintf(path, sizeof(path), "/v1/messages/%s", id);
	TURN_UNTIL(b, bed_get(b, path) == 200 &&
			      strcmp(bed_word(b, "state"), "delivered") == 0);
	assert_string_equal(bed_word(b, "to"), TO);
	assert_string_equal(bed_word(b, "link"), "a");
	assert_string_equal(bed_word(b, "text"), ""); /* admin: no content */
	assert_true(bed_says(b, "\"metadata\":{\"n\": 1.0,\"o\":[ 1 ]}"));
	assert_true(bed_count(b, "history") >= 3);
	assert_string_equal(bed_word(b, "history.0.event"), "attempt");
	assert_int_not_equal(strlen(bed_word(b, "decision.local_time")), 0);
}

static void lists_page_by_page(void **state)
{
	struct bed *b = *state;
	char path[128];

	for (int i = 0; i < 5; i++)
		assert_int_equal(bed_post(b, "/v1/messages", ONE), 202);
	assert_int_equal(bed_get(b, "/v1/messages?limit=3&class=service"), 200);
	assert_int_equal(bed_count(b, "messages"), 3);
	snprintf(path, sizeof(path), "/v1/messages?limit=3&cursor=%s",
		 bed_word(b, "next"));
	assert_int_equal(bed_get(b, path), 200);
	assert_int_equal(bed_count(b, "messages"), 2);
	assert_string_equal(bed_word(b, "next"), "");
	assert_int_equal(bed_get(b, "/v1/messages?to=%2B447700900001"), 200);
	assert_int_equal(bed_count(b, "messages"), 5);
	assert_int_equal(bed_get(b, "/v1/messages?to=07700900002"), 200);
	assert_int_equal(bed_count(b, "messages"), 0);
	assert_int_equal(bed_get(b, "/v1/messages?state=nowhere"), 400);
	assert_int_equal(bed_get(b, "/v1/messages?stat=held"), 400);
	assert_string_equal(bed_word(b, "error.field"), "stat");
	assert_int_equal(bed_get(b, "/v1/messages?since=2099-01-01T00:00:00Z"),
			 200);
	assert_int_equal(bed_count(b, "messages"), 0);
}

static const struct {
	const char *method, *path, *body;
	int status;
	const char *code, *field;
} faults[] = {
	{ "POST", "/v1/messages", "{\"to\":", 400, "json", "" },
	{ "POST", "/v1/messages", "", 400, "json", "" },
	{ "POST", "/v1/messages", "[]", 400, "wrong_type", "" },
	{ "POST", "/v1/messages", "[[[[[[[[[[[[]]]]]]]]]]]]", 400, "json_depth",
	  "" },
	{ "POST", "/v1/messages", "{\"to\":\"1\",\"to\":\"2\"}", 400, "json",
	  "" },
	{ "POST", "/v1/messages", "{\"txt\":\"x\"}", 400, "unknown_field",
	  "txt" },
	{ "POST", "/v1/messages", "{\"text\":7}", 400, "wrong_type", "text" },
	{ "POST", "/v1/messages",
	  "{\"to\":\"12\",\"text\":\"x\",\"class\":\"service\"}", 400,
	  "bad_number", "to" },
	{ "POST", "/v1/messages",
	  "{\"to\":\"" TO "\",\"text\":\"x\",\"class\":\"nil\"}", 400,
	  "unknown_class", "class" },
	{ "POST", "/v1/messages",
	  "{\"to\":\"" TO
	  "\",\"text\":\"x\",\"class\":\"service\",\"priority\":10}",
	  400, "bad_number", "priority" },
	{ "POST", "/v1/messages",
	  "{\"to\":\"" TO
	  "\",\"text\":\"x\",\"class\":\"service\",\"send_at\":\"soon\"}",
	  400, "wrong_type", "send_at" },
	{ "POST", "/v1/messages", "{\"messages\":[]}", 400, "batch_size",
	  "messages" },
	{ "POST", "/v1/messages", "{\"messages\":[1],\"x\":1}", 400,
	  "bad_batch", "messages" },
	{ "GET", "/v1/messages/nonsense", "", 404, "bad_id", "" },
	{ "GET", "/v1/messages/0000000000001", "", 404, "no_such", "" },
	{ "POST", "/v1/messages/0000000000001/cancel", "", 404, "no_such", "" },
	{ "DELETE", "/v1/messages", "", 405, "method", "" },
	{ "GET", "/v1/nothing", "", 404, "no_path", "" },
	{ "GET", "/v1/links/none", "", 404, "no_link", "" },
	{ "GET", "/v1/contacts/0000000000001", "", 404, "no_such", "" },
	{ "POST", "/v1/keys", "{\"name\":\"x\",\"role\":\"king\"}", 400,
	  "no_role", "role" },
	{ "POST", "/v1/consents",
	  "{\"address\":\"" TO
	  "\",\"type\":\"grant\",\"source\":\"tnc_bundled\"}",
	  400, "consent", "" },
	{ "POST", "/v1/backup", "{\"path\":\"x.db\"}", 400, "bad_path",
	  "path" },
	{ "GET", "/v1/exports/contacts", "", 400, "no_purpose", "purpose" },
};

static void refuses_with_code_and_field(void **state)
{
	struct bed *b = *state;

	for (unsigned i = 0; i < ARRAY_LEN(faults); i++) {
		int got = bed_ask(b, faults[i].method, faults[i].path,
				  faults[i].body);
		if (got != faults[i].status)
			fail_msg("%s %s %s: %d %.*s", faults[i].method,
				 faults[i].path, faults[i].body, got,
				 STR_ARGS(b->body));
		assert_string_equal(bed_word(b, "error.code"), faults[i].code);
		assert_string_equal(bed_word(b, "error.field"),
				    faults[i].field);
	}
	bed_post(b, "/v1/messages", "{\"txt\":\"x\"}");
	assert_string_equal(bed_word(b, "error.detail"),
			    "did you mean 'text'?");
	assert_int_equal(bed_ask(b, "DELETE", "/v1/messages", ""), 405);
	assert_true(str_eqz(bed_header(b, "Allow"), "GET, POST"));
}

static void batch_each_for_itself(void **state)
{
	struct bed *b = *state;

	assert_int_equal(bed_post(b, "/v1/messages",
				  "{\"messages\":[" ONE
				  ",{\"to\":\"x\",\"text\":\"y\","
				  "\"class\":\"service\"}, {\"txt\":1}, " ONE
				  "]}"),
			 202);
	assert_int_equal(bed_count(b, "results"), 4);
	assert_string_equal(bed_word(b, "results.0.verdict"), "allow");
	assert_string_equal(bed_word(b, "results.1.error.field"), "to");
	assert_string_equal(bed_word(b, "results.2.error.code"),
			    "unknown_field");
	assert_int_equal(strlen(bed_word(b, "results.3.id")), 13);
	assert_int_equal(bed_post(b, "/v1/messages",
				  "{\"messages\":[1,2,3,4,5,6]}"),
			 400);
}

/* Parsed in the pool, and answered all the same. */
static void long_bodies(void **state)
{
	struct bed *b = *state;
	struct buf body;

	buf_init(&body, 1 << 20);
	buf_z(&body, "{\"messages\":[" ONE ",{\"text\":\"");
	while (body.len < 400000)
		buf_z(&body, "abcdefgh");
	buf_z(&body, "\",\"to\":\"" TO "\",\"class\":\"service\"}]}");
	assert_int_equal(bed_post(b, "/v1/messages", body.p), 202);
	assert_string_equal(bed_word(b, "results.0.verdict"), "allow");
	assert_string_equal(bed_word(b, "results.1.error.field"), "text");
	body.p[body.len - 1] = ' ';
	assert_int_equal(bed_post(b, "/v1/messages", body.p), 400);
	assert_string_equal(bed_word(b, "error.code"), "json");
	buf_done(&body);
}

static void denied_is_200_and_kept(void **state)
{
	struct bed *b = *state;
	char path[128];

	assert_int_equal(bed_post(b, "/v1/messages",
				  "{\"to\":\"" TO "\",\"text\":\"buy\","
				  "\"class\":\"marketing\"}"),
			 200);
	assert_string_equal(bed_word(b, "verdict"), "deny");
	assert_string_equal(bed_word(b, "reason"), "no_consent");
	snprintf(path, sizeof(path), "/v1/messages/%s", bed_word(b, "id"));
	assert_int_equal(bed_get(b, path), 200);
	assert_string_equal(bed_word(b, "state"), "suppressed");
	assert_int_equal(bed_post(b, "/v1/messages/check",
				  "{\"to\":\"" TO "\",\"text\":\"buy\","
				  "\"class\":\"marketing\"}"),
			 200);
	assert_string_equal(bed_word(b, "verdict"), "deny");
}

static void idempotency(void **state)
{
	struct bed *b = *state;
	char id[64];

	b->extra = "Idempotency-Key: k1\r\n";
	assert_int_equal(bed_post(b, "/v1/messages", ONE), 202);
	snprintf(id, sizeof(id), "%s", bed_word(b, "id"));
	assert_int_equal(bed_post(b, "/v1/messages", ONE), 202);
	assert_string_equal(bed_word(b, "id"), id);
	assert_string_equal(bed_word(b, "repeated"), "true");
	assert_string_equal(bed_word(b, "verdict"), "allow");
	assert_int_not_equal(strlen(bed_word(b, "state")), 0);
	assert_int_equal(bed_post(b, "/v1/messages",
				  "{\"to\":\"" TO "\",\"text\":\"other\","
				  "\"class\":\"service\"}"),
			 409);
	assert_int_equal(bed_post(b, "/v1/messages",
				  "{\"to\":\"" TO "\",\"text\":\"other\","
				  "\"class\":\"service\","
				  "\"idempotency_key\":\"k2\"}"),
			 400);
	b->extra = NULL;
}

static void cancels_what_waits(void **state)
{
	struct bed *b = *state;
	char path[128], cancel[160];

	assert_int_equal(bed_post(b, "/v1/messages",
				  "{\"to\":\"" TO "\",\"text\":\"later\","
				  "\"class\":\"service\",\"send_at\":"
				  "\"2026-12-30T00:00:00Z\"}") /
				 100,
			 2);
	snprintf(path, sizeof(path), "/v1/messages/%s", bed_word(b, "id"));
	snprintf(cancel, sizeof(cancel), "%s/cancel", path);
	assert_int_equal(bed_get(b, path), 200);
	if (strcmp(bed_word(b, "state"), "held") == 0) {
		assert_string_equal(bed_word(b, "live.state"), "held");
		assert_string_equal(bed_word(b, "route.pool"), "all");
	}
	assert_int_equal(bed_ask(b, "POST", cancel, ""), 200);
	assert_int_equal(bed_get(b, path), 200);
	assert_string_equal(bed_word(b, "state"), "cancelled");
	assert_int_equal(bed_ask(b, "POST", cancel, ""), 409);
	assert_string_equal(bed_word(b, "error.code"), "final");
}

static void survives_a_restart(void **state)
{
	struct bed *b = *state;
	char path[128];

	assert_int_equal(bed_post(b, "/v1/messages", ONE), 202);
	snprintf(path, sizeof(path), "/v1/messages/%s", bed_word(b, "id"));
	TURN_UNTIL(b, bed_get(b, path) == 200 &&
			      strcmp(bed_word(b, "state"), "delivered") == 0);
	bed_stop(b);
	bed_start(b, false);
	assert_int_equal(bed_get(b, path), 200);
	assert_string_equal(bed_word(b, "state"), "delivered");
}

static void pipelined_and_head(void **state)
{
	struct bed *b = *state;
	bool over = false;

	bed_hang_up(b);
	b->conn = bed_dial(b);
	buf_reset(&b->got);
	bed_send(b, b->conn,
		 STR("GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n"
		     "HEAD /healthz HTTP/1.1\r\nHost: t\r\n\r\n"
		     "GET /healthz HTTP/1.1\r\nHost: t\r\n"
		     "Connection: close\r\n\r\n"));
	TURN_UNTIL(b, bed_take(b->conn, &b->got, &over) ? false : over);
	unsigned n = 0;
	struct str rest = buf_str(&b->got), line;
	while (rest.len > 0) {
		rest = str_cut(rest, '\n', &line);
		n += str_starts(line, STR("HTTP/1.1 200"));
	}
	assert_int_equal(n, 3);
	bed_hang_up(b);
}

static void slow_and_long_are_cut(void **state)
{
	struct bed *b = *state;
	bool over = false;

	bed_hang_up(b);
	int fd = bed_dial(b);
	buf_reset(&b->got);
	/* One byte now and then does not move the deadline. */
	uint64_t start = clock_mono_ms(&clock_real);
	while (!over && clock_mono_ms(&clock_real) < start + 2500) {
		IGNORE(send(fd, "G", 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0);
		for (int i = 0; i < 10; i++) {
			loop_turn(b->loop, false);
			usleep(2000);
		}
		bed_take(fd, &b->got, &over);
	}
	assert_true(over);
	assert_true(clock_mono_ms(&clock_real) - start < 1500);
	close(fd);
	fd = bed_dial(b);
	over = false;
	bed_send(b, fd,
		 STR("POST /v1/messages HTTP/1.1\r\nHost: t\r\n"
		     "Authorization: Bearer " ADMIN "\r\n"
		     "Content-Length: 9000000\r\n\r\nxxx"));
	TURN_UNTIL(b, bed_take(fd, &b->got, &over) || over);
	assert_true(memmem(b->got.p, b->got.len, " 413 ", 5) != NULL);
	close(fd);
}

static void connections_of_one_address(void **state)
{
	struct bed *b = *state;
	int fds[22];
	bool over = false;

	bed_hang_up(b);
	for (unsigned i = 0; i < ARRAY_LEN(fds); i++)
		fds[i] = bed_dial(b);
	TURN_UNTIL(b, (bed_take(fds[21], &b->got, &over), over));
	over = false;
	bed_take(fds[0], &b->got, &over);
	assert_false(over);
	for (unsigned i = 0; i < ARRAY_LEN(fds); i++)
		close(fds[i]);
	for (unsigned i = 0; i < 50; i++)
		loop_turn(b->loop, false);
	assert_int_equal(bed_get(b, "/healthz"), 200);
}

static void documents_itself(void **state)
{
	struct bed *b = *state;

	b->key = NULL;
	assert_int_equal(bed_get(b, "/openapi.json"), 200);
	json_t *paths = json_object_get(b->json, "paths");
	assert_true(json_object_size(paths) > 25);
	json_t *one = json_object_get(paths, "/v1/messages");
	assert_non_null(json_object_get(one, "get"));
	assert_non_null(json_object_get(one, "post"));
	assert_int_equal(bed_get(b, "/metrics"), 200);
	assert_true(bed_says(b, "carillon_http_answers_total"));
	assert_int_equal(bed_get(b, "/readyz"), 200);
	assert_int_equal(bed_get(b, "/v1/version"), 200);
	assert_int_equal(bed_get(b, "/v1/status"), 401);
	b->key = ADMIN;
	assert_int_equal(bed_get(b, "/v1/status"), 200);
	assert_string_equal(bed_word(b, "ready"), "true");
	assert_int_equal(bed_get(b, "/v1/links"), 200);
	assert_string_equal(bed_word(b, "links.0.name"), "a");
	assert_int_equal(bed_post(b, "/v1/route/explain", ONE), 200);
	assert_string_equal(bed_word(b, "rules.0.name"), "all");
}

#define T(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(sends_and_shows),
		T(lists_page_by_page),
		T(refuses_with_code_and_field),
		T(batch_each_for_itself),
		T(long_bodies),
		T(denied_is_200_and_kept),
		T(idempotency),
		T(cancels_what_waits),
		T(survives_a_restart),
		T(pipelined_and_head),
		T(slow_and_long_are_cut),
		T(connections_of_one_address),
		T(documents_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
