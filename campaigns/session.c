/* The states of a session, and its row. */
#include "campaigns/session.h"

#include <errno.h>
#include <string.h>

#include "base/fsm.h"
#include "base/mem.h"

#define CLOSED                                              \
	(BIT(SESSION_SUPERSEDED) | BIT(SESSION_CANCELLED) | \
	 BIT(SESSION_REFUSED) | BIT(SESSION_UNRESPONSIVE))

/* Events are not checked here: who moves a session has asked session_may. */
static const struct fsm_state states[SESSION_STATES] = {
	[SESSION_CREATED] = { "created", 0,
			      CLOSED | BIT(SESSION_GATED) |
				      BIT(SESSION_INVITED) |
				      BIT(SESSION_CONTACTED) |
				      BIT(SESSION_STARTED) |
				      BIT(SESSION_COMPLETED) |
				      BIT(SESSION_UNREACHABLE),
			      0 },
	[SESSION_GATED] = { "gated", 0,
			    CLOSED | BIT(SESSION_CREATED) |
				    BIT(SESSION_INVITED) |
				    BIT(SESSION_CONTACTED) |
				    BIT(SESSION_UNREACHABLE),
			    0 },
	[SESSION_INVITED] = { "invited", 0,
			      CLOSED | BIT(SESSION_CONTACTED) |
				      BIT(SESSION_STARTED) |
				      BIT(SESSION_COMPLETED) |
				      BIT(SESSION_UNREACHABLE),
			      0 },
	[SESSION_CONTACTED] = { "contacted", 0,
				CLOSED | BIT(SESSION_STARTED) |
					BIT(SESSION_COMPLETED),
				0 },
	[SESSION_STARTED] = { "started", 0,
			      BIT(SESSION_COMPLETED) | BIT(SESSION_BREAKOFF) |
				      BIT(SESSION_SUPERSEDED) |
				      BIT(SESSION_CANCELLED),
			      0 },
	[SESSION_COMPLETED] = { "completed", 0, 0, 0 },
	/* a receipt may come late and be a better one */
	[SESSION_UNREACHABLE] = { "unreachable", 0,
				  BIT(SESSION_CONTACTED) |
					  BIT(SESSION_STARTED) |
					  BIT(SESSION_COMPLETED),
				  0 },
	[SESSION_UNRESPONSIVE] = { "unresponsive", 0, 0, 0 },
	[SESSION_BREAKOFF] = { "breakoff", 0, 0, 0 },
	[SESSION_REFUSED] = { "refused", 0, 0, 0 },
	[SESSION_SUPERSEDED] = { "superseded", 0, 0, 0 },
	[SESSION_CANCELLED] = { "cancelled", 0, 0, 0 },
};

const char *session_state_name(enum session_state s)
{
	must((unsigned)s < SESSION_STATES);
	return states[s].name;
}

int session_state_parse(struct str s, enum session_state *out)
{
	must(out != NULL);
	for (unsigned i = 0; i < SESSION_STATES; i++) {
		if (!str_eqz(s, states[i].name))
			continue;
		*out = (enum session_state)i;
		return 0;
	}
	return -EBADMSG;
}

bool session_open(enum session_state s)
{
	return s == SESSION_CREATED || s == SESSION_GATED ||
	       s == SESSION_INVITED || s == SESSION_CONTACTED ||
	       s == SESSION_STARTED;
}

bool session_may(enum session_state from, enum session_state to)
{
	must((unsigned)from < SESSION_STATES && (unsigned)to < SESSION_STATES);
	return (states[from].next & BIT(to)) != 0;
}

void session_move(struct session *s, enum session_state to, int64_t now_ms)
{
	must(s != NULL && session_may(s->now.state, to));
	s->now.state = to;
	if (to == SESSION_STARTED && s->now.started_ms == 0)
		s->now.started_ms = now_ms;
	if (!session_open(to))
		s->now.closed_ms = now_ms;
}

void session_free(struct session **sp)
{
	struct session *s = TAKE(*sp);

	if (s == NULL)
		return;
	mem_free(s->address);
	mem_free(s->ref);
	mem_free(s->vars);
	mem_free(s->branch);
	unsaved_done(&s->unsaved);
	mem_free(s);
}

/* ---- rows ---------------------------------------------------------------- */

/* "3:1:sms -1:0 ...": what was answered to each question, how often, and on
 * which channel, if that is known. */
static void put_given(const struct session *s, const struct survey_channels *c,
		      struct buf *out)
{
	for (unsigned i = 0; i < SURVEY_QUESTIONS_MAX; i++) {
		const char *channel = survey_channel_name(c, s->now.channel[i]);

		buf_f(out, "%s%d:%u%s%s", i == 0 ? "" : " ", s->now.given[i],
		      s->now.edits[i], channel[0] == '\0' ? "" : ":", channel);
	}
}

