/* Hashes of erased addresses: all in the store, a word of each in memory. */
#include "gateway/erased.h"

#include <errno.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/secret.h"
#include "model/address.h"

#define KEY_NAME "erased_key"

struct erased {
	struct core *core;
	struct map *map; /* first bytes of the hash -> ms */
	int64_t last_ms; /* the newest */
	uint8_t key[32];
	bool has_key;
};

struct erased *erased_new(struct core *core)
{
	struct erased *e = mem_new(struct erased);

	must(core != NULL);
	e->core = core;
	e->map = map_new();
	return e;
}

void erased_free(struct erased **ep)
{
	must(ep != NULL);
	if (*ep == NULL)
		return;
	map_free(&(*ep)->map);
	secret_wipe((*ep)->key, sizeof((*ep)->key));
	mem_free(*ep);
	*ep = NULL;
}

static uint64_t first_bytes(struct str hash)
{
	uint64_t word = 0;

	memcpy(&word, hash.p, MIN(hash.len, sizeof(word)));
	return word;
}

static void hash_of(const struct erased *e, struct str tenant,
		    struct str address, uint8_t out[32])
{
	struct buf in = { 0 };

	buf_init(&in, TENANT_MAX + 1 + ADDRESS_MAX);
	buf_str_put(&in, tenant);
	buf_c(&in, '\0');
	buf_str_put(&in, address);
	secret_keyed(str_bytes((const char *)e->key, sizeof(e->key)),
		     buf_str(&in), out);
	buf_done(&in);
}

/* ---- from the store ---------------------------------------------------------- */

static bool on_key(void *owner, const struct row *row)
{
	struct erased *e = owner;
	struct str key = row_s(row, 0);

	e->has_key = key.len == sizeof(e->key);
	if (e->has_key)
		memcpy(e->key, key.p, key.len);
	return true;
}

static void know(struct erased *e, struct str hash, int64_t at_ms)
{
	map_set(e->map, first_bytes(hash), (uint64_t)MAX(at_ms, 1));
	e->last_ms = MAX(e->last_ms, at_ms);
}

static bool on_hash(void *owner, const struct row *row)
{
	struct erased *e = owner;

	know(e, row_s(row, 0), row_i(row, 1));
	return true;
}

int erased_recover(struct erased *e, struct err *err)
{
	struct cell name = CELL_Z(KEY_NAME);
	struct store *s;
	int rc;

	must(e != NULL);
	s = e->core->store;
	rc = s->ops->scan(s, STORE_META_GET, &name, 1, on_key, e);
	if (rc == 0)
		rc = s->ops->scan(s, STORE_ERASED_SCAN, NULL, 0, on_hash, e);
	if (rc == 0 && !e->has_key && map_len(e->map) > 0)
		rc = -EBADMSG;
	return rc == 0 ? 0
		       : err_set(err, -EIO,
				 "what was erased cannot be read from the "
				 "store");
}

/* ---- asked and told ------------------------------------------------------------ */

static void key_make(struct erased *e)
{
	struct cell cells[2];

	secret_random(e->key, sizeof(e->key));
	e->has_key = true;
	cells[0] = CELL_Z(KEY_NAME);
	cells[1] = CELL_B(str_bytes((const char *)e->key, sizeof(e->key)));
	store_put(e->core->store, STORE_META_PUT, cells, ARRAY_LEN(cells));
}

/* What is kept of a person, table by table: what hangs on a row before it. A
 * table with a column for addresses has its row here, or a reason in the test
 * that looks for it. */
static const enum store_call theirs[] = {
	STORE_CASE_EVENT_ERASE,   STORE_CASE_ERASE,       STORE_CALLBACK_ERASE,
	STORE_CALLBACK_LINK_DROP, STORE_ORDER_ERASE,      STORE_ANSWER_ERASE,
	STORE_SESSION_ERASE,      STORE_REMINDER_ERASE,   STORE_EVENT_ERASE,
	STORE_MARK_ERASE,         STORE_SUSPENSION_ERASE, STORE_RECIPIENT_ERASE,
	STORE_ONCALL_ERASE,       STORE_ONCALL_CUT,       STORE_FINDING_CUT,
	STORE_TOUCH_ERASE,        STORE_UNANSWERED_ERASE, STORE_ALERT_ERASE,
};

static void rows_erase(struct erased *e, struct str tenant, struct str address)
{
	const struct cell cells[] = { CELL_T(tenant), CELL_T(address) };

	must(address.len > 0);
	for (size_t i = 0; i < ARRAY_LEN(theirs); i++)
		store_put(e->core->store, theirs[i], cells, ARRAY_LEN(cells));
	store_put(e->core->store, STORE_SCRUB, NULL, 0);
}

void erased_put(struct erased *e, struct str tenant, struct str address)
{
	uint8_t hash[32];

	must(e != NULL);
	if (!e->has_key)
		key_make(e);
	hash_of(e, tenant, address, hash);
	struct str bytes = str_bytes((const char *)hash, sizeof(hash));
	struct cell cells[] = { CELL_B(bytes), CELL_I(core_wall_ms(e->core)) };

	know(e, bytes, cells[1].i);
	store_put(e->core->store, STORE_ERASED_PUT, cells, ARRAY_LEN(cells));
	rows_erase(e, tenant, address);
}

int64_t erased_at(struct erased *e, struct str tenant, struct str address)
{
	uint8_t hash[32];
	uint64_t at_ms = 0;

	must(e != NULL);
	if (map_len(e->map) == 0)
		return 0;
	hash_of(e, tenant, address, hash);
	IGNORE(map_get(e->map,
		       first_bytes(str_bytes((const char *)hash, sizeof(hash))),
		       &at_ms));
	return (int64_t)at_ms;
}

int64_t erased_last(const struct erased *e)
{
	must(e != NULL);
	return e->last_ms;
}
