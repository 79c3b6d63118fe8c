/* Receipts as carriers write them, and ids in two notations. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "proto/receipt.h"

/* 2026-11-22T10:40:00Z */
#define AT INT64_C(1795344000000)

struct row {
	const char *in;
	int rc;
	const char *id;
	int state;
	const char *err;
	int64_t done_ms;
};

static const struct row rows[] = {
	/* by the letter */
	{ "id:0123456789 sub:001 dlvrd:001 submit date:2611221039 done date:2"
	  "611221040 stat:DELIVRD err:000 text:Hello",
	  0, "0123456789", RECEIPT_DELIVERED, "000", AT },
	/* 12 digits, 14 digits, a zone behind, four digits of year */
	{ "id:1 done date:261122104000 stat:DELIVRD", 0, "1", RECEIPT_DELIVERED,
	  "", AT },
	{ "id:1 done date:20261122104000 stat:DELIVRD", 0, "1",
	  RECEIPT_DELIVERED, "", AT },
	{ "id:1 done date:202611221040 stat:DELIVRD", 0, "1", RECEIPT_DELIVERED,
	  "", AT },
	{ "id:1 done date:261122104000000+ stat:DELIVRD", 0, "1",
	  RECEIPT_DELIVERED, "", AT },
	{ "id:1 done date: 2611221040 stat:DELIVRD", 0, "1", RECEIPT_DELIVERED,
	  "", AT },
	/* dates that are none */
	{ "id:1 done date:9999999999 stat:DELIVRD", 0, "1", RECEIPT_DELIVERED,
	  "", 0 },
	{ "id:1 done date:26112210 stat:DELIVRD", 0, "1", RECEIPT_DELIVERED, "",
	  0 },
	{ "id:1 done date:0000000000 stat:DELIVRD", 0, "1", RECEIPT_DELIVERED,
	  "", 0 },
	{ "id:1 done date:soon stat:DELIVRD", 0, "1", RECEIPT_DELIVERED, "",
	  0 },
	/* any order, any case */
	{ "STAT:delivrd ID:AbC ERR:042", 0, "AbC", RECEIPT_DELIVERED, "042",
	  0 },
	{ "err:1 stat:UNDELIV done date:2611221040 id:x-1.y_2", 0, "x-1.y_2",
	  RECEIPT_UNDELIVERABLE, "1", AT },
	{ "Stat:EXPIRED Submit Date:2611221039 Id:7", 0, "7", RECEIPT_EXPIRED,
	  "", 0 },
	/* spaces, tabs, lines, commas */
	{ "id: 42 stat: DELIVRD err: 042", 0, "42", RECEIPT_DELIVERED, "042",
	  0 },
	{ "id :42  stat :DELIVRD   err :  042", 0, "42", RECEIPT_DELIVERED,
	  "042", 0 },
	{ "  \r\n id:42\r\nstat:DELIVRD\r\nerr:042\r\n", 0, "42",
	  RECEIPT_DELIVERED, "042", 0 },
	{ "id:42,stat:DELIVRD,err:042", 0, "42", RECEIPT_DELIVERED, "042", 0 },
	{ "id:42;stat:DELIVRD;err:042", 0, "42", RECEIPT_DELIVERED, "042", 0 },
	{ "id:42\tstat:REJECTD", 0, "42", RECEIPT_REJECTED, "", 0 },
	{ "id:42 submit_date:2611221039 done_date:2611221040 stat:DELIVRD", 0,
	  "42", RECEIPT_DELIVERED, "", AT },
	{ "id:42 submitdate:2611221039 donedate:2611221040 stat:DELIVRD", 0,
	  "42", RECEIPT_DELIVERED, "", AT },
	{ "id:42 submit   date:2611221039 done   date:2611221040 stat:DELIVRD",
	  0, "42", RECEIPT_DELIVERED, "", AT },
	/* missing and empty fields */
	{ "id:42", 0, "42", 0, "", 0 },
	{ "id:42 stat:", 0, "42", 0, "", 0 },
	{ "id:42 stat: err: text:", 0, "42", 0, "", 0 },
	{ "id:42 sub: dlvrd: done date: stat:DELIVRD err:", 0, "42",
	  RECEIPT_DELIVERED, "", 0 },
	{ "id:42 err: stat:DELIVRD", 0, "42", RECEIPT_DELIVERED, "", 0 },
	/* each state, in several spellings */
	{ "id:1 stat:ENROUTE", 0, "1", RECEIPT_ENROUTE, "", 0 },
	{ "id:1 stat:BUFFERED", 0, "1", RECEIPT_ENROUTE, "", 0 },
	{ "id:1 stat:BUFFRED", 0, "1", RECEIPT_ENROUTE, "", 0 },
	{ "id:1 stat:SUBMITD", 0, "1", RECEIPT_ENROUTE, "", 0 },
	{ "id:1 stat:DELIVERED", 0, "1", RECEIPT_DELIVERED, "", 0 },
	{ "id:1 stat:DLVRD", 0, "1", RECEIPT_DELIVERED, "", 0 },
	{ "id:1 stat:EXPIRED", 0, "1", RECEIPT_EXPIRED, "", 0 },
	{ "id:1 stat:DELETED", 0, "1", RECEIPT_DELETED, "", 0 },
	{ "id:1 stat:UNDELIV", 0, "1", RECEIPT_UNDELIVERABLE, "", 0 },
	{ "id:1 stat:UNDELIVERABLE", 0, "1", RECEIPT_UNDELIVERABLE, "", 0 },
	{ "id:1 stat:UNDELIVERED", 0, "1", RECEIPT_UNDELIVERABLE, "", 0 },
	{ "id:1 stat:FAILED", 0, "1", RECEIPT_UNDELIVERABLE, "", 0 },
	{ "id:1 stat:ACCEPTD", 0, "1", RECEIPT_ACCEPTED, "", 0 },
	{ "id:1 stat:ACCEPTED", 0, "1", RECEIPT_ACCEPTED, "", 0 },
	{ "id:1 stat:UNKNOWN", 0, "1", RECEIPT_UNKNOWN, "", 0 },
	{ "id:1 stat:REJECTD", 0, "1", RECEIPT_REJECTED, "", 0 },
	{ "id:1 stat:REJECTED", 0, "1", RECEIPT_REJECTED, "", 0 },
	{ "id:1 status:DELIVRD error:7", 0, "1", RECEIPT_DELIVERED, "7", 0 },
	{ "id:1 state:2", 0, "1", RECEIPT_DELIVERED, "", 0 },
	{ "id:1 stat:8", 0, "1", RECEIPT_REJECTED, "", 0 },
	{ "id:1 stat:9", 0, "1", RECEIPT_SKIPPED, "", 0 },
	{ "id:1 stat:SKIPPED", 0, "1", RECEIPT_SKIPPED, "", 0 },
	{ "id:1 stat:SCHEDULED", 0, "1", RECEIPT_ENROUTE, "", 0 },
	{ "id:1 stat:WHATEVER", 0, "1", 0, "", 0 },
	/* what a person wrote is not a field */
	{ "id:1 stat:DELIVRD err:000 text:id:2 stat:UNDELIV err:9", 0, "1",
	  RECEIPT_DELIVERED, "000", 0 },
	{ "id:1 text:stat:UNDELIV", 0, "1", 0, "", 0 },
	/* but a text that comes first hides nothing */
	{ "text:hi id:5 stat:DELIVRD", 0, "5", RECEIPT_DELIVERED, "", 0 },
	/* the first of its kind counts */
	{ "id:1 id:2 stat:DELIVRD stat:UNDELIV", 0, "1", RECEIPT_DELIVERED, "",
	  0 },
	/* words that only end like a field */
	{ "paid:9 grid:8 id:7 restat:EXPIRED stat:DELIVRD", 0, "7",
	  RECEIPT_DELIVERED, "", 0 },
	/* hexadecimal and UUID ids */
	{ "id:4F2A91 sub:001 stat:DELIVRD", 0, "4F2A91", RECEIPT_DELIVERED, "",
	  0 },
	{ "id:6ba7b810-9dad-11d1-80b4-00c04fd430c8 stat:DELIVRD", 0,
	  "6ba7b810-9dad-11d1-80b4-00c04fd430c8", RECEIPT_DELIVERED, "", 0 },
	/* no receipts */
	{ "", -EBADMSG, NULL, 0, NULL, 0 },
	{ "   ", -EBADMSG, NULL, 0, NULL, 0 },
	{ "hello there", -EBADMSG, NULL, 0, NULL, 0 },
	{ "id", -EBADMSG, NULL, 0, NULL, 0 },
	{ "id:", -EBADMSG, NULL, 0, NULL, 0 },
	{ "id: stat:DELIVRD", -EBADMSG, NULL, 0, NULL, 0 },
	{ "stat:DELIVRD err:000", -EBADMSG, NULL, 0, NULL, 0 },
	{ "my id is 7: call me", -EBADMSG, NULL, 0, NULL, 0 },
};

