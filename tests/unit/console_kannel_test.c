/* Kannel's parameters, charsets, and the ranges its users may come from. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/secret.h"
#include "console/kannel.h"
#include "console/ranges.h"
#include "model/message.h"

#define NOW 1700000000000

static struct buf rooms[32];
static unsigned rooms_next;

static void rooms_done(void)
{
	for (unsigned i = 0; i < ARRAY_LEN(rooms); i++)
		buf_done(&rooms[i]);
	rooms_next = 0;
}

static bool form_param(void *owner, const char *name, struct str *out)
{
	struct buf *b = &rooms[rooms_next++ % ARRAY_LEN(rooms)];

	buf_done(b);
	buf_init(b, 65536);
	if (form_get(str_of(owner), name, b) != 0)
		return false;
	*out = buf_str(b);
	return true;
}

#define OK "to=447700900001&text=x&"
#define DENIED KANNEL_DENIED

static const struct {
	const char *query, *why; /* "": it is taken */
	const char *text;
	int64_t send_at, valid;
	int priority;
	unsigned mask;
} asks[] = {
	{ "to=1&text=hi", "", "hi", 0, 0, -1, 0 },
	{ "to=1&text=hi+%26+you", "", "hi & you", 0, 0, -1, 0 },
	{ "to=1&text=%E7%9F%B3", "", "石", 0, 0, -1, 0 },
	{ "to=1&text=w%77w%77&charset=UTF-16BE&coding=2", "", "睷睷", 0, 0, -1,
	  0 },
	{ "to=1&text=%77%F3&coding=2", "", "石", 0, 0, -1, 0 },
	{ "to=1&text=%FF&coding=0&charset=ISO-8859-1", "", "ÿ", 0, 0, -1, 0 },
	{ "to=1&text=a%80&charset=windows-1252", "", "a€", 0, 0, -1, 0 },
	{ "to=1&text=%C1&charset=KOI8-R", "", "а", 0, 0, -1, 0 },
	{ "to=1&text=%E6%8B%92&coding=2&charset=utf-8", "", "拒", 0, 0, -1, 0 },
	{ OK "deferred=2&validity=60", "", "x", NOW + 120000, NOW + 3600000, -1,
	  0 },
	{ OK "deferred=0&validity=0", "", "x", 0, 0, -1, 0 },
	{ OK "deferred=soon", "", "x", 0, 0, -1, 0 },
	{ OK "deferred=-1&validity=-1&priority=-1&mclass=-1", "", "x", 0, 0, -1,
	  0 },
	{ OK "priority=0", "", "x", 0, 0, 7, 0 },
	{ OK "priority=3", "", "x", 0, 0, 1, 0 },
	{ OK "priority=2x", "", "x", 0, 0, 3, 0 },
	{ OK "dlr-mask=31", "", "x", 0, 0, -1, 31 },
	{ OK "dlrmask=3&dlrurl=http://a/%25d", "", "x", 0, 0, -1, 3 },
	{ OK "dlr-url=HTTPS://a&dlr-mask=-1", "", "x", 0, 0, -1, 0 },
	{ OK "mclass=1&alt-dcs=1&pid=0&rpi=0&compress=0&udh=%00&coding=0", "",
	  "x", 0, 0, -1, 0 },
	{ OK "coding=x", "", "x", 0, 0, -1, 0 },
	{ "to=+44+x&text=x", "", "x", 0, 0, -1, 0 },
	/* in Kannel's words */
	{ "text=x", "Missing receiver number, rejected", "", 0, 0, 0, 0 },
	{ "to=&text=x", "Empty receiver number not allowed, rejected", "", 0, 0,
	  0, 0 },
	{ "to=+&text=x", DENIED, "", 0, 0, 0, 0 },
	{ "to=abc&text=x", DENIED, "", 0, 0, 0, 0 },
	{ OK "udh=abc", "UDH field misformed, rejected", "", 0, 0, 0, 0 },
	{ OK "account=a%5Bb", "Account field misformed or too long, rejected",
	  "", 0, 0, 0, 0 },
	{ OK "account=a%0Ab", "Account field misformed or too long, rejected",
	  "", 0, 0, 0, 0 },
	{ OK "dlr-url=ftp://host/", "DLR-URL field misformed, rejected", "", 0,
	  0, 0, 0 },
	{ OK "dlr-url=http://", "DLR-URL field misformed, rejected", "", 0, 0,
	  0, 0 },
	{ OK "dlr-mask=-2", "DLR-Mask field misformed, rejected", "", 0, 0, 0,
	  0 },
	{ OK "dlr-mask=127", "DLR-Mask field misformed, rejected", "", 0, 0, 0,
	  0 },
	{ OK "mclass=4", "MClass field misformed, rejected", "", 0, 0, 0, 0 },
	{ OK "pid=256", "PID field misformed, rejected", "", 0, 0, 0, 0 },
	{ OK "rpi=3", "RPI field misformed, rejected", "", 0, 0, 0, 0 },
	{ OK "alt-dcs=2", "Alt-DCS field misformed, rejected", "", 0, 0, 0, 0 },
	{ OK "mwi=8", "MWI field misformed, rejected", "", 0, 0, 0, 0 },
	{ OK "coding=5z", "Coding field misformed, rejected", "", 0, 0, 0, 0 },
	{ OK "compress=2", "Compress field misformed, rejected", "", 0, 0, 0,
	  0 },
	{ OK "validity=-2", "Validity field misformed, rejected", "", 0, 0, 0,
	  0 },
	{ OK "validity=99999999999", "Validity field misformed, rejected", "",
	  0, 0, 0, 0 },
	{ OK "deferred=-2", "Deferred field misformed, rejected", "", 0, 0, 0,
	  0 },
	{ OK "priority=4", "Priority field misformed, rejected", "", 0, 0, 0,
	  0 },
	{ OK "charset=klingon", "Charset or body misformed, rejected", "", 0, 0,
	  0, 0 },
	{ "to=1&text=%FF", "Charset or body misformed, rejected", "", 0, 0, 0,
	  0 },
	{ "to=1&text=x&coding=2", "Charset or body misformed, rejected", "", 0,
	  0, 0, 0 },
	/* what no link of ours carries */
	{ OK "udh=%05%00%03%01%02%01", "UDH field not supported, rejected", "",
	  0, 0, 0, 0 },
	{ OK "mclass=0", "MClass field not supported, rejected", "", 0, 0, 0,
	  0 },
	{ OK "flash=2", "MClass field not supported, rejected", "", 0, 0, 0,
	  0 },
	{ OK "mwi=0", "MWI field not supported, rejected", "", 0, 0, 0, 0 },
	{ OK "pid=64", "PID field not supported, rejected", "", 0, 0, 0, 0 },
	{ OK "rpi=1", "RPI field not supported, rejected", "", 0, 0, 0, 0 },
	{ OK "compress=1", "Compress field not supported, rejected", "", 0, 0,
	  0, 0 },
	{ OK "coding=1", "Coding field not supported, rejected", "", 0, 0, 0,
	  0 },
	{ "to=1", "text is missing, rejected", "", 0, 0, 0, 0 },
};

