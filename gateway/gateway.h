/*
 * The policy core behind one object: two doors (submit, hear), one gate, the
 * wheel between. The floors above use this header; the rooms of gateway/ do
 * not.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"
#include "base/settings.h"
#include "gateway/classes.h"
#include "gateway/permit.h"
#include "model/address.h"
#include "model/channel.h"
#include "model/consent.h"
#include "model/contact.h"
#include "model/inbound.h"
#include "model/measure.h"
#include "model/message.h"
#include "model/record.h"
#include "model/store.h"
#include "routing/router.h"

struct gateway;

/* The struct behind `gateway { ... }`; rows in gateway_section. */
struct gateway_cfg {
	int64_t queue_max; /* live messages; more is -ENOSPC */
	int64_t text_max;  /* bytes */
	int64_t parts_max;
	int64_t idempotency;       /* ms: keys are remembered this long */
	int64_t stray_ms;          /* unmatched receipts are kept */
	int64_t notices_max;       /* in memory for one endpoint */
	int64_t age_boost;         /* ms */
	int64_t reply_codes;       /* threads of one person that have one */
	int64_t reply_codes_max;   /* in all */
	int64_t reply_keep;        /* ms since the last message of the thread */
	int64_t ledger_head;       /* ms between two heads of the ledger */
	int64_t inbound_retention; /* ms: what customers wrote */
	int64_t drain;             /* ms: links may drain this long on close */
	char *country;             /* for numbers written with one 0 */
	char *tenant;              /* where none is given */
	struct setting_list blocked_words; /* no text may hold one */
	struct setting_list charged;       /* senders that cost who answers */
	struct setting_list charged_by;    /* who may use them */
	int stop_scope;                    /* enum stop_scope */
	char *stop_reply_zh, *stop_reply_en;
	char *start_reply_zh, *start_reply_en;
	int64_t optin_within; /* ms: a request for consent is open so long */
	char *optin_ask_zh, *optin_ask_en;
	char *help_reply_zh, *help_reply_en;
};

enum stop_scope { STOP_MARKETING, STOP_ALL };

extern const struct setting_section gateway_section;
/* `route NAME { tenant class channel prefix from lang tier branch pool
 * strategy overflow }` */
extern const struct setting_section route_section;

/*
 * A floor above that counts what comes of its texts. Told in the batch in
 * which a peer has taken a message, and in which a customer was heard; while
 * the gateway opens, with `before`, of what went out in the last days.
 */
struct gateway_listener {
	void (*sent)(void *owner, const struct message *m, bool before);
	void (*inbound)(void *owner, const struct inbound *in);
	void *owner;
};

/* Implementations of channels: daemon/registry.c hands them in. */
struct gateway_env {
	struct loop *loop;
	const struct clock_ops *clock;
	struct store *store;
	const struct settings *settings; /* kept by the daemon */
	const struct channel_ops *const *channels;
	size_t nchannels;
	unsigned node; /* 0..63, for ids */
	bool demo;
	const struct gateway_listener *listener; /* NULL: nobody counts */
};

/* Checks classes and routes against the links; appends faults. Opens
 * nothing. */
void gateway_check_settings(const struct settings *s,
			    const struct channel_ops *const *channels,
			    size_t nchannels, struct faults *faults);

/* Channels that a message can ask for: kinds of the links there are, and what
 * routes name. How many of them are in names now, at most max. */
#define CHANNEL_NAMES_MAX 256
unsigned gateway_channel_names(const struct settings *s,
			       const struct channel_ops *const *channels,
			       size_t nchannels, const char **names,
			       unsigned max);

/* The same of the settings as they are now: at most CHANNEL_NAMES_MAX. */
unsigned gateway_channels(const struct gateway *g, const char **names);

/* Recovers from the store, then opens every link. */
MUST_USE int gateway_open(struct gateway **out, const struct gateway_env *env,
			  struct err *err);
/*
 * Puts a reloaded, checked file in place: classes, words and limits, routes,
 * links (new ones open, others drain and close or open anew; a rate changes
 * at once). What could not be done is named in faults. The settings it was
 * opened with must live on. 0; -EINVAL changes nothing.
 */
