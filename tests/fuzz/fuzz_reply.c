/* Any bytes are judged, with one line of trace, the same way each time. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "proto/reply.h"
#include "proto/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct str s = str_bytes(p, len);
	size_t before = mem_live_blocks();
	struct buf trace;

	buf_init(&trace, 1024);
	enum reply_word w = reply_word(s, &trace);

	must(w >= REPLY_NONE && (unsigned)w < REPLY_WORDS);
	must(trace.len > 0 && !trace.full);
	must(text_utf8_ok(buf_str(&trace)));
	must(memchr(trace.p, '\n', trace.len) == NULL);
	must(w == REPLY_NONE || text_utf8_ok(s));
	must(reply_word(s, NULL) == w);
	buf_done(&trace);
	must(mem_live_blocks() == before);
	return 0;
}
