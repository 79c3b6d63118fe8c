/* States and steps of a campaign. */
#include "campaigns/states.h"

#include <errno.h>

static const char *const states[CAMPAIGN_STATES] = {
	[CAMPAIGN_DRAFT] = "draft",
	[CAMPAIGN_IN_REVIEW] = "in_review",
	[CAMPAIGN_APPROVED] = "approved",
	[CAMPAIGN_SCHEDULED] = "scheduled",
	[CAMPAIGN_MATERIALISING] = "materialising",
	[CAMPAIGN_RUNNING] = "running",
	[CAMPAIGN_PAUSED] = "paused",
	[CAMPAIGN_DRAINING] = "draining",
	[CAMPAIGN_COMPLETED] = "completed",
	[CAMPAIGN_CANCELLED] = "cancelled",
	[CAMPAIGN_FAILED] = "failed",
	[CAMPAIGN_EXPIRED] = "expired",
};

#define IN(s) BIT(CAMPAIGN_##s)
#define BEFORE (IN(DRAFT) | IN(IN_REVIEW) | IN(APPROVED) | IN(SCHEDULED))
#define UNDER_WAY (IN(MATERIALISING) | IN(RUNNING) | IN(PAUSED) | IN(DRAINING))

/* An edit is possible until the first person is written down. */
static const struct {
	const char *name;
	uint32_t from;
	enum campaign_state to;
} steps[CAMPAIGN_STEPS] = {
	[STEP_EDIT] = { "edit", BEFORE, CAMPAIGN_DRAFT },
	[STEP_SUBMIT] = { "submit", IN(DRAFT), CAMPAIGN_IN_REVIEW },
	[STEP_RETURN] = { "return", IN(IN_REVIEW), CAMPAIGN_DRAFT },
	[STEP_APPROVE] = { "approve", IN(IN_REVIEW), CAMPAIGN_APPROVED },
	[STEP_SCHEDULE] = { "schedule", IN(APPROVED), CAMPAIGN_SCHEDULED },
	[STEP_START] = { "start", IN(APPROVED) | IN(SCHEDULED),
			 CAMPAIGN_MATERIALISING },
	[STEP_PAUSE] = { "pause", IN(RUNNING), CAMPAIGN_PAUSED },
	[STEP_RESUME] = { "resume", IN(PAUSED), CAMPAIGN_RUNNING },
	[STEP_CANCEL] = { "cancel", BEFORE | UNDER_WAY, CAMPAIGN_CANCELLED },
	[STEP_MATERIALISED] = { "materialised", IN(MATERIALISING),
				CAMPAIGN_RUNNING },
	[STEP_CHANGED] = { "changed", IN(MATERIALISING), CAMPAIGN_DRAFT },
	[STEP_EMPTY] = { "drain", IN(RUNNING), CAMPAIGN_DRAINING },
	[STEP_AGAIN] = { "wait", IN(DRAINING), CAMPAIGN_SCHEDULED },
	[STEP_COMPLETE] = { "complete", IN(DRAINING), CAMPAIGN_COMPLETED },
	[STEP_FAIL] = { "fail", IN(MATERIALISING) | IN(RUNNING),
			CAMPAIGN_FAILED },
	[STEP_EXPIRE] = { "expire", IN(SCHEDULED) | IN(RUNNING) | IN(PAUSED),
			  CAMPAIGN_EXPIRED },
};

const char *campaign_state_name(enum campaign_state s)
{
	must((unsigned)s < CAMPAIGN_STATES);
	return states[s];
}

int campaign_state_parse(struct str s, enum campaign_state *out)
{
	must(out != NULL);
	for (unsigned i = 0; i < CAMPAIGN_STATES; i++) {
		if (str_eqz(s, states[i])) {
			*out = (enum campaign_state)i;
			return 0;
		}
	}
	return -EBADMSG;
}

bool campaign_state_final(enum campaign_state s)
{
	return s >= CAMPAIGN_COMPLETED;
}

const char *campaign_step_name(enum campaign_step s)
{
	must((unsigned)s < CAMPAIGN_STEPS);
	return steps[s].name;
}

int campaign_step_to(enum campaign_state from, enum campaign_step step,
		     enum campaign_state *to)
{
	must((unsigned)from < CAMPAIGN_STATES &&
	     (unsigned)step < CAMPAIGN_STEPS && to != NULL);
	if ((steps[step].from & BIT(from)) == 0)
		return -EPROTO;
	*to = steps[step].to;
	return 0;
}
