/* Messages as they are stored: what goes in comes out. */
#include "model/message.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static struct message sample(void)
{
	struct message m = { .id = 7,
			     .tenant = STR("acme"),
			     .class_name = STR("notice"),
			     .to = STR("+447700900001"),
			     .channel = STR("sms"),
			     .text = STR("Hello Ann"),
			     .accepted_ms = 1000,
			     .valid_until_ms = 2000,
			     .parts = 1,
			     .flags = MESSAGE_FLAG_RECEIPT };

	return m;
}

static void a_template_is_kept(void **state)
{
	struct message m = sample(), got;
	struct buf b;
	size_t plain;

	(void)state;
	buf_init(&b, BUF_NO_LIMIT);
	message_encode(&m, &b);
	plain = b.len;
	assert_int_equal(message_decode(buf_str(&b), 7, &got), 0);
	assert_int_equal(got.template_ref.id.len, 0);
	assert_int_equal(got.flags, MESSAGE_FLAG_RECEIPT);
	m.template_ref = (struct template_ref){
		STR("hello"), 300, STR("zh"),
		STR("0123456789abcdef0123456789abcdef")
	};
	buf_reset(&b);
	message_encode(&m, &b);
	assert_true(b.len > plain + 40);
	assert_int_equal(message_decode(buf_str(&b), 7, &got), 0);
	assert_true(str_eqz(got.template_ref.id, "hello"));
	assert_int_equal(got.template_ref.version, 300);
	assert_true(str_eqz(got.template_ref.lang, "zh"));
	assert_true(str_eq(got.template_ref.sha256, m.template_ref.sha256));
	assert_int_equal(got.flags, MESSAGE_FLAG_RECEIPT);
	assert_int_equal(got.valid_until_ms, 2000);
	/* cut anywhere, it is no message */
	for (size_t len = 0; len < b.len; len++)
		assert_int_equal(message_decode(str_first(buf_str(&b), len), 7,
						&got),
				 -EBADMSG);
	buf_done(&b);
}

/* it keeps its length, and every byte of text and metadata is gone. */
static void r18_a_purged_one_keeps_its_length(void **state)
{
	struct message m = sample(), got;
	struct buf b;

	(void)state;
	buf_init(&b, BUF_NO_LIMIT);
	m.metadata = STR("{\"order\":\"4711\"}");
	m.branch = STR("north");
	m.department = STR("billing");
	message_encode(&m, &b);
	size_t len = b.len;
	assert_int_equal(message_decode(buf_str(&b), 7, &got), 0);
	assert_false(got.purged);
	message_purge(b.p, &got);
	assert_int_equal(b.len, len);
	assert_null(memmem(b.p, b.len, "Hello", 5));
	assert_null(memmem(b.p, b.len, "4711", 4));
	assert_int_equal(message_decode(buf_str(&b), 7, &got), 0);
	assert_true(got.purged);
	assert_int_equal(got.text.len, 0);
	assert_int_equal(got.metadata.len, 0);
	assert_true(str_eqz(got.to, "+447700900001"));
	assert_true(str_eqz(got.branch, "north"));
	assert_true(str_eqz(got.department, "billing"));
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_template_is_kept),
		cmocka_unit_test(r18_a_purged_one_keeps_its_length),
	};

	return cmocka_run_group_tests_name("model_message", tests, NULL, NULL);
}
