/* What is left of an address. */
#include "console/mask.h"

#include "base/log.h"
#include "proto/json.h"

void json_masked(struct buf *b, struct str address)
{
	char text[32];

	log_mask(address, text, sizeof(text));
	json_s(b, str_of(text));
}

void mask_put(struct buf *b, struct str address)
{
	char text[32];

	log_mask(address, text, sizeof(text));
	buf_z(b, text);
}
