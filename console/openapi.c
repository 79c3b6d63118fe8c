/* The API document (OpenAPI 3.0), made of the route table and the tables of
 * the bodies. */
#include "console/api.h"

#include <string.h>

static void put_type(struct buf *b, enum field_type t)
{
	switch (t) {
	case FIELD_STR:
		json_kz(b, "type", "string");
		return;
	case FIELD_INT:
		json_kz(b, "type", "integer");
		return;
	case FIELD_BOOL:
		json_kz(b, "type", "boolean");
		return;
	case FIELD_TIME:
		json_kz(b, "type", "string");
		json_kz(b, "format", "date-time");
		return;
	case FIELD_OBJECT:
		json_kz(b, "type", "object");
		return;
	case FIELD_ARRAY:
		json_kz(b, "type", "array");
		json_key(b, "items");
		json_open(b, '{');
		json_close(b, '}');
		return;
	}
}

static void put_schema(struct buf *b, const struct fields *f)
{
	bool any = false;

	json_open(b, '{');
	json_kz(b, "type", "object");
	json_kb(b, "additionalProperties", false);
	json_key(b, "properties");
	json_open(b, '{');
	for (size_t i = 0; i < f->n; i++) {
		json_key(b, f->v[i].name);
		json_open(b, '{');
		put_type(b, f->v[i].type);
		json_kz(b, "description", f->v[i].text);
		json_close(b, '}');
		any = any || f->v[i].required;
	}
	json_close(b, '}');
	if (any) {
		json_key(b, "required");
		json_open(b, '[');
		for (size_t i = 0; i < f->n; i++) {
			if (f->v[i].required)
				json_s(b, str_of(f->v[i].name));
		}
		json_close(b, ']');
	}
	json_close(b, '}');
}

static void put_schemas(struct buf *b, const struct console *c)
{
	const struct fields *seen[32];
	unsigned n = 0;

	json_key(b, "schemas");
	json_open(b, '{');
	for (size_t i = 0; i < c->nroutes; i++) {
		const struct fields *f = c->routes[i].fields;
		bool known = f == NULL;
		for (unsigned j = 0; !known && j < n; j++)
			known = seen[j] == f;
		if (known || n == ARRAY_LEN(seen))
			continue;
		seen[n++] = f;
		json_key(b, f->name);
		put_schema(b, f);
	}
	json_close(b, '}');
}

static void put_param(struct buf *b, struct str name, const char *where,
		      const char *text)
{
	json_open(b, '{');
	json_ks(b, "name", name);
	json_kz(b, "in", where);
	json_kb(b, "required", strcmp(where, "path") == 0);
	if (text != NULL)
		json_kz(b, "description", text);
	json_key(b, "schema");
	json_open(b, '{');
	json_kz(b, "type", "string");
	json_close(b, '}');
	json_close(b, '}');
}

static void put_params(struct buf *b, const struct route *rt)
{
	json_key(b, "parameters");
	json_open(b, '[');
	for (const char *p = strchr(rt->path, '{'); p != NULL;
	     p = strchr(p + 1, '{')) {
		struct str name = str_of(p + 1);
		put_param(b, str_first(name, str_find(name, '}')), "path",
			  NULL);
	}
	for (const struct query *q = rt->query; q != NULL && q->name != NULL;
	     q++)
		put_param(b, str_of(q->name), "query", q->text);
	json_close(b, ']');
}

static void put_body(struct buf *b, const struct route *rt)
{
	if (rt->body == BODY_NONE)
		return;
	json_key(b, "requestBody");
	json_open(b, '{');
	json_key(b, "content");
	json_open(b, '{');
	json_key(b, rt->body == BODY_JSON     ? "application/json"
		    : rt->body == BODY_PIECES ? "text/csv"
					      : "*/*");
	json_open(b, '{');
	if (rt->fields != NULL) {
		json_key(b, "schema");
		json_open(b, '{');
		json_key(b, "$ref");
		buf_f(b, "\"#/components/schemas/%s\"", rt->fields->name);
		json_close(b, '}');
	}
	json_close(b, '}');
	json_close(b, '}');
	json_close(b, '}');
}

static void put_answer(struct buf *b, const char *code, const char *text)
{
	json_key(b, code);
	json_open(b, '{');
	json_kz(b, "description", text);
	json_close(b, '}');
}

static void put_operation(struct buf *b, const struct route *rt)
{
	char method[8], code[8];

	must(str_copy(method, sizeof(method), str_of(rt->method)) == 0);
	for (char *p = method; *p != '\0'; p++)
		*p = (char)(*p | 0x20);
	snprintf(code, sizeof(code), "%d", rt->ok);
	json_key(b, method);
	json_open(b, '{');
	json_kz(b, "summary", rt->summary);
	put_params(b, rt);
	put_body(b, rt);
	json_key(b, "responses");
	json_open(b, '{');
	put_answer(b, code, "Done.");
	put_answer(b, "default",
		   "Refused: {\"error\": {code, reason, field, "
		   "detail}}.");
	json_close(b, '}');
	if (rt->auth == AUTH_OPEN || rt->auth == AUTH_OWN) {
		json_key(b, "security");
		json_open(b, '[');
		json_close(b, ']');
	} else if (rt->needs != 0) {
		json_key(b, "x-permissions");
		json_open(b, '[');
		for (uint64_t bit = 1; bit < UINT64_C(1) << PERM_COUNT;
		     bit <<= 1) {
			if ((rt->needs & bit) != 0)
				json_s(b, str_of(perm_name(bit)));
		}
		json_close(b, ']');
	}
	json_close(b, '}');
}

static bool path_done(const struct console *c, size_t i)
{
	for (size_t j = 0; j < i; j++) {
		if (strcmp(c->routes[j].path, c->routes[i].path) == 0)
			return true;
	}
	return false;
}

static void put_paths(struct buf *b, const struct console *c)
{
	json_key(b, "paths");
	json_open(b, '{');
	for (size_t i = 0; i < c->nroutes; i++) {
		if (path_done(c, i))
			continue;
		json_key(b, c->routes[i].path);
		json_open(b, '{');
		for (size_t j = i; j < c->nroutes; j++) {
			if (strcmp(c->routes[j].path, c->routes[i].path) == 0)
				put_operation(b, &c->routes[j]);
		}
		json_close(b, '}');
	}
	json_close(b, '}');
}

void api_openapi(struct request *r)
{
	must(r != NULL);
	const struct console *c = r->c;
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_kz(b, "openapi", "3.0.3");
	json_key(b, "info");
	json_open(b, '{');
	json_kz(b, "title", "Carillon");
	json_kz(b, "version", c->version);
	json_close(b, '}');
	put_paths(b, c);
	json_key(b, "components");
	json_open(b, '{');
	put_schemas(b, c);
	json_key(b, "securitySchemes");
	buf_z(b, "{\"key\":{\"type\":\"http\",\"scheme\":\"bearer\"}}");
	json_close(b, '}');
	json_key(b, "security");
	buf_z(b, "[{\"key\":[]}]");
	json_close(b, '}');
	reply_send(r, 200);
}
