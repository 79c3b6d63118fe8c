/* What the files of the memory back end share. */
#pragma once

#include <pthread.h>

#include "base/list.h"
#include "store/backend.h"
#include "store/memory_table.h"

enum memory_table_name {
	TABLE_META,
	TABLE_JOURNAL,
	TABLE_FOLD,
	TABLE_MESSAGE,
	TABLE_KIND,
	TABLE_TALLY,
	TABLE_NOTICE,
	TABLE_INBOUND,
	TABLE_STRAY,
	TABLE_CONTACT,
	TABLE_ADDRESS,
	TABLE_ERASED,
	TABLE_ALIAS,
	TABLE_SEGMENT,
	TABLE_MEMBER,
	TABLE_CONSENT,
	TABLE_LEDGER_HEAD,
	TABLE_SUSPECT,
	TABLE_REPLY_CODE,
	TABLE_TOUCH,
	TABLE_IDEMPOTENCY,
	TABLE_KEY,
	TABLE_USER,
	TABLE_LOGIN,
	TABLE_TEMPLATE,
	TABLE_TEMPLATE_TEXT,
	TABLE_TEMPLATE_TALLY,
	TABLE_EVENT,
	TABLE_TRIGGER,
	TABLE_ALERT,
	TABLE_ALERT_FAN,
	TABLE_MARK,
	TABLE_REMINDER,
	TABLE_CALLBACK,
	TABLE_CALLBACK_LINK,
	TABLE_ORDER,
	TABLE_ONCALL,
	TABLE_FINDING,
	TABLE_TURNOUT,
	TABLE_SECOND_SALE,
	TABLE_UNANSWERED,
	TABLE_SUSPENSION,
	TABLE_SURVEY,
	TABLE_CASE,
	TABLE_CASE_EVENT,
	TABLE_SESSION,
	TABLE_ANSWER,
	TABLE_SURVEY_TALLY,
	TABLE_AUDIT,
	TABLE_CAMPAIGN,
	TABLE_ROSTER,
	TABLE_CAMPAIGN_RUN,
	TABLE_CAMPAIGN_TALLY,
	TABLE_QUOTA,
	TABLE_CAMPAIGN_EVENT,
	TABLE_RECIPIENT,
	TABLE_CELL,
	TABLE_MEASURE,
	TABLE_MEASURE_PART,
	TABLE_BODY_HASH,
	TABLE_PURGE_WAIT,
	MEMORY_TABLES
};

enum plan_kind {
	PLAN_NONE,
	PLAN_PUT,       /* replaces what has the same key */
	PLAN_SUM,       /* n and sum are added to what has the same key */
	PLAN_RECORD,    /* the record of what has the same id */
	PLAN_ADD,       /* the same key is a failure */
	PLAN_KEEP,      /* what has the same key stays */
	PLAN_STATE_NEW, /* the two writes of a message's state */
	PLAN_STATE,
	PLAN_NOTHING,
	PLAN_BLANK,    /* texts of every row that matches become empty */
	PLAN_BLANK_OF, /* the same, of rows whose parent matches, too */
	PLAN_CUT,      /* a word goes from texts of every row that matches */
	PLAN_DROP,     /* every row that matches */
	PLAN_SHOW,     /* in order of the key */
	PLAN_NEWEST,   /* the other way round */
	PLAN_HEAD,     /* the newest one */
	PLAN_LIVE,     /* messages that are not final */
	PLAN_HAD,      /* messages that a peer has had */
	PLAN_LIVE_COUNT,
	PLAN_COUNTS,          /* of messages by state and class */
	PLAN_CAMPAIGN_COUNTS, /* by campaign and state */
	PLAN_RECIPIENTS,      /* with their contact */
	PLAN_DUE,             /* of those, the ones that wait for a time */
	PLAN_PURGE_DUE,       /* messages that wait to be purged */
	PLAN_LAST,
	PLAN_BY_ADDRESS,
	PLAN_WITH_ADDRESSES,
	PLAN_ADDRESSES, /* of one contact, by place */
	PLAN_PERSONS,
	PLAN_COUNT /* of the rows that match */
};

struct plan {
	enum plan_kind kind;
	enum memory_table_name table;
	const char *blank; /* columns, of PLAN_BLANK, _OF and PLAN_CUT */
	enum memory_table_name of; /* PLAN_BLANK_OF: the parents ... */
	const char *link;          /* ... and the column with their id */
};

extern const struct plan memory_plans[STATEMENTS];

/* What outlives a close, under a name. */
struct memory_tables {
	pthread_mutex_t lock;
	struct memory_table v[MEMORY_TABLES];
	bool named;
	bool open;
};

/* A write of the open transaction. */
struct memory_write {
	struct list link;
	enum statement st;
	struct memory_row *row; /* its arguments */
};

#define MEMORY_MAGIC 0x4d454d4fu /* "MEMO" */

struct memory {
	struct backend backend;
	uint32_t magic;
	struct memory_tables *tables;
	struct list writes;
	const char *why;
};

#define MEMORY_READER_MAGIC 0x4d454d52u /* "MEMR" */

struct memory_reader {
	struct backend_reader reader;
	uint32_t magic;
	struct memory_tables *tables;
};

extern const struct backend_ops memory_ops;

/* Gives every table its columns and key. */
void memory_tables_shape(struct memory_table v[MEMORY_TABLES]);
/* Does a row agree with the arguments of a call? */
bool memory_matches(const struct memory_table *t, const struct memory_row *row,
		    enum statement st, const struct cell *args);
/* The argument "limit", or no limit. */
size_t memory_limit(enum statement st, const struct cell *args);

/* The rows of a read, as they are now; backend_ops.read and peek. */
MUST_USE int memory_show_rows(struct memory_tables *tables, enum statement st,
			      const struct cell *cells, unsigned n,
			      store_row_fn show, void *owner);
MUST_USE int memory_read(struct backend_reader *reader, enum statement st,
			 const struct cell *cells, unsigned n,
			 store_row_fn show, void *owner);
static inline struct memory_reader *memory_reader_of(struct backend_reader *r)
{
	must(r != NULL);
	return MAGIC_CAST(struct memory_reader, MEMORY_READER_MAGIC,
			  CONTAINER_OF(r, struct memory_reader, reader));
}

/* A read under way. */
struct memory_showing {
	const struct memory_table *v;
	enum statement st;
	const struct cell *args;
	store_row_fn show;
	void *owner;
	size_t left; /* rows to the limit */
};

/* The columns of the call from the row, and from a second one what the first
 * has not (NULL: nothing). False to stop. */
bool memory_show(struct memory_showing *s, const struct memory_table *t,
		 const struct memory_row *from, const struct memory_table *t2,
		 const struct memory_row *from2);
/* memory_persons.c: contacts with one address; with all of theirs, and what
 * else is asked; the addresses of one. */
void memory_show_by_address(struct memory_showing *s);
void memory_show_persons(struct memory_showing *s);
void memory_show_addresses(struct memory_showing *s);
