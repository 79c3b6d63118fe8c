/* Fuzzes the receipt parser and the ids. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "proto/receipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inside(struct str view, struct str whole)
{
	if (view.len > 0)
		must(view.p >= whole.p &&
		     view.p + view.len <= whole.p + whole.len);
}

/* hex -> dec -> hex gives the same number. */
static void there_and_back(struct str id)
{
	char dec[RECEIPT_ID_MAX], hex[RECEIPT_ID_MAX], canon[RECEIPT_ID_MAX];

	if (receipt_id_canon(id, canon) == 0)
		must(strlen(canon) >= 1 && strlen(canon) < RECEIPT_ID_MAX);
	if (receipt_id_as(id, RECEIPT_ID_DEC_TO_HEX, dec) != 0)
		return;
	must(strlen(dec) < RECEIPT_ID_MAX);
	if (strlen(dec) > 64)
		return;
	int rc = receipt_id_as(str_of(dec), RECEIPT_ID_HEX_TO_DEC, hex);
	must(rc == 0);
	must(strcmp(hex, canon) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = str_bytes(data, size);
	struct receipt_text r;

	if (receipt_parse(s, &r) == 0) {
		must(r.id.len > 0 && r.state >= 0 &&
		     r.state <= RECEIPT_SKIPPED);
		must(r.done_ms >= 0);
		inside(r.id, s);
		inside(r.stat, s);
		inside(r.err, s);
		there_and_back(r.id);
	}
	there_and_back(s);
	return 0;
}
