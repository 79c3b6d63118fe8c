/* Tenant by tenant: pages of contacts, then what the month had, then the
 * difference. */
#include "gateway/headcount.h"

#include "base/map.h"
#include "base/mem.h"
#include "model/measure.h"

enum {
	HEADCOUNT_PAGE = 1000,      /* contacts of one read */
	HEADCOUNT_PAUSE_MS = 200,   /* between two: it is never in a hurry */
	HEADCOUNT_LOOK_MS = 60000,  /* is it another day? */
	HEADCOUNT_CELLS_MAX = 4096, /* branches and tiers told apart */
	HEADCOUNT_LINES_MAX = 64,   /* business lines told apart */
};

/* Kinds of cells. What is counted of a line beside those who have agreed to
 * all of them is kept as the difference until the end. */
enum head_kind { HEADS_ACTIVE, HEADS_LINE, HEADS_ANY, HEAD_KINDS };

static const char *const names[HEADS_ANY] = {
	[HEADS_ACTIVE] = "contact.active",
	[HEADS_LINE] = "contact.line",
};

/* An address of a contact, or a contact without one, between the reader's
 * thread and the loop. */
struct head {
	uint64_t id;
	bool active;
	size_t at; /* in the bytes: branch tier channel address */
	size_t branch, tier, channel, address; /* their lengths */
};

/* Of a branch and tier. */
struct head_cell {
	int64_t n, sum;
};

struct headcount {
	struct headcount_env env;
	struct loop_timer *timer;
	bool stopped, busy, paused;
	char day[MEASURE_DAY]; /* the last that was counted */
	int64_t at_ms;         /* of this count */
	unsigned tenant;
	uint64_t after;     /* contacts up to this one are counted */
	struct dict *cells; /* kind, branch, tier, line -> struct head_cell */
	struct dict *lines; /* names of business lines */
	enum head_kind had; /* what is read of the month */
	struct head *heads; /* a page */
	size_t n, cap;
	unsigned contacts; /* of it */
	bool more;
	struct buf bytes, key;
};

static void next_tenant(struct headcount *h);

/* ---- cells ------------------------------------------------------------------ */

static struct head_cell *cell_of(struct headcount *h, enum head_kind kind,
				 struct str branch, struct str tier,
				 struct str line)
{
	struct head_cell *c;

	buf_reset(&h->key);
	buf_c(&h->key, (char)('0' + kind));
	buf_str_put(&h->key, branch);
	buf_c(&h->key, '\0');
	buf_str_put(&h->key, tier);
	buf_c(&h->key, '\0');
	buf_str_put(&h->key, line);
	c = dict_get(h->cells, buf_str(&h->key));
	if (c == NULL) {
		c = mem_new(struct head_cell);
		(void)dict_set(h->cells, buf_str(&h->key), c);
	}
	return c;
}

/* Reads a key. */
static enum head_kind key_read(struct str key, struct str *branch,
			       struct str *tier, struct str *line)
{
	struct str rest = str_cut(str_from(key, 1), '\0', branch);

	*line = str_cut(rest, '\0', tier);
	return (enum head_kind)(key.p[0] - '0');
}

static void cells_drop(struct headcount *h)
{
	size_t pos = 0;
	struct str key;
	void *cell;

	while (h->cells != NULL && dict_next(h->cells, &pos, &key, &cell))
		mem_free(cell);
	dict_free(&h->cells);
	dict_free(&h->lines);
}

/* ---- a count ---------------------------------------------------------------- */

static void rest(struct headcount *h)
{
	cells_drop(h);
	buf_done(&h->bytes);
	buf_init(&h->bytes, BUF_NO_LIMIT);
	mem_clear(&h->heads);
	h->n = h->cap = 0;
	h->busy = h->paused = false;
	if (!h->stopped)
		loop_timer_set(h->timer, HEADCOUNT_LOOK_MS);
}

/* What could not be read is counted at the next look. */
static bool go_on(struct headcount *h, int rc)
{
	if (rc == 0 && !h->stopped)
		return true;
	rest(h);
	return false;
}

