/* What a request asks for: its headers, query and path, checked. */
#include "console/request.h"

#include <errno.h>
#include <string.h>

#include "proto/e164.h"
#include "proto/text.h"

static bool query_find(struct request *r, const char *name, struct str *out)
{
	const char *value = NULL;
	size_t len = 0;

	must(r != NULL && name != NULL);
	*out = STR_NONE;
	if (r->mhd == NULL)
		return false;
	if (MHD_lookup_connection_value_n(r->mhd, MHD_GET_ARGUMENT_KIND, name,
					  strlen(name), &value,
					  &len) != MHD_YES)
		return false;
	if (value != NULL)
		*out = str_bytes(value, len);
	return true;
}

struct str request_query(struct request *r, const char *name)
{
	struct str s;

	(void)query_find(r, name, &s);
	return s;
}

bool request_query_given(struct request *r, const char *name)
{
	struct str s;

	return query_find(r, name, &s);
}

struct str request_header(struct request *r, const char *name)
{
	must(r != NULL && name != NULL);
	if (r->mhd == NULL)
		return STR_NONE;
	return str_of(
		MHD_lookup_connection_value(r->mhd, MHD_HEADER_KIND, name));
}

bool request_may(const struct request *r, uint64_t perms)
{
	must(r != NULL);
	return who_may(&r->who, perms);
}

bool query_u64(struct request *r, const char *name, uint64_t max, uint64_t *out)
{
	struct str s = request_query(r, name);

	must(out != NULL);
	if (s.len == 0 || str_u64(s, max, out) == 0)
		return true;
	reply_error(r, 400, "bad_number", name,
		    "'%s' is a number of at most %llu", name,
		    (unsigned long long)max);
	return false;
}

bool query_time(struct request *r, const char *name, int64_t *out)
{
	struct str s = request_query(r, name);

	must(out != NULL);
	if (s.len == 0 || clock_parse_rfc3339(s.p, s.len, out) == 0)
		return true;
	reply_error(r, 400, "bad_time", name,
		    "'%s' is a time like 2026-11-22T10:40:00Z", name);
	return false;
}

bool query_id(struct request *r, const char *name, uint64_t *out)
{
	struct str s = request_query(r, name);

	must(out != NULL);
	if (s.len == 0 || id_parse(s, out) == 0)
		return true;
	reply_error(r, 400, "bad_id", name,
		    "'%s' is an id of 13 letters and digits", name);
	return false;
}

bool query_person(struct request *r, const char *name)
{
	if (!who_pseudonymous(&r->who) || !request_query_given(r, name))
		return true;
	reply_error(r, 403, "pseudonym", name,
		    "a partner looks nobody up by a number");
	return false;
}

bool param_id(struct request *r, unsigned i, uint64_t *out)
{
	must(r != NULL && i < ROUTE_PARAMS && out != NULL);
	if (id_parse(r->param[i], out) == 0)
		return true;
	reply_error(r, 404, "bad_id", NULL, "an id has 13 letters and digits");
	return false;
}

bool request_scope(struct request *r, struct str *out)
{
	must(r != NULL && r->who.kind != WHO_NOBODY && out != NULL);
	struct str own = str_of(r->who.tenant);
	struct str asked = request_query(r, "tenant");

	if (asked.len > 0 && tenant_check(asked) != 0) {
		reply_error(r, 400, "bad_tenant", "tenant",
			    "a tenant is 1 to 32 of A-Z a-z 0-9 _ -");
		return false;
	}
	if (own.len > 0 && asked.len > 0 && !str_eq(own, asked)) {
		reply_error(r, 403, "tenant", "tenant",
			    "you work for tenant %s only", r->who.tenant);
		return false;
	}
	*out = own.len > 0 ? own : asked;
	return true;
}

bool request_tenant(struct request *r, struct str *out)
{
	if (!request_scope(r, out))
		return false;
	if (out->len == 0)
		*out = str_of(r->c->tenant);
	return true;
}

bool request_fields(struct request *r, void *out)
{
	struct refusal why = { 0 };

	must(r != NULL && r->route->fields != NULL && out != NULL);
	if (fields_read(r->route->fields, r->json, out, &why) == 0)
		return true;
	reply_refusal(r, &why);
	return false;
}

/* Whatever begins like a number must be one. */
static bool number_like(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		if (!((c >= '0' && c <= '9') || strchr("+ -.()", c) != NULL))
			return false;
	}
	return true;
}

int console_address(const struct console *c, struct str text,
		    char out[ADDRESS_MAX], struct err *err)
{
	char number[E164_MAX];

	must(c != NULL && out != NULL);
	text = str_trim(text);
	if (e164_parse(text, c->country, number, err) == 0)
		return str_copy(out, ADDRESS_MAX, str_of(number));
	if (text.len > 0 && !number_like(text) && text_printable(text) &&
	    str_copy(out, ADDRESS_MAX, text) == 0)
		return 0;
	return -EINVAL;
}

bool request_address(struct request *r, struct str text, const char *field,
		     char out[ADDRESS_MAX])
{
	struct err err = { "" };

	must(r != NULL && out != NULL);
	if (console_address(r->c, text, out, &err) == 0)
		return true;
	reply_error(r, 400, "bad_address", field, "%s", err.text);
	return false;
}

bool request_csv(struct request *r)
{
	struct str type = request_header(r, "Content-Type");

	if (str_ieqz(str_trim(str_first(type, str_find(type, ';'))),
		     "text/csv"))
		return true;
	reply_error(r, 415, "not_csv", NULL,
		    "send text/csv; the first line names the columns");
	return false;
}
