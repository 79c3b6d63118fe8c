/* Kinds, states and acts of a case, and its row. */
#include "care/case.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"

/* Every report is checked for itself; who complains twice about what
 * is not settled yet has one case. */
const struct case_kind_row case_kinds[CASE_KINDS] = {
	[CASE_COMPLAINT] = { "complaint", "投诉", true, false, true },
	[CASE_REPORT] = { "report", "举报", false, true, true },
	[CASE_SUGGESTION] = { "suggestion", "建议", true, false, false },
	[CASE_QUESTION] = { "question", "咨询", true, false, false },
	[CASE_DISPUTE] = { "charge_dispute", "收费争议", true, false, true },
};

static const char *const act_names[CASE_ACTS] = {
	[CASE_ASSIGN] = "assign",   [CASE_REPLY] = "reply",
	[CASE_NOTE] = "note",       [CASE_ESCALATE] = "escalate",
	[CASE_REFUND] = "refund",   [CASE_INVESTIGATE] = "investigate",
	[CASE_VERDICT] = "verdict", [CASE_CLOSE] = "close",
	[CASE_REOPEN] = "reopen",
};

static const char *const state_names[CASE_STATES] = {
	[CASE_OPENED] = "opened",
	[CASE_INVESTIGATING] = "investigating",
	[CASE_CLOSED] = "closed",
};

static const char *const verdict_names[CASE_VERDICTS] = {
	[CASE_NO_VERDICT] = "",
	[CASE_PROVEN] = "proven",
	[CASE_NOT_PROVEN] = "not_proven",
	[CASE_NOT_VERIFIABLE] = "not_verifiable",
};

/* The state after an act; NEVER: it is not done in that state. */
enum { NEVER, STAYS, TO };

static const uint8_t after[CASE_STATES][CASE_ACTS] = {
	[CASE_OPENED] = { STAYS, STAYS, STAYS, STAYS,
			  STAYS, [CASE_INVESTIGATE] = TO + CASE_INVESTIGATING,
			  [CASE_VERDICT] = STAYS,
			  [CASE_CLOSE] = TO + CASE_CLOSED },
	[CASE_INVESTIGATING] = { STAYS, STAYS, STAYS, STAYS,
				 STAYS, [CASE_VERDICT] = STAYS,
				 [CASE_CLOSE] = TO + CASE_CLOSED },
	[CASE_CLOSED] = { [CASE_NOTE] = STAYS,
			  [CASE_REOPEN] = TO + CASE_OPENED },
};

const unsigned case_alarm_percent[CASE_ALARMS] = { 50, 80, 100 };

static int find(struct str s, const char *const *names, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (str_eqz(s, names[i]))
			return (int)i;
	}
	return -EBADMSG;
}

