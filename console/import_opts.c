/* The query of POST /v1/imports. */
#include "console/api.h"
#include "console/import_opts.h"

const struct query import_query[] = {
	{ "country", "Calling code of numbers that begin with one 0." },
	{ "dry_run", "true: the same report, but nothing is stored." },
	{ "map",
	  "Columns of other names: `Mobile:phone,Plan:attr.plan,Note:-`." },
	{ "dedupe",
	  "Somebody who is there already: update (without it), skip, refuse." },
	{ "encoding",
	  "auto (without it), utf-8 or gb18030; the answer says which it was." },
	{ NULL, NULL },
};

static bool read_dedupe(struct request *r, enum import_dedupe *out)
{
	static const char *const words[] = {
		[IMPORT_UPDATE] = "update",
		[IMPORT_SKIP] = "skip",
		[IMPORT_REFUSE] = "refuse",
	};
	struct str said = request_query(r, "dedupe");

	*out = IMPORT_UPDATE;
	if (said.len == 0)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_eqz(said, words[i])) {
			*out = (enum import_dedupe)i;
			return true;
		}
	}
	reply_error(r, 400, "bad_dedupe", "dedupe",
		    "somebody who is there already: update, skip or refuse");
	return false;
}

static bool read_dry_run(struct request *r, bool *out)
{
	struct str said = request_query(r, "dry_run");

	*out = str_eqz(said, "true");
	if (said.len == 0 || *out || str_eqz(said, "false"))
		return true;
	reply_error(r, 400, "bad_dry_run", "dry_run", "true or false");
	return false;
}

static bool read_encoding(struct request *r, enum text_file_kind *out)
{
	struct str said = request_query(r, "encoding");

	*out = TEXT_FILE_AUTO;
	if (said.len == 0 || text_file_parse(said, out) == 0)
		return true;
	reply_error(r, 400, "bad_encoding", "encoding",
		    "an encoding is auto, utf-8 or gb18030");
	return false;
}

static bool read_country(struct request *r, const char **out)
{
	struct str said = request_query(r, "country");
	uint64_t digits;

	*out = said.len > 0 ? said.p : r->c->country;
	if (said.len == 0 ||
	    (said.len <= 3 && str_u64(said, 999, &digits) == 0))
		return true;
	reply_error(r, 400, "bad_country", "country",
		    "a calling code has 1 to 3 digits, like 44");
	return false;
}

bool import_opts_read(struct request *r, struct import_opts *out)
{
	must(r != NULL && out != NULL);
	out->map = request_query(r, "map");
	return read_dry_run(r, &out->dry_run) && read_dedupe(r, &out->dedupe) &&
	       read_encoding(r, &out->encoding) &&
	       read_country(r, &out->country);
}