MUST_USE int gateway_reload(struct gateway *g, const struct settings *fresh,
			    struct faults *faults);
/* Stops intake, drains the links, waits for the store's answers, calls done
 * and frees itself. Before store_close, which then answers what is left. */
void gateway_close(struct gateway **gp, void (*done)(void *owner), void *owner);

/* ---- door one: submit ----------------------------------------------------- */

/* What a sender asks for. Views; "" and 0 where nothing was said. */
struct submission {
	struct str tenant;
	struct str to, text, class_name, from, channel;
	struct str idempotency_key;
	struct str metadata; /* JSON text */
	struct str campaign, business_line;
	struct str department; /* of message.h */
	struct str thread;     /* of message.h */
	struct str origin;     /* of message.h: an endpoint's name */
	struct str by;         /* who asks, as gateway.charged_by names them */
	struct str exclusion;  /* group of campaigns that exclude each other */
	struct template_ref template_ref; /* what text is a rendering of */
	uint64_t id;                      /* of gateway_id; 0: a new one */
	/* A message of theirs that this one answers; quiet hours do not hold
	 * it in the first ten minutes. 0: none. */
	uint64_t in_reply_to;
	int64_t send_at_ms, valid_until_ms;
	int priority; /* -1: the class's */
	uint8_t flags;
	bool approved; /* it may come from a charged sender: two persons have
			  looked at it, or nobody gets it before they have */
	bool ours; /* metadata is new each time: no part of the request that a
		      key stands for */
	bool only_now; /* not taken when it would have to wait: out says until
			  when (DEFER), and nothing is kept */
};

/* What came of it. Strings are constants or live until the next call. */
struct submitted {
	int rc;            /* 0; -EINVAL, -ENOSPC (full), -EEXIST (the key was
			      used for something else), -EAGAIN */
	const char *code;  /* for the error object: "invalid", "full" ... */
	const char *field; /* which field; NULL */
	struct err err;    /* a sentence */
	uint64_t id;
	enum message_state state;
	struct decision decision;
	unsigned parts;
	bool repeated; /* the key was seen: id is the first one's */
};

/* An id for a message that is not yet whole, to be given back by a
 * submission. */
uint64_t gateway_id(struct gateway *g);
/* One of them was given before the start: none follows that is not above. */
void gateway_id_seen(struct gateway *g, uint64_t id);
/*
 * Judges and takes one message. Not durable yet: call
 * store_then(gateway_store(g), ...) after one or many submits and answer
 * when it runs with 0.
 */
void gateway_submit(struct gateway *g, const struct submission *s,
		    struct submitted *out);
/* The gate alone; stores nothing. */
void gateway_judge(struct gateway *g, const struct submission *s,
		   struct submitted *out);
/* Does the text hold a word of gateway.blocked_words? */
bool gateway_blocked(struct gateway *g, struct str text, struct str *word);
/* Is there an exclusion group of that name? */
bool gateway_exclusion(const struct gateway *g, struct str name);
/* What is known of a person without asking the store; "" and 0 where nothing
 * is. */
struct person_view {
	struct str lang;
	struct str zone; /* "Asia/Shanghai" */
	uint64_t contact;
};
void gateway_person(struct gateway *g, struct str tenant, struct str to,
		    struct person_view *out);
/* The same, and what each rule says: how many rows. */
unsigned gateway_judge_rules(struct gateway *g, const struct submission *s,
			     struct submitted *out,
			     struct permit_row rows[PERMIT_RULES_MAX]);
/* Routing alone, explained; -EINVAL as submit, in out. */
void gateway_explain(struct gateway *g, const struct submission *s,
		     struct submitted *out, struct explain *ex);
/* 0, durable after the next store_then; -ENOENT: not live (final or never
 * heard of); -EPROTO: its bytes may have left. */
MUST_USE int gateway_cancel(struct gateway *g, struct str tenant, uint64_t id);

