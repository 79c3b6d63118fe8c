/* What an author says a campaign is: whom, what, when, how fast. */
#pragma once

#include "base/err.h"
#include "campaigns/form.h"

enum audience_kind {
	AUDIENCE_ADDRESSES, /* named one by one */
	AUDIENCE_CONTACTS,  /* every contact of the tenant */
	AUDIENCE_SEGMENT    /* contacts that match a filter */
};

enum schedule_kind {
	SCHEDULE_FIXED,     /* one time for all */
	SCHEDULE_LOCAL,     /* that minute of the recipient's own day */
	SCHEDULE_RECURRING, /* a run every so often */
	SCHEDULE_EVENT      /* so long after something happened to a person */
};

#define SPEC_NAME_MAX 120

/* A form; texts are owned, NULL is "". */
struct spec {
	char *name;
	/* whom */
	int64_t audience;    /* enum audience_kind */
	char *audience_text; /* addresses, a line each; or the filter */
	int64_t control;     /* percent that gets nothing, to compare with */
	char *exclusive;     /* exclusion group */
	/* what */
	char *class_name, *channel, *from;
	char *text;      /* a template in the syntax of templates/parse.h */
	char *text_b;    /* the other text of an A/B test; "" none */
	int64_t share_b; /* percent that gets it */
	char *template_id;
	int64_t template_version;
	char *survey; /* whose first question is the text */
	int64_t survey_version;
	char *business_line;
	/* when */
	int64_t schedule;  /* enum schedule_kind */
	int64_t start_ms;  /* 0: when it is started */
	int64_t end_ms;    /* nothing is begun after it; 0: none */
	int64_t minute;    /* LOCAL: of the recipient's day */
	int64_t every_ms;  /* RECURRING */
	int64_t window_ms; /* RECURRING: a run ends so long after its start */
	char *event;       /* EVENT: "account.opened" */
	int64_t after_ms;  /* EVENT */
	/* how fast */
	int64_t rate; /* people a second; 0: as fast as the links */
	int64_t ramp_ms;
	int64_t spread; /* evenly until end_ms */
	/* before */
	char *briefing; /* what the queues are told; "" none is needed */
};

extern const struct form spec_form;
#define SPEC_CONTENT "text" /* the groups that an approval binds */
#define SPEC_SCHEDULE "schedule"

const char *audience_kind_name(enum audience_kind k);
MUST_USE int audience_kind_parse(struct str s, enum audience_kind *out);
const char *schedule_kind_name(enum schedule_kind k);
MUST_USE int schedule_kind_parse(struct str s, enum schedule_kind *out);

struct spec_limits {
	int64_t addresses; /* named one by one */
};

/* Is it whole and does it fit together? -EINVAL with the field's name and a
 * sentence. Names of classes and links are the gateway's to check. */
MUST_USE int spec_check(const struct spec *s, const struct spec_limits *limits,
			const char **field, struct err *err);
