/* SMPP times (7.1.1): "YYMMDDhhmmsstnnp", absolute and relative. */
#pragma once

#include <stdint.h>

#include "base/str.h"

#define SMPP_TIME_SIZE 17

/* Absolute, in UTC, with tenths: "261122104000000+". */
void smpp_time_absolute(int64_t wall_ms, char out[SMPP_TIME_SIZE]);
/* Relative: "000001000000000R" is one day. Above 99 days it is cut to that,
 * below 1 s it is 1 s. */
void smpp_time_relative(int64_t after_ms, char out[SMPP_TIME_SIZE]);
/* Either form as wall clock; "" gives 0. -EBADMSG. */
MUST_USE int smpp_time_parse(struct str s, int64_t now_ms, int64_t *wall_ms);
