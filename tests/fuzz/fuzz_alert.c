/* Any bytes are an order of an alert or none, the same way each time; what is
 * set can be said again. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "campaigns/alert.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct str s = str_bytes(p, len);
	struct alert_order one = { .verb = ALERT_LIST }, two = one;
	struct alert_amount amount, again;
	char text[ALERT_AMOUNT];
	size_t before = mem_live_blocks();
	bool is = alert_order_parse(s, STR("TX"), &one);

	must(alert_order_parse(s, STR("TX"), &two) == is);
	must(memcmp(&one, &two, sizeof(one)) == 0);
	must(!is || strlen(one.subject) < ALERT_SUBJECT);
	(void)alert_order_parse(s, STR("提醒"), &two);
	if (alert_amount_parse(s, &amount) == 0) {
		alert_amount_text(amount.thousandths, text);
		must(alert_amount_parse(str_of(text), &again) == 0);
		must(again.thousandths == amount.thousandths && !again.more);
	}
	must(mem_live_blocks() == before);
	return 0;
}
