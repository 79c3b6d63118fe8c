/* A time of day, as customers write it when they are asked for one. */
#pragma once

#include "base/str.h"

/*
 * "14:30", "2:30 pm", "at 3pm", 下午3点, 晚上八点半, full-width forms. The whole
 * text must be the time; a bare number is none. Minutes of the day.
 * -EBADMSG; *minute is untouched then.
 */
MUST_USE int reply_time(struct str utf8, int *minute);
