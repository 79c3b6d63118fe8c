/* A count a tenant, of one day. */
#include "campaigns/quota.h"

#include "base/mem.h"

#define DAY_MS 86400000

struct quota {
	struct dict *days; /* by tenant */
};

struct day {
	int64_t day, begun;
};

struct quota *quota_new(void)
{
	struct quota *q = mem_new(struct quota);

	q->days = dict_new();
	return q;
}

void quota_free(struct quota **qp)
{
	must(qp != NULL);

	struct quota *q = TAKE(*qp);
	struct str tenant;
	size_t pos = 0;
	void *day;

	if (q == NULL)
		return;
	while (dict_next(q->days, &pos, &tenant, &day))
		mem_free(day);
	dict_free(&q->days);
	mem_free(q);
}

static struct day *day_of(struct quota *q, struct str tenant)
{
	struct day *d = dict_get(q->days, tenant);

	if (d == NULL) {
		d = mem_new(struct day);
		IGNORE(dict_set(q->days, tenant, d) != NULL);
	}
	return d;
}

void quota_recover(struct quota *q, const struct row *row)
{
	must(q != NULL && row != NULL);
	*day_of(q, row_s(row, 0)) =
		(struct day){ row_i(row, 1), row_i(row, 2) };
}

int64_t quota_left(const struct campaigns *c, struct str tenant)
{
	const struct day *d;
	int64_t begun;

	must(c != NULL);
	if (c->cfg->quota == 0)
		return INT64_MAX;
	d = dict_get(c->quota->days, tenant);
	begun = d != NULL && d->day == campaigns_now(c) / DAY_MS ? d->begun : 0;
	return MAX(c->cfg->quota - begun, 0);
}

void quota_take(struct campaigns *c, struct str tenant, int64_t n)
{
	int64_t today = campaigns_now(c) / DAY_MS;
	struct day *d;

	must(c != NULL);
	if (c->cfg->quota == 0)
		return;
	d = day_of(c->quota, tenant);
	if (d->day != today)
		*d = (struct day){ .day = today };
	d->begun = MAX(d->begun + n, 0);
}

void quota_put(struct campaigns *c, struct str tenant)
{
	const struct day *d = dict_get(c->quota->days, tenant);

	if (d == NULL)
		return;
	const struct cell cells[] = { CELL_T(tenant), CELL_I(d->day),
				      CELL_I(d->begun) };

	store_put(c->store, STORE_QUOTA_PUT, cells, ARRAY_LEN(cells));
}
