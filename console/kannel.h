/* Kannel's sendsms parameters, read into ours. Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define KANNEL_RECEIVERS_MAX 100

/* Origin of messages whose reports somebody wants, and the name of the
 * endpoint that fetches their URLs. */
#define KANNEL_ORIGIN "kannel"
/* Kannel's words for a receiver that cannot be one. */
#define KANNEL_DENIED \
	"Number(s) has/have been denied by white- and/or black-lists."

/* Gives a parameter's value; false when it is not there. */
typedef bool (*kannel_get)(void *owner, const char *name, struct str *out);

/* Views are of what kannel_get gave. */
struct kannel_ask {
	struct str to; /* receivers, separated by blanks */
	struct str from;
	struct buf text;    /* UTF-8 */
	int64_t send_at_ms; /* 0: now */
	int64_t valid_until_ms;
	int priority;  /* ours: 0 first .. 9 last; -1: none said */
	unsigned mask; /* dlr-mask */
	struct str url, smsc, account, billing, meta;
};

void kannel_ask_init(struct kannel_ask *k);
void kannel_ask_done(struct kannel_ask *k);
/* -EINVAL with the sentence Kannel would give. */
MUST_USE int kannel_read(struct kannel_ask *k, kannel_get get, void *owner,
			 int64_t now_ms, struct err *err);
/* Is there a report that somebody will hear? */
bool kannel_wants_reports(const struct kannel_ask *k);
/*
 * What a report will need, as JSON: {"kannel":{"url":...,"mask":31,...}}. The
 * number is not in it, only how it was written: "lead" stood before its last
 * "tail" digits, unless that is "+" and all of them.
 */
void kannel_metadata(const struct kannel_ask *k, struct str user, struct str to,
		     struct buf *out);
/* Only of these characters; Kannel denies other receivers. */
bool kannel_number_ok(struct str to);
/* UTF-8 of a text in a charset by its name. -EINVAL: not known, or not of
 * that charset. */
MUST_USE int kannel_charset(struct str charset, struct str text,
			    struct buf *utf8);
/* One parameter of a body application/x-www-form-urlencoded, decoded into
 * out. -ENOENT. */
MUST_USE int form_get(struct str form, const char *name, struct buf *out);
