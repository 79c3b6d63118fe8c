/* Reply codes: the digits behind a short code in what a thread sends, by which
 * a reply names its thread. A code counts for one person alone. */
#pragma once

#include "gateway/core.h"
#include "gateway/lane.h"
#include "model/address.h"

#define THREAD_NAME_MAX 64

struct codes;

struct codes *codes_new(struct core *core);
void codes_free(struct codes **cp);
/* m, which has a thread, was taken: its thread has a code from now on, durable
 * with this turn. When the person has too many, the oldest gives way. */
void codes_give(struct codes *c, const struct message *m);
/* What m goes out under on that lane: its own sender, or the lane's short code
 * with the thread's code behind it. out may hold it. */
struct str codes_sender(const struct codes *c, const struct lane *lane,
			const struct message *m, char out[ADDRESS_MAX]);
/*
 * Whose reply this is: sets thread, and the tenant if there is none. *base is
 * the number without its code. false: it names no thread, nothing is set.
 */
bool codes_read(const struct codes *c, const struct lane *lane,
		struct inbound *in, struct str *base);
/* Their codes go: they are erased. */
void codes_forget(struct codes *c, struct str tenant, struct str address);
/* A row of REPLY_CODE_SCAN. */
void codes_recover(struct codes *c, const struct row *row);
/* Forgets those that nobody used for long. */
void codes_tick(struct codes *c);
