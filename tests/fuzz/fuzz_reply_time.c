/* Any bytes are a time of day or none, the same way each time. */
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "proto/reply_time.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct str s = str_bytes(p, len);
	size_t before = mem_live_blocks();
	int minute = -1, again = -1;
	int rc = reply_time(s, &minute);

	must(rc == 0 ? minute >= 0 && minute < 1440 : minute == -1);
	must(reply_time(s, &again) == rc && again == minute);
	must(mem_live_blocks() == before);
	return 0;
}
