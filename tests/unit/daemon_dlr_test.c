/* Notices as Kannel's reports: which are wanted, and the URL of each. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/id.h"
#include "base/mem.h"
#include "daemon/dlr_report.h"

/* id: of 2026-11-22 12:15:00 */
#define BODY                                                                \
	"{\"id\":\"x\",\"type\":\"%s\",\"data\":{\"id\":\"%s\","            \
	"\"to\":\"+447700900001\",\"state\":\"%s\",\"class\":\"notice\"%s," \
	"\"at\":\"2026-11-22T12:16:28.000Z\",\"metadata\":%s}}"
#define SINK ",\"link\":\"sink\""
#define PEER SINK ",\"peer_id\":\"1a\""
#define ASKED(mask, url) "{\"kannel\":{\"url\":\"" url "\",\"mask\":" mask "}}"
#define ASK(mask) ASKED(mask, "http://h/%%d/%%A")
#define RECEIPT(stat, err, dlvrd)                           \
	"id%3A1a+sub%3A001+dlvrd%3A" dlvrd                  \
	"+submit+date%3A2611221215+done+date%3A2611221216+" \
	"stat%3A" stat "+err%3A" err "+text%3A"
#define STATUS(n) ",\"peer_status\":" n
#define WHY(reason) ",\"reason\":\"" reason "\""

static const struct {
	const char *type, *state, *more, *metadata, *url; /* NULL: unwanted */
} reports[] = {
	{ "submitted", "submitted", PEER, ASK("31"), "http://h/8/ACK%2F" },
	{ "sent", "sent", PEER, ASK("8"), "http://h/8/ACK%2F" },
	{ "submitted", "submitted", PEER, ASK("23"), NULL },
	{ "enroute", "submitted", PEER, ASK("31"),
	  "http://h/4/" RECEIPT("ENROUTE", "000", "000") },
	{ "enroute", "submitted", PEER, ASK("27"), NULL },
	{ "delivered", "delivered", PEER, ASK("31"),
	  "http://h/1/" RECEIPT("DELIVRD", "000", "001") },
	{ "delivered", "delivered", PEER, ASK("1"),
	  "http://h/1/" RECEIPT("DELIVRD", "000", "001") },
	{ "delivered", "delivered", PEER, ASK("30"), NULL },
	{ "undelivered", "undelivered", PEER WHY("err-042"), ASK("2"),
	  "http://h/2/" RECEIPT("UNDELIV", "042", "000") },
	{ "undelivered", "undelivered", PEER WHY("err-042"), ASK("29"), NULL },
	{ "rejected", "rejected", PEER WHY("err-69B"), ASK("2"),
	  "http://h/2/" RECEIPT("REJECTD", "69B", "000") },
	{ "expired", "expired", PEER, ASK("2"),
	  "http://h/34/" RECEIPT("EXPIRED", "000", "000") },
	{ "unknown", "unknown", PEER, ASK("2"),
	  "http://h/2/" RECEIPT("UNKNOWN", "000", "000") },
	/* in doubt: nothing is known, nothing is said */
	{ "unknown", "unknown", SINK WHY("no_answer"), ASK("31"), NULL },
	/* it never got to the SMSC, or the SMSC said no: told to all who ask
	 * for failures */
	{ "rejected", "rejected", SINK WHY("bad_destination") STATUS("11"),
	  ASK("16"),
	  "http://h/16/NACK%2F0x0000000b%2Finvalid+destination+address" },
	{ "rejected", "rejected", SINK WHY("bad_destination") STATUS("11"),
	  ASK("2"),
	  "http://h/16/NACK%2F0x0000000b%2Finvalid+destination+address" },
	{ "rejected", "rejected", SINK WHY("bad_destination") STATUS("11"),
	  ASK("13"), NULL },
	{ "expired", "expired", "", ASK("16"), "http://h/16/NACK%2F" },
	{ "rejected", "rejected", SINK WHY("vendor_error") STATUS("1025"),
	  ASK("16"), "http://h/16/NACK%2F0x00000401%2Fnot+in+the+table" },
	{ "failed", "failed", WHY("no_route"), ASK("16"),
	  "http://h/16/NACK%2Fno_route" },
	{ "cancelled", "cancelled", "", ASK("2"), "http://h/16/NACK%2F" },
	{ "suppressed", "suppressed", WHY("blocked"), ASK("16"),
	  "http://h/16/NACK%2Fblocked" },
	{ "accepted", "accepted", "", ASK("31"), NULL },
	{ "held", "held", "", ASK("31"), NULL },
	{ "delivered", "delivered", PEER, ASK("0"), NULL },
	{ "delivered", "delivered", PEER, "{\"kannel\":{\"mask\":31}}", NULL },
	/* escapes */
	{ "delivered", "delivered", PEER, ASKED("1", "http://h/%%i/%%F/%%T"),
	  "http://h/sink/1a/1795349788" },
	{ "delivered", "delivered", PEER, ASKED("1", "http://h/%%p"),
	  "http://h/%2B447700900001" },
	{ "delivered", "delivered", PEER,
	  "{\"kannel\":{\"url\":\"http://h/%%p/%%P/%%n\",\"mask\":1,"
	  "\"lead\":\"0\",\"tail\":10,\"from\":\"Shop\",\"user\":\"kim\"}}",
	  "http://h/07700900001/Shop/kim" },
	{ "delivered", "delivered", PEER,
	  "{\"kannel\":{\"url\":\"http://h/%%p/%%o/%%B\",\"mask\":1,"
	  "\"lead\":\"\",\"tail\":12,\"account\":\"a\",\"binfo\":\"b\"}}",
	  "http://h/447700900001/a/b" },
	{ "failed", "failed", "",
	  "{\"kannel\":{\"url\":\"http://h/%%i/%%F\",\"mask\":16,"
	  "\"smsc\":\"asked\"}}",
	  "http://h/asked/" },
	{ "undelivered", "undelivered", PEER WHY("err-300"),
	  ASKED("2", "http://h/%%#smpp#dlr_err#/%%#orig_msg#dlr_mask#"),
	  "http://h/%03%01%2C/2" },
	{ "undelivered", "undelivered", PEER WHY("err-69B"),
	  ASKED("2", "http://h/[%%#smpp#dlr_err#]"), "http://h/[]" },
	{ "submitted", "submitted", PEER,
	  "{\"kannel\":{\"url\":\"http://h/%%#smpp#a#\",\"mask\":8,"
	  "\"meta-data\":\"?smpp?a=b\"}}",
	  "http://h/b" },
	/* a tail longer than the number, a type that is none */
	{ "delivered", "delivered", PEER,
	  "{\"kannel\":{\"url\":\"http://h/%%p\",\"mask\":1,"
	  "\"lead\":7,\"tail\":99}}",
	  "http://h/%2B447700900001" },
};

