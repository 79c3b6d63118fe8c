/* kannel.conf: its lines, its groups, and what becomes of each variable. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "cli/kannel_import.h"
#include "proto/kannel_conf.h"

/* ---- lines ---------------------------------------------------------------- */

static const struct {
	const char *text;
	const char *seen; /* "1:name=value|2:-|3:!|..." */
} files[] = {
	{ "", "" },
	{ "a=b", "1:a=b|" },
	{ "a = b\n c  =  d e \n", "1:a=b|2:c=d e|" },
	{ "a=b\n\nc=d\n \t\n", "1:a=b|2:-|3:c=d|4:-|" },
	{ "# x\na=b # no comment\n  # y\n\n", "2:a=b # no comment|4:-|" },
	{ "a=b=c\n=d\n", "1:a=b=c|2:=d|" },
	{ "a=\"b c\"\nb=\"x\\\"y\\\\z\\q\"\n", "1:a=b c|2:b=x\"y\\z\\q|" },
	{ "a=\"\"\na=\"\na=\"b\n", "1:a=|2:a=\"|3:a=\"b|" },
	{ "a=b\\\nc\\\n d\ne=f\n", "1:a=bc d|4:e=f|" },
	{ "# x\\\na=b\nc=d\n", "3:c=d|" },
	{ "a=b\r\n\r\nc=\"d\"\r\n", "1:a=b|2:-|3:c=d|" },
	{ "nothing\na=b\n", "1:!|2:a=b|" },
	{ "include = \"f\"\nget-url = include.php\n",
	  "1:+f|2:get-url=include.php|" },
	{ "a=b\\", "1:a=b|" },
};

static void lines_are_as_kannel_reads_them(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(files); i++) {
		struct kannel_lines l = kannel_lines_of(str_of(files[i].text));
		struct buf name, value, seen;
		enum kannel_line_kind k;

		buf_init(&name, 4096);
		buf_init(&value, 4096);
		buf_init(&seen, 4096);
		while ((k = kannel_line_next(&l, &name, &value)) !=
		       KANNEL_LINE_END) {
			buf_f(&seen, "%u:", l.line);
			if (k == KANNEL_LINE_BLANK)
				buf_z(&seen, "-");
			else if (k == KANNEL_LINE_BAD)
				buf_z(&seen, "!");
			else if (k == KANNEL_LINE_INCLUDE)
				buf_f(&seen, "+%s", value.p);
			else
				buf_f(&seen, "%s=%s", name.p, value.p);
			buf_c(&seen, '|');
		}
		assert_string_equal(seen.p, files[i].seen);
		buf_done(&name);
		buf_done(&value);
		buf_done(&seen);
	}
}

static void words_are_flags(void **state)
{
	static const struct {
		const char *word;
		int rc;
		bool is;
	} words[] = {
		{ "yes", 0, true },  { "TRUE", 0, true },
		{ "on", 0, true },   { "1", 0, true },
		{ "No", 0, false },  { "0", 0, false },
		{ "off", 0, false }, { "false", 0, false },
		{ "", -EBADMSG, 0 }, { "2", -EBADMSG, 0 },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(words); i++) {
		bool is = false;

		assert_int_equal(kannel_bool(str_of(words[i].word), &is),
				 words[i].rc);
		assert_int_equal(is, words[i].is);
	}
}

/* ---- groups and includes -------------------------------------------------- */

