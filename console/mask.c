/* What is left of an address. */
#include "console/mask.h"

#include "proto/json.h"

/* The country and the last two digits help people to recognise their own
 * number; of anything shorter nothing is left. */
void mask_put(struct buf *b, struct str address)
{
	must(b != NULL);
	if (address.len < 9) {
		buf_z(b, "…**");
		return;
	}
	/* Not inside a character: addresses of other channels may be UTF-8. */
	size_t head = 4, tail = address.len - 2;
	while (head > 0 && (address.p[head] & 0xc0) == 0x80)
		head--;
	while (tail > head && (address.p[tail] & 0xc0) == 0x80)
		tail--;
	buf_str_put(b, str_first(address, head));
	buf_z(b, "…**");
	buf_str_put(b, str_from(address, tail));
}

void json_masked(struct buf *b, struct str address)
{
	AUTO(buf_done) struct buf m = { 0 };

	buf_init(&m, 64);
	mask_put(&m, address);
	json_s(b, buf_str(&m));
}