static void on_stored(void *owner, int rc)
{
	struct headcount *h = owner;

	if (rc == 0)
		measure_day(h->at_ms, h->day);
	rest(h);
}

/* "*" is what holds for the numbers of all tenants. */
static struct str tenant_of(const struct headcount *h)
{
	const char *name = gateway_known_tenant(h->env.gateway, h->tenant);

	return name == NULL ? STR_NONE : str_of(name);
}

/* ---- what the month had ------------------------------------------------------ */

/* On the reader's thread: "branch tier detail n sum". */
static bool show_had(void *owner, const struct row *row)
{
	struct headcount *h = owner;
	int64_t n = row_i(row, 3), sum = row_i(row, 4);

	if (n != 0 || sum != 0) {
		struct head_cell *c = cell_of(h, h->had, row_s(row, 0),
					      row_s(row, 1), row_s(row, 2));

		c->n -= n;
		c->sum -= sum;
	}
	return true;
}

static void ask_had(struct headcount *h);

static void put_all(struct headcount *h)
{
	size_t pos = 0;
	struct str key;
	void *value;

	while (dict_next(h->cells, &pos, &key, &value)) {
		const struct head_cell *c = value;
		struct measure m = {
			.tenant = tenant_of(h),
			.at_ms = h->at_ms,
			.n = c->n,
			.sum = c->sum,
		};
		enum head_kind kind =
			key_read(key, &m.branch, &m.tier, &m.detail);

		if (kind >= HEADS_ANY || (c->n == 0 && c->sum == 0))
			continue;
		m.name = str_of(names[kind]);
		measure_put(h->env.store, &m);
	}
}

static void on_had(void *owner, int rc)
{
	struct headcount *h = owner;

	if (!go_on(h, rc))
		return;
	if (++h->had < HEADS_ANY) {
		ask_had(h);
		return;
	}
	put_all(h);
	h->tenant++;
	next_tenant(h);
}

static void ask_had(struct headcount *h)
{
	char day[MEASURE_DAY];

	measure_day(h->at_ms, day);
	const struct cell cells[] = { CELL_T(tenant_of(h)),
				      CELL_T(str_first(str_of(day),
						       MEASURE_MONTH)),
				      CELL_Z(names[h->had]) };

	h->env.store->ops->get(h->env.store, STORE_MEASURE_OF, cells,
			       ARRAY_LEN(cells), show_had, on_had, h);
}

/* ---- a page ------------------------------------------------------------------ */

enum { ROW_CHANNEL = 17, ROW_ADDRESS };

/* On the reader's thread: a row of STORE_PERSON_PAGE. */
static bool show_head(void *owner, const struct row *row)
{
	struct headcount *h = owner;
	struct contact c;

	contact_from_row(row, &c);
	if (h->n == 0 || h->heads[h->n - 1].id != c.id) {
		if (h->contacts == HEADCOUNT_PAGE) {
			h->more = true;
			return false;
		}
		h->contacts++;
	}
	if (h->n == h->cap) {
		h->cap = MAX(h->cap * 2, HEADCOUNT_PAGE);
		h->heads = mem_resize(h->heads, h->cap * sizeof(*h->heads));
	}
	struct str channel = row_s(row, ROW_CHANNEL);
	struct str address = row_s(row, ROW_ADDRESS);

	h->heads[h->n++] = (struct head){
		.id = c.id,
		.active = c.state == CONTACT_ACTIVE,
		.at = h->bytes.len,
		.branch = c.branch.len,
		.tier = c.tier.len,
		.channel = channel.len,
		.address = address.len,
	};
	buf_str_put(&h->bytes, c.branch);
	buf_str_put(&h->bytes, c.tier);
	buf_str_put(&h->bytes, channel);
	buf_str_put(&h->bytes, address);
	return true;
}

static struct str bytes_of(const struct headcount *h, const struct head *one,
			   size_t at, size_t len)
{
	return str_bytes(h->bytes.p + one->at + at, len);
}

