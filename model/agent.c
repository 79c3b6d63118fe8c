/* An agent's states as a table, and names. */
#include "model/agent.h"

static const struct fsm_state agent_states[AGENT_STATE_COUNT] = {
	[AGENT_OFFLINE] = { "offline", 0, BIT(AGENT_IDLE), 0 },
	[AGENT_IDLE] = { "idle", 0, BIT(AGENT_OFFLINE) | BIT(AGENT_RESERVED),
			 0 },
	[AGENT_RESERVED] = { "reserved",
			     BIT(AGENT_E_ACCEPT) | BIT(AGENT_E_REFUSE) |
				     BIT(AGENT_E_DROP),
			     BIT(AGENT_RINGING) | BIT(AGENT_TALK) |
				     BIT(AGENT_IDLE) | BIT(AGENT_PENALTY),
			     10000 },
	[AGENT_RINGING] = { "ringing",
			    BIT(AGENT_E_ACCEPT) | BIT(AGENT_E_REFUSE) |
				    BIT(AGENT_E_DROP),
			    BIT(AGENT_TALK) | BIT(AGENT_IDLE) |
				    BIT(AGENT_PENALTY),
			    20000 },
	[AGENT_TALK] = { "talk", BIT(AGENT_E_FINISH) | BIT(AGENT_E_DROP),
			 BIT(AGENT_WRAP), 7200000 },
	[AGENT_WRAP] = { "wrap", BIT(AGENT_E_FINISH), BIT(AGENT_IDLE), 30000 },
	[AGENT_PENALTY] = { "penalty", 0, BIT(AGENT_IDLE), 30000 },
};

const struct fsm agent_fsm = { "agent", agent_states, AGENT_STATE_COUNT };

const char *agent_intent_name(enum agent_intent i)
{
	switch (i) {
	case AGENT_OUT:
		return "out";
	case AGENT_READY:
		return "ready";
	case AGENT_BREAK:
		return "break";
	}
	must(!"intent");
	return "";
}
