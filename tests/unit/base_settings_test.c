/* Settings: what a file gives, and every fault of a file with its line. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/settings.h"

struct link_cfg {
	char *host;
	int64_t port;
	char *password;
	int64_t window;
	int64_t every_ms;
	int64_t body_bytes;
	struct setting_list prefix;
	struct setting_list classes;
	bool tls;
	int strategy;
	int64_t offset;
	char *service;
};

static const char *const strategies[] = { "weighted", "ordered", "longest-idle",
					  NULL };

#define ROW(type, field, ...)                                               \
	{                                                                   \
#field, type, offsetof(struct link_cfg, field), __VA_ARGS__ \
	}
static const struct setting link_rows[] = {
	ROW(SETTING_STR, host, NULL, 0, 0, NULL, NULL, false, "Where it is."),
	ROW(SETTING_INT, port, "2775", 1, 65535, NULL, NULL, false,
	    "TCP port."),
	ROW(SETTING_SECRET, password, "", 0, 0, NULL, NULL, true, "Password."),
	ROW(SETTING_INT, window, "10", 1, 1000, NULL, "messages", true,
	    "Open at once."),
	ROW(SETTING_DURATION, every_ms, "30s", 10, 86400000, NULL, NULL, true,
	    "Pause."),
	ROW(SETTING_SIZE, body_bytes, "8MB", 1, INT64_MAX, NULL, NULL, true,
	    "Size."),
	ROW(SETTING_LIST, prefix, "", 0, 3, NULL, NULL, true, "Prefixes."),
	ROW(SETTING_LIST, classes, "{a, \"b c\"}", 0, 0, NULL, NULL, true,
	    "Classes."),
	ROW(SETTING_BOOL, tls, "off", 0, 0, NULL, NULL, false, "Encrypt."),
	ROW(SETTING_ENUM, strategy, "ordered", 0, 0, strategies, NULL, true,
	    "Choice."),
	ROW(SETTING_INT, offset, "0", 0, 0, NULL, NULL, true, "Any number."),
	ROW(SETTING_STR, service, "", 0, 0, NULL, NULL, true, "Level."),
};

struct http_cfg {
	char *listen;
};

static const struct setting http_rows[] = {
	{ "listen", SETTING_STR, offsetof(struct http_cfg, listen),
	  "127.0.0.1:8080", 0, 0, NULL, NULL, false, "Where to listen." },
};

static const struct setting_section kinds[] = {
	{ "smpp", true, sizeof(struct link_cfg), link_rows,
	  ARRAY_LEN(link_rows), "A link." },
	{ "http", false, sizeof(struct http_cfg), http_rows,
	  ARRAY_LEN(http_rows), "The API." },
};

static void good_file(void **state UNUSED)
{
	static const char text[] =
		"# a comment with { and \"\n"
		"// another\n"
		"http { listen = \"0.0.0.0:80\" } /* more\n"
		"   } */ smpp carrier-a {\n"
		"\thost = 'h\\'s'   port = 1\n"
		"\tpassword = \"a\\\"b\\\\c$d\\$e\" # not a # comment: \"\n"
		"\tevery_ms = 500ms  body_bytes = 64KB tls = on\n"
		"\tprefix = {\"+86\", \"+44\",}\n"
		"\tstrategy = longest-idle offset = -5\n"
		"\tservice = 80%/20s\n"
		"}\n"
		"smpp \"b\" { host = x prefix = one classes = {} }\n";
	struct settings s;
	struct faults f = { 0 };

	assert_int_equal(settings_parse(text, "t", kinds, 2, &s, &f), 0);
	assert_int_equal(s.len, 3);

	const struct section *a = settings_find(&s, "smpp", "carrier-a");
	assert_non_null(a);
	assert_int_equal(a->line, 4);
	const struct link_cfg *c = a->value;
	assert_string_equal(c->host, "h's");
	assert_int_equal(c->port, 1);
	assert_string_equal(c->password, "a\"b\\c$d$e");
	assert_int_equal(c->window, 10);
	assert_int_equal(c->every_ms, 500);
	assert_int_equal(c->body_bytes, 65536);
	assert_int_equal(c->prefix.len, 2);
	assert_string_equal(c->prefix.v[0], "+86");
	assert_string_equal(c->prefix.v[1], "+44");
	assert_int_equal(c->classes.len, 2);
	assert_string_equal(c->classes.v[1], "b c");
	assert_true(c->tls);
	assert_int_equal(c->strategy, 2);
	assert_int_equal(c->offset, -5);
	assert_string_equal(c->service, "80%/20s");

	c = settings_find(&s, "smpp", "b")->value;
	assert_int_equal(c->prefix.len, 1);
	assert_string_equal(c->prefix.v[0], "one");
	assert_int_equal(c->classes.len, 0);
	assert_int_equal(c->body_bytes, 8 << 20);
	assert_int_equal(c->every_ms, 30000);
	assert_string_equal(c->password, "");

	const struct http_cfg *h = settings_find(&s, "http", NULL)->value;
	assert_string_equal(h->listen, "0.0.0.0:80");
	assert_null(settings_find(&s, "smpp", "c"));
	assert_null(settings_find(&s, "mqtt", NULL));
	settings_done(&s);
	faults_done(&f);
	assert_int_equal(mem_live_blocks(), 0);
}

