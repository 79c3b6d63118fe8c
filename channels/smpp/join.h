/* Long messages of customers while their parts come in. Pure: time is handed
 * in, nobody is told anything. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/heap.h"
#include "channels/smpp/decode.h"

/* A deliver_sm that still wants its response. */
struct smpp_ack {
	uint64_t generation; /* of the session it came by */
	uint32_t command;
	uint32_t seq;
};

/* What has come of one message. */
struct smpp_set {
	struct heap_node due;
	char *key;
	char *from;
	char *to;
	unsigned total;
	unsigned have;
	struct {
		enum sms_charset charset;
		char *bytes; /* NULL: has not come */
		size_t len;
	} * part;              /* [total] */
	struct smpp_ack *acks; /* not yet responded to */
	size_t nacks;
	size_t acks_cap;
	size_t bytes;
	uint64_t last_ms; /* when a part came */
	bool early; /* parts were acknowledged before the message was stored */
	bool open;  /* in the table: more parts may come */
};

struct smpp_join;

struct smpp_join *smpp_join_new(size_t sets_max, size_t bytes_max);
void smpp_join_free(struct smpp_join **jp);
size_t smpp_join_len(const struct smpp_join *j);

/*
 * Puts a part in. 0: *out is the whole message, out of the table and the
 * caller's. -EAGAIN: parts are missing, *out is kept in the table; the caller
 * sets its time by smpp_join_wait. -ENOSPC: too many sets or bytes. A part
 * that came before replaces what it was; both wait for a response.
 */
MUST_USE int smpp_join_put(struct smpp_join *j, const char *from,
			   const char *to, const struct smpp_piece *piece,
			   const struct smpp_ack *ack, uint64_t now_ms,
			   struct smpp_set **out);
/* When smpp_join_due shall give this set: one in the table, or one of the
 * caller's, which is the table's again then. */
void smpp_join_wait(struct smpp_join *j, struct smpp_set *set, uint64_t at_ms);
/* Milliseconds until the first one is due; false: there is none. */
bool smpp_join_next(const struct smpp_join *j, uint64_t now_ms,
		    uint64_t *after_ms);
/* The set whose time has come, left where it is: the caller takes it, or sets
 * a later time. NULL: none. */
struct smpp_set *smpp_join_due(struct smpp_join *j, uint64_t now_ms);
/* Any set, likewise; NULL: none is left. */
struct smpp_set *smpp_join_any(struct smpp_join *j);
/* Takes a set out for good: it is the caller's. */
void smpp_join_take(struct smpp_join *j, struct smpp_set *set);

/* The parts that came, in order, as UTF-8. */
void smpp_set_text(const struct smpp_set *set, struct buf *out);
bool smpp_set_binary(const struct smpp_set *set);
void smpp_set_free(struct smpp_set **sp);
