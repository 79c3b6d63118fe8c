/* Reads of kept counts. */
#include "campaigns/counts.h"

#include <string.h>

#include "base/mem.h"

#define PILOT "-pilot"

void counts_pilot_label(const struct campaign *m, char out[PILOT_LABEL_MAX])
{
	must(m != NULL && out != NULL);
	snprintf(out, PILOT_LABEL_MAX, "%s" PILOT, m->label);
}

struct counts {
	struct campaigns *c;
	struct campaign *m;
	bool pilot;
	int64_t v[MESSAGE_STATES];
};

static bool counts_show(void *owner, const struct row *row)
{
	struct counts *n = owner;
	int64_t state = row_i(row, 1);

	if (state >= 0 && state < MESSAGE_STATES)
		n->v[state] = row_i(row, 2);
	return true;
}

/* People begun with in the last second, smoothed. */
static void counts_rate(struct campaign *m)
{
	int64_t now = recipient_tally_of(&m->tally, RECIPIENT_CLAIMED);
	double fresh = (double)MAX(now - m->rate_claimed, 0);

	m->rate = m->rate == 0 ? fresh : m->rate * 0.7 + fresh * 0.3;
	m->rate_claimed = now;
}

static void counts_came(void *owner, int rc)
{
	struct counts *n = owner;

	n->c->reads--;
	n->m->counting = false;
	if (rc == 0)
		memcpy(n->pilot ? n->m->pilots : n->m->messages, n->v,
		       sizeof(n->v));
	mem_free(n);
}

/* Outcomes still come in. */
static bool under_way(const struct campaign *m)
{
	return m->state >= CAMPAIGN_RUNNING && m->state <= CAMPAIGN_DRAINING;
}

/* Receipts may be late, also after the end. */
#define LATE_MS (int64_t)3600000

void counts_read(struct campaigns *c, struct campaign *m)
{
	bool pilot = m->life.pilot != NULL && m->life.pilot_by == NULL;
	char label[PILOT_LABEL_MAX];
	bool late = campaign_state_final(m->state) && m->life.run > 0 &&
		    campaigns_now(c) - m->life.ended_ms < LATE_MS;

	must(c != NULL && m != NULL);
	if (under_way(m))
		counts_rate(m);
	else
		m->rate = 0;
	if (m->counting || !(under_way(m) || late || pilot))
		return;

	struct counts *n = mem_new(struct counts);
	n->c = c;
	n->m = m;
	n->pilot = pilot;
	counts_pilot_label(m, label);
	const struct cell cell = CELL_Z(pilot ? label : m->label);
	m->counting = true;
	c->reads++;
	c->store->ops->get(c->store, STORE_CAMPAIGN_COUNT, &cell, 1,
			   counts_show, counts_came, n);
}

static bool counts_show_all(void *owner, const struct row *row)
{
	struct campaigns *c = owner;
	struct str name = row_s(row, 0), label;
	int64_t state = row_i(row, 1);
	struct campaign *m = NULL;
	uint64_t id;

	label = str_first(name, ID_TEXT - 1);
	if (id_parse(label, &id) == 0)
		m = campaigns_find(c, STR_NONE, id);
	if (m == NULL || state < 0 || state >= MESSAGE_STATES)
		return true;
	if (name.len == label.len)
		m->messages[state] = row_i(row, 2);
	else if (str_eqz(str_from(name, label.len), PILOT))
		m->pilots[state] = row_i(row, 2);
	return true;
}

int counts_scan(struct campaigns *c, struct err *err)
{
	must(c != NULL);
	int rc = c->store->ops->scan(c->store, STORE_CAMPAIGN_COUNT_SCAN, NULL,
				     0, counts_show_all, c);
	if (rc != 0)
		return err_set(err, rc,
			       "the counts of campaigns cannot be read");
	return 0;
}
