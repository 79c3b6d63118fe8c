/* A short list of codes an address, newest first, and one by age of all. */
#include "gateway/codes.h"

#include <string.h>

#include "base/list.h"
#include "base/mem.h"

struct code {
	struct list age;   /* of all, oldest first */
	struct code *next; /* of this address */
	uint64_t key;      /* of the address */
	int64_t at_ms;
	unsigned number;
	char *address;
	char *tenant;
	char *thread;
};

struct codes {
	struct core *core;
	struct map *map; /* address_key -> struct code *, a list */
	struct list age;
	size_t len;
};

struct codes *codes_new(struct core *core)
{
	must(core != NULL);
	struct codes *c = mem_new(struct codes);

	c->core = core;
	c->map = map_new();
	list_init(&c->age);
	return c;
}

static void code_free(struct codes *c, struct code *x)
{
	struct code *first = map_ptr(c->map, x->key), **at = &first;

	while (*at != x)
		at = &(*at)->next;
	*at = x->next;
	if (first == NULL)
		IGNORE(map_del(c->map, x->key, NULL));
	else
		map_set_ptr(c->map, x->key, first);
	list_remove(&x->age);
	c->len--;
	mem_free(x->address);
	mem_free(x->tenant);
	mem_free(x->thread);
	mem_free(x);
}

void codes_free(struct codes **cp)
{
	must(cp != NULL);
	struct codes *c = TAKE(*cp);

	if (c == NULL)
		return;
	LIST_EACH_SAFE (it, &c->age)
		code_free(c, LIST_ITEM(it, struct code, age));
	map_free(&c->map);
	mem_free(c);
}

static struct code *code_new(struct codes *c, uint64_t key, unsigned number,
			     struct str address, struct str tenant,
			     struct str thread)
{
	struct code *x = mem_new(struct code);

	x->key = key;
	x->number = number;
	x->address = str_z(address);
	x->tenant = str_z(tenant);
	x->thread = str_z(thread);
	x->next = map_ptr(c->map, key);
	map_set_ptr(c->map, key, x);
	list_append(&c->age, &x->age);
	c->len++;
	return x;
}

static struct code *find_thread(const struct codes *c, uint64_t key,
				struct str tenant, struct str thread)
{
	struct code *x = map_ptr(c->map, key);

	while (x != NULL &&
	       (!str_eqz(tenant, x->tenant) || !str_eqz(thread, x->thread)))
		x = x->next;
	return x;
}

static struct code *find_number(const struct codes *c, uint64_t key,
				unsigned number)
{
	struct code *x = map_ptr(c->map, key);

	while (x != NULL && x->number != number)
		x = x->next;
	return x;
}

/* ---- giving --------------------------------------------------------------- */

static void drop(struct codes *c, struct code *x)
{
	struct cell cells[] = { CELL_T(str_of(x->address)), CELL_I(x->number) };

	c->core->store->ops->put(c->core->store, STORE_REPLY_CODE_DROP, cells,
				 ARRAY_LEN(cells));
	code_free(c, x);
}

static void put(struct codes *c, const struct code *x)
{
	struct cell cells[] = { CELL_T(str_of(x->address)), CELL_I(x->number),
				CELL_T(str_of(x->tenant)),
				CELL_T(str_of(x->thread)), CELL_I(x->at_ms) };

	c->core->store->ops->put(c->core->store, STORE_REPLY_CODE_PUT, cells,
				 ARRAY_LEN(cells));
}

/* The lowest number that is free, so that few digits will do; the oldest code
 * of the person makes room when there is none. */
static unsigned free_number(struct codes *c, uint64_t key)
{
	unsigned max = (unsigned)c->core->cfg->reply_codes, n;
	struct code *oldest = NULL;

	for (n = 1; n <= max && find_number(c, key, n) != NULL; n++)
		;
	if (n <= max)
		return n;
	for (struct code *x = map_ptr(c->map, key); x != NULL; x = x->next)
		if (oldest == NULL || x->at_ms < oldest->at_ms)
			oldest = x;
	must(oldest != NULL);
	n = oldest->number;
	drop(c, oldest);
	return n;
}