/* The state in memory of a message that is not final. */
struct live_view {
	enum message_state state;
	int64_t due_ms;
	unsigned attempts;
	const char *link; /* NULL: none yet */
};
/* -ENOENT when it is not live (or of another tenant; "" = any). */
MUST_USE int gateway_live(struct gateway *g, struct str tenant, uint64_t id,
			  struct live_view *out);
/* Explains where a live message stands now (its own route). -ENOENT. */
MUST_USE int gateway_explain_live(struct gateway *g, uint64_t id,
				  struct explain *ex);

/* ---- door two: hear ------------------------------------------------------- */

/* A customer's message that came by HTTP or MQTT; done(owner, rc) after its
 * commit: 0, or -EEXIST for a repeated peer_key. */
void gateway_hear(struct gateway *g, struct inbound *in,
		  void (*done)(void *owner, int rc), void *owner);

/* ---- people ---------------------------------------------------------------- */

/* Appends to the ledger: seq, hashes and at_ms (when 0) are filled in.
 * Withdrawals work at once, grants when committed. Durable after the next
 * store_then. -EINVAL, or -EPROTO: it does not follow from what was said,
 * with a sentence. */
MUST_USE int gateway_consent(struct gateway *g, struct consent_event *e,
			     struct err *err);
/* A request (e->type) that is sent to the person as a question; out: what
 * came of the message. -EPROTO: they refused, were asked already, or the gate
 * denies the question; -EINVAL. */
MUST_USE int gateway_optin_ask(struct gateway *g, struct consent_event *e,
			       struct submitted *out, struct err *err);
/* A confirmation (e->type) by the code that the question had. -EACCES: it is
 * not; -EPROTO: nothing was asked, or it is over; -EINVAL. */
MUST_USE int gateway_optin_code(struct gateway *g, struct consent_event *e,
				struct str code, struct err *err);
/* A person decides on a suspected opt-out: it is withdrawn, or it was none.
 * like: tenant, address, source, actor, evidence. -ENOENT. */
MUST_USE int gateway_suspect_settle(struct gateway *g,
				    const struct consent_event *like,
				    bool refusal);
/* When what came at that time must have been decided there. */
int64_t gateway_suspect_due(const struct gateway *g, struct str address,
			    int64_t at_ms);
/* Is it on that list ("list:NAME", "registry:NAME")? until_ms: 0 for good. */
bool gateway_listed(const struct gateway *g, struct str tenant,
		    struct str address, struct str list, int64_t *until_ms);
/* The lists there are: i from 0; NULL at the end. n: who is on it. */
const char *gateway_list(const struct gateway *g, unsigned i, uint64_t *n);
/* One thing that a number has subscribed to, under one tenant. */
struct subscription {
	unsigned source; /* filled in by who lists */
	uint64_t seq;    /* of the event or the order behind it */
	char tenant[TENANT_MAX + 1];
	char purpose[64], brand[64], channel[32]; /* of a consent */
	char title_zh[160], title_en[160];
};
typedef void subscription_add_fn(void *to, const struct subscription *one);

/* Who keeps subscriptions: consents are one source, orders may be another. */
struct subscription_ops {
	const char *name;
	/* Every one of that number, under every tenant, in a fixed order. */
	void (*each)(void *owner, struct str address, subscription_add_fn *add,
		     void *to);
	/* Ends it, in the open batch; like: source, actor, evidence,
	 * inbound_id. 0; -ENOENT: it is not there (any more). */
	int (*end)(void *owner, struct str address,
		   const struct subscription *one,
		   const struct consent_event *like);
};
/* Before the loop runs; at most three beside consents. */
void gateway_subscription_source(struct gateway *g,
				 const struct subscription_ops *ops,
				 void *owner);
/* How many there are, which may be more than max; tenant "": of all. */
unsigned gateway_subscriptions(struct gateway *g, struct str tenant,
			       struct str address, struct subscription *v,
			       unsigned max);
/* Ends the one. Fails as its source does. */
MUST_USE int gateway_unsubscribe(struct gateway *g, struct str address,
				 const struct subscription *one,
				 const struct consent_event *like);
