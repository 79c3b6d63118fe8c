/* Cases over a whole gateway, the fake channel and a store that is opened
 * again; the clock of cases and surveys is turned by hand. */
#pragma once

#include "care/cases.h"
#include "tests/lib/bed.h"

#define HOUR (int64_t)3600000
#define CAREDESK_TENANT STR("DEMOTEL")
/* A text as a setting holds it. */
#define Z(text) ((char[]){ text })

struct caredesk {
	struct bed *bed;
	struct cases *cases;
	struct surveys *surveys;
	struct cases_cfg cfg;
	const char *gateway;             /* its config; NULL: the usual one */
	const struct settings *settings; /* NULL: no `sla` */
	struct clock_hand clock;
	char claimed[32];   /* of what was written last */
	unsigned delivered; /* messages */
	char events[4096];  /* "type:what " of each; overdue: "type:what! " */
};

extern const struct case_by caredesk_ann;

void caredesk_open(struct caredesk *d, void **state);
void caredesk_start(struct caredesk *d, bool create);
void caredesk_stop(struct caredesk *d);
/* Hours pass; what is due is done, and stored. */
void caredesk_pass(struct caredesk *d, int64_t hours);
/* A case of SHI's, opened by ann. */
struct care_case *caredesk_add(struct caredesk *d, enum case_kind kind,
			       const char *topic);
/* Does it; gives the code of a refusal, or "". */
const char *caredesk_act(struct caredesk *d, struct care_case *x,
			 struct case_deed deed);
#define ACT(d, x, what, ...) \
	caredesk_act(d, x, (struct case_deed){ .act = what, __VA_ARGS__ })
/* Closes it as solved, with an outcome for the customer. */
const char *caredesk_end(struct caredesk *d, struct care_case *x,
			 const char *cause, const char *outcome, int64_t fen);
#define CLOSE(d, x) caredesk_end(d, x, "staff", "已处理,谢谢", 0)
void caredesk_write_in(struct caredesk *d, struct str from, const char *channel,
		       const char *text);
/* The same, to this number of ours. */
void caredesk_write_to(struct caredesk *d, struct str from, const char *channel,
		       const char *to, const char *text);
/* These events came since the last look. */
void caredesk_expect(struct caredesk *d, const char *events);
