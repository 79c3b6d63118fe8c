/* A message to one person: what intake accepted, never changed afterwards. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "model/lifecycle.h"

#define MESSAGE_TEXT_MAX 4096     /* bytes of UTF-8 */
#define MESSAGE_METADATA_MAX 2048 /* bytes of JSON text */
#define DEPARTMENT_MAX 128        /* bytes */

enum verdict { VERDICT_ALLOW, VERDICT_DEFER, VERDICT_DENY };
const char *verdict_name(enum verdict v);

/* What the gate said, with what it relied on. Stored with the message. */
struct decision {
	enum verdict verdict;
	struct str reason;       /* reason code; "" for a plain allow */
	struct str rule_version; /* of all rules: classes and packs */
	struct str packs;        /* names and versions of those that applied */
	struct str zone;         /* that it judged by; "" unknown */
	uint8_t zones;           /* how many it may be; 1: known */
	int64_t at_ms;
	int64_t not_before_ms; /* DEFER */
	int32_t zone_offset_s; /* of the zone, then */
	uint64_t consent_seq;  /* ledger event relied on; 0: none */
};

enum message_flag {
	MESSAGE_FLAG_RESENT = 1, /* re-sent once after `unknown` */
	MESSAGE_FLAG_REPLY = 2,  /* answers the customer's own message */
	MESSAGE_FLAG_TEST = 4,
	MESSAGE_FLAG_CONFIRM = 8,  /* the one confirmation of an opt-out */
	MESSAGE_FLAG_RECEIPT = 16, /* a delivery receipt is asked for */
	/* Of the stored form alone: a thread, a template is named in it. */
	MESSAGE_FLAG_THREAD = 64,
	MESSAGE_FLAG_TEMPLATE = 128,
};

/* Which approved text was rendered; id "" = none. Views. */
struct template_ref {
	struct str id;
	unsigned version;
	struct str lang;
	struct str sha256; /* 32 bytes: of the text that was approved */
};

/* Text fields are views; whoever holds the struct says what owns them. */
struct message {
	uint64_t id;
	struct str tenant;
	struct str class_name;
	struct str to;       /* the person: E.164, or a channel's address */
	struct str address;  /* where on its channel, if not `to` */
	struct str from;     /* sender name, number or code; "" = the link's */
	struct str channel;  /* kind: "sms", "mqtt", "webhook" ... */
	struct str text;     /* UTF-8 */
	struct str campaign; /* "" = none */
	struct str thread;   /* the conversation, as the sender names it: a
				reply to it comes back with the name; "" */
	struct str metadata; /* JSON text, the sender's; returned unchanged */
	struct str business_line;
	/* For reports: who looks after the person, how important the person
	 * is, and which department answers for the text; "" nobody knows. */
	struct str branch, tier, department;
	struct str exclusion; /* group of campaigns that exclude each other */
	struct str origin;    /* who hears what becomes of it: an endpoint that
				takes only its own; "" = nobody in particular */
	struct template_ref template_ref;
	int64_t accepted_ms;
	int64_t send_at_ms;     /* 0: now */
	int64_t valid_until_ms; /* 0: the class's validity */
	uint8_t priority;       /* 0 first .. 9 last */
	uint8_t parts;
	uint8_t flags; /* enum message_flag */
	bool purged;   /* its text and metadata were kept long enough */
	struct decision decision;
};

/* Is that the name of a campaign as it goes to who is meant? Its tests and
 * pilots have more behind it: "0k3...-pilot". */
bool campaign_counts(struct str campaign);

/* The stored form (payload of RECORD_MESSAGE), without the id. */
void message_encode(const struct message *m, struct buf *out);
/* Views into `bytes`, which must outlive m. -EBADMSG. */
MUST_USE int message_decode(struct str bytes, uint64_t id, struct message *m);
/*
 * Takes text and metadata out of a stored form, in place: it keeps its length,
 * so that a store writes it where it stands and moves nothing. A purged one is
 * decoded without them. m: as decoded from these bytes.
 */
void message_purge(char *bytes, const struct message *m);
