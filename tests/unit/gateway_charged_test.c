/* Senders that cost whoever answers: who may use one, at the one gate
 * that every way in passes. The bed has them. */
#include <string.h>

#include "base/log.h"
#include "base/secret.h"
#include "tests/lib/bed.h"

static const char config[] =
	"fake a { receipt_after = 1ms }\n"
	"route all { pool = {\"a\"} }\n"
	"class notice { consent = none quiet_hours = \"00:00-24:00\" }\n";

static const struct {
	const char *from, *by;
	bool approved;
	const char *reason;
} rows[] = {
	{ "99001", "", false, "charged_sender" },
	{ "99001", "key:2", false, "charged_sender" },
	{ "99001", "key:", false, "charged_sender" },
	{ "99001", "key:1", false, "" },
	{ "99001", "esme:main/shop", false, "" },
	{ "99001", "", true, "" },
	/* however it is written */
	{ "+99001", "key:2", false, "charged_sender" },
	{ "payshop", "key:2", false, "charged_sender" },
	{ "PAYSHOP", "key:1", false, "" },
	/* others cost nobody anything */
	{ "99002", "", false, "" },
	{ "990010", "", false, "" },
	{ "", "", false, "" },
};

static struct submission submission_of(unsigned i)
{
	return (struct submission){ .to = SHI,
				    .text = STR("x"),
				    .class_name = STR("notice"),
				    .from = str_of(rows[i].from),
				    .by = str_of(rows[i].by),
				    .approved = rows[i].approved,
				    .priority = -1 };
}

static void r10_a_single_message_takes_a_right(void **state)
{
	struct bed *b = *state;

	bed_start(b, config, true);
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		const struct submission s = submission_of(i);
		struct submitted out;

		gateway_judge(b->gateway, &s, &out);
		if (out.rc != 0 ||
		    !str_eqz(out.decision.reason, rows[i].reason))
			fail_msg("%s by %s: %d %.*s", rows[i].from, rows[i].by,
				 out.rc, STR_ARGS(out.decision.reason));
		gateway_submit(b->gateway, &s, &out);
		assert_int_equal(out.rc, 0);
		assert_true(str_eqz(out.decision.reason, rows[i].reason));
		commit(b);
		/* what is denied is stored, as of any rule */
		if (rows[i].reason[0] != '\0') {
			struct stored m = look(b, out.id);

			assert_int_equal(m.state, MESSAGE_SUPPRESSED);
			assert_non_null(strstr(m.reasons, rows[i].reason));
		}
	}
	assert_true(gateway_charged(b->gateway, STR("+99001")));
	assert_false(gateway_charged(b->gateway, STR("")));
	bed_stop(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)
		CASE(r10_a_single_message_takes_a_right),
#undef CASE
	};

	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
