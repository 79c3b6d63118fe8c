/* Kannel's sendsms parameters, read into ours. Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define KANNEL_RECEIVERS_MAX 100

/* Gives a parameter's value; p NULL when it is not there. */
typedef struct str (*kannel_get)(void *owner, const char *name);

struct kannel_ask {
	struct str to; /* receivers, separated by blanks */
	struct str from;
	struct buf text;    /* UTF-8 */
	int64_t send_at_ms; /* 0: now */
	int64_t valid_until_ms;
	int priority;        /* ours: 0 first .. 9 last; -1: none said */
	struct buf metadata; /* JSON: what is kept for later */
};

void kannel_ask_init(struct kannel_ask *k);
void kannel_ask_done(struct kannel_ask *k);
/* -EINVAL with the sentence Kannel would give. */
MUST_USE int kannel_read(struct kannel_ask *k, kannel_get get, void *owner,
			 int64_t now_ms, struct err *err);
/* One parameter of a body application/x-www-form-urlencoded, decoded into
 * out. -ENOENT. */
MUST_USE int form_get(struct str form, const char *name, struct buf *out);
