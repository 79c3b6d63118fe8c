/* What may be asked of cases and threads: for routes.c alone. */
#pragma once

#include "console/request.h"

static const struct query q_thread[] = {
	{ "limit", "Messages of one page, 1 to 200; 50 without it." },
	{ "cursor", "`next` of the page before." },
	{ NULL, NULL },
};

static const struct query q_findings[] = {
	{ "unit", "Only of this unit." },
	{ "branch", "Only of this branch." },
	{ "state", "open or answered." },
	{ "overdue", "true: not answered, and the day is over." },
	{ "limit", "Findings of one page, 1 to 1000; 50 without it." },
	{ "cursor", "`next` of the page before." },
	{ NULL, NULL },
};

static const struct query q_cases[] = {
	{ "state", "opened, investigating or closed." },
	{ "kind",
	  "complaint, report, suggestion, question or charge_dispute." },
	{ "owner", "Only cases of this owner." },
	{ "to", "Only cases of this customer." },
	{ "overdue", "true: no person has replied, and the time is over." },
	{ "limit", "Cases of one page, 1 to 1000; 50 without it." },
	{ "cursor", "`next` of the page before." },
	{ NULL, NULL },
};