/* The name of its source: "consent". */
const char *gateway_subscription_kind(const struct gateway *g,
				      const struct subscription *one);
/* Writes contact and addresses (replacing all of them); id 0: a new one, or
 * the one with the same ref. -EINVAL with a sentence. Durable as above. */
MUST_USE int gateway_contact(struct gateway *g, struct contact *c,
			     const struct contact_address *v, unsigned n,
			     struct err *err);
/* The same of one that is there with these very addresses in this order: their
 * rows stay as they are. */
MUST_USE int gateway_contact_keep(struct gateway *g, struct contact *c,
				  const struct contact_address *v, unsigned n,
				  struct err *err);
/* The same, but nothing is written: would it be taken? */
MUST_USE int gateway_contact_check(struct gateway *g, const struct contact *c,
				   const struct contact_address *v, unsigned n,
				   struct err *err);
/* The contact that has this ref, or one of these addresses (as they are
 * stored, numbers in E.164); 0: none has. */
uint64_t gateway_contact_known(const struct gateway *g, const struct contact *c,
			       const struct contact_address *v, unsigned n);
/* Grows with each contact that is written or erased: whoever has read some
 * sees whether that still holds. */
uint64_t gateway_contact_edits(const struct gateway *g);
/* The contact had these addresses, and has them no more. */
void gateway_contact_part(struct gateway *g, const struct contact *c,
			  const struct contact_address *v, unsigned n);
/* Erases it with its addresses, takes it off all lists, and its words and
 * addresses out of every other table but messages and the ledger; of the
 * addresses keyed hashes stay, so that who comes back is refused still. Durable
 * as above. Its consents, and what is under way, are the caller's to end,
 * before. */
void gateway_contact_erase(struct gateway *g, const struct contact *c,
			   const struct contact_address *v, unsigned n);
bool gateway_contact_erased(const struct gateway *g, struct str tenant,
			    struct str address);
/* When that was; and the newest erasing of all. 0: there was none. */
int64_t gateway_contact_erased_at(const struct gateway *g, struct str tenant,
				  struct str address);
int64_t gateway_contact_erased_last(const struct gateway *g);
/*
 * Writes `into` with the addresses v, which are both's, and drops `from` with
 * those it had. Its id and ref are known from now on as those of `into`; the
 * consents stay with the addresses. -EINVAL: nothing was done.
 */
MUST_USE int gateway_contact_merge(struct gateway *g, struct contact *into,
				   const struct contact_address *v, unsigned n,
				   const struct contact *from,
				   const struct contact_address *old,
				   unsigned nold, struct err *err);
/* One more id and ref that became those of the contact with this id. */
void gateway_contact_alias(struct gateway *g, struct str tenant,
			   uint64_t old_id, struct str ref, uint64_t id);
/* An address's consent for a purpose, expiry looked at: "granted",
 * "withdrawn", "pending", "expired"; "unknown", also for a purpose that there
 * is not. */
const char *gateway_grant(struct gateway *g, struct str tenant,
			  struct str address, struct str purpose);
/* May they be advertised to there, as far as consents and lists go? A consent
 * for one business line is one; a suspected refusal is none. */
bool gateway_may_promote(const struct gateway *g, struct str tenant,
			 struct str address, struct str channel);
/* The same for one business line; "": for one that nobody spoke of. */
bool gateway_may_promote_line(const struct gateway *g, struct str tenant,
			      struct str address, struct str channel,
			      struct str line);
/* fn hears of each business line that a consent to promotion there, given or
 * refused, was for: perhaps of one twice. */
void gateway_consent_lines(const struct gateway *g, struct str tenant,
			   struct str address,
			   void (*fn)(void *owner, struct str line),
			   void *owner);
/* Tenants that anything is known of, "*" among them; NULL at the end. */
const char *gateway_known_tenant(const struct gateway *g, unsigned i);
/* What the gate knows of an address, as JSON text members for people:
 * {"consent":[...],"blocked":...,"zone":...}. */
void gateway_standing(struct gateway *g, struct str tenant, struct str address,
		      struct buf *json);