static void reads_parameters(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(asks); i++) {
		struct kannel_ask k;
		struct err err = { "" };
		char query[256];

		kannel_ask_init(&k);
		must(str_copy(query, sizeof(query), str_of(asks[i].query)) ==
		     0);
		int rc = kannel_read(&k, form_param, query, NOW, &err);
		if ((rc == 0) != (asks[i].why[0] == '\0') ||
		    strcmp(err.text, asks[i].why) != 0)
			fail_msg("%s: %d %s", query, rc, err.text);
		if (rc == 0) {
			assert_string_equal(k.text.p, asks[i].text);
			assert_int_equal(k.send_at_ms, asks[i].send_at);
			assert_int_equal(k.valid_until_ms, asks[i].valid);
			assert_int_equal(k.priority, asks[i].priority);
			assert_int_equal(k.mask, asks[i].mask);
		}
		kannel_ask_done(&k);
	}
	rooms_done();
}

static void a_udh_has_its_length(void **state)
{
	char query[512] = OK "udh=%8b";
	struct kannel_ask k;
	struct err err = { "" };

	(void)state;
	memset(query + strlen(query), 'a', 139);
	kannel_ask_init(&k);
	assert_int_equal(kannel_read(&k, form_param, query, NOW, &err),
			 -EINVAL);
	assert_string_equal(err.text, "UDH field not supported, rejected");
	memcpy(strstr(query, "%8b"), "%8c", 3);
	query[strlen(query)] = 'a';
	assert_int_equal(kannel_read(&k, form_param, query, NOW, &err),
			 -EINVAL);
	assert_string_equal(err.text, "UDH field is too long, rejected");
	kannel_ask_done(&k);
	rooms_done();
}

/* ---- what is kept for reports -------------------------------------------- */

static const struct {
	const char *query, *to, *json;
	bool wants;
} kept[] = {
	{ OK "dlr-mask=31&dlr-url=http://x/%25d", "+447700900001",
	  "{\"kannel\":{\"url\":\"http://x/%d\",\"mask\":31,"
	  "\"user\":\"kim\"}}",
	  true },
	{ OK "dlr-mask=3&dlr-url=http://x/%25d&from=Shop&account=a&binfo=b"
	     "&smsc=s&meta-data=%3Fsmpp%3Fa%3Db",
	  "447700900001",
	  "{\"kannel\":{\"url\":\"http://x/%d\",\"mask\":3,"
	  "\"user\":\"kim\",\"from\":\"Shop\",\"lead\":\"\",\"tail\":12,"
	  "\"smsc\":\"s\",\"account\":\"a\",\"binfo\":\"b\","
	  "\"meta-data\":\"?smpp?a=b\"}}",
	  true },
	{ OK "dlr-mask=1&dlr-url=http://x/1", "00447700900001",
	  "{\"kannel\":{\"url\":\"http://x/1\",\"mask\":1,"
	  "\"user\":\"kim\",\"lead\":\"00\",\"tail\":12}}",
	  true },
	{ OK "dlr-mask=1&dlr-url=http://x/1", "07700-900-001",
	  "{\"kannel\":{\"url\":\"http://x/1\",\"mask\":1,"
	  "\"user\":\"kim\",\"lead\":\"0\",\"tail\":10}}",
	  true },
	{ OK "dlr-url=http://x/1", "+1",
	  "{\"kannel\":{\"url\":\"http://x/1\",\"mask\":0,\"user\":\"kim\"}}",
	  false },
	{ OK "dlr-mask=31", "+1", "{\"kannel\":{\"mask\":31,\"user\":\"kim\"}}",
	  false },
	{ OK "dlr-mask=32&dlr-url=http://x/1", "+1",
	  "{\"kannel\":{\"url\":\"http://x/1\",\"mask\":32,"
	  "\"user\":\"kim\"}}",
	  false },
};

