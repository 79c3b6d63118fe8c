/* One campaign: its stored form. */
#include "base/mem.h"
#include "campaigns/core.h"

#define ROW(type, field)                                   \
	{                                                  \
#field, type, offsetof(struct life, field) \
	}

/* The order is stored: new rows come at the end. */
static const struct form_row rows[] = {
	ROW(FORM_TEXT, author),        ROW(FORM_TEXT, approver),
	ROW(FORM_TEXT, editors),       ROW(FORM_TEXT, note),
	ROW(FORM_TEXT, audience_hash), ROW(FORM_TEXT, content_hash),
	ROW(FORM_TEXT, bound),         ROW(FORM_TEXT, rules),
	ROW(FORM_TEXT, pilot),         ROW(FORM_TEXT, pilot_by),
	ROW(FORM_TEXT, briefed_by),    ROW(FORM_TEXT, funnel),
	ROW(FORM_NUMBER, changes),     ROW(FORM_NUMBER, created_ms),
	ROW(FORM_NUMBER, approved_ms), ROW(FORM_NUMBER, briefed_ms),
	ROW(FORM_NUMBER, pilot_ms),    ROW(FORM_NUMBER, people),
	ROW(FORM_NUMBER, sendable),    ROW(FORM_NUMBER, parts),
	ROW(FORM_NUMBER, run),         ROW(FORM_NUMBER, started_ms),
	ROW(FORM_NUMBER, next_ms),     ROW(FORM_NUMBER, drained_ms),
	ROW(FORM_NUMBER, ended_ms),    ROW(FORM_NUMBER, optouts),
	ROW(FORM_NUMBER, complaints),  ROW(FORM_TEXT, filter),
	ROW(FORM_TEXT, branch),        ROW(FORM_TEXT, first),
	ROW(FORM_TEXT, first_name),    ROW(FORM_NUMBER, first_approved_ms),
};

const struct form life_form = { sizeof(struct life), rows, ARRAY_LEN(rows) };

/* For reports, in the month in which it was first approved (K-51). */
void campaign_count(struct campaigns *c, const struct campaign *m,
		    const char *name)
{
	must(c != NULL && m != NULL && name != NULL);
	const struct measure x = {
		.tenant = str_of(m->tenant),
		.at_ms = m->life.first_approved_ms,
		.name = str_of(name),
		.branch = str_of(m->life.branch),
		.department = campaign_department(c, m),
		.channel = str_of(m->spec.channel),
		.class_name = str_of(m->spec.class_name),
		.n = 1,
	};

	if (x.at_ms != 0)
		measure_put(c->store, &x);
}

/* A full disk: the beat tries again. */
static void on_put(void *owner, int rc)
{
	struct campaign *m = owner;

	if (rc != 0)
		m->dirty = true;
}

void campaign_put(struct campaigns *c, struct campaign *m)
{
	struct buf spec = { 0 }, life = { 0 };

	must(c != NULL && m != NULL);
	buf_init(&spec, BUF_NO_LIMIT);
	buf_init(&life, BUF_NO_LIMIT);
	form_encode(&spec_form, &m->spec, &spec);
	form_encode(&life_form, &m->life, &life);
	const struct cell cells[] = {
		CELL_I(m->id),          CELL_Z(m->tenant),
		CELL_I(m->version),     CELL_I(m->state),
		CELL_Z(m->reason),      CELL_B(buf_str(&spec)),
		CELL_B(buf_str(&life)), CELL_I(m->updated_ms),
	};
	m->dirty = false;
	store_put(c->store, STORE_CAMPAIGN_PUT, cells, ARRAY_LEN(cells));
	store_then(c->store, on_put, m);
	buf_done(&spec);
	buf_done(&life);
}

void progress_put(struct campaigns *c, struct campaign *m)
{
	const struct progress *p = &m->run;
	const struct cell cells[] = {
		CELL_I(m->id),      CELL_I(m->life.run),
		CELL_I(p->walked),  CELL_I(p->people),
		CELL_I(p->claimed), CELL_B(str_bytes(p->hash, 32)),
	};

	must(c != NULL && m != NULL);
	store_put(c->store, STORE_CAMPAIGN_RUN_PUT, cells, ARRAY_LEN(cells));
	recipient_tally_put(&m->tally, c->store, m->id, m->life.run);
}

static void event_put(struct campaigns *c, const struct campaign *m,
		      const char *action, struct str actor, struct str what)
{
	const struct cell cells[] = { CELL_I(m->id),         CELL_I(m->version),
				      CELL_I(m->updated_ms), CELL_T(actor),
				      CELL_Z(action),        CELL_T(what) };

	store_put(c->store, STORE_CAMPAIGN_EVENT_APPEND, cells,
		  ARRAY_LEN(cells));
}

void campaign_note(struct campaigns *c, struct campaign *m, const char *action,
		   struct str actor, struct str what)
{
	must(c != NULL && m != NULL);
	m->version++;
	m->updated_ms = campaigns_now(c);
	campaign_put(c, m);
	event_put(c, m, action, actor, what);
}