/* ---- links ------------------------------------------------------------------*/

struct link_view {
	const char *name, *channel, *kind;
	enum channel_state state;
	char why[64];
	const char *target; /* target_state_name */
	unsigned window, used;
	double rate;
	unsigned health;
	uint64_t sent, accepted, receipts, inbound, throttled;
	size_t notices; /* owed to it */
	bool held;      /* by an operator */
};
/* i from 0 over the links of the present file; -ENOENT at the end. A reload
 * may change what stands where. */
MUST_USE int gateway_link(struct gateway *g, unsigned i, struct link_view *out);
/* fn hears of every link that is open now, and of each that a reload opens:
 * the daemon gives some kinds more than the gateway knows. One listener. The
 * number it hears is for gateway_link_channel, and never changes. */
void gateway_on_link(struct gateway *g, void (*fn)(void *owner, unsigned link),
		     void *owner);
/* The channel behind a link, for who knows its kind: the daemon. NULL while
 * it is closed. */
struct channel *gateway_link_channel(struct gateway *g, unsigned i,
				     const struct channel_ops **ops);
int gateway_link_find(struct gateway *g, struct str name); /* -ENOENT */
/* Parts a second and window, each -1: as it is. They hold until the next
 * reload or start. -EPROTO: the window of this link cannot change while it
 * runs; nothing was changed then. */
MUST_USE int gateway_link_limits(struct gateway *g, unsigned i, int64_t rate,
				 int64_t window);
void gateway_link_hold(struct gateway *g, unsigned i, bool held);
void gateway_link_rebind(struct gateway *g, unsigned i);

/* ---- endpoints that are no links ------------------------------------------- */

struct publish_endpoint_cfg;
/* As publish.h says of each; for doors of the daemon that owe answers to who
 * sent: SMPP accounts, callback addresses. Before the loop runs. */
MUST_USE int gateway_endpoint(struct gateway *g,
			      const struct publish_endpoint_cfg *cfg);
void gateway_endpoint_window(struct gateway *g, int endpoint, unsigned window);
void gateway_endpoint_ended(struct gateway *g, uint64_t attempt,
			    const struct outcome *o);
/* An event of the daemon's own making, owed to this endpoint alone: durable
 * after the next store_then. data: as publish_event. */
void gateway_owe(struct gateway *g, int endpoint, struct str tenant,
		 const char *type, struct str data);

/* An event of a floor above, owed to every endpoint that asks for its type:
 * durable after the next store_then. data: JSON object text without numbers
 * of people. */
void gateway_publish(struct gateway *g, struct str tenant, const char *type,
		     struct str data);
/* The same with numbers: `data` for endpoints that may see them, `masked` for
 * the others. */
void gateway_publish_open(struct gateway *g, struct str tenant,
			  const char *type, struct str data, struct str masked);
/* fn hears of every inbound message that was taken, in its batch: claim, and
 * the campaign that last wrote to that address, or "". Up to four, told in
 * the order in which they came. */
void gateway_on_inbound(struct gateway *g,
			void (*fn)(void *owner, const struct inbound *in,
				   struct str campaign),
			void *owner);

/*
 * Who may take what a customer wrote, after the words that everybody may
 * always say (stop, start, help). In the order of the ranks; the first that
 * claims has it, else it goes to the inbox.
 */
enum claimant_rank {
	CLAIMANT_CONFIRM,
	CLAIMANT_ONCALL,
	CLAIMANT_MENU, /* digits, if a menu is what was said last */
	CLAIMANT_SURVEY,
	CLAIMANT_REMINDER,
	CLAIMANT_CALLBACK,
	CLAIMANT_ORDER,
	CLAIMANT_ALERT,
	CLAIMANT_CASE,
	CLAIMANT_KEYWORD,
	CLAIMANT_FAQ,
	CLAIMANT_UNCLEAR /* nobody's: asks again where an answer is awaited */
};
#define CLAIMANT_RANKS (CLAIMANT_UNCLEAR + 1)

