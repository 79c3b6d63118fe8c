/* Keys in the meta table. */
#include "care/stored_key.h"

#include <errno.h>

#include "base/buf.h"
#include "base/secret.h"

static bool on_key(void *owner, const struct row *row)
{
	return str_copy(owner, STORED_KEY, row_s(row, 0)) == 0;
}

static void make_key(struct store *s, struct cell name, char *out)
{
	uint8_t key[(STORED_KEY - 1) / 2];
	struct buf hex = { 0 };

	secret_random(key, sizeof(key));
	buf_init(&hex, 2 * sizeof(key));
	secret_hex(key, sizeof(key), &hex);
	must(str_copy(out, STORED_KEY, buf_str(&hex)) == 0);
	struct cell cells[] = { name, CELL_Z(out) };

	store_put(s, STORE_META_PUT, cells, ARRAY_LEN(cells));
	secret_wipe(key, sizeof(key));
	secret_wipe(hex.p, hex.len);
	buf_done(&hex);
}

int stored_key(struct store *s, const char *name, char key[STORED_KEY],
	       struct err *err)
{
	must(s != NULL && name != NULL && key != NULL);
	struct cell cell = CELL_Z(name);
	int rc;

	key[0] = '\0';
	rc = s->ops->scan(s, STORE_META_GET, &cell, 1, on_key, key);
	if (rc != 0)
		return err_set(err, -EIO, "the key %s cannot be read", name);
	if (key[0] == '\0')
		make_key(s, cell, key);
	return 0;
}