static void keeps_what_a_report_needs(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(kept); i++) {
		struct kannel_ask k;
		struct buf json;
		char query[256];

		kannel_ask_init(&k);
		buf_init(&json, 4096);
		must(str_copy(query, sizeof(query), str_of(kept[i].query)) ==
		     0);
		assert_int_equal(kannel_read(&k, form_param, query, NOW, NULL),
				 0);
		kannel_metadata(&k, STR("kim"), str_of(kept[i].to), &json);
		assert_string_equal(json.p, kept[i].json);
		assert_int_equal(kannel_wants_reports(&k), kept[i].wants);
		buf_done(&json);
		kannel_ask_done(&k);
	}
	rooms_done();
}

/* ---- charsets and ranges ------------------------------------------------- */

static const struct {
	const char *charset;
	struct str in;
	const char *utf8; /* NULL: refused */
} charsets[] = {
	{ "utf8", { "h\xc3\xa4", 3 }, "hä" },
	{ "US-ASCII", { "h", 1 }, "h" },
	{ "ascii", { "\xe4", 1 }, NULL },
	{ "GBK", { "\xca\xaf", 2 }, "石" },
	{ "gb2312", { "\xca\xaf", 2 }, "石" },
	{ "BIG5", { "\xa5\xdb", 2 }, "石" },
	{ "BIG5", { "\xa5", 1 }, NULL },
	{ "ISO-8859-15", { "\xa4", 1 }, "€" },
	{ "UCS-2", { "\x77\xf3", 2 }, "石" },
	{ "UTF-16LE", { "\xf3\x77", 2 }, "石" },
	{ "UTF-16BE", { "\xd8\x3d\xde\x00", 4 }, "😀" },
	{ "UTF-16BE", { "\xd8\x3d", 2 }, NULL },
	{ "ISO-2022-CN-EXT", { "x", 1 }, NULL },
	{ "UTF-8//TRANSLIT", { "x", 1 }, NULL },
	{ "", { "x", 1 }, NULL },
};

static void converts_charsets(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(charsets); i++) {
		struct buf b;

		buf_init(&b, 4096);
		int rc = kannel_charset(str_of(charsets[i].charset),
					charsets[i].in, &b);
		if ((rc == 0) != (charsets[i].utf8 != NULL) ||
		    (rc == 0 && strcmp(b.p, charsets[i].utf8) != 0))
			fail_msg("%s: %d %s", charsets[i].charset, rc, b.p);
		buf_done(&b);
	}
}

static const struct {
	const char *range, *address;
	bool ok, holds;
} ranges[] = {
	{ "127.0.0.0/8", "127.3.2.1", true, true },
	{ "127.0.0.0/8", "128.0.0.1", true, false },
	{ "10.1.2.3", "10.1.2.3", true, true },
	{ "10.1.2.3", "10.1.2.4", true, false },
	{ "10.1.2.0/23", "10.1.3.255", true, true },
	{ "10.1.2.0/23", "10.1.4.0", true, false },
	{ "0.0.0.0/0", "9.9.9.9", true, true },
	{ "0.0.0.0/0", "::1", true, false },
	{ "::/0", "::1", true, true },
	{ "fd00::/8", "fdff::1", true, true },
	{ "fd00::/8", "fe00::1", true, false },
	{ "10.0.0.0/8", "::ffff:10.1.1.1", true, true },
	{ "10.0.0.0/33", "10.1.1.1", false, false },
	{ "10.0.0.0/", "10.1.1.1", false, false },
	{ "10.0.0", "10.1.1.1", false, false },
	{ "", "10.1.1.1", false, false },
	{ "10.0.0.0/8", "unknown", true, false },
};

static void knows_ranges(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(ranges); i++) {
		char text[64];
		char *one[] = { text };
		struct setting_list list = { one, 1 };

		must(str_copy(text, sizeof(text), str_of(ranges[i].range)) ==
		     0);
		if (range_ok(text) != ranges[i].ok ||
		    ranges_hold(&list, ranges[i].address) != ranges[i].holds)
			fail_msg("%s %s", text, ranges[i].address);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_parameters),
		cmocka_unit_test(a_udh_has_its_length),
		cmocka_unit_test(keeps_what_a_report_needs),
		cmocka_unit_test(converts_charsets),
		cmocka_unit_test(knows_ranges),
	};

	secret_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
