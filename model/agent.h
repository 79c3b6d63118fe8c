/*
 * An agent: what they want (intent) and what they are doing (state), kept
 * apart: a break asked for during a call begins after it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/fsm.h"

#define AGENT_SKILLS_MAX 32

enum agent_intent { AGENT_OUT, AGENT_READY, AGENT_BREAK };

enum agent_state {
	AGENT_OFFLINE,
	AGENT_IDLE,     /* can be given work, if the intent is READY */
	AGENT_RESERVED, /* one piece of work is theirs and nobody else's */
	AGENT_RINGING,
	AGENT_TALK,
	AGENT_WRAP,    /* the notes after a call */
	AGENT_PENALTY, /* refused or did not answer: nothing for a while */
	AGENT_STATE_COUNT
};

enum agent_event {
	AGENT_E_ACCEPT, /* takes the work that is reserved */
	AGENT_E_REFUSE,
	AGENT_E_FINISH, /* done with the work, or with its notes */
	AGENT_E_DROP,   /* the work went away */
};

/* Every state but OFFLINE and IDLE has a deadline: nobody is stuck. */
extern const struct fsm agent_fsm;

const char *agent_intent_name(enum agent_intent i);

struct agent_skill {
	const char *name;
	unsigned level;
	int64_t certified_until_ms; /* wall; from then on no work. 0: always */
};

struct agent_cfg {
	const char *name;
	const char *phone; /* what the trunk dials */
	const struct agent_skill *skills;
	size_t n; /* <= AGENT_SKILLS_MAX */
};
