/* What an event looks like to those who are told. */
#include "base/buf.h"
#include "gateway/publish.h"
#include "proto/json.h"

void publish_envelope(struct buf *out, uint64_t id, const char *type,
		      struct str tenant, int64_t at_ms, struct str data)
{
	buf_c(out, '{');
	json_kid(out, "id", id);
	json_kz(out, "type", type);
	json_kt(out, "time", at_ms);
	json_ks(out, "tenant", tenant);
	json_key(out, "data");
	buf_str_put(out, data);
	buf_c(out, '}');
}