/* Each row: a file, and all its faults. Lines are in the faults. */
static const struct {
	const char *text;
	const char *faults;
} bad_files[] = {
	{ "smpp a { host = x\nwindw = 5 }\n",
	  "t:2: unknown setting 'windw' in smpp; did you mean 'window'?\n" },
	{ "smpp a { host = x zebra = 5 }",
	  "t:1: unknown setting 'zebra' in smpp\n" },
	{ "\nsmppp a { zebra { } = } ",
	  "t:2: unknown section 'smppp'; did you mean 'smpp'?\n" },
	{ "smpp a {\n}\n", "t:1: smpp needs 'host': Where it is.\n" },
	{ "smpp { host = x }", "t:1: smpp needs a name: write smpp NAME {\n" },
	{ "http x { }", "t:1: http takes no name: write http {\n" },
	{ "http { }\nhttp { }", "t:2: http is there already on line 1\n" },
	{ "smpp a { host=x }\nsmpp b { host=x }\nsmpp \"a\" { host=x }",
	  "t:3: smpp a is there already on line 1\n" },
	{ "smpp a {\nhost=x\nport=1\nport=2\n}",
	  "t:4: 'port' is set already on line 3\n" },
	{ "http { listen = {a} }",
	  "t:1: 'listen' takes one value, not a list\n" },
	{ "smpp a { host = }", "t:1: 'host' has no value\n" },
	{ "http { listen = }", "t:1: 'listen' has no value\n" },
	{ "http { listen }",
	  "t:1: 'listen' is not of the form NAME = VALUE\n" },
	{ "http { listen = \"a\n }",
	  "t:1: the string is not closed with \"\n" },
	{ "http {\n listen = x", "t:1: http is not closed with '}'\n" },
	{ "http {\n listen = x\nsmpp a { host = x }",
	  "t:1: http is not closed with '}'\n" },
	{ "}\n", "t:1: '}' closes nothing\n" },
	{ "http { }\n}\n", "t:2: '}' closes nothing\n" },
	{ "/* a\n", "t:1: the comment is not closed with */\n" },
	{ "port = 5\nhttp { }\n",
	  "t:1: 'port' does not begin a section: write NAME { ... }\n" },
	{ "http { listen = mqtt://x }",
	  "t:1: 'mqtt://x' needs quotes because of its '/'\n" },
	{ "http { listen = a b }",
	  "t:1: 'b' after the value of 'listen': a value with spaces needs quotes\n" },
	{ "http { listen = \"\\q\" }",
	  "t:1: '\\q' is no escape; write \\\\ for \\\n" },
	{ "http { listen = \"${HOME}\" }",
	  "t:1: 'listen' is no secret: @file: and ${...} do not work here\n" },
	{ "http { listen = ${HOME} }",
	  "t:1: '$' needs quotes because of its '$'\n" },
	{ "smpp a { host = x\nport = 70000\nwindow = many\nevery_ms = 5\nbody_bytes = 5XB\n"
	  "prefix = {a,b,c,d}\ntls = perhaps\nstrategy = wighted\n"
	  "password = \"@file:/nowhere/x\" }",
	  "t:2: 'port' is 70000, outside 1..65535\n"
	  "t:3: 'window' is 'many', not a whole number\n"
	  "t:4: 'every_ms' is '5', not a duration such as 500ms, 10s, 5m, 24h or 155d\n"
	  "t:5: 'body_bytes' is '5XB', not a size such as 512, 64KB, 8MB or 1GB\n"
	  "t:6: 'prefix' has 4 entries, outside 0..3\n"
	  "t:7: 'tls' is 'perhaps', not yes or no\n"
	  "t:8: 'strategy' is 'wighted', not one of weighted, ordered, longest-idle; did you mean "
	  "'weighted'?\n"
	  "t:9: 'password': cannot open /nowhere/x: not found\n" },
	{ "smpp a { host = x every_ms = 5ms }",
	  "t:1: 'every_ms' is 5ms, outside 10ms..1d\n" },
	{ "smpp a { host = x body_bytes = 0 }",
	  "t:1: 'body_bytes' is 0, outside at least 1\n" },
	{ "smpp a { host = x password = \"${NO_SUCH_THING_HERE}\" }",
	  "t:1: 'password': NO_SUCH_THING_HERE is not set in the environment\n" },
	{ "# one\n# two\n\nsmpp a { /* x\ny */ host = x\n  widnow = 3 # c\n  port = no\n}\n"
	  "htpp { }\n",
	  "t:6: unknown setting 'widnow' in smpp; did you mean 'window'?\n"
	  "t:7: 'port' is 'no', not a whole number\n"
	  "t:9: unknown section 'htpp'; did you mean 'http'?\n" },
	{ "smpp a { host = x prefix = {a b} }",
	  "t:1: the list of 'prefix' is not of the form {\"a\", \"b\"}\n" },
	{ "smpp a { host = x prefix = {a,\n b\nport = 0 }",
	  "t:2: the list of 'prefix' is not of the form {\"a\", \"b\"}\n"
	  "t:3: 'port' is 0, outside 1..65535\n" },
	{ "smpp a { host = x prefix = {a = , b} port = 0 }",
	  "t:1: the list of 'prefix' is not of the form {\"a\", \"b\"}\n"
	  "t:1: 'port' is 0, outside 1..65535\n" },
	{ "smpp a { host = x nested { port = 1 } window = 0 }",
	  "t:1: 'nested' is not of the form NAME = VALUE\n"
	  "t:1: 'window' is 0, outside 1..1000\n" },
	{ "smpp a { host = x\nport = 99999999999999999999 }",
	  "t:2: 'port' is '99999999999999999999', not a whole number\n" },
};

