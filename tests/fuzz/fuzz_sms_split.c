/* Any text in parts joins to the same text; any bytes may be a UDH. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "proto/sms_split.h"
#include "proto/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

static void join(struct str text, const struct buf *enc,
		 const struct sms_plan *plan)
{
	struct buf joined;

	buf_init(&joined, BUF_NO_LIMIT);
	must(plan->parts >= 1 && plan->parts <= SMS_PARTS_MAX);
	must(plan->cut[0] == 0 && plan->cut[plan->parts] == enc->len);
	for (unsigned i = 0; i < plan->parts; i++) {
		must(plan->cut[i] <= plan->cut[i + 1]);
		struct str part = str_bytes(enc->p + plan->cut[i],
					    plan->cut[i + 1] - plan->cut[i]);

		must(part.len <= (plan->charset == SMS_GSM7 ? 160 : 140));
		if (plan->charset == SMS_GSM7 && plan->shift != GSM_DEFAULT)
			text_from_shift(part, GSM_DEFAULT, plan->shift,
					&joined);
		else if (plan->charset == SMS_GSM7)
			text_from_gsm(part, &joined);
		else
			text_from_utf16(part, &joined);
	}
	must(str_eq(buf_str(&joined), text));
	buf_done(&joined);
}

static void split(struct str text, enum sms_concat concat)
{
	struct buf enc;
	struct sms_plan plan, fast;

	buf_init(&enc, BUF_NO_LIMIT);
	int rc = sms_plan(text, concat, SMS_PARTS_MAX, &enc, &plan);

	must(rc == 0 || rc == -ENOSPC || rc == -EBADMSG);
	must((rc == -EBADMSG) == !text_utf8_ok(text));
	if (rc == 0)
		join(text, &enc, &plan);
	if (concat != SMS_CONCAT_UDH16) {
		must(sms_count(text, SMS_PARTS_MAX, &fast) == rc);
		must(rc != 0 || fast.parts == plan.parts);
	}
	buf_done(&enc);
}

/* With all national tables: never more parts than without. */
static void split_shift(struct str text, enum sms_concat concat)
{
	struct buf enc;
	struct sms_plan with, plan;

	buf_init(&enc, BUF_NO_LIMIT);
	int without = sms_plan(text, concat, SMS_PARTS_MAX, &enc, &plan);
	buf_reset(&enc);
	int rc = sms_plan_shift(text, concat, ~0u, SMS_PARTS_MAX, &enc, &with);
	must(without != 0 || rc == 0);
	if (rc == 0) {
		must(without != 0 || with.parts <= plan.parts);
		join(text, &enc, &with);
	}
	buf_done(&enc);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct str s = str_bytes(p, len);
	struct sms_concat_ref ref = { .header = 0 };
	size_t before = mem_live_blocks();
	int rc = sms_udh_read(s, &ref);

	must(rc == 0 || rc == -ENOENT || rc == -EBADMSG);
	must(rc == -EBADMSG || (ref.header >= 1 && ref.header <= len));
	must(rc != 0 || (ref.part >= 1 && ref.part <= ref.total));
	split(s, SMS_CONCAT_UDH8);
	split(s, SMS_CONCAT_UDH16);
	split(s, SMS_CONCAT_SAR);
	split_shift(s, SMS_CONCAT_UDH8);
	split_shift(s, SMS_CONCAT_UDH16);
	must(mem_live_blocks() == before);
	return 0;
}
