/* command_status values: one table, looked up four ways. */
#include "proto/smpp_status.h"

#include <errno.h>

#include "base/must.h"

static const struct status {
	uint32_t code;
	enum smpp_verdict verdict;
	const char *name;
	const char *reason;
	const char *text;
} statuses[] = {
#define SMPP_STATUS(code, name, reason, verdict, text) \
	{ (code), SMPP_VERDICT_##verdict, "ESME_" #name, reason, text },
#include "proto/smpp_status.def"
#undef SMPP_STATUS
};

static const struct status *status_of(uint32_t code)
{
	size_t low = 0, high = ARRAY_LEN(statuses);
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (statuses[mid].code < code)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < ARRAY_LEN(statuses) && statuses[low].code == code)
		return &statuses[low];
	return NULL;
}

enum smpp_verdict smpp_status_verdict(uint32_t status)
{
	const struct status *s = status_of(status);
	return s == NULL ? SMPP_VERDICT_UNKNOWN_CODE : s->verdict;
}

const char *smpp_status_name(uint32_t status)
{
	const struct status *s = status_of(status);
	return s == NULL ? NULL : s->name;
}

const char *smpp_status_reason(uint32_t status)
{
	const struct status *s = status_of(status);
	if (s != NULL)
		return s->reason;
	return status >= 0x400 && status <= 0x4FF ? "vendor_error"
						  : "other_error";
}

const char *smpp_status_text(uint32_t status)
{
	const struct status *s = status_of(status);
	return s == NULL ? "not in the table" : s->text;
}

static int hex_number(struct str s, uint32_t *out)
{
	uint32_t v = 0;
	if (s.len == 0 || s.len > 8)
		return -EBADMSG;
	for (size_t i = 0; i < s.len; i++) {
		char c = (char)(s.p[i] | 0x20);
		if (s.p[i] >= '0' && s.p[i] <= '9')
			v = v << 4 | (uint32_t)(s.p[i] - '0');
		else if (c >= 'a' && c <= 'f')
			v = v << 4 | (uint32_t)(c - 'a' + 10);
		else
			return -EBADMSG;
	}
	*out = v;
	return 0;
}

int smpp_status_parse(struct str s, uint32_t *status)
{
	must(status != NULL);
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
		const struct status *row = &statuses[i];
		if (str_ieqz(s, row->name) || str_ieqz(s, row->reason) ||
		    str_ieqz(s, row->name + sizeof("ESME_") - 1)) {
			*status = row->code;
			return 0;
		}
	}
	if (str_starts(s, STR("0x")) || str_starts(s, STR("0X")))
		return hex_number(str_from(s, 2), status);
	uint64_t v;
	if (str_u64(s, UINT32_MAX, &v) != 0)
		return -EBADMSG;
	*status = (uint32_t)v;
	return 0;
}