static struct str address_of(const struct headcount *h, const struct head *one)
{
	return bytes_of(h, one, one->branch + one->tier + one->channel,
			one->address);
}

/* In any way; for that line, "": one that nobody spoke of. */
enum agreed { AGREED_ANY, AGREED_LINE };

static bool has_agreed(const struct headcount *h, const struct head *one,
		       enum agreed how, struct str line)
{
	struct str channel =
		bytes_of(h, one, one->branch + one->tier, one->channel);
	struct str address = address_of(h, one);

	return how == AGREED_ANY
		       ? gateway_may_promote(h->env.gateway, tenant_of(h),
					     address, channel)
		       : gateway_may_promote_line(h->env.gateway, tenant_of(h),
						  address, channel, line);
}

/* By one of the addresses [i, end) of one person. */
static bool person_agreed(const struct headcount *h, size_t i, size_t end,
			  enum agreed how, struct str line)
{
	while (i < end && !has_agreed(h, &h->heads[i], how, line))
		i++;
	return i < end;
}

/* ---- business lines ----------------------------------------------------------- */

/* Those that one person has said something of. */
struct spoken {
	struct headcount *h;
	struct str v[HEADCOUNT_LINES_MAX];
	unsigned n;
};

static void add_line(void *owner, struct str line)
{
	struct spoken *s = owner;
	struct dict *all = s->h->lines;

	for (unsigned i = 0; i < s->n; i++)
		if (str_eq(line, s->v[i]))
			return;
	if (dict_get(all, line) == NULL && dict_len(all) >= HEADCOUNT_LINES_MAX)
		return;
	IGNORE(dict_set(all, line, s->h) != NULL);
	if (s->n < HEADCOUNT_LINES_MAX)
		s->v[s->n++] = line;
}

/* Who has agreed to all of them is counted at the end for each; what somebody
 * has said of one line is the difference. */
static void count_lines(struct headcount *h, size_t i, size_t end,
			struct str branch, struct str tier)
{
	bool general = person_agreed(h, i, end, AGREED_LINE, STR_NONE);
	struct spoken s = { .h = h };

	for (size_t k = i; k < end; k++)
		gateway_consent_lines(h->env.gateway, tenant_of(h),
				      address_of(h, &h->heads[k]), add_line,
				      &s);
	cell_of(h, HEADS_ANY, branch, tier, STR_NONE)->sum += general;
	for (unsigned k = 0; k < s.n; k++)
		cell_of(h, HEADS_LINE, branch, tier, s.v[k])->sum +=
			(int)person_agreed(h, i, end, AGREED_LINE, s.v[k]) -
			(int)general;
}

/* Of a branch and tier, once all are counted. */
struct whole {
	struct str branch, tier;
	struct head_cell *cell;
};

static void finish_line(struct headcount *h, struct str line,
			const struct whole *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct head_cell *c =
			cell_of(h, HEADS_LINE, v[i].branch, v[i].tier, line);

		c->n += v[i].cell->n;
		c->sum +=
			cell_of(h, HEADS_ANY, v[i].branch, v[i].tier, STR_NONE)
				->sum;
	}
}

static void finish_lines(struct headcount *h)
{
	struct whole *v = mem_array(dict_len(h->cells) + 1, sizeof(*v));
	struct str key, line;
	size_t pos = 0, n = 0;
	void *value;

	while (dict_next(h->cells, &pos, &key, &value)) {
		v[n].cell = value;
		if (key_read(key, &v[n].branch, &v[n].tier, &line) ==
		    HEADS_ACTIVE)
			n++;
	}
	pos = 0;
	while (dict_next(h->lines, &pos, &line, &value))
		finish_line(h, line, v, n);
	mem_free(v);
}

/* ---- all of them ---------------------------------------------------------------- */

/* Of the addresses [i, end). More than can be told apart are of no branch and
 * no tier. */
