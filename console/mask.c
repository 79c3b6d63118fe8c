/* What is left of an address. */
#include "console/mask.h"

#include "base/log.h"

void mask_put(struct buf *b, struct str address)
{
	char text[32];

	log_mask(address, text, sizeof(text));
	buf_z(b, text);
}