static void bad_files_are_told(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(bad_files); i++) {
		struct settings s;
		struct faults f = { 0 };
		struct buf all;

		int rc = settings_parse(bad_files[i].text, "t", kinds, 2, &s,
					&f);
		buf_init(&all, BUF_NO_LIMIT);
		for (size_t j = 0; j < f.len; j++)
			buf_f(&all, "%s\n", f.v[j]);
		assert_string_equal(all.p, bad_files[i].faults);
		assert_int_equal(rc, -EINVAL);
		for (size_t j = 0; j < s.len; j++)
			assert_non_null(s.v[j].value);
		buf_done(&all);
		faults_done(&f);
		settings_done(&s);
	}
	assert_int_equal(mem_live_blocks(), 0);
}

/* A file at fault must not leave libconfuse's scanner in a wrong state. */
static void good_after_bad(void **state UNUSED)
{
	bad_files_are_told(state);
	good_file(state);
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void secrets(void **state UNUSED)
{
	char dir[] = "/tmp/base_settings_XXXXXX";
	char conf[64], key[64], text[256];
	struct settings s;
	struct faults f = { 0 };

	assert_non_null(mkdtemp(dir));
	(void)snprintf(conf, sizeof(conf), "%s/conf", dir);
	(void)snprintf(key, sizeof(key), "%s/key", dir);
	(void)snprintf(text, sizeof(text),
		       "smpp a { host = x password = \"@file:%s\" }\n"
		       "smpp b { host = x password = \"${BASE_TEST_KEY}\" }\n"
		       "smpp c { host = x password = plain }\n",
		       key);
	write_file(conf, text);
	write_file(key, "from file\r\n");
	assert_int_equal(setenv("BASE_TEST_KEY", "from env", 1), 0);

	assert_int_equal(settings_read(conf, kinds, 2, &s, &f), 0);
	static const char *const want[] = { "from file", "from env", "plain" };
	for (size_t i = 0; i < 3; i++) {
		const struct link_cfg *c = s.v[i].value;
		assert_string_equal(c->password, want[i]);
	}
	settings_done(&s);

	write_file(key, "\n");
	assert_int_equal(settings_read(conf, kinds, 2, &s, &f), -EINVAL);
	assert_int_equal(f.len, 1);
	assert_non_null(strstr(f.v[0], "/conf:1: 'password': "));
	assert_non_null(strstr(f.v[0], "is empty"));
	assert_string_equal(((struct link_cfg *)s.v[0].value)->password, "");
	settings_done(&s);
	faults_done(&f);

	assert_int_equal(unlink(key), 0);
	assert_int_equal(unlink(conf), 0);
	assert_int_equal(settings_read(conf, kinds, 2, &s, &f), -ENOENT);
	assert_int_equal(f.len, 1);
	faults_done(&f);
	assert_int_equal(rmdir(dir), 0);
	assert_int_equal(mem_live_blocks(), 0);
}

static void differ(void **state UNUSED)
{
	struct settings s;
	struct faults f = { 0 }, frozen = { 0 };

	assert_int_equal(
		settings_parse("smpp a { host = x prefix = {q} }"
			       "smpp b { host = x prefix = {q} }"
			       "smpp c { host = y port = 9 prefix = {q} }"
			       "smpp d { host = x prefix = {r} }",
			       "t", kinds, 2, &s, &f),
		0);
	assert_false(settings_differ(&kinds[0], s.v[0].value, s.v[1].value,
				     &frozen));
	assert_int_equal(frozen.len, 0);
	assert_true(settings_differ(&kinds[0], s.v[0].value, s.v[3].value,
				    &frozen));
	assert_int_equal(frozen.len, 0);
	assert_false(settings_differ(&kinds[0], s.v[0].value, s.v[2].value,
				     &frozen));
	assert_int_equal(frozen.len, 2);
	assert_string_equal(frozen.v[0], "host");
	assert_string_equal(frozen.v[1], "port");
	faults_done(&frozen);
	settings_done(&s);
}

/* Without its comment marks the reference must be a good file. */
static void reference(void **state UNUSED)
{
	struct settings s;
	struct faults f = { 0 };
	struct buf ref, plain;

	buf_init(&ref, BUF_NO_LIMIT);
	buf_init(&plain, BUF_NO_LIMIT);
	settings_reference(kinds, 2, &ref);
	assert_non_null(strstr(ref.p, "#\tport = 2775\n"));
	assert_non_null(strstr(ref.p, "number, 1..1000 messages; may"));
	assert_non_null(strstr(ref.p, "duration, 10ms..1d"));

	struct str rest = buf_str(&ref), line;
	while (rest.len > 0) {
		rest = str_cut(rest, '\n', &line);
		if (line.len > 1 && line.p[1] != ' ')
			buf_str_put(&plain, str_from(line, 1));
		buf_c(&plain, '\n');
	}
	assert_int_equal(settings_parse(plain.p, "t", kinds, 2, &s, &f), 0);
	assert_int_equal(s.len, 2);
	settings_done(&s);
	buf_done(&ref);
	buf_done(&plain);
}

static const struct {
	const char *text;
	int rc;
	int64_t v;
} durations[] = {
	{ "500ms", 0, 500 },
	{ "10s", 0, 10000 },
	{ "5m", 0, 300000 },
	{ "24h", 0, 86400000 },
	{ "155d", 0, INT64_C(13392000000) },
	{ "0", 0, 0 },
	{ "5", -EBADMSG, 0 },
	{ "", -EBADMSG, 0 },
	{ "s", -EBADMSG, 0 },
	{ "-5s", -EBADMSG, 0 },
	{ "5 s", -EBADMSG, 0 },
	{ "5w", -EBADMSG, 0 },
	{ "106751991168d", -EBADMSG, 0 },
	{ "99999999999999999999ms", -EBADMSG, 0 },
}, sizes[] = {
	{ "512", 0, 512 },
	{ "512B", 0, 512 },
	{ "64KB", 0, 65536 },
	{ "8MB", 0, 8388608 },
	{ "1GB", 0, 1073741824 },
	{ "2tb", 0, INT64_C(2199023255552) },
	{ "KB", -EBADMSG, 0 },
	{ "1.5MB", -EBADMSG, 0 },
	{ "9223372036854775807KB", -EBADMSG, 0 },
};

static void numbers(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(durations); i++) {
		int64_t v = -7;
		assert_int_equal(settings_duration(str_of(durations[i].text),
						   &v),
				 durations[i].rc);
		assert_int_equal(v, durations[i].rc < 0 ? -7 : durations[i].v);
	}
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		int64_t v = -7;
		assert_int_equal(settings_size(str_of(sizes[i].text), &v),
				 sizes[i].rc);
		assert_int_equal(v, sizes[i].rc < 0 ? -7 : sizes[i].v);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_file),
		cmocka_unit_test(bad_files_are_told),
		cmocka_unit_test(good_after_bad),
		cmocka_unit_test(secrets),
		cmocka_unit_test(differ),
		cmocka_unit_test(reference),
		cmocka_unit_test(numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
