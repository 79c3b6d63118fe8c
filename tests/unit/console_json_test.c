/* JSON in and out, field tables, paths, and signatures of webhooks: what the
 * console decides without a node. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/secret.h"
#include "console/json_in.h"
#include "console/mask.h"
#include "proto/json.h"
#include "console/listen.h"
#include "console/match.h"
#include "console/webhook_check.h"

/* ---- in ------------------------------------------------------------------------*/

static const struct {
	const char *text;
	unsigned depth;
	int rc;
} texts[] = {
	{ "{}", 1, 0 },
	{ "[]", 1, 0 },
	{ "[[]]", 1, -E2BIG },
	{ "[[]]", 2, 0 },
	{ "[[],[],[],[]]", 2, 0 },
	{ "[\"[[[[\"]", 1, 0 },
	{ "[\"\\\"[[[\"]", 1, 0 },
	{ "", 9, -EINVAL },
	{ "{", 9, -EINVAL },
	{ "{} {}", 9, -EINVAL },
	{ "{\"a\":1,\"a\":2}", 9, -EINVAL },
	{ "{\"a\":\"\\u0000\"}", 9, -EINVAL },
	{ "{\"a\":\"\xff\"}", 9, -EINVAL },
	{ "7", 9, -EINVAL },
};

static void reads_json(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(texts); i++) {
		json_t *j = NULL;
		struct err err = { "" };
		int rc = json_read(str_of(texts[i].text), texts[i].depth, &j,
				   &err);
		if (rc != texts[i].rc)
			fail_msg("%s: %d %s", texts[i].text, rc, err.text);
		assert_int_equal(j != NULL, rc == 0);
		assert_int_equal(err.text[0] != '\0', rc != 0);
		json_decref(j);
	}
}

static const struct {
	const char *object, *name, *span;
} spans[] = {
	{ "{\"a\":1}", "a", "1" },
	{ " { \"a\" : [1, {\"b\":2}] , \"b\":3 } ", "a", "[1, {\"b\":2}]" },
	{ " { \"a\" : [1, {\"b\":2}] , \"b\":3 } ", "b", "3" },
	{ "{\"x\":\"a\\\"}\",\"a\":\"}\"}", "a", "\"}\"" },
	{ "{\"a\":{}}", "a", "{}" },
	{ "{\"a\":true }", "a", "true" },
	{ "{\"b\":1}", "a", NULL },
	{ "[1]", "a", NULL },
	{ "{", "a", NULL },
	{ "{\"a\"", "a", NULL },
	{ "{\"", "a", NULL },
};

static void finds_the_senders_bytes(void **state)
{
	struct str s = STR_NONE;
	size_t at = 0;

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(spans); i++) {
		int rc = json_span(str_of(spans[i].object), spans[i].name, &s);
		assert_int_equal(rc, spans[i].span == NULL ? -ENOENT : 0);
		if (rc == 0 && !str_eqz(s, spans[i].span))
			fail_msg("%s: %.*s", spans[i].object, STR_ARGS(s));
	}
	struct str list = STR("[ {\"a\":1} ,2, \"x\" ]");
	assert_true(json_span_next(list, &at, &s));
	assert_true(str_eqz(s, "{\"a\":1}"));
	assert_true(json_span_next(list, &at, &s));
	assert_true(str_eqz(s, "2"));
	assert_true(json_span_next(list, &at, &s));
	assert_true(str_eqz(s, "\"x\""));
	assert_false(json_span_next(list, &at, &s));
	at = 0;
	assert_false(json_span_next(STR("[]"), &at, &s));
}

struct thing {
	struct str name;
	int64_t count, when;
	bool on;
	json_t *more, *list;
};

static const struct field thing_rows[] = {
	{ "name", FIELD_STR, offsetof(struct thing, name), true, "Its name." },
	{ "count", FIELD_INT, offsetof(struct thing, count), false, "." },
	{ "when", FIELD_TIME, offsetof(struct thing, when), false, "." },
	{ "on", FIELD_BOOL, offsetof(struct thing, on), false, "." },
	{ "more", FIELD_OBJECT, offsetof(struct thing, more), false, "." },
	{ "list", FIELD_ARRAY, offsetof(struct thing, list), false, "." },
};

static const struct fields thing_fields = { "thing", thing_rows,
					    ARRAY_LEN(thing_rows) };

