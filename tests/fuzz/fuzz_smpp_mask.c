/* Masking: it stays inside, moves nothing, and no long number gets through a
 * PDU that can be read. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "proto/smpp_mask.h"
#include "proto/smpp_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* More than four digits in a row after the fourth, but for zeros. */
static void check_number(const struct smpp_addr *a)
{
	size_t digits = 0, seen = 0;

	if (a->ton == SMPP_TON_ALPHANUMERIC)
		return;
	for (size_t i = 0; i < a->addr.len; i++)
		digits += a->addr.p[i] >= '0' && a->addr.p[i] <= '9';
	for (size_t i = 0; i < a->addr.len && digits > 6; i++) {
		char c = a->addr.p[i];

		if (c < '0' || c > '9')
			continue;
		must(seen < 4 || seen + 2 >= digits || c == '0');
		seen++;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct smpp_pdu before, after;
	uint8_t *frame = malloc(size + 1);
	uint32_t why;

	must(frame != NULL);
	memcpy(frame, data, size);
	smpp_mask(frame, size, true);
	memcpy(frame, data, size);
	smpp_mask(frame, size, false);
	must(memcmp(frame, data, size < 16 ? size : 16) == 0);
	if (size >= 16 &&
	    smpp_read(str_bytes(data, size), &before, &why) == 0 &&
	    smpp_read(str_bytes(frame, size), &after, &why) == 0) {
		check_number(&after.source);
		check_number(&after.dest);
		for (size_t i = 0; i < after.password.len; i++)
			must(after.password.p[i] == '*');
	}
	free(frame);
	return 0;
}