static void put_file(const char *dir, const char *name, const char *text)
{
	char path[256];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "we");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void includes_go_where_they_stand(void **state)
{
	char dir[] = "/tmp/cli_kannel_XXXXXX", path[64], sub[64], made[64];
	struct kannel_conf c;
	struct faults f = { 0 };

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/main.conf", dir);
	(void)snprintf(sub, sizeof(sub), "%s/sub", dir);
	(void)snprintf(made, sizeof(made), "%s/sub/b.inc", dir);
	assert_int_equal(mkdir(sub, 0700), 0);
	put_file(dir, "main.conf",
		 "group=core\na=1\ninclude=rest.inc\nb=2\n\n"
		 "include=sub\n\ngroup=last\na=9\na=10\n");
	put_file(dir, "rest.inc", "c=3\n");
	put_file(dir, "sub/b.inc", "group=second\n");
	put_file(dir, "sub/a.inc", "group=first\nx=1");
	assert_int_equal(kannel_conf_read(&c, path, &f), -EINVAL);
	/* an included file ends the group: b=2 has none */
	assert_int_equal(f.len, 1);
	assert_non_null(strstr(f.v[0], "main.conf:4: this group has no"));
	assert_int_equal(c.len, 5);
	assert_string_equal(c.v[0].name, "core");
	assert_true(str_eqz(kannel_value(&c.v[0], "c"), "3"));
	assert_non_null(
		strstr(kannel_var_find(&c.v[0], "c")->file, "rest.inc"));
	assert_string_equal(c.v[2].name, "first");
	assert_string_equal(c.v[3].name, "second");
	assert_true(str_eqz(kannel_value(&c.v[4], "a"), "10"));
	assert_ptr_equal(kannel_group_next(&c, "last", NULL), &c.v[4]);
	assert_null(kannel_group_next(&c, "last", &c.v[4]));
	kannel_conf_done(&c);
	faults_done(&f);
	f = (struct faults){ 0 };

	/* in a circle, nowhere, and what is no line */
	put_file(dir, "main.conf",
		 "include=rest.inc\ninclude=none.inc\nwhat\n");
	put_file(dir, "rest.inc", "include=main.conf\n");
	assert_int_equal(kannel_conf_read(&c, path, &f), -EINVAL);
	assert_int_equal(f.len, 3);
	assert_non_null(strstr(f.v[0], "rest.inc:1: cannot include"));
	assert_non_null(strstr(f.v[1], "main.conf:2: cannot include none.inc"));
	assert_non_null(strstr(f.v[2], "main.conf:3: an equals sign"));
	kannel_conf_done(&c);
	faults_done(&f);
	f = (struct faults){ 0 };
	assert_int_equal(kannel_conf_read(&c, "/no/such/file", &f), -EINVAL);
	kannel_conf_done(&c);
	faults_done(&f);
	assert_int_equal(unlink(made), 0);
	(void)snprintf(made, sizeof(made), "%s/sub/a.inc", dir);
	assert_int_equal(unlink(made), 0);
	assert_int_equal(rmdir(sub), 0);
	assert_int_equal(unlink(path), 0);
	(void)snprintf(path, sizeof(path), "%s/rest.inc", dir);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

/* ---- what becomes of it --------------------------------------------------- */

#define CORE "group=core\n"
#define SMSC                                                    \
	"group=smsc\nsmsc=smpp\nsmsc-id=a\nhost=h\nport=2775\n" \
	"transceiver-mode=1\nsmsc-username=u\nsmsc-password=p\n"
#define RX                                                           \
	"group=smsc\nsmsc=smpp\nsmsc-id=r\nhost=h\nreceive-port=1\n" \
	"smsc-username=v\n"
#define USER "group=sendsms-user\nusername=u\npassword=p\n"
#define BOX "group=smsbox\n"

/* no: must not be there. note: "" no remark at all; each may be NULL. */
static const struct {
	const char *conf, *has, *no, *note;
} imports[] = {
	{ CORE, "class kannel {", "smpp", "" },
	{ CORE "log-level=2\n", "\tlevel = warn\n", NULL, "" },
	{ CORE "log-level=9\n", NULL, "level", ":2: log-level: there is one" },
	{ CORE "sms-resend-freq=60\nsms-resend-retry=4\n",
	  "\tretry_min = 60s\n\tretry_max = 60s\n\tattempts = 5\n", NULL, "" },
	{ CORE "sms-resend-retry=-1\n", "\tattempts = 100\n", NULL, "" },
	{ CORE "unified-prefix=\"+44,0044,0;+,00\"\n", "\tcountry = \"44\"\n",
	  NULL, "" },
	{ CORE "unified-prefix=\"+,00\"\n", NULL, "country", "" },
	{ CORE "unified-prefix=\"-,+35850\"\n", NULL, "country",
	  ":2: unified-prefix: of '-,+35850' only" },
	{ CORE "sms-outgoing-queue-limit=9\n", "\tqueue_max = 9\n", NULL, "" },
	{ CORE "sms-outgoing-queue-limit=0\n", NULL, "queue_max",
	  ":2: sms-outgoing-queue-limit: '0' is not from 1" },
	{ CORE "http-timeout=30\n\n" BOX "http-timeout=20\n",
	  "\ttimeout = 20s\n", "30s", ":2: http-timeout: see" },
	{ CORE "admin-port=1\n", NULL, NULL, ":2: admin-port: to operate" },
	{ CORE "nonsense=1\n", NULL, NULL, ":2: nonsense: Kannel has no such" },
	{ "group=what\na=1\n", NULL, NULL,
	  ":1: what: Kannel has no such group" },
	{ "group=wapbox\na=1\n", NULL, NULL, ":1: wapbox: WAP is not" },
	/* smsbox */
	{ BOX "sendsms-port=13013\n", "\tlisten = \"0.0.0.0:13013\"\n", NULL,
	  "" },
	{ BOX "sendsms-port=13013\nsendsms-interface=::1\n",
	  "\tlisten = \"[::1]:13013\"\n", NULL, "" },
	{ BOX "sendsms-port=13013\nsendsms-interface=sms.example\n",
	  "\tlisten = \"0.0.0.0:13013\"\n", NULL, ":3: sendsms-interface: 's" },
	{ BOX "sendsms-port=0\n", NULL, "listen", ":2: sendsms-port: '0'" },
	{ BOX "sendsms-port=80\nsendsms-port-ssl=yes\n", NULL, "tls",
	  ":3: sendsms-port-ssl: needs" },
	{ BOX "max-pending-requests=5\n", "\twindow = 5\n", NULL, "" },
	{ BOX "global-sender=Shop\n\n" USER, "\tsender = \"Shop\"\n", NULL,
	  "" },
	{ BOX "global-sender=Shop\n", NULL, "Shop", ":2: global-sender: no" },
	/* links */
	{ SMSC,
	  "smpp a {\n\thost = \"h\"\n\tport = 2775\n\tsystem_id = \"u\"\n",
	  "bind =", "" },
	{ SMSC, "route all {\n\tpool = {\"a\"}\n}", "strategy", "" },
	{ SMSC "throughput=20\n", "\trate = 20\n", NULL, "" },
	{ SMSC "throughput=0\n", NULL, "rate", "" },
	{ SMSC "throughput=2.5\n", "\trate = 2\n", NULL, ": 2.5 a second" },
	{ SMSC "throughput=x\n", NULL, "rate", ":9: throughput: 'x' is not" },
	{ SMSC "msg-id-type=0x02\n", "\tmessage_id = dec-hex\n", NULL, "" },
	{ SMSC "msg-id-type=1\n", "\tmessage_id = hex-dec\n", NULL, "" },
	{ SMSC "interface-version=33\n", "\tinterface_version = \"3.3\"\n",
	  NULL, "" },
	{ SMSC "interface-version=34\n", NULL, "interface_version", "" },
	{ SMSC "alt-charset=latin1\n", "\tcharset = latin1\n", NULL, "" },
	{ SMSC "alt-charset=EBCDIC\n", NULL,
	  "charset =", ":9: alt-charset: 'E" },
	{ SMSC "source-addr-ton=5\nsource-addr-npi=1\n",
	  "\tsource_ton = alphanumeric\n\tsource_npi = isdn\n", NULL, "" },
	{ SMSC "esm-class=3\npriority=2\n", "\tmode = store\n", NULL, "" },
	{ SMSC
	  "enquire-link-interval=30\nwait-ack=60\nmax-pending-submits=10\n",
	  "\tenquire_link = 30s\n\tresponse_timeout = 60s\n", NULL, "" },
	{ SMSC "reconnect-delay=300\n",
	  "\treconnect_max = 300s\n\treconnect_min = 300s\n", NULL, "" },
	{ SMSC "use-ssl=true\n", "\ttls = on\n", NULL, "" },
	{ SMSC "use-ssl=true\nssl-client-certkey-file=/none\n", "\ttls = on\n",
	  "/none", ":10: ssl-client-certkey-file: /none cannot" },
	{ SMSC "system-type=1234567890123\n", NULL, "system_type",
	  ":9: system-type: longer than the 12" },
	{ SMSC "reroute-dlr=yes\n", NULL, NULL, ":9: reroute-dlr: messages" },
	{ "group=smsc\nsmsc=smpp\nhost=h\nport=1\nreceive-port=1\n"
	  "smsc-username=u\n",
	  "smpp smpp {\n\thost = \"h\"\n\tport = 1\n\tbind = pair\n", NULL,
	  "" },
	{ "group=smsc\nsmsc=smpp\nhost=h\nport=1\nreceive-port=2\n"
	  "smsc-username=u\n",
	  "\tbind = pair\n", NULL,
	  ":5: receive-port: both binds go to port 1" },
	{ "group=smsc\nsmsc=smpp\nhost=h\nport=1\nsmsc-username=u\n",
	  "\tbind = transmitter\n", NULL, "" },
	{ RX, "\tbind = receiver\n", "route", "" },
	{ "group=smsc\nsmsc=smpp\nhost=h\nport=1\nsmsc-username=u\nsmsc-id=x\n\n"
	  "group=smsc\nsmsc=smpp\nhost=h\nreceive-port=1\nsmsc-username=u\n"
	  "smsc-id=x\nnonsense=1\n",
	  "\tbind = pair\n", "smpp x-2", "" },
	{ SMSC "\n" SMSC, "smpp a-2 {", NULL,
	  ":12: smsc-id: the link is called" },
	{ SMSC "\n" SMSC, "\tpool = {\"a\", \"a-2\"}\n\tstrategy = weighted\n",
	  NULL, NULL },
	{ "group=smsc\nsmsc=at\n", NULL, "smpp", ":1: smsc: only SMSCs of" },
	{ "group=smsc\nsmsc=smpp\nhost=h o\nport=1\nsmsc-username=u\n", NULL,
	  "smpp ", ":1: smsc: host, smsc-username" },
	{ "group=smsc\nsmsc=smpp\nhost=h\nport=1\nsmsc-username="
	  "1234567890123456\n",
	  NULL, "smpp ", ":1: smsc: host, smsc-username" },
	{ "group=smsc\nsmsc=smpp\nhost=h\nport=0\nsmsc-username=u\n", NULL,
	  "smpp ", ":1: smsc: host" },
	{ SMSC "smsc-password=${HOME}\n", NULL, "HOME",
	  ":9: smsc-password: a" },
	{ SMSC "system-type=\"a\\\"b$c\\\\d\"\n",
	  "\tsystem_type = \"a\\\"b\\$c\\\\d\"\n", NULL, "" },
	{ CORE "sms-combine-concatenated-mo-timeout=60\n\n" SMSC,
	  "\tmo_parts_wait = 60s\n", NULL, "" },
	/* routes */
	{ SMSC "allowed-smsc-id=x\n",
	  "\tbusiness_line = {\"x\"}  # Kannel's smsc\n\tpool = {\"a\"}\n",
	  "route all",
	  ": allowed-smsc-id: in Kannel nobody takes messages for smsc ''" },
	{ SMSC "denied-smsc-id=x\n", "route all", "business_line",
	  ": denied-smsc-id: in Kannel nobody takes messages for smsc 'x'" },
	{ SMSC "preferred-smsc-id=x\n\n" RX, "\tbusiness_line = {\"x\"}",
	  "\"r\"", "" },
	{ SMSC "preferred-prefix=\"0044;07\"\n", "\tprefix = {\"+44\"}\n", NULL,
	  ":9: preferred-prefix: in '0044;07' something begins" },
	{ CORE "unified-prefix=\"+44,0\"\n\n" SMSC "preferred-prefix=07\n",
	  "\tprefix = {\"+447\"}\n", NULL, "" },
	{ SMSC "allowed-prefix=44\n", "\tprefix = {\"+44\"}\n", "route all",
	  ": allowed-prefix: in Kannel nobody takes" },
	{ SMSC "allowed-prefix-regex=^44\n", NULL, "prefix",
	  ":9: allowed-prefix-regex: patterns" },
	/* users */
	{ USER, "kannel_user u {\n\tpassword = \"p\"\n\tclass = kannel\n}",
	  "\tallow =", "" },
	{ "group=sendsms-user\nusername=a@b\npassword=p\n",
	  "kannel_user a-b {\n\tusername = \"a@b\"\n", NULL, "" },
	{ USER
	  "default-sender=S\nfaked-sender=F\ndefault-smsc=x\nforced-smsc=y\n",
	  "\tsender = \"S\"\n\tforced_sender = \"F\"\n\tsmsc = \"x\"\n"
	  "\tforced_smsc = \"y\"\n",
	  NULL, "" },
	{ USER "dlr-url=http://127.0.0.1/x?%d\ndlr-mask=31\n",
	  "\tallow = {\"127.0.0.0/8\"}\n", NULL, "" },
	{ USER "dlr-url=http://u:p@10.1.2.3:80/\n",
	  "\tallow = {\"10.0.0.0/8\"}\n", NULL, "" },
	{ USER "dlr-url=http://example.net/\n", "\t#allow = ", NULL, "" },
	{ USER "dlr-url=gopher://x/\n", NULL, "dlr_url", ":4: dlr-url: is no" },
	{ USER "user-allow-ip=10.0.0.1\n", NULL,
	  "\tallow =", ":4: user-allow-ip: K" },
	{ USER "user-deny-ip=*.*.*.*\nuser-allow-ip=10.0.*.*;1.2.3.4\n",
	  "\tallow = {\"10.0.0.0/16\", \"1.2.3.4/32\"}\n", NULL, "" },
	{ USER "user-deny-ip=*.*.*.*\n", "\tallow = {\"0.0.0.0/32\"}\n", NULL,
	  "" },
	{ USER "user-deny-ip=*.*.*.*\nuser-allow-ip=10.*.0.1\n",
	  "\tallow = {\"0.0.0.0/32\"}\n", NULL, ":5: user-allow-ip: '10" },
	{ USER "user-deny-ip=10.*.*.*\n", NULL,
	  "\tallow =", ":4: user-deny-ip: only" },
	{ "group=sendsms-user\nusername=u\n", NULL, "kannel_user",
	  ":1: group: a user needs" },
	{ "group=sendsms-user\nusername=u\npassword=@file:/x\n", NULL,
	  "kannel_user", ":3: password: a password that begins" },
	{ USER "max-messages=3\n", NULL, NULL, ":4: max-messages: long texts" },
	/* services */
	{ "group=sms-service\nget-url=http://h/x?%b\n",
	  "#webhook service-1 { url = \"http://h/x\"", NULL,
	  ":2: sms-service: a signed webhook" },
	{ "group=sms-service\nkeyword=x\ntext=hi\n", NULL, "#webhook",
	  ":1: sms-service: nothing answers" },
};

static bool noted(const struct kannel_import *im, const char *note)
{
	for (size_t i = 0; i < im->nnotes; i++) {
		if (strstr(im->notes[i].text, note) != NULL)
			return true;
	}
	return false;
}

static void every_variable_has_its_place(void **state)
{
	(void)state;
	words_set_zh(false);
	for (unsigned i = 0; i < ARRAY_LEN(imports); i++) {
		struct kannel_import *im = mem_new(struct kannel_import);
		struct faults f = { 0 };
		const char *note = imports[i].note;

		im->data = "/d";
		assert_int_equal(kannel_conf_parse(&im->conf,
						   str_of(imports[i].conf),
						   "k.conf", &f),
				 0);
		kannel_import_run(im);
		if (imports[i].has != NULL &&
		    strstr(im->out.p, imports[i].has) == NULL)
			fail_msg("%s\nlacks %s:\n%s", imports[i].conf,
				 imports[i].has, im->out.p);
		if (imports[i].no != NULL &&
		    strstr(im->out.p, imports[i].no) != NULL)
			fail_msg("%s\nholds %s:\n%s", imports[i].conf,
				 imports[i].no, im->out.p);
		if (note != NULL && note[0] == '\0' && im->nnotes > 0)
			fail_msg("%s\n%s", imports[i].conf, im->notes[0].text);
		if (note != NULL && note[0] != '\0' && !noted(im, note))
			fail_msg("%s\nis not told %s but %s", imports[i].conf,
				 note, im->nnotes > 0 ? im->notes[0].text : "");
		kannel_import_done(im);
		mem_free(im);
		faults_done(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_as_kannel_reads_them),
		cmocka_unit_test(words_are_flags),
		cmocka_unit_test(includes_go_where_they_stand),
		cmocka_unit_test(every_variable_has_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
