/* What the files of esme share; for them alone. esme_take.c: submits;
 * esme_ask.c: query and cancel; esme_tell.c: receipts and messages of
 * customers; esme.c: opening, reloading, the end. */
#pragma once

#include "base/limit.h"
#include "channels/smpp/server.h"
#include "daemon/esme.h"
#include "daemon/esme_parts.h"
#include "daemon/esme_words.h"
#include "proto/smpp_status.h"

/* One account at its door. */
struct seat {
	struct door *door;
	unsigned account;
	int endpoint;       /* of the gateway; -1: there was no room for one */
	char *name;         /* "main/demo" */
	char *by;           /* "esme:main/demo" */
	struct limit lines; /* in the log, of what was refused */
	char **numbers;     /* of ours that it has now */
	size_t nnumbers;
};

/* One smpp_server. */
struct door {
	struct esme *esme;
	const char *name;
	const struct smpp_server_cfg *cfg;
	struct smpp_server *server;
	struct parts *parts;
	struct seat **seats; /* by number of the account */
	unsigned nseats;
};

struct esme {
	struct esme_env env;
	struct door **doors;
	unsigned ndoors;
	struct loop_hook *hook;
	struct buf told; /* attempts (u64) that need no telling */
	unsigned stopping;
	void (*stopped)(void *owner);
	void *stopped_owner;
};

static inline const struct smpp_account_cfg *seat_cfg(const struct seat *s)
{
	return smpp_server_account_cfg(s->door->server, s->account);
}

/* ---- esme_take.c ---------------------------------------------------------- */

void esme_on_submit(void *door, const struct smpp_server_submit *m,
		    uint64_t ticket);
/* A message that came in parts: for struct parts_env. */
int esme_on_whole(void *door, const struct parts_whole *w);

/* ---- esme_ask.c ----------------------------------------------------------- */

void esme_on_query(void *door, unsigned account, struct str message_id,
		   uint64_t ticket);
void esme_on_cancel(void *door, const struct smpp_server_cancel *c,
		    uint64_t ticket);

/* ---- esme_tell.c ---------------------------------------------------------- */

extern const char *const esme_events[];
extern const size_t esme_nevents;

/* publish_endpoint_cfg.notify; owner is a seat. */
int esme_notify(void *seat, uint64_t attempt, const struct notice *n);
/* Ends what needed no telling. */
void esme_told(struct esme *e);
