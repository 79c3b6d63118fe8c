/* Types of business events that the code itself looks at. */
#pragma once

#define EVENT_RECHARGE_OK "recharge.ok"
#define EVENT_RECHARGE_FAIL "recharge.fail"
#define EVENT_RESUMED "service.resumed"
#define EVENT_POSTED "payment.posted" /* paid, posted: times in data */
#define EVENT_RESULT "survey.result"  /* answers given elsewhere, in data */
#define EVENT_USAGE "usage.threshold"
