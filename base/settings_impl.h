/* What the files of the settings share; for base alone. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/settings.h"

/* ---- faults, sorted by line at the end (settings.c) ---------------------- */

struct fault {
	unsigned line;
	char *text;
};

struct fault_list {
	struct fault *v;
	size_t len;
	size_t cap;
};

void fault_at(struct fault_list *f, unsigned line, const char *fmt, ...)
	PRINTF(3, 4);
/* Moves all into out as "path:line: text", and empties f. */
void fault_list_give(struct fault_list *f, const char *path,
		     struct faults *out);

/* ---- tokens (settings_scan.c) -------------------------------------------- */

enum token_kind {
	TOKEN_WORD,
	TOKEN_STRING,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_EQUALS,
	TOKEN_COMMA,
	TOKEN_BAD, /* its fault is told already */
	TOKEN_END, /* always the last one */
};

/* A token lies on one line. `dead` ones are not shown to libconfuse. */
struct token {
	enum token_kind kind;
	unsigned line;
	struct str text; /* a view of the file, with its quotes */
	bool dead;
};

struct tokens {
	struct token *v;
	size_t len;
	size_t cap;
};

void tokens_scan(struct tokens *t, struct str text, struct fault_list *f);
void tokens_done(struct tokens *t);
/* The live tokens, each on its line, comments gone, "$" escaped. */
void tokens_write(const struct tokens *t, struct buf *out);

/* ---- structure: names and lines (settings_plan.c) ------------------------ */

struct plan_section {
	const struct setting_section *kind;
	struct str title;
	unsigned line;
	unsigned nth;        /* of its kind, as libconfuse will count */
	unsigned *row_lines; /* where a row is set; 0: nowhere */
};

struct plan {
	struct plan_section *v;
	size_t len;
	size_t cap;
};

/* Checks the structure; marks dead what is at fault. */
void plan_make(struct plan *p, struct tokens *t,
	       const struct setting_section *kinds, size_t nkinds,
	       struct fault_list *f);
void plan_done(struct plan *p);

/* ---- values (settings_value.c) ------------------------------------------- */

void *setting_field(const struct setting *row, void *value);
const void *setting_field_const(const struct setting *row, const void *value);
/* Converts and stores; the field must be empty. -EINVAL with a sentence. */
MUST_USE int setting_set(const struct setting *row, void *value,
			 const char *const *v, size_t n, struct err *err);
/* Frees what rows of the kind own inside value. */
void setting_clear(const struct setting *row, void *value);
/* A number of this row in the file's notation: "10s", "8MB", "42". */
void setting_number(const struct setting *row, int64_t v, struct buf *out);
/* "1..65535"; nothing when unbounded. */
void setting_range(const struct setting *row, struct buf *out);

/* ---- secrets (settings_secret.c) ----------------------------------------- */

/* The text itself, or what "@file:/path" or "${ENV}" stand for. */
MUST_USE int setting_secret(const char *text, char **out, struct err *err);
/* Is it written as one of the two? */
bool setting_is_reference(const char *text);
/* The whole of a file of at most limit bytes without NUL. -EINVAL. */
MUST_USE int settings_slurp(const char *path, struct buf *out, struct err *err);
