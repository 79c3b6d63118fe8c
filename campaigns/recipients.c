/* Rows of recipients and their counts. */
#include "campaigns/recipients.h"

#include <string.h>

#include "base/mem.h"

const char *recipient_state_name(enum recipient_state s)
{
	static const char *const names[RECIPIENT_STATES] = {
		"ready", "suppressed", "deferred", "claimed"
	};

	must((unsigned)s < RECIPIENT_STATES);
	return names[s];
}

void recipient_put(struct store *s, uint64_t campaign, int64_t run,
		   const struct recipient *r, const struct person_row *p)
{
	const struct cell cells[] = {
		CELL_I(campaign),   CELL_I(run),        CELL_I(r->n),
		CELL_T(p->address), CELL_I(p->contact), CELL_I(r->arm),
		CELL_I(r->state),   CELL_T(r->reason),  CELL_I(r->due_ms),
		CELL_I(r->message), CELL_T(r->detail),
	};

	store_put(s, STORE_RECIPIENT_PUT, cells, ARRAY_LEN(cells));
}

void recipient_tally_add(struct recipient_tally *t, enum recipient_state state,
			 struct str reason, int64_t delta)
{
	unsigned i = 0;

	must(t != NULL);
	while (i < t->n &&
	       (t->v[i].state != state || !str_eqz(reason, t->v[i].reason)))
		i++;
	/* Reasons are a few dozen words; what does not fit has none. */
	if (i == t->n && t->n == TALLY_ROWS_MAX)
		i = state;
	if (i == t->n) {
		t->v[t->n] = (struct recipient_count){ .state = state };
		IGNORE(str_copy(t->v[t->n].reason, sizeof(t->v[0].reason),
				reason));
		t->n++;
	}
	t->v[i].n += delta;
	t->v[i].dirty = true;
}

int64_t recipient_tally_of(const struct recipient_tally *t,
			   enum recipient_state state)
{
	int64_t sum = 0;

	must(t != NULL);
	for (unsigned i = 0; i < t->n; i++)
		sum += t->v[i].state == state ? t->v[i].n : 0;
	return sum;
}

int64_t recipient_tally_all(const struct recipient_tally *t)
{
	int64_t sum = 0;

	for (unsigned i = 0; i < RECIPIENT_STATES; i++)
		sum += recipient_tally_of(t, (enum recipient_state)i);
	return sum;
}

void recipient_tally_put(struct recipient_tally *t, struct store *s,
			 uint64_t campaign, int64_t run)
{
	must(t != NULL && s != NULL);
	for (unsigned i = 0; i < t->n; i++) {
		const struct recipient_count *c = &t->v[i];
		const struct cell cells[] = { CELL_I(campaign), CELL_I(run),
					      CELL_I(c->state),
					      CELL_Z(c->reason), CELL_I(c->n) };
		if (c->dirty)
			store_put(s, STORE_CAMPAIGN_TALLY_PUT, cells,
				  ARRAY_LEN(cells));
		t->v[i].dirty = false;
	}
}

bool recipients_add(struct recipients *p, const struct row *row)
{
	must(p != NULL && p->n < RECIPIENTS_PAGE);

	struct recipient *r = &p->v[p->n];

	*r = (struct recipient){
		.n = row_i(row, 0),
		.arm = (unsigned)row_i(row, 2),
		.state = (enum recipient_state)row_i(row, 3),
		.due_ms = row_i(row, 5),
		.message = (uint64_t)row_i(row, 6),
	};
	IGNORE(str_copy(p->reasons[p->n], sizeof(p->reasons[0]),
			row_s(row, 4)));
	r->reason = str_of(p->reasons[p->n]);
	IGNORE(people_add(&p->people, (uint64_t)row_i(row, 1), row, 7) == NULL);
	return ++p->n < RECIPIENTS_PAGE;
}