static const struct {
	const char *text, *code, *field;
} things[] = {
	{ "{\"name\":\"x\"}", NULL, "" },
	{ "{\"name\":\"x\",\"count\":null}", NULL, "" },
	{ "{\"name\":\"x\",\"count\":3,\"when\":\"1970-01-01T00:00:01Z\",\"on\":true}",
	  NULL, "" },
	{ "{\"name\":\"x\",\"more\":{},\"list\":[]}", NULL, "" },
	{ "{}", "missing_field", "name" },
	{ "{\"name\":null}", "missing_field", "name" },
	{ "{\"name\":1}", "wrong_type", "name" },
	{ "{\"name\":\"x\",\"count\":1.5}", "wrong_type", "count" },
	{ "{\"name\":\"x\",\"count\":\"1\"}", "wrong_type", "count" },
	{ "{\"name\":\"x\",\"when\":\"today\"}", "wrong_type", "when" },
	{ "{\"name\":\"x\",\"on\":1}", "wrong_type", "on" },
	{ "{\"name\":\"x\",\"more\":[]}", "wrong_type", "more" },
	{ "{\"name\":\"x\",\"list\":{}}", "wrong_type", "list" },
	{ "{\"name\":\"x\",\"cuont\":1}", "unknown_field", "cuont" },
	{ "[]", "wrong_type", "" },
};

static void reads_fields_by_table(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(things); i++) {
		struct thing t = { .count = 7 };
		struct refusal why = { 0 };
		json_t *j = json_loads(things[i].text, 0, NULL);
		int rc = fields_read(&thing_fields, j, &t, &why);
		assert_int_equal(rc, things[i].code == NULL ? 0 : -EINVAL);
		if (rc != 0) {
			assert_string_equal(why.code, things[i].code);
			assert_string_equal(why.field, things[i].field);
			assert_int_not_equal(why.err.text[0], '\0');
		} else {
			assert_true(str_eqz(t.name, "x"));
			assert_true(t.count == 7 || t.when == 1000);
		}
		if (strcmp(things[i].field, "cuont") == 0)
			assert_string_equal(why.hint, "did you mean 'count'?");
		json_decref(j);
	}
}

/* ---- out ------------------------------------------------------------------------*/

static void writes_json(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	json_open(&b, '{');
	json_kz(&b, "a", "x\"\\\n\x01");
	json_ki(&b, "b", -5);
	json_key(&b, "c");
	json_open(&b, '[');
	json_u(&b, 0);
	json_bool(&b, true);
	json_none(&b);
	json_raw(&b, STR("{}"));
	json_s(&b, str_bytes("\xff", 1));
	json_close(&b, ']');
	json_kt(&b, "d", 0);
	json_ks_opt(&b, "e", STR_NONE);
	json_kt_opt(&b, "f", 0);
	json_close(&b, '}');
	json_t *j = json_loads(b.p, 0, NULL);
	assert_non_null(j);
	assert_int_equal(json_object_size(j), 4);
	assert_string_equal(json_string_value(json_object_get(j, "a")),
			    "x\"\\\n\x01");
	assert_int_equal(json_array_size(json_object_get(j, "c")), 5);
	json_decref(j);
	buf_done(&b);
}

static const struct {
	const char *address, *masked;
} masks[] = {
	{ "+447700900001", "+447…**01" },
	{ "+99912341234", "+999…**34" },
	{ "10086", "…**" },
	{ "", "" },
	{ "sensor-kitchen-7", "sens…**-7" },
	{ "石石石石石", "石…**石" },
};

static void masks_addresses(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 256);
	for (unsigned i = 0; i < ARRAY_LEN(masks); i++) {
		buf_reset(&b);
		mask_put(&b, str_of(masks[i].address));
		assert_string_equal(b.p, masks[i].masked);
	}
	buf_done(&b);
}

/* ---- paths, addresses --------------------------------------------------------------*/

static const struct {
	const char *method, *path;
	int route; /* index; -1 none */
	const char *first, *second;
	unsigned methods;
} paths[] = {
	{ "GET", "/a", 0, "", "", 0 },
	{ "HEAD", "/a", 0, "", "", 0 },
	{ "GET", "/a/", -1, "", "", 0 },
	{ "GET", "/a/x", 1, "x", "", 0 },
	{ "GET", "/a/x/y/z", 2, "x", "z", 0 },
	{ "POST", "/a/x/y/z", -1, "", "", 1 },
	{ "GET", "/a//y/z", -1, "", "", 0 },
	{ "GET", "/ab", -1, "", "", 0 },
	{ "GET", "", -1, "", "", 0 },
	{ "DELETE", "/a/x", -1, "", "", 1 },
};

