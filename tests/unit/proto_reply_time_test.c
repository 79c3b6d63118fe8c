/* Times of day as customers write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>

#include "base/mem.h"
#include "proto/reply_time.h"

#define NO (-1)

static const struct {
	const char *text;
	int minute;
} rows[] = {
	{ "14:30", 870 },
	{ "14：30", 870 },
	{ "１４：３０", 870 },
	{ " 9:05 ", 545 },
	{ "0:00", 0 },
	{ "23:59", 1439 },
	{ "2:30 pm", 870 },
	{ "2:30PM", 870 },
	{ "3pm", 900 },
	{ "3 p.m.", 900 },
	{ "12 am", 0 },
	{ "12pm", 720 },
	{ "at 3 pm", 900 },
	{ "At 14:30", 870 },
	{ "around 11:00", 660 },
	{ "14点", 840 },
	{ "14点30", 870 },
	{ "14点30分", 870 },
	{ "14時30分", 870 },
	{ "下午3点", 900 },
	{ "下午3点半", 930 },
	{ "下午三点半", 930 },
	{ "晚上八点", 1200 },
	{ "上午十点", 600 },
	{ "中午1点", 780 },
	{ "中午12点", 720 },
	{ "早上9点整", 540 },
	{ "九点钟", 540 },
	{ "今晚7:30", 1170 },
	{ "晚上20:00", 1200 },
	{ "凌晨12点", 0 },
	{ "下午12点", 720 },
	/* no times */
	{ "", NO },
	{ "1", NO },
	{ "14", NO },
	{ "1430", NO },
	{ "24:00", NO },
	{ "14:60", NO },
	{ "14:3000", NO },
	{ "14:", NO },
	{ ":30", NO },
	{ "14 pm", NO },
	{ "0 pm", NO },
	{ "上午14点", NO },
	{ "at", NO },
	{ "pm", NO },
	{ "下午", NO },
	{ "5月3日", NO },
	{ "14:30 or 15:00", NO },
	{ "call me", NO },
	{ "三", NO },
	{ "4.5", NO },
	{ "\xff", NO },
	{ "点", NO },
	{ "25点", NO },
};

static void times_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int minute = NO;
		int rc = reply_time(str_of(rows[i].text), &minute);

		if (minute != rows[i].minute || (rc == 0) != (minute != NO))
			fail_msg("\"%s\": %d, not %d", rows[i].text, minute,
				 rows[i].minute);
	}
	assert_int_equal(mem_live_blocks(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(times_are_read) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
