/* command_status values and SMPP times, as tables. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "proto/smpp_status.h"
#include "proto/smpp_time.h"

static void statuses(void **state UNUSED)
{
	static const struct {
		uint32_t code;
		const char *name;
		const char *reason;
		enum smpp_verdict verdict;
	} rows[] = {
		{ 0x00, "ESME_ROK", "ok", SMPP_VERDICT_OK },
		{ 0x01, "ESME_RINVMSGLEN", "bad_length",
		  SMPP_VERDICT_PERMANENT },
		{ 0x08, "ESME_RSYSERR", "system_error",
		  SMPP_VERDICT_RETRY_TAIL },
		{ 0x0A, "ESME_RINVSRCADR", "bad_source",
		  SMPP_VERDICT_RETRY_ELSEWHERE },
		{ 0x0B, "ESME_RINVDSTADR", "bad_destination",
		  SMPP_VERDICT_PERMANENT },
		{ 0x14, "ESME_RMSGQFUL", "queue_full",
		  SMPP_VERDICT_RETRY_TAIL },
		{ 0x43, "ESME_RINVESMCLASS", "bad_esm_class",
		  SMPP_VERDICT_PERMANENT },
		{ 0x45, "ESME_RSUBMITFAIL", "submit_failed",
		  SMPP_VERDICT_RETRY_ELSEWHERE },
		{ 0x58, "ESME_RTHROTTLED", "throttled",
		  SMPP_VERDICT_RETRY_HEAD },
		{ 0x64, "ESME_RX_T_APPN", "app_temporary",
		  SMPP_VERDICT_RETRY_TAIL },
		{ 0x65, "ESME_RX_P_APPN", "app_permanent",
		  SMPP_VERDICT_PERMANENT },
		{ 0x66, "ESME_RX_R_APPN", "app_rejected",
		  SMPP_VERDICT_PERMANENT },
		{ 0xC0, "ESME_RINVOPTPARSTREAM", "bad_tlv_stream",
		  SMPP_VERDICT_PERMANENT },
		{ 0xC4, "ESME_RINVOPTPARAMVAL", "bad_tlv_value",
		  SMPP_VERDICT_PERMANENT },
		{ 0x104, "ESME_RINVDCS", "bad_data_coding",
		  SMPP_VERDICT_PERMANENT },
		{ 0x09, NULL, "other_error", SMPP_VERDICT_UNKNOWN_CODE },
		{ 0x400, NULL, "vendor_error", SMPP_VERDICT_UNKNOWN_CODE },
		{ 0x4FF, NULL, "vendor_error", SMPP_VERDICT_UNKNOWN_CODE },
		{ 0x500, NULL, "other_error", SMPP_VERDICT_UNKNOWN_CODE },
		{ 0xFFFFFFFF, NULL, "other_error", SMPP_VERDICT_UNKNOWN_CODE },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].name == NULL)
			assert_null(smpp_status_name(rows[i].code));
		else
			assert_string_equal(smpp_status_name(rows[i].code),
					    rows[i].name);
		assert_string_equal(smpp_status_reason(rows[i].code),
				    rows[i].reason);
		assert_int_equal(smpp_status_verdict(rows[i].code),
				 rows[i].verdict);
		assert_non_null(smpp_status_text(rows[i].code));
	}
}

/* The search by halves needs the rows in order. */
static void table_is_in_order(void **state UNUSED)
{
	static const uint32_t codes[] = {
#define SMPP_STATUS(code, name, reason, verdict, text) (code),
#include "proto/smpp_status.def"
#undef SMPP_STATUS
	};

	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		if (i > 0)
			assert_true(codes[i] > codes[i - 1]);
		assert_non_null(smpp_status_name(codes[i]));
	}
}

static void status_words(void **state UNUSED)
{
	static const struct {
		const char *in;
		int rc;
		uint32_t status;
	} rows[] = {
		{ "ESME_RTHROTTLED", 0, 0x58 },
		{ "rthrottled", 0, 0x58 },
		{ "throttled", 0, 0x58 },
		{ "0x58", 0, 0x58 },
		{ "0X4fF", 0, 0x4FF },
		{ "88", 0, 0x58 },
		{ "0", 0, 0 },
		{ "4294967295", 0, UINT32_MAX },
		{ "4294967296", -EBADMSG, 7 },
		{ "0x", -EBADMSG, 7 },
		{ "0x123456789", -EBADMSG, 7 },
		{ "0x5g", -EBADMSG, 7 },
		{ "", -EBADMSG, 7 },
		{ "nonsense", -EBADMSG, 7 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint32_t got = 7;
		assert_int_equal(smpp_status_parse(str_of(rows[i].in), &got),
				 rows[i].rc);
		assert_int_equal(got, rows[i].status);
	}
}

static void times_written(void **state UNUSED)
{
	char out[SMPP_TIME_SIZE];

	smpp_time_absolute(INT64_C(1795344000123), out);
	assert_string_equal(out, "261122104000100+");
	smpp_time_absolute(0, out); /* held to what two digits can say */
	assert_string_equal(out, "000101000000000+");
	smpp_time_relative(INT64_C(86400000), out);
	assert_string_equal(out, "000001000000000R");
	smpp_time_relative(3661 * 1000, out);
	assert_string_equal(out, "000000010101000R");
	smpp_time_relative(-5, out);
	assert_string_equal(out, "000000000001000R");
	smpp_time_relative(INT64_MAX, out);
	assert_string_equal(out, "000099000000000R");
}

static void times_read(void **state UNUSED)
{
	static const struct {
		const char *in;
		int rc;
		int64_t ms;
	} rows[] = {
		{ "", 0, 0 },
		{ "261122104000100+", 0, 1795344000100 },
		{ "261122114000104+", 0, 1795344000100 },
		{ "261122094000104-", 0, 1795344000100 },
		{ "000000010000000R", 0, 1000000 + 3600000 },
		{ "000001000000000R", 0, 1000000 + 86400000 },
		{ "000100000000000R", 0, 1000000 + INT64_C(30) * 86400000 },
		{ "261322104000100+", -EBADMSG, 5 },
		{ "261122244000100+", -EBADMSG, 5 },
		{ "261122104000149+", -EBADMSG, 5 },
		{ "26112210400010+", -EBADMSG, 5 },
		{ "261122104000100Z", -EBADMSG, 5 },
		{ "2611221O4000100+", -EBADMSG, 5 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t got = 5;
		assert_int_equal(smpp_time_parse(str_of(rows[i].in), 1000000,
						 &got),
				 rows[i].rc);
		assert_int_equal(got, rows[i].ms);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statuses),
		cmocka_unit_test(table_is_in_order),
		cmocka_unit_test(status_words),
		cmocka_unit_test(times_written),
		cmocka_unit_test(times_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