static int read_given(struct str text, struct survey_channels *c,
		      struct session *s)
{
	for (unsigned i = 0; i < SURVEY_QUESTIONS_MAX; i++) {
		struct str pair, option, edits;
		uint64_t o = 0, e;

		text = str_cut(text, ' ', &pair);
		edits = str_cut(pair, ':', &option);
		s->now.channel[i] =
			survey_channel(c, str_cut(edits, ':', &edits));
		bool none = str_eqz(option, "-1");

		if ((!none && str_u64(option, ANSWER_OPTIONS_MAX, &o) != 0) ||
		    str_u64(edits, UINT16_MAX, &e) != 0)
			return -EBADMSG;
		s->now.given[i] = none ? SESSION_UNANSWERED : (int8_t)o;
		s->now.edits[i] = (uint16_t)e;
	}
	return 0;
}

void session_cells(const struct session *s, const struct survey_channels *c,
		   struct buf *given, struct cell cells[SESSION_CELLS])
{
	must(s != NULL && c != NULL && given != NULL);
	put_given(s, c, given);
	const struct cell v[SESSION_CELLS] = {
		CELL_Z(s->survey->tenant),
		CELL_Z(s->survey->id),
		CELL_I(s->id),
		CELL_I(s->survey->version),
		CELL_Z(s->address),
		CELL_Z(s->ref),
		CELL_Z(s->vars),
		CELL_Z(s->zh ? "zh" : "en"),
		CELL_Z(session_state_name(s->now.state)),
		CELL_Z(s->now.reason),
		CELL_I(s->now.question),
		CELL_I(s->now.reprompts),
		CELL_I(s->now.answered),
		CELL_I(s->now.reminded | s->now.flagged << 1 |
		       s->now.late << 2 |
		       (s->elsewhere ? SESSION_ELSEWHERE : 0) |
		       (s->of_campaign ? SESSION_OF_CAMPAIGN : 0)),
		CELL_I(s->now.unparsed),
		CELL_I(s->now.message),
		CELL_I(s->created_ms),
		CELL_I(s->now.contacted_ms),
		CELL_I(s->now.started_ms),
		CELL_I(s->now.closed_ms),
		CELL_I(s->now.expires_ms),
		CELL_T(buf_str(given)),
		CELL_Z(s->branch),
	};

	memcpy(cells, v, sizeof(v));
}

struct str session_row_tenant(const struct row *r)
{
	return row_s(r, 0);
}

struct str session_row_survey(const struct row *r)
{
	return row_s(r, 1);
}

unsigned session_row_version(const struct row *r)
{
	return (unsigned)row_i(r, 3);
}

int session_from_row(const struct row *r, struct survey_channels *c,
		     struct session **out)
{
	must(r != NULL && c != NULL && out != NULL);
	AUTO(session_free) struct session *s = mem_new(struct session);
	struct session_now *n = &s->now;

	heap_node_init(&s->due);
	s->id = (uint64_t)row_i(r, 2);
	s->address = str_z(row_s(r, 4));
	s->ref = str_z(row_s(r, 5));
	s->vars = str_z(row_s(r, 6));
	s->branch = str_z(row_s(r, 22));
	s->zh = str_eqz(row_s(r, 7), "zh");
	s->elsewhere = ((uint64_t)row_i(r, 13) & SESSION_ELSEWHERE) != 0;
	s->of_campaign = ((uint64_t)row_i(r, 13) & SESSION_OF_CAMPAIGN) != 0;
	n->question = (uint8_t)row_i(r, 10);
	n->reprompts = (uint8_t)row_i(r, 11);
	n->answered = (uint8_t)row_i(r, 12);
	n->reminded = (row_i(r, 13) & 1) != 0;
	n->flagged = (row_i(r, 13) & 2) != 0;
	n->late = (uint8_t)((uint64_t)row_i(r, 13) >> 2);
	n->unparsed = (uint16_t)row_i(r, 14);
	n->message = (uint64_t)row_i(r, 15);
	s->created_ms = row_i(r, 16);
	n->contacted_ms = row_i(r, 17);
	n->started_ms = row_i(r, 18);
	n->closed_ms = row_i(r, 19);
	n->expires_ms = row_i(r, 20);
	if (session_state_parse(row_s(r, 8), &n->state) != 0 ||
	    str_copy(n->reason, sizeof(n->reason), row_s(r, 9)) != 0 ||
	    n->question >= SURVEY_QUESTIONS_MAX ||
	    read_given(row_s(r, 21), c, s) != 0)
		return -EBADMSG;
	*out = TAKE(s);
	return 0;
}