static void notice_of(unsigned i, struct buf *body, struct notice *n)
{
	char type[64], id[ID_TEXT], pattern[1024];
	struct id_source ids;

	/* the metadata's own %% become % */
	(void)snprintf(type, sizeof(type), "message.%s", reports[i].type);
	id_source_init(&ids, 1);
	id_text(id_next(&ids, 1795349700000), id);
	struct str m = str_of(reports[i].metadata);
	size_t len = 0;
	for (size_t k = 0; k < m.len && len + 1 < sizeof(pattern); k++) {
		pattern[len++] = m.p[k];
		if (m.p[k] == '%' && k + 1 < m.len && m.p[k + 1] == '%')
			k++;
	}
	pattern[len] = '\0';
	buf_f(body, BODY, type, id, reports[i].state, reports[i].more, pattern);
	*n = (struct notice){ .id = 1,
			      .endpoint = STR("kannel"),
			      .type = str_of(type),
			      .body = buf_str(body) };
	n->type = str_starts(n->type, STR("message.enroute"))
			  ? STR("message.enroute")
			  : STR("message.any");
}

static void tells_what_is_wanted(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(reports); i++) {
		struct dlr_fetch f;
		struct notice n;
		struct buf body;

		buf_init(&body, 8192);
		dlr_fetch_init(&f);
		notice_of(i, &body, &n);
		int rc = dlr_report(&n, &f);
		if (rc != (reports[i].url == NULL ? -ENOENT : 0) ||
		    (rc == 0 && strcmp(f.url.p, reports[i].url) != 0))
			fail_msg("row %u: %d\n%s\n%s", i, rc, f.url.p,
				 rc == 0 ? reports[i].url : "");
		assert_int_equal(f.auth.len, 0);
		dlr_fetch_done(&f);
		buf_done(&body);
	}
}

static const struct {
	const char *url, *clean, *auth;
} users[] = {
	{ "http://us:pw@h/d?x=1", "http://h/d?x=1",
	  "authorization: Basic dXM6cHc=" },
	{ "http://us:p@w@h:8080/", "http://h:8080/",
	  "authorization: Basic dXM6cEB3" },
	{ "http://h/d?mail=a@b", "http://h/d?mail=a@b", "" },
	{ "http://h?mail=a@b", "http://h?mail=a@b", "" },
};

static void a_user_of_the_url_becomes_a_header(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(users); i++) {
		struct notice n = { .type = STR("message.delivered") };
		struct dlr_fetch f;
		char body[512];

		(void)snprintf(
			body, sizeof(body),
			"{\"data\":{\"state\":\"delivered\","
			"\"at\":\"2026-11-22T12:16:28.000Z\",\"metadata\":"
			"{\"kannel\":{\"mask\":1,\"url\":\"%s\"}}}}",
			users[i].url);
		n.body = str_of(body);
		dlr_fetch_init(&f);
		assert_int_equal(dlr_report(&n, &f), 0);
		assert_string_equal(f.url.p, users[i].clean);
		assert_string_equal(f.auth.p, users[i].auth);
		dlr_fetch_done(&f);
	}
}

static void what_is_no_notice_of_ours_is_refused(void **state)
{
	static const char *const bodies[] = {
		"",
		"{",
		"[]",
		"{\"data\":{}}",
		"{\"data\":{\"metadata\":{}}}",
		"{\"data\":{\"metadata\":{\"kannel\":7}}}",
		"{\"data\":{\"metadata\":{\"kannel\":{\"mask\":1}},"
		"\"state\":\"none\"}}",
		"{\"data\":{\"metadata\":{\"kannel\":{\"mask\":1}},"
		"\"state\":\"delivered\",\"at\":\"today\"}}",
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(bodies); i++) {
		struct notice n = { .type = STR("message.delivered"),
				    .body = str_of(bodies[i]) };
		struct dlr_fetch f;

		dlr_fetch_init(&f);
		assert_int_equal(dlr_report(&n, &f), -EBADMSG);
		dlr_fetch_done(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_what_is_wanted),
		cmocka_unit_test(a_user_of_the_url_becomes_a_header),
		cmocka_unit_test(what_is_no_notice_of_ours_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