static void texts(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct receipt_text r = { .state = 99 };
		int rc = receipt_parse(str_of(rows[i].in), &r);

		if (rc != rows[i].rc)
			print_error("row %zu: %s\n", i, rows[i].in);
		assert_int_equal(rc, rows[i].rc);
		if (rc != 0) {
			assert_int_equal(r.state, 99); /* untouched */
			continue;
		}
		if (!str_eqz(r.id, rows[i].id) || r.state != rows[i].state ||
		    !str_eqz(r.err, rows[i].err) ||
		    r.done_ms != rows[i].done_ms)
			print_error("row %zu: %s\n", i, rows[i].in);
		assert_true(str_eqz(r.id, rows[i].id));
		assert_int_equal(r.state, rows[i].state);
		assert_true(str_eqz(r.err, rows[i].err));
		assert_int_equal(r.done_ms, rows[i].done_ms);
	}
}

static void counts(void **state UNUSED)
{
	struct receipt_text r;

	assert_int_equal(
		receipt_parse(STR("id:1 sub:003 dlvrd:002 stat:DELIVRD"), &r),
		0);
	assert_int_equal(r.sub, 3);
	assert_int_equal(r.dlvrd, 2);
	assert_true(r.has_counts);
	assert_true(str_eqz(r.stat, "DELIVRD"));
	assert_int_equal(receipt_parse(STR("id:1 stat:DELIVRD"), &r), 0);
	assert_false(r.has_counts);
}

