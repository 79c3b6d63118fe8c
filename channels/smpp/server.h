/* The SMPP server: other systems bind to us. It is no channel but a door:
 * what they submit is handed up, and what they hear of it comes down. It
 * knows sessions, accounts and PDUs, and nothing of what is done with them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"
#include "base/settings.h"
#include "channels/smpp/decode.h"
#include "model/lifecycle.h"
#include "model/outcome.h"

#define SMPP_SERVER_DESTS_MAX 254 /* of submit_multi */
#define SMPP_SERVER_PARTS_MAX 32  /* receipts of one message */
#define SMPP_SERVER_ACCOUNTS_MAX 1000

/* What a section `smpp_server name { ... }` fills. */
struct smpp_server_cfg {
	char *listen;
	char *accounts;  /* file of the sections `esme` */
	char *system_id; /* ours, in bind responses */
	char *tls_cert;  /* "" = no TLS */
	char *tls_key;
	int64_t max_connections;
	int64_t per_address;
	int64_t failed_binds; /* of one address in a minute */
	int64_t deliver_window;
	int64_t malformed_max;
	int64_t sets_max; /* long messages that may be incomplete at once */
	int64_t parts_wait_ms;
	int denied; /* enum smpp_server_denied */
	int64_t bind_timeout_ms;
	int64_t enquire_link_ms;
	int64_t enquire_misses;
	int64_t inactivity_ms;
	int64_t response_timeout_ms;
	int64_t unbind_timeout_ms;
	struct recorder_cfg record;
};

/* How a message that the gate denies is answered. */
enum smpp_server_denied {
	SMPP_SERVER_DENIED_REASON, /* a vendor status for each reason */
	SMPP_SERVER_DENIED_SUBMIT_FAIL,
};

enum smpp_server_bind {
	SMPP_SERVER_BIND_ANY,
	SMPP_SERVER_BIND_TRANSMITTER,
	SMPP_SERVER_BIND_RECEIVER,
	SMPP_SERVER_BIND_TRANSCEIVER,
};

enum smpp_server_coding1 {
	SMPP_SERVER_CODING1_ASCII,
	SMPP_SERVER_CODING1_GSM7,
};

/* What a section `esme name { ... }` of the accounts file fills; its title is
 * the system_id. */
struct smpp_account_cfg {
	char *password;
	char *password_hash;
	struct setting_list allow; /* addresses it may come from */
	int bind;                  /* enum smpp_server_bind */
	int64_t binds;
	int64_t window;
	int64_t rate;
	int64_t burst;
	struct setting_list senders;
	struct setting_list numbers; /* what customers write there is its */
	char *class_name;
	char *tenant;
	char *country;
	int charset; /* enum smpp_charset: what data_coding 0 means */
	int coding1; /* enum smpp_server_coding1: what data_coding 1 means */
	bool receipts;
};

extern const struct setting_section smpp_server_settings;
extern const struct setting_section smpp_account_settings;

/* Checks what a table cannot; faults name no line. */
void smpp_server_check(const char *name, const struct smpp_server_cfg *cfg,
		       struct faults *faults);
/* Reads an accounts file. Every fault "file:12: what". 0; -EINVAL, also when
 * it cannot be opened. settings_done what came out in any case. */
MUST_USE int smpp_accounts_read(const char *path, struct settings *out,
				struct faults *faults);

struct smpp_server;

/* One receiver of a message. */
struct smpp_server_dest {
	struct smpp_addr addr;    /* as written; views into the PDU */
	char to[SMPP_PERSON_MAX]; /* E.164 where it can be one */
	/* submit_multi: ROK, or why it is not even handed up; the owner puts
	 * its own statuses here before it answers. */
	uint32_t status;
};

/* A submit_sm, data_sm or submit_multi; all is borrowed for the call. */
struct smpp_server_submit {
	unsigned account;
	struct str from; /* the sender: E.164, or as written; "" = none given */
	struct smpp_addr source;
	struct smpp_server_dest *dest;
	unsigned ndests;
	bool multi;
	/* The text as UTF-8; or, when piece.total > 1, one part of it, as
	 * bytes in the piece and decoded for itself here. */
	struct str text;
	struct smpp_piece piece;
	uint8_t registered;
	int64_t send_at_ms;     /* wall; 0: now */
	int64_t valid_until_ms; /* wall; 0: not said */
};

