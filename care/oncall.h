/*
 * Who is on call: outside working hours an alert goes to the first of a
 * roster, and on to the next until one of them says that they have it.
 * What an alert is, is a business event.
 */
#pragma once

#include "base/clock.h"
#include "base/loop.h"
#include "base/settings.h"
#include "campaigns/events.h"
#include "gateway/gateway.h"

#define CLAIM_ONCALL "oncall"

/* The struct behind `oncall NAME { ... }`. */
struct oncall_cfg {
	char *event;  /* type: "call.urgent" */
	char *tenant; /* "": any */
	char *branch; /* of whom it is about; "": any */
	struct setting_list roster;
	int64_t ack_within; /* ms, then the next one */
	int64_t rounds;     /* through the roster, before it is given up */
	struct setting_list words;
	char *class_name, *text, *taken;
	bool always; /* in working hours, too */
	int64_t max; /* open alerts, of all sections */
};

extern const struct setting_section oncall_section;
/* Numbers, words, text; appends faults. */
void oncall_check(const struct settings *s, struct faults *faults);

enum page_state { PAGE_PAGED, PAGE_ACKED, PAGE_NOBODY, PAGE_STATES };
const char *page_state_name(enum page_state s);
MUST_USE int page_state_parse(struct str s, enum page_state *out);

struct oncall;

struct oncall_env {
	struct loop *loop;
	const struct clock_ops *clock;
	struct gateway *gateway;
	struct store *store;
	const struct settings *settings; /* live as long */
	unsigned node;
};

/* Reads what the store holds: before serving only. -EIO. */
MUST_USE int oncall_open(struct oncall **out, const struct oncall_env *env,
			 struct err *err);
void oncall_stop(struct oncall *o);    /* before the gateway closes */
void oncall_close(struct oncall **op); /* after the store */

/* Something happened: pages whoever is on call for it, in the open batch.
 * false: nobody is, or people are at work. */
bool oncall_happened(struct oncall *o, const struct occurrence *e);
/* Whose an open one is, in *branch: "" is everybody's, NULL of somebody of no
 * branch. -ENOENT: it is not open, or another tenant's. */
MUST_USE int oncall_branch(const struct oncall *o, struct str tenant,
			   uint64_t id, const char **branch);
/* Somebody has it. -ENOENT: it is not open, or another tenant's. */
MUST_USE int oncall_ack(struct oncall *o, struct str tenant, uint64_t id);
/* Somebody on call is erased, in the open batch: the next one is paged for
 * what was theirs. Their rows are erased by gateway_contact_erase. */
void oncall_erase(struct oncall *o, struct str tenant, struct str address);
/* The gateway says what became of a message. */
void oncall_step(struct oncall *o, uint64_t message, const struct event *e);
/* Does what is due; its own timer calls it. */
void oncall_tick(struct oncall *o);
/* "1" of who was paged. As struct claimant_ops. */
extern const struct claimant_ops oncall_claimant;
