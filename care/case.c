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

void case_free(struct care_case **xp)
{
	struct care_case *x = TAKE(*xp);

	if (x == NULL)
		return;
	unsaved_done(&x->unsaved);
	mem_free(x);
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

enum {
	MARK_ALARMS = 3,
	MARK_ESCALATED = 4,
	MARK_ZH = 8,
	MARK_RATED = 16,
	MARK_SATISFIED = 32,
	MARK_ANSWERED = 64
};

unsigned case_marks_alarms(int64_t marks)
{
	return (unsigned)marks & MARK_ALARMS;
}

bool case_marks_escalated(int64_t marks)
{
	return ((unsigned)marks & MARK_ESCALATED) != 0;
}

void case_cells(const struct care_case *x, struct cell cells[CASE_CELLS])
{
	must(x != NULL && x->now.owner[0] != '\0');
	const struct case_now *n = &x->now;
	unsigned marks = (n->alarms & MARK_ALARMS) |
			 (n->escalated ? MARK_ESCALATED : 0u) |
			 (x->zh ? MARK_ZH : 0u) | (n->rated ? MARK_RATED : 0u) |
			 (n->satisfied ? MARK_SATISFIED : 0u) |
			 (n->answered ? MARK_ANSWERED : 0u);
	const struct cell v[CASE_CELLS] = {
		[CASE_ID] = CELL_I(x->id),
		[CASE_TENANT] = CELL_Z(x->tenant),
		[CASE_VERSION] = CELL_I(n->version),
		[CASE_KIND] = CELL_Z(case_kinds[x->kind].name),
		[CASE_STATE] = CELL_Z(state_names[n->state]),
		[CASE_OWNER] = CELL_Z(n->owner),
		[CASE_ADDRESS] = CELL_Z(x->address),
		[CASE_CHANNEL] = CELL_Z(x->channel),
		[CASE_ACCOUNT] = CELL_Z(x->account),
		[CASE_TOPIC] = CELL_Z(x->topic),
		[CASE_SOURCE] = CELL_Z(x->source),
		[CASE_REF] = CELL_Z(x->ref),
		[CASE_CAMPAIGN] = CELL_Z(x->campaign),
		[CASE_OPENED_MS] = CELL_I(x->opened_ms),
		[CASE_DUE_MS] = CELL_I(n->due_ms),
		[CASE_REPLIED_MS] = CELL_I(n->replied_ms),
		[CASE_VISIBLE_MS] = CELL_I(n->visible_ms),
		[CASE_CLOSED_MS] = CELL_I(n->closed_ms),
		[CASE_MARKS] = CELL_I(marks),
		[CASE_CAUSE] = CELL_Z(n->cause),
		[CASE_VERDICT_NAME] = CELL_Z(verdict_names[n->verdict]),
		[CASE_REFUND_FEN] = CELL_I(n->refund_fen),
		[CASE_RESURVEY] = CELL_I(n->resurvey),
		[CASE_SOLVED] = CELL_I(n->solved),
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
		{ x->tenant, sizeof(x->tenant), CASE_TENANT },
		{ n->owner, sizeof(n->owner), CASE_OWNER },
		{ x->address, sizeof(x->address), CASE_ADDRESS },
		{ x->channel, sizeof(x->channel), CASE_CHANNEL },
		{ x->account, sizeof(x->account), CASE_ACCOUNT },
		{ x->topic, sizeof(x->topic), CASE_TOPIC },
		{ x->source, sizeof(x->source), CASE_SOURCE },
		{ x->ref, sizeof(x->ref), CASE_REF },
		{ x->campaign, sizeof(x->campaign), CASE_CAMPAIGN },
		{ n->cause, sizeof(n->cause), CASE_CAUSE },
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (str_copy(texts[i].dst, texts[i].size,
			     row_s(row, texts[i].column)) != 0)
			return -EBADMSG;
	}
	if (n->owner[0] == '\0' ||
	    case_kind_parse(row_s(row, CASE_KIND), &x->kind) != 0 ||
	    case_state_parse(row_s(row, CASE_STATE), &n->state) != 0)
		return -EBADMSG;
	return case_verdict_parse(row_s(row, CASE_VERDICT_NAME), &n->verdict);
}

int case_from_row(const struct row *row, struct care_case **out)
{
	must(row != NULL && out != NULL);
	struct care_case *x = mem_new(struct care_case);
	struct case_now *n = &x->now;
	int64_t marks = row_i(row, CASE_MARKS);

	heap_node_init(&x->due);
	x->id = (uint64_t)row_i(row, CASE_ID);
	n->version = (uint64_t)row_i(row, CASE_VERSION);
	x->opened_ms = row_i(row, CASE_OPENED_MS);
	n->due_ms = row_i(row, CASE_DUE_MS);
	n->replied_ms = row_i(row, CASE_REPLIED_MS);
	n->visible_ms = row_i(row, CASE_VISIBLE_MS);
	n->closed_ms = row_i(row, CASE_CLOSED_MS);
	n->alarms = case_marks_alarms(marks);
	n->escalated = case_marks_escalated(marks);
	x->zh = ((unsigned)marks & MARK_ZH) != 0;
	n->rated = ((unsigned)marks & MARK_RATED) != 0;
	n->satisfied = ((unsigned)marks & MARK_SATISFIED) != 0;
	n->answered =
		((unsigned)marks & MARK_ANSWERED) != 0 || n->replied_ms != 0;
	n->refund_fen = row_i(row, CASE_REFUND_FEN);
	n->resurvey = (uint64_t)row_i(row, CASE_RESURVEY);
	n->solved = row_i(row, CASE_SOLVED) != 0;
	if (read_names(row, x) != 0) {
		case_free(&x);
		return -EBADMSG;
	}
	*out = x;
	return 0;
}