static void count_person(struct headcount *h, size_t i, size_t end)
{
	const struct head *one = &h->heads[i];
	bool full = dict_len(h->cells) >= HEADCOUNT_CELLS_MAX;
	struct str branch = full ? STR_NONE : bytes_of(h, one, 0, one->branch);
	struct str tier =
		full ? STR_NONE : bytes_of(h, one, one->branch, one->tier);
	struct head_cell *c = cell_of(h, HEADS_ACTIVE, branch, tier, STR_NONE);

	c->n++;
	c->sum += person_agreed(h, i, end, AGREED_ANY, STR_NONE);
	count_lines(h, i, end, branch, tier);
}

/* Rows of one contact come together. */
static void count_page(struct headcount *h)
{
	for (size_t i = 0, end; i < h->n; i = end) {
		const struct head *one = &h->heads[i];

		for (end = i; end < h->n && h->heads[end].id == one->id;)
			end++;
		if (one->active)
			count_person(h, i, end);
	}
}

static void on_page(void *owner, int rc)
{
	struct headcount *h = owner;

	if (!go_on(h, rc))
		return;
	count_page(h);
	if (!h->more) {
		finish_lines(h);
		h->had = HEADS_ACTIVE;
		ask_had(h);
		return;
	}
	h->after = h->heads[h->n - 1].id;
	h->paused = true;
	loop_timer_set(h->timer, HEADCOUNT_PAUSE_MS);
}

static void ask_page(struct headcount *h)
{
	const struct cell cells[] = { CELL_T(tenant_of(h)), CELL_I(h->after),
				      CELL_I(0) };

	h->n = 0;
	h->contacts = 0;
	h->more = false;
	buf_reset(&h->bytes);
	h->env.store->ops->get(h->env.store, STORE_PERSON_PAGE, cells,
			       ARRAY_LEN(cells), show_head, on_page, h);
}

static void next_tenant(struct headcount *h)
{
	while (str_eqz(tenant_of(h), "*"))
		h->tenant++;
	if (tenant_of(h).len == 0) {
		store_then(h->env.store, on_stored, h);
		return;
	}
	cells_drop(h);
	h->cells = dict_new();
	h->lines = dict_new();
	h->after = 0;
	ask_page(h);
}

/* ---- when -------------------------------------------------------------------- */

void headcount_tick(struct headcount *h)
{
	char day[MEASURE_DAY];

	must(h != NULL);
	int64_t now_ms = clock_wall_ms(h->env.clock);

	measure_day(now_ms, day);
	if (h->stopped || h->busy || str_eqz(str_of(day), h->day) ||
	    h->env.store->ops->ready(h->env.store) != 0)
		return;
	h->busy = true;
	h->at_ms = now_ms;
	h->tenant = 0;
	next_tenant(h);
}

bool headcount_busy(const struct headcount *h)
{
	must(h != NULL);
	return h->busy;
}

static void on_timer(void *owner)
{
	struct headcount *h = owner;

	if (h->paused) {
		h->paused = false;
		ask_page(h);
		return;
	}
	headcount_tick(h);
	if (!h->busy)
		loop_timer_set(h->timer, HEADCOUNT_LOOK_MS);
}

void headcount_open(struct headcount **out, const struct headcount_env *env)
{
	must(out != NULL && env != NULL);

	struct headcount *h = mem_new(struct headcount);
	h->env = *env;
	buf_init(&h->bytes, BUF_NO_LIMIT);
	buf_init(&h->key, BUF_NO_LIMIT);
	h->timer = loop_timer_new(env->loop, on_timer, h);
	loop_timer_set(h->timer, HEADCOUNT_LOOK_MS);
	*out = h;
}

void headcount_stop(struct headcount *h)
{
	if (h == NULL || h->stopped)
		return;
	h->stopped = true;
	loop_timer_free(&h->timer);
}

void headcount_close(struct headcount **hp)
{
	struct headcount *h = TAKE(*hp);

	if (h == NULL)
		return;
	headcount_stop(h);
	rest(h);
	buf_done(&h->bytes);
	buf_done(&h->key);
	mem_free(h);
}
