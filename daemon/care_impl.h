/* The rooms of care, for the files that are its parts. */
#pragma once

#include "daemon/care.h"

struct care {
	struct campaigns *campaigns; /* NULL: none */
	struct surveys *surveys;
	struct triggers *triggers;
	struct alerts *alerts;
	struct reminders *reminders;
	struct events *events;
	struct cases *cases;
	struct callbacks *callbacks;
	struct orders *orders;
	struct router *router; /* of work for people */
	struct call_wishes calls;
	bool low_calls; /* a low score leads to a call */
	struct oncall *oncall;
	struct voicemails *voicemails;
	struct findings *findings;
	struct faq *faq;
	struct unanswered *unanswered;
	struct keywords *keywords;
	struct inbox *inbox;
	struct retention *retention;
};
