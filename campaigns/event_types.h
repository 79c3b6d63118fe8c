/* Types of business events that the code itself looks at. */
#pragma once

#include "base/str.h"

#define EVENT_RECHARGE_OK "recharge.ok"
#define EVENT_RECHARGE_FAIL "recharge.fail"
#define EVENT_RESUMED "service.resumed"
#define EVENT_POSTED "payment.posted"  /* paid, posted: times in data */
#define EVENT_RESULT "survey.result"   /* answers given elsewhere, in data */
#define EVENT_FIGURE "figure.reported" /* counted elsewhere, in data */
#define EVENT_FAULT "service.fault"    /* department in data */
#define EVENT_USAGE "usage.threshold"

/* Marks of the code's own: no trigger has such a title. */
#define MARK_RECHARGED STR("recharge.ok/at") /* the last of an account */
#define MARK_FIGURE STR("figure.reported/at")
