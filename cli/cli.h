/* The `carillon` command: one call of it, and its calls to the API. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "base/buf.h"
#include "cli/args.h"
#include "cli/words.h"

enum { CLI_DONE = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

struct http; /* a connection that is kept */

struct cli {
	const char *url;
	const char *key; /* NULL: none */
	char *key_text;
	const char *tenant; /* NULL: the key's */
	bool json;
	bool terminal;     /* stderr is one: progress bars */
	const char *match; /* If-Match of the next calls; NULL: none */
	struct http *http;
	/* of the last call */
	long status;
	struct buf body;
	json_t *answer; /* NULL: not JSON */
	char next[32];  /* X-Next */
};

struct verb {
	const char *noun;      /* "messages"; NULL: the verb stands alone */
	const char *name;      /* "show" */
	const char *arguments; /* "ID", for the usage line; "" none */
	unsigned min, max;     /* of them */
	enum word help;
	const struct option *options;
	int (*run)(struct cli *c, const struct args *a);
};

extern const struct verb verbs[];
extern const unsigned verbs_len;

/* From the global options and the environment. CLI_FAILED: said why. */
int cli_open(struct cli *c, const struct args *globals);
void cli_close(struct cli *c);

/*
 * Calls the API. path has its query; body NULL or JSON text. 0: an answer
 * came, whatever its status. CLI_FAILED: none did, said why.
 */
int cli_call(struct cli *c, const char *method, const char *path,
	     const char *body);
/* The same, and an answer that is no success is said and CLI_FAILED. */
int cli_ask(struct cli *c, const char *method, const char *path,
	    const char *body);
/* GET with the verb's own options as the query, flags as "true". */
int cli_get(struct cli *c, const struct args *a, const char *path);
/* The same with a body that it takes over; NULL: none. */
int cli_ask_json(struct cli *c, const char *method, const char *path,
		 json_t *body);
/* The first line of a file, up to `size` bytes with the NUL. CLI_FAILED: said
 * why, and it is empty. */
int cli_secret(const char *file, char *out, size_t size);
/* Sends a file as it is; shows how far it is on a terminal. */
int cli_upload(struct cli *c, const char *path, const char *type,
	       const char *file);
/* Says what the API refused with. */
void cli_refused(struct cli *c);

/* Appends ?name=value or &name=value, escaped; nothing when value is NULL. */
void path_query(struct buf *path, const char *name, const char *value);
/* Appends a path segment, escaped. */
void path_part(struct buf *path, const char *text);

/* To stdout and stderr, with a line end. */
void say(enum word w, const char *const *v, unsigned n);
void say_error(enum word w, const char *const *v, unsigned n);
/* With --json: prints the answer as it came and says true. */
bool cli_json(struct cli *c);

/* Members of the answer as text; "" when absent. Lives until the next but 7. */
const char *text_of(const json_t *object, const char *name);
const char *text_of_value(const json_t *value);