static void matches_paths(void **state)
{
	static const struct route v[] = {
		{ .method = "GET", .path = "/a" },
		{ .method = "GET", .path = "/a/{b}" },
		{ .method = "GET", .path = "/a/{b}/y/{c}" },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(paths); i++) {
		struct str param[ROUTE_PARAMS] = { STR_NONE, STR_NONE };
		uint32_t methods = 0;
		const struct route *r =
			route_match(v, ARRAY_LEN(v), paths[i].method,
				    str_of(paths[i].path), param, &methods);
		assert_int_equal(r == NULL ? -1 : r - v, paths[i].route);
		assert_int_equal(methods, paths[i].methods);
		if (r == NULL)
			continue;
		assert_true(str_eqz(param[0], paths[i].first));
		assert_true(str_eqz(param[1], paths[i].second));
	}
}

static void reads_listen_addresses(void **state)
{
	static const struct {
		const char *text;
		int rc, family;
	} all[] = {
		{ "127.0.0.1:8080", 0, AF_INET },
		{ "[::1]:80", 0, AF_INET6 },
		{ "0.0.0.0:0", 0, AF_INET },
		{ "localhost:80", -EINVAL, 0 },
		{ "127.0.0.1", -EINVAL, 0 },
		{ "127.0.0.1:65536", -EINVAL, 0 },
		{ "127.0.0.1:", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(all); i++) {
		struct sockaddr_storage at = { 0 };
		struct err err = { "" };
		assert_int_equal(listen_address(str_of(all[i].text), &at, &err),
				 all[i].rc);
		if (all[i].rc == 0)
			assert_int_equal(at.ss_family, all[i].family);
	}
}

/* ---- webhooks ------------------------------------------------------------------*/

/* The vector of the Standard Webhooks specification. */
#define HOOK_SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define HOOK_ID "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define HOOK_TIME "1614265330"
#define HOOK_BODY "{\"test\": 2432232314}"
#define HOOK_SIGN "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

static const struct {
	const char *id, *time, *sign;
	int64_t now_s;
	int rc;
} hooks[] = {
	{ HOOK_ID, HOOK_TIME, HOOK_SIGN, 1614265330, 0 },
	{ HOOK_ID, HOOK_TIME, "v1,xx v2,yy " HOOK_SIGN, 1614265330, 0 },
	{ HOOK_ID, HOOK_TIME, HOOK_SIGN, 1614265630, 0 },
	{ HOOK_ID, HOOK_TIME, HOOK_SIGN, 1614265631, -ESTALE },
	{ HOOK_ID, HOOK_TIME, HOOK_SIGN, 1614265029, -ESTALE },
	{ HOOK_ID, "1614265331", HOOK_SIGN, 1614265330, -EACCES },
	{ "msg_other", HOOK_TIME, HOOK_SIGN, 1614265330, -EACCES },
	{ HOOK_ID, HOOK_TIME, "v1a" HOOK_SIGN, 1614265330, -EACCES },
	{ HOOK_ID, HOOK_TIME, "v1,", 1614265330, -EACCES },
	{ "", HOOK_TIME, HOOK_SIGN, 1614265330, -EINVAL },
	{ HOOK_ID, "then", HOOK_SIGN, 1614265330, -EINVAL },
	{ HOOK_ID, HOOK_TIME, "", 1614265330, -EINVAL },
};

static void checks_signatures(void **state)
{
	struct buf key;

	(void)state;
	buf_init(&key, 256);
	assert_int_equal(webhook_secret(STR(HOOK_SECRET), &key), 0);
	for (unsigned i = 0; i < ARRAY_LEN(hooks); i++) {
		struct webhook_headers h = { str_of(hooks[i].id),
					     str_of(hooks[i].time),
					     str_of(hooks[i].sign) };
		struct err err = { "" };
		int rc = webhook_check(&h, STR(HOOK_BODY), buf_str(&key),
				       hooks[i].now_s * 1000, &err);
		if (rc != hooks[i].rc)
			fail_msg("row %u: %d %s", i, rc, err.text);
	}
	buf_reset(&key);
	assert_int_equal(webhook_secret(STR("short"), &key), -EBADMSG);
	buf_reset(&key);
	assert_int_equal(webhook_secret(STR("whsec_!!"), &key), -EBADMSG);
	buf_reset(&key);
	assert_int_equal(webhook_secret(STR("plain-secret-of-24-bytes"), &key),
			 0);
	buf_done(&key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_json),
		cmocka_unit_test(finds_the_senders_bytes),
		cmocka_unit_test(reads_fields_by_table),
		cmocka_unit_test(writes_json),
		cmocka_unit_test(masks_addresses),
		cmocka_unit_test(matches_paths),
		cmocka_unit_test(reads_listen_addresses),
		cmocka_unit_test(checks_signatures),
	};

	secret_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