void codes_give(struct codes *c, const struct message *m)
{
	must(c != NULL && m != NULL && m->thread.len > 0);
	uint64_t key = address_key(STR_NONE, m->to);
	struct code *x = find_thread(c, key, m->tenant, m->thread);

	if (x == NULL) {
		unsigned n = free_number(c, key);

		if (c->len >= (size_t)c->core->cfg->reply_codes_max)
			drop(c, LIST_ITEM(c->age.next, struct code, age));
		x = code_new(c, key, n, m->to, m->tenant, m->thread);
	}
	x->at_ms = core_wall_ms(c->core);
	list_remove(&x->age);
	list_append(&c->age, &x->age);
	/* each time: a batch before may not have been stored */
	put(c, x);
}

/* ---- on the wire ---------------------------------------------------------- */

static unsigned limit_of(unsigned digits)
{
	unsigned n = 1;

	while (digits-- > 0)
		n *= 10;
	return n;
}

struct str codes_sender(const struct codes *c, const struct lane *lane,
			const struct message *m, char out[ADDRESS_MAX])
{
	must(c != NULL && lane != NULL && m != NULL && out != NULL);
	const struct code *x;

	if (m->thread.len == 0 || lane->reply_digits == 0 ||
	    (m->from.len > 0 && !str_eqz(m->from, lane->source)))
		return m->from;
	x = find_thread(c, address_key(STR_NONE, m->to), m->tenant, m->thread);
	if (x == NULL || x->number >= limit_of(lane->reply_digits))
		return m->from;
	(void)snprintf(out, ADDRESS_MAX, "%s%0*u", lane->source,
		       (int)lane->reply_digits, x->number);
	return str_of(out);
}

static struct str without_plus(struct str s)
{
	return s.len > 0 && s.p[0] == '+' ? str_from(s, 1) : s;
}

/* The code behind the lane's short code in one of our numbers; 0: none. */
static unsigned code_in(const struct lane *lane, struct str to)
{
	struct str number = without_plus(to);
	struct str source = without_plus(str_of(lane->source));
	uint64_t n = 0;

	if (lane->reply_digits == 0 ||
	    number.len != source.len + lane->reply_digits ||
	    !str_eq(str_first(number, source.len), source) ||
	    str_u64(str_from(number, source.len), UINT32_MAX, &n) != 0)
		return 0;
	return (unsigned)n;
}

bool codes_read(const struct codes *c, const struct lane *lane,
		struct inbound *in, struct str *base)
{
	must(c != NULL && lane != NULL && in != NULL && base != NULL);
	unsigned number = code_in(lane, in->to);
	const struct code *x;

	if (number == 0)
		return false;
	x = find_number(c, address_key(STR_NONE, in->from), number);
	if (x == NULL ||
	    (in->tenant.len > 0 && !str_eqz(in->tenant, x->tenant)))
		return false;
	in->thread = str_of(x->thread);
	in->tenant = str_of(x->tenant);
	*base = str_of(lane->source);
	return true;
}

/* ---- over time ------------------------------------------------------------ */

void codes_recover(struct codes *c, const struct row *row)
{
	must(c != NULL && row != NULL);
	struct str address = row_s(row, 0);
	uint64_t key = address_key(STR_NONE, address);
	unsigned number = (unsigned)row_i(row, 1);

	if (find_number(c, key, number) == NULL)
		code_new(c, key, number, address, row_s(row, 2), row_s(row, 3))
			->at_ms = row_i(row, 4);
}

void codes_forget(struct codes *c, struct str tenant, struct str address)
{
	must(c != NULL);
	struct code *x = map_ptr(c->map, address_key(STR_NONE, address)), *next;

	for (; x != NULL; x = next) {
		next = x->next;
		if (str_eqz(tenant, x->tenant) && str_eqz(address, x->address))
			drop(c, x);
	}
}

void codes_tick(struct codes *c)
{
	must(c != NULL);
	int64_t before = core_wall_ms(c->core) - c->core->cfg->reply_keep;

	LIST_EACH_SAFE (it, &c->age) {
		struct code *x = LIST_ITEM(it, struct code, age);

		if (x->at_ms > before)
			return;
		drop(c, x);
	}
}