#define PARSE(noun, names, count)                                    \
	int case_##noun##_parse(struct str s, enum case_##noun *out) \
	{                                                            \
		int i = find(s, names, count);                       \
                                                                     \
		must(out != NULL);                                   \
		if (i < 0)                                           \
			return i;                                    \
		*out = (enum case_##noun)i;                          \
		return 0;                                            \
	}

PARSE(state, state_names, CASE_STATES)
PARSE(act, act_names, CASE_ACTS)
PARSE(verdict, verdict_names, CASE_VERDICTS)

int case_kind_parse(struct str s, enum case_kind *out)
{
	must(out != NULL);
	for (unsigned i = 0; i < CASE_KINDS; i++) {
		if (str_eqz(s, case_kinds[i].name)) {
			*out = (enum case_kind)i;
			return 0;
		}
	}
	return -EBADMSG;
}

const char *case_state_name(enum case_state s)
{
	must((unsigned)s < CASE_STATES);
	return state_names[s];
}

const char *case_act_name(enum case_act a)
{
	must((unsigned)a < CASE_ACTS);
	return act_names[a];
}

bool case_may(enum case_state s, enum case_act a)
{
	must((unsigned)s < CASE_STATES && (unsigned)a < CASE_ACTS);
	return after[s][a] != NEVER;
}

const char *case_verdict_name(enum case_verdict v)
{
	must((unsigned)v < CASE_VERDICTS);
	return verdict_names[v];
}

void case_move(struct care_case *x, enum case_act a)
{
	must(x != NULL && case_may(x->now.state, a));
	unsigned next = after[x->now.state][a];

	if (next >= TO)
		x->now.state = (enum case_state)(next - TO);
}

int64_t case_alarm_ms(const struct care_case *x, unsigned alarm,
		      int64_t span_ms)
{
	must(x != NULL && alarm < CASE_ALARMS);
	return x->now.due_ms -
	       span_ms / 100 * (100 - case_alarm_percent[alarm]);
}

/* ---- the row ---------------------------------------------------------------- */

enum { MARK_ALARMS = 3, MARK_ESCALATED = 4, MARK_ZH = 8 };

void case_cells(const struct care_case *x, struct cell cells[CASE_CELLS])
{
	must(x != NULL && x->now.owner[0] != '\0');
	const struct case_now *n = &x->now;
	unsigned marks = (n->alarms & MARK_ALARMS) |
			 (n->escalated ? MARK_ESCALATED : 0u) |
			 (x->zh ? MARK_ZH : 0u);
	const struct cell v[] = {
		CELL_I(x->id),
		CELL_Z(x->tenant),
		CELL_I(n->version),
		CELL_Z(case_kinds[x->kind].name),
		CELL_Z(state_names[n->state]),
		CELL_Z(n->owner),
		CELL_Z(x->address),
		CELL_Z(x->channel),
		CELL_Z(x->account),
		CELL_Z(x->topic),
		CELL_Z(x->source),
		CELL_Z(x->ref),
		CELL_Z(x->campaign),
		CELL_I(x->opened_ms),
		CELL_I(n->due_ms),
		CELL_I(n->replied_ms),
		CELL_I(n->visible_ms),
		CELL_I(n->closed_ms),
		CELL_I(marks),
		CELL_Z(n->cause),
		CELL_Z(verdict_names[n->verdict]),
		CELL_I(n->refund_fen),
		CELL_I(n->resurvey),
		CELL_I(n->solved),
	};

	memcpy(cells, v, sizeof(v));
}

static int read_names(const struct row *row, struct care_case *x)
{
	struct case_now *n = &x->now;
	const struct {
		char *dst;
		size_t size;
		unsigned column;
	} texts[] = {
		{ x->tenant, sizeof(x->tenant), 1 },
		{ n->owner, sizeof(n->owner), 5 },
		{ x->address, sizeof(x->address), 6 },
		{ x->channel, sizeof(x->channel), 7 },
		{ x->account, sizeof(x->account), 8 },
		{ x->topic, sizeof(x->topic), 9 },
		{ x->source, sizeof(x->source), 10 },
		{ x->ref, sizeof(x->ref), 11 },
		{ x->campaign, sizeof(x->campaign), 12 },
		{ n->cause, sizeof(n->cause), 19 },
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (str_copy(texts[i].dst, texts[i].size,
			     row_s(row, texts[i].column)) != 0)
			return -EBADMSG;
	}
	if (n->owner[0] == '\0' ||
	    case_kind_parse(row_s(row, 3), &x->kind) != 0 ||
	    case_state_parse(row_s(row, 4), &n->state) != 0)
		return -EBADMSG;
	return case_verdict_parse(row_s(row, 20), &n->verdict);
}

int case_from_row(const struct row *row, struct care_case **out)
{
	must(row != NULL && out != NULL);
	struct care_case *x = mem_new(struct care_case);
	struct case_now *n = &x->now;
	unsigned marks = (unsigned)row_i(row, 18);

	heap_node_init(&x->due);
	x->id = (uint64_t)row_i(row, 0);
	n->version = (uint64_t)row_i(row, 2);
	x->opened_ms = row_i(row, 13);
	n->due_ms = row_i(row, 14);
	n->replied_ms = row_i(row, 15);
	n->visible_ms = row_i(row, 16);
	n->closed_ms = row_i(row, 17);
	n->alarms = marks & MARK_ALARMS;
	n->escalated = (marks & MARK_ESCALATED) != 0;
	x->zh = (marks & MARK_ZH) != 0;
	n->refund_fen = row_i(row, 21);
	n->resurvey = (uint64_t)row_i(row, 22);
	n->solved = row_i(row, 23) != 0;
	if (read_names(row, x) != 0) {
		mem_free(x);
		return -EBADMSG;
	}
	*out = x;
	return 0;
}