struct claimant_ops {
	/* In the open batch, before the message is stored: the name of the
	 * claim, a constant; NULL: not for it. Commits of what it does are
	 * those of the message: not stored, it will come again. */
	const char *(*claim)(void *owner, const struct inbound *in);
	/* Is something awaited from there? A plain "yes" is then an answer
	 * and no opt-in. May be NULL. */
	bool (*awaits)(void *owner, const struct inbound *in);
	/* They refused, or seem to. May be NULL. */
	void (*refused)(void *owner, const struct inbound *in);
	/* Is all of it one of the answers that are awaited from there? A word
	 * that ends anything ("cancel") is then an answer. May be NULL. */
	bool (*answers)(void *owner, const struct inbound *in);
};

/* One of each rank; before the loop runs. */
void gateway_claimant(struct gateway *g, enum claimant_rank rank,
		      const struct claimant_ops *ops, void *owner);
/* fn hears of every change of state of a message after its intake, in the
 * batch that stores it; it may submit and cancel others. One listener. */
void gateway_on_step(struct gateway *g,
		     void (*fn)(void *owner, uint64_t id,
				const struct event *e),
		     void *owner);
/* Whoever answers that sender pays. */
bool gateway_charged(const struct gateway *g, struct str from);
/* Of numbers that begin with one 0. */
const char *gateway_country(const struct gateway *g);
/* Of those who name none. */
const char *gateway_tenant(const struct gateway *g);
/* The campaign that last wrote to that address; "". */
struct str gateway_last_campaign(const struct gateway *g, struct str address);
/* The last message of any of that tenant's campaigns that went there in the
 * last days; 0: none did. tenant "*": whichever wrote there last. */
uint64_t gateway_last_of_campaigns(const struct gateway *g, struct str tenant,
				   struct str address);
/* When a peer last took a message to that address, to the second; 0: never. */
int64_t gateway_last_sent(const struct gateway *g, struct str address);
/* The language of whom that address belongs to; "" unknown. */
struct str gateway_lang(const struct gateway *g, struct str tenant,
			struct str address);

/* Is that address a contact's? The branch that looks after them; "" none. */
MUST_USE bool gateway_branch(const struct gateway *g, struct str tenant,
			     struct str address, struct str *branch);

/* How long the text of a message of that class is kept, ms; 0: until it is
 * final. The times that there are, each once: how many. And of inbound ones. */
int64_t gateway_retention(const struct gateway *g, struct str class_name);
unsigned gateway_retentions(const struct gateway *g, int64_t *out,
			    unsigned max);
int64_t gateway_inbound_retention(const struct gateway *g);

/* How important whoever has that address is; "" nobody knows. */
struct str gateway_tier(const struct gateway *g, struct str tenant,
			struct str address);

/* Counts it for a report with the open batch: branch and tier are those that
 * the person behind the address has now. */
void gateway_measure(struct gateway *g, struct str address, struct measure *m);

/* What customers write to this number of ours is of that origin. */
void gateway_inbound_origin(struct gateway *g, struct str number,
			    struct str origin);

/* ---- the rest -------------------------------------------------------------- */

struct store *gateway_store(struct gateway *g);
const struct classes *gateway_classes(const struct gateway *g);
/* Rule packs; what a reload brings takes their place. */
const struct packs *gateway_packs(const struct gateway *g);
const struct place *gateway_place(const struct gateway *g, struct str address);
/* Is it ready to take messages? 0; -EAGAIN starting or stopping; -ENOSPC. */
int gateway_ready(const struct gateway *g);
struct gateway_counts {
	size_t live, queued, held, submitting, submitted, notices, strays;
	size_t standings;
};
void gateway_counts(const struct gateway *g, struct gateway_counts *out);
/* Every event as it is published: for the live stream. data is the JSON
 * envelope (numbers masked); valid for the call. One watcher, which may ask
 * whom the event is about: "" nobody, or not said. */
void gateway_watch(struct gateway *g,
		   void (*fn)(void *owner, struct str tenant, struct str type,
			      struct str json),
		   void *owner);
struct str gateway_watched_about(const struct gateway *g);