/* Bytes that are no text do not lead outside. */
static void bytes(void **state UNUSED)
{
	struct receipt_text r;
	char all[256];

	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (char)i;
	assert_int_equal(receipt_parse(str_bytes(all, sizeof(all)), &r),
			 -EBADMSG);
	assert_int_equal(receipt_parse(str_bytes("id:7\0stat:DELIVRD", 17), &r),
			 0);
	assert_true(str_eqz(r.id, "7"));
	assert_int_equal(r.state, RECEIPT_DELIVERED);
}

static void canon(void **state UNUSED)
{
	static const struct {
		const char *in;
		const char *out; /* NULL: refused */
	} ids[] = {
		{ "42", "42" },
		{ "0042", "42" },
		{ "000", "0" },
		{ "0", "0" },
		{ "00AbC", "abc" },
		{ " 7f ", "7f" },
		{ "6BA7B810-9DAD", "6ba7b810-9dad" },
		{ "", NULL },
		{ "   ", NULL },
		{ "4\t2", NULL },
		{ "1234567890123456789012345678901234567890123456789012345678901234",
		  "1234567890123456789012345678901234567890123456789012345678901234" },
#define ID_64 "1234567890123456789012345678901234567890123456789012345678901234"
		/* one more than the protocol has room for; the most we keep */
		{ ID_64 "A", ID_64 "a" },
		{ ID_64 ID_64, ID_64 ID_64 },
		{ ID_64 ID_64 "5", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		char out[RECEIPT_ID_MAX] = "untouched";
		int rc = receipt_id_canon(str_of(ids[i].in), out);

		assert_int_equal(rc, ids[i].out == NULL ? -EBADMSG : 0);
		assert_string_equal(out, ids[i].out == NULL ? "untouched"
							    : ids[i].out);
	}
}

static const struct {
	const char *hex;
	const char *dec;
} numbers[] = {
	{ "0", "0" },
	{ "1", "1" },
	{ "a", "10" },
	{ "ff", "255" },
	{ "100", "256" },
	{ "4f2a91", "5188241" },
	{ "ffffffff", "4294967295" },
	{ "100000000", "4294967296" },
	{ "ffffffffffffffff", "18446744073709551615" },
	{ "10000000000000000", "18446744073709551616" },
	{ "de0b6b3a7640000", "1000000000000000000" },
	{ "ffffffffffffffffffffffffffffffff",
	  "340282366920938463463374607431768211455" },
	{ "1847f8ddf0e0e6d4d2b8a1c1c0e9a3b5c7d9e1f", NULL },
	{ "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	  "115792089237316195423570985008687907853269984665640564039457584007"
	  "913129639935" },
};

static void notations(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		char out[RECEIPT_ID_MAX], back[RECEIPT_ID_MAX];

		/* the receipt is hexadecimal, the response was decimal */
		assert_int_equal(receipt_id_as(str_of(numbers[i].hex),
					       RECEIPT_ID_DEC_TO_HEX, out),
				 0);
		if (numbers[i].dec != NULL)
			assert_string_equal(out, numbers[i].dec);
		if (str_of(out).len > 64)
			continue;
		/* the receipt is decimal, the response was hexadecimal */
		assert_int_equal(receipt_id_as(str_of(out),
					       RECEIPT_ID_HEX_TO_DEC, back),
				 0);
		assert_string_equal(back, numbers[i].hex);
	}
}

static void notations_refused(void **state UNUSED)
{
	static const struct {
		const char *in;
		enum receipt_id_form form;
		const char *out;
	} ids[] = {
		{ "00FF", RECEIPT_ID_DEC_TO_HEX, "255" },
		{ "00255", RECEIPT_ID_HEX_TO_DEC, "ff" },
		{ " 255 ", RECEIPT_ID_HEX_TO_DEC, "ff" },
		{ "00FF", RECEIPT_ID_SAME, "ff" },
		{ "12ab", RECEIPT_ID_HEX_TO_DEC, NULL },
		{ "12xy", RECEIPT_ID_DEC_TO_HEX, NULL },
		{ "-1", RECEIPT_ID_HEX_TO_DEC, NULL },
		{ "", RECEIPT_ID_HEX_TO_DEC, NULL },
		{ "12345678901234567890123456789012345678901234567890123456789012345",
		  RECEIPT_ID_HEX_TO_DEC, NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		char out[RECEIPT_ID_MAX] = "untouched";
		int rc = receipt_id_as(str_of(ids[i].in), ids[i].form, out);

		assert_int_equal(rc, ids[i].out == NULL ? -EBADMSG : 0);
		assert_string_equal(out, ids[i].out == NULL ? "untouched"
							    : ids[i].out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(counts),
		cmocka_unit_test(bytes),
		cmocka_unit_test(canon),
		cmocka_unit_test(notations),
		cmocka_unit_test(notations_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