/* By id; or, when that is "", by the set of addresses. Borrowed. */
struct smpp_server_cancel {
	unsigned account;
	struct str message_id;
	struct str from;
	struct str to;
};

/*
 * What the server calls upward, from the loop, never from inside a call of
 * the owner's. Each ticket is answered exactly once by a smpp_server_answer*,
 * at once or later: after the commit, with ROK. Until then the peer hears
 * nothing. Tickets of a connection that is gone are ignored.
 */
struct smpp_server_events {
	void (*submit)(void *owner, const struct smpp_server_submit *m,
		       uint64_t ticket);
	void (*query)(void *owner, unsigned account, struct str message_id,
		      uint64_t ticket);
	void (*cancel)(void *owner, const struct smpp_server_cancel *c,
		       uint64_t ticket);
	/* The account can take so many deliveries at once; 0: none of its
	 * receivers is bound. */
	void (*receivers)(void *owner, unsigned account, unsigned window);
	/* The one answer to a smpp_server_receipt or smpp_server_inbound that
	 * was taken: DELIVERED, or RETRY with a reason. */
	void (*delivered)(void *owner, uint64_t attempt,
			  const struct outcome *o);
};

struct smpp_server_env {
	struct loop *loop;
	const struct clock_ops *clock;
	const char *name;                  /* borrowed */
	const struct smpp_server_cfg *cfg; /* borrowed, outlives the server */
	const struct smpp_server_events *events;
	void *owner;
};

/* Takes the accounts (also on failure) and listens. */
MUST_USE int smpp_server_open(struct smpp_server **out,
			      const struct smpp_server_env *env,
			      struct settings *accounts, struct err *err);
/* Takes files read anew; cfg must live on. An account that is gone loses its
 * sessions; the rest keep theirs; numbers of accounts stay. */
void smpp_server_reload(struct smpp_server *s,
			const struct smpp_server_cfg *cfg,
			struct settings *accounts);
/* Listens no more and delivers no more; sessions answer what they owe and
 * unbind; done once, when none is left or unbind_timeout is over. Until then
 * events come as before. */
void smpp_server_stop(struct smpp_server *s, void (*done)(void *owner),
		      void *owner);
/* At once. Deliveries are forgotten: their owner has them stored. */
void smpp_server_close(struct smpp_server **sp);
int smpp_server_port(const struct smpp_server *s);

/* Accounts by number, from 0; NULL at the end. */
const char *smpp_server_account(const struct smpp_server *s, unsigned account);
const struct smpp_account_cfg *smpp_server_account_cfg(
	const struct smpp_server *s, unsigned account);

/* Answers a submit (not a multi) or a cancel; message_id "" unless ROK. */
void smpp_server_answer(struct smpp_server *s, uint64_t ticket, uint32_t status,
			struct str message_id);
/* refused: destinations with a status other than ROK. */
void smpp_server_answer_multi(struct smpp_server *s, uint64_t ticket,
			      uint32_t status, struct str message_id,
			      const struct smpp_dest *refused, unsigned n);
struct smpp_server_state {
	struct str message_id;
	enum message_state state;
	int64_t final_ms; /* wall; 0: not final */
};
/* st: NULL unless ROK. */
void smpp_server_answer_query(struct smpp_server *s, uint64_t ticket,
			      uint32_t status,
			      const struct smpp_server_state *st);

/* A receipt for a message, or for several parts of one. Copied. */
struct smpp_server_receipt {
	const struct str *message_id; /* [n] */
	unsigned n;                   /* 1 .. SMPP_SERVER_PARTS_MAX */
	struct smpp_addr source;      /* the receiver of the message */
	struct smpp_addr dest;        /* its sender */
	enum message_state state;
	struct str reason; /* code; "" = none */
	int64_t submitted_ms, done_ms;
};
/* Neither blocks nor calls back. 0: `delivered` follows, however many
 * connections that takes; -EAGAIN: no receiver is bound, or the server stops;
 * -EINVAL: it fits no PDU. */
MUST_USE int smpp_server_receipt(struct smpp_server *s, unsigned account,
				 uint64_t attempt,
				 const struct smpp_server_receipt *r);
/* A message of a customer. */
MUST_USE int smpp_server_inbound(struct smpp_server *s, unsigned account,
				 uint64_t attempt, struct str from,
				 struct str to, struct str text);

/* The SMPP message_state, and the word of a receipt's text. */
uint8_t smpp_server_state_of(enum message_state s);
const char *smpp_server_state_word(enum message_state s);
